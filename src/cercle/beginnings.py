"""How circles begin and people come in: what the pages, the API and the command line do alike."""

from cercle.core.fold import Circle
from cercle.modules import NAMES, load
from cercle.modules.circle.events import Begun
from cercle.modules.people.events import Added, Described, Invited, Joined
from cercle.store.live import Live
from cercle.store.node import Node

INVITATION_DAYS = 14
COLOURS = 12
DAY = 86_400_000


def start(
    node: Node,
    person: int,
    name: str,
    founder: str,
    form: str = "household",
    unit: str = "eur",
    colour: int = 0,
) -> tuple[Live, str]:
    """A new circle that uses every module of this program, those from elsewhere only once it wants them; gives it and
    the founder's member id."""
    modules = {module.name: module.version for module in load() if module.name in NAMES}
    genesis = Begun(form=form, unit=unit, modules=modules, node=node.name(), name=name)
    return node.begin(person, genesis, lambda me: Described(member=me, colour=colour, name=founder))


def invite(
    node: Node,
    live: Live,
    by: str,
    kind: str = "adult",
    member: str | None = None,
    uses: int = 1,
    act: bytes | None = None,
) -> tuple[str, bytes]:
    """An invitation (id, private seed) for a new person of that kind, or for a member's further device."""
    until = max(node.clock(), live.circle.time) + INVITATION_DAYS * DAY  # the last seal may be long ago
    return node.invite(live, by, lambda key: Invited(key=key, kind=kind, member=member, uses=uses, until=until), act)


def join(
    node: Node, live: Live, person: int, invitation: str, secret: bytes, name: str, colour: int | None = None
) -> str:
    """Somebody comes in on an invitation; gives their member id. Raises `Refused`."""
    shade = next_colour(live.circle) if colour is None else colour
    return node.join(
        live,
        person,
        invitation,
        secret,
        lambda proof: Joined(invitation=invitation, proof=proof, colour=shade, node=node.name(), name=name),
    )


def add(node: Node, live: Live, by: str, name: str, kind: str = "adult") -> str:
    """A person without a device; gives their member id. Raises `Refused`."""
    event = Added(kind=kind, colour=next_colour(live.circle), name=name)
    return node.act(live, by, event)[0].id[:10].hex()


def next_colour(circle: Circle) -> int:
    """The first colour that nobody in the circle has, else the next around."""
    taken = {one.colour for member, one in circle.people.profiles.items() if not circle.roots.members[member].gone}
    return next((c for c in range(COLOURS) if c not in taken), len(circle.roots.members) % COLOURS)
