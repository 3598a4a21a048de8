"""Coming into a circle that is held on another machine, by the link of an invitation or by its code."""

from collections.abc import Callable

from cercle import beginnings, nearby
from cercle.core.keys import public, signer
from cercle.meeting import NotLetIn, NotMet
from cercle.stick import come_in_here
from cercle.store.codes import is_like_one, read_code, seed_of
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.visiting import NoLink, come_in, come_in_at, parts_of


class NotHeard(NotMet):
    """No machine at home is announced for this code."""


async def arrive(node: Node, way: str, person: int, name: str, holder: str = beginnings.NODE) -> tuple[Live, str]:
    """Brings somebody in; gives the circle and the member's id. Whoever shows the code is looked for on the network at
    home, by a tag that only who has the code knows. Raises `Slip`, `NotMet` and `Refused`."""
    if not is_like_one(way):
        return await come_in(node, way, person, name, holder)
    seed = seed_in(way)
    if node.invitation_of(read_code(way)) and (here := come_in_here(node, seed, person, name, holder)):
        return here  # both on this very machine
    return await come_in_at(node, await heard_at_home(seed), seed, person, name, holder)


async def heard_at_home(seed: bytes) -> str:
    """The address of a machine at home that lets in by this private seed. Raises `NotHeard`."""
    address = await nearby.search(public(signer(seed)))
    if address is None:
        raise NotHeard
    return address


def seed_in(way: str) -> bytes:
    """The private seed of the invitation. Raises `Slip` and `NotMet`."""
    return seed_of(read_code(way)) if is_like_one(way) else parts_of(way)[2]


def why_not_met(error: NotMet, _: Callable[[str], str]) -> str:
    """In one sentence of the language."""
    if isinstance(error, NotHeard):
        return _("No machine at home knows this code. Is the one that shows it on, and are both on the same network?")
    if isinstance(error, NotLetIn):
        return _("This invitation was used, or it has run out. Ask for a new one.")
    if isinstance(error, NoLink):
        return _("This is neither a whole link nor a whole code, which looks like 3F7Q-0VXK-9RTC-M2AZ-H.")
    return _("Nobody lets you in there: is the link whole, and the other machine on?")
