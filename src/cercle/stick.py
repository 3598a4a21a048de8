"""Bundles that are carried: for whom one is locked, and how somebody comes in where a circle came by one."""

from collections.abc import Collection

from cercle import beginnings
from cercle.core.keys import public, signer
from cercle.store.live import Live
from cercle.store.node import Node


def openers(live: Live, members: Collection[str] | None = None) -> dict[str, list[bytes]]:
    """The devices by which each of these members (None: whoever is in the circle) opens what is locked for them: none
    that has forked, and none of somebody who has gone. Who has no device is left out."""
    roots, found = live.circle.roots, dict[str, list[bytes]]()
    for key, device in roots.devices.items():
        member = device.member
        if device.forked or not member or roots.members[member].gone:
            continue
        if members is None or member in members:
            found.setdefault(member, []).append(bytes.fromhex(key))
    return found


def come_in_here(node: Node, invitation: str, seed: bytes, person: int, name: str) -> tuple[Live, str] | None:
    """Somebody joins by an invitation that stands in a circle which came here by a file; gives it and their member id,
    or None where it stands in none. A file has to bring it to the others. Raises `Refused`."""
    for no in node.numbers():
        live = node.live(no)
        entry = live.entry(invitation)
        if entry is not None and entry.kept.get("key") == public(signer(seed)):
            return live, beginnings.join(node, live, person, invitation, seed, name)
    return None
