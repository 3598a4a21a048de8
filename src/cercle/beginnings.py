"""How circles begin and people come in: what the pages, the API and the command line do alike."""

from contextlib import suppress

from sqlalchemy import select

from cercle.core.entry import short
from cercle.core.event import Reason, Refused
from cercle.core.fold import Circle
from cercle.core.keys import public
from cercle.modules import NAMES, load
from cercle.modules.circle.events import Begun
from cercle.modules.people.events import Added, Described, Invited, Joined, SpareKept
from cercle.sentences import heard
from cercle.store import keyring
from cercle.store.database import transaction
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.tables import keys

INVITATION_DAYS = 14
COLOURS = 12
DAY = 86_400_000
SPARE = "spare"
NODE, MEMBER = "node", "member"  # who holds a key


class Why(Reason):
    TAKEN = (
        "people.name_taken",
        "Somebody in the circle is called so already: choose a name that tells the two of you apart.",
    )


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
    node: Node,
    live: Live,
    person: int,
    invitation: str,
    secret: bytes,
    name: str,
    colour: int | None = None,
    holder: str = NODE,
) -> str:
    """Somebody comes in on an invitation; gives their member id. `holder`: whether the key is the node's, or the
    member's alone, since nobody else uses this machine. Raises `Refused`."""
    invited = live.circle.people.invitations.get(invitation)
    is_new = invited is not None and invited.left != 0 and not invited.member
    if is_new and is_taken(live, name):
        raise Refused(Why.TAKEN)
    shade = next_colour(live.circle) if colour is None else colour
    return node.join(
        live,
        person,
        invitation,
        secret,
        lambda proof: Joined(
            invitation=invitation, proof=proof, colour=shade, holder=holder, node=node.name(), name=name
        ),
    )


def is_taken(live: Live, name: str, but: str = "") -> bool:
    """Whether somebody else in the circle is called so already: by name, nobody could tell them apart."""
    members, profiles = live.circle.roots.members, live.circle.people.profiles
    there = [member for member, one in members.items() if not one.gone and member != but]
    return heard(name) in {heard(live.name(profiles[member].words)) for member in there}


def invitation_by(live: Live, key: bytes) -> str | None:
    """The invitation with this public key, if it stands in the circle; it may be over."""
    for invitation in live.circle.people.invitations:
        entry = live.entry(invitation)
        if entry is not None and entry.kept.get("key") == key:
            return invitation
    return None


def add(node: Node, live: Live, by: str, name: str, kind: str = "adult") -> str:
    """A person without a device; gives their member id. Raises `Refused`."""
    event = Added(kind=kind, colour=next_colour(live.circle), name=name)
    return node.act(live, by, event)[0].id[:10].hex()


def next_colour(circle: Circle) -> int:
    """The first colour that nobody in the circle has, else the next around."""
    taken = {one.colour for member, one in circle.people.profiles.items() if not circle.roots.members[member].gone}
    return next((c for c in range(COLOURS) if c not in taken), len(circle.roots.members) % COLOURS)


# --- coming back -------------------------------------------------------------------------------------------------


def put_spare_aside(node: Node, live: Live, member: str) -> None:
    """A key by which this node brings a member in again, on a new device, once the one by which it writes for them is
    of no use any more. Raises `Refused`."""
    seed = keyring.new_seed()
    person = keyring.person_of_member(node.connection, live.no, member)
    with transaction(node.connection):
        entry = node.act(live, member, SpareKept(key=public(keyring.load(seed))))[0]
        keyring.keep_key(node.connection, live.no, person or 0, member, seed, SPARE, short(entry.id))


def spare_of(node: Node, live: Live, member: str) -> tuple[str, bytes] | None:
    """(invitation, private seed) of a member's spare that still admits, or None."""
    query = select(keys.c.invitation, keys.c.seed).where(keys.c.circle == live.no, keys.c.member == member)
    for row in node.connection.execute(query.where(keys.c.purpose == SPARE).order_by(keys.c.no.desc())).all():
        invitation = live.circle.people.invitations.get(row.invitation)
        if invitation is not None and invitation.left:
            return row.invitation, row.seed
    return None


def come_back(node: Node, live: Live, person: int, member: str) -> bool:
    """Brings a member in on a new device by their spare; whether that worked."""
    spare = spare_of(node, live, member)
    if spare is None:
        return False
    invitation, seed = spare
    with suppress(Refused):
        node.join(
            live, person, invitation, seed, lambda proof: Joined(invitation=invitation, proof=proof, node=node.name())
        )
        return True
    return False
