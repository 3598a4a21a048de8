"""How far a replica has got, in few bytes, and what another one lacks that has got less far."""

from collections.abc import Iterator
from hashlib import sha256

import msgspec
from sqlalchemy import select

from cercle.core.entry import Entry, Raw
from cercle.core.merkle import Tree, apart
from cercle.store import rows
from cercle.store.live import Live
from cercle.store.tables import epochs

NAMED = 10  # bytes of an id or of a root, as a short id has them
MOST_HEADS = 64
MOST_NAMED = 128
MOST_ENTRIES = 2**63  # that a database can count


class Frontier(msgspec.Struct, array_like=True):
    """`settled`: how many entries are settled after some of the epochs, and how the Merkle root of these begins: of the
    last epoch, and of earlier ones at doubling distances. `heads`: how the ids of the log's heads begin, and, where
    they are too many to be named, how a hash of the others begins; `behind`: how those of entries begin that came
    earlier, at doubling distances. All that stands before one of them is held too, but for the bodies of those in
    `missing`, of which some are named."""

    settled: list[tuple[int, bytes]] = []
    heads: list[bytes] = []
    behind: list[bytes] = []
    missing: list[bytes] = []

    def same(self) -> bytes:
        """32 bytes that are the same exactly where two replicas hold the same."""
        return sha256(msgspec.msgpack.encode((self.settled[:1], self.heads))).digest()


def frontier(live: Live) -> Frontier:
    """Where this replica stands."""
    closed = select(epochs.c.size, epochs.c.peaks).where(epochs.c.circle == live.no).order_by(epochs.c.number.desc())
    some = [number + 1 for number in steps_back(rows.last_epoch(live.connection, live.no))]
    found = live.connection.execute(closed.where(epochs.c.number.in_(some))).all()
    heads = sorted(live.tips, key=lambda head: (-live.tips[head].lamport, head))
    if others := heads[MOST_HEADS:]:
        heads[MOST_HEADS:] = [sha256(b"".join(others)).digest()]
    behind = [one for one in rows.ids_back(live.connection, live.no, live.last) if one not in live.tips]
    settled = [(row.size, root_of(row.size, row.peaks)) for row in found]
    missing = rows.missing_bodies(live.connection, live.no, MOST_HEADS)
    return Frontier(settled, *([one[:NAMED] for one in some] for some in (heads, behind, missing)))


def steps_back(count: int) -> Iterator[int]:
    """From `count` - 1 down to 0, at distances of 1, 2, 4 and so on."""
    distance = 1
    while count > 0:
        yield count - 1
        count, distance = count - distance, 2 * distance


def root_of(size: int, peaks: bytes) -> bytes:
    return Tree(size, apart(peaks)).root()[:NAMED]


def lacking(live: Live, there: Frontier) -> Iterator[tuple[Entry, Raw]]:
    """What a replica lacks that stands there, in an order in which it may come: every chain ends in a signature. Where
    the two have gone far apart it is a little more."""
    size, start = common(live, there)
    held = held_there(live, there, start)
    for row in rows.after(live.connection, live.no, start):
        if (row.position is None or row.position >= size) and not held.has(row.no):
            yield rows.as_entry(row.id, row.key, row.header), Raw(row.header, row.signature, row.body)
    for name in there.missing[:MOST_NAMED]:
        found = rows.by_short_id(live.connection, live.no, name.hex())
        if found is not None and found.body is not None:
            yield rows.as_entry(found.id, found.key, found.header), Raw(found.header, found.signature, found.body)


def common(live: Live, there: Frontier) -> tuple[int, int]:
    """How many entries both have settled alike, as far as epochs tell, and the number of arrival after which all others
    came."""
    for size, root in there.settled[:MOST_NAMED]:
        found = rows.epoch_of_size(live.connection, live.no, size) if size < MOST_ENTRIES else None
        if found is not None and root_of(size, found[0]) == root:
            return size, found[1]
    return 0, 0


class Numbers:
    """Numbers of arrival after `start`, a bit each."""

    def __init__(self, start: int, last: int) -> None:
        self.start = start
        self.bits = bytearray((last - start) // 8 + 1)

    def add(self, number: int) -> None:
        at = number - self.start
        self.bits[at >> 3] |= 1 << (at & 7)

    def has(self, number: int) -> bool:
        at = number - self.start
        return at >> 3 < len(self.bits) and bool(self.bits[at >> 3] & 1 << (at & 7))


def held_there(live: Live, there: Frontier, start: int) -> Numbers:
    """Which of the entries after `start` are held there: those that are named, and all their ancestors. Children come
    after their parents, so that one look back finds all."""
    held = Numbers(start, live.last)
    names = [*there.heads[:MOST_NAMED], *there.behind[:MOST_NAMED]]
    found = (rows.by_short_id(live.connection, live.no, name.hex()) for name in names)
    named = {row.id for row in found if row is not None}
    if named:
        for row in rows.after(live.connection, live.no, start, backwards=True):
            if row.id in named:
                named.discard(row.id)
                named.update(rows.as_entry(row.id, row.key, row.header).parents)
                held.add(row.no)
    return held
