"""Bundles that are carried: for whom one is locked."""

from collections.abc import Collection

from cercle.store.live import Live


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
