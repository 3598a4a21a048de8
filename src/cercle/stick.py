"""Bundles that are carried: for whom one is locked, how it is taken in, and how somebody comes in where a circle came
by one."""

import asyncio
from collections.abc import Collection, Iterator
from itertools import islice

from cercle import beginnings
from cercle.core.keys import public, signer
from cercle.modules.devices import read as devices_read
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.receive import Received
from cercle.sync.bundle import Reader, Section

SECTIONS_AT_ONCE = 16


def openers(live: Live, members: Collection[str] | None = None) -> dict[str, list[bytes]]:
    """The devices by which each of these members (None: whoever is in the circle) opens what is locked for them: none
    that has forked, and none of somebody who has gone; and the key of the words of their recovery kit, if it is one:
    nobody has proved that yet. Who has neither is left out."""
    roots, found = live.circle.roots, dict[str, list[bytes]]()
    for key, device in roots.devices.items():
        member = device.member
        if device.forked or not member or roots.members[member].gone:
            continue
        if members is None or member in members:
            found.setdefault(member, []).append(bytes.fromhex(key))
    from cercle.sync.locked import is_key  # large, and needed only here

    for member, words in devices_read.kits_in_use(live.circle):
        if (members is None or member in members) and not roots.members[member].gone and is_key(words):
            found.setdefault(member, []).append(words)
    return found


async def take(node: Node, reader: Reader) -> Received:
    """Takes in some sections at a time, so that others may look at pages meanwhile."""
    received, has_ended = Received(), False

    def to_the_end() -> Iterator[Section]:
        nonlocal has_ended
        yield from reader.sections()
        has_ended = True

    sections = to_the_end()
    while not has_ended and received.stopped is None:
        received.add(node.receive(reader.circle, islice(sections, SECTIONS_AT_ONCE), at_hand=True))
        await asyncio.sleep(0)
    return received


def come_in_here(
    node: Node, seed: bytes, person: int, name: str, holder: str = beginnings.NODE
) -> tuple[Live, str] | None:
    """Somebody joins by an invitation that stands in a circle which came here by a file; gives it and their member id,
    or None where it stands in none. A file has to bring it to the others. Raises `Refused`."""
    for no in node.numbers():
        live = node.live(no)
        invitation = beginnings.invitation_by(live, public(signer(seed)))
        if invitation is not None:
            return live, beginnings.join(node, live, person, invitation, seed, name, holder=holder)
    return None
