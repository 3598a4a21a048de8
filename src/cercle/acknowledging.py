"""Which machines have dropped erased words: a node does so as soon as it hears of the erasure, and what it writes from
then on descends from it."""

from typing import NamedTuple

from cercle.core.entry import Entry, short
from cercle.proofs import seal_of
from cercle.store import rows
from cercle.store.erasure import author, is_under, target_of
from cercle.store.live import Live


class Machine(NamedTuple):
    """A node or a device of one's own, by those who write there; `heard`: when it wrote last, by its clock, in ms."""

    members: list[str]
    has_dropped: bool
    heard: int


def machines_after(live: Live, entry: Entry) -> list[Machine]:
    """Of all machines of those who are in the circle, whether they have dropped the words of this erased entry."""
    erasure = next(one for one in live.erasing.done.values() if is_under(live.circle, entry, one))
    is_own = author(live.circle, erasure.device) == target_of(erasure)
    first = rows.by_short_id(live.connection, live.no, short(erasure.id) if is_own else settling(live, erasure))
    assert first is not None
    seen, devices = {first.id}, {erasure.device, first.key}
    for later in rows.arrived(live.connection, live.no, first.no):
        if not seen.isdisjoint(later.parents):
            seen.add(later.id)
            devices.add(later.device)
    found = []
    for keys in machines(live).values():
        members = {author(live.circle, key): None for key in keys}
        found.append(Machine(list(members), not devices.isdisjoint(keys), max(last_time(live, key) for key in keys)))
    return found


def last_time(live: Live, device: bytes) -> int:
    head = rows.head(live.connection, live.no, device)
    return rows.entry(live.connection, live.no, head[0]).time if head is not None else 0


def settling(live: Live, erasure: Entry) -> str:
    """The short id of the seal that settled an erasure. Raises `Refused`."""
    row = rows.by_short_id(live.connection, live.no, short(erasure.id))
    assert row is not None
    return short(seal_of(live, rows.size_after(live.connection, live.no, row.position)).id)


def machines(live: Live) -> dict[str, list[bytes]]:
    """The devices of those who are in the circle, by the node that holds their keys; each by itself where its member
    does."""
    roots, found = live.circle.roots, dict[str, list[bytes]]()
    for key, device in roots.devices.items():
        if device.member and not roots.members[device.member].gone:
            found.setdefault(device.node or key, []).append(bytes.fromhex(key))
    return found
