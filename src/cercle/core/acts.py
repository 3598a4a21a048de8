"""The acts that a member has done: 16 bytes each, of which a log holds one for every entry."""

from bisect import bisect_left
from collections.abc import Iterator

from cercle.core.entry import ACT_SIZE


class Acts:
    """Those up to some point as one string, sorted: a fifth of the memory that a set of them takes. The later ones are
    a set, until `pack` brings them in."""

    __slots__ = ("new", "packed")

    def __init__(self, packed: bytes = b"") -> None:
        self.packed = packed
        self.new: set[bytes] = set()

    def __contains__(self, act: bytes) -> bool:
        if act in self.new:
            return True
        packed, count = self.packed, len(self.packed) // ACT_SIZE
        if not count:
            return False
        at = ACT_SIZE * bisect_left(range(count), act, key=lambda n: packed[ACT_SIZE * n : ACT_SIZE * (n + 1)])
        return packed[at : at + ACT_SIZE] == act

    def __iter__(self) -> Iterator[bytes]:
        yield from (self.packed[at : at + ACT_SIZE] for at in range(0, len(self.packed), ACT_SIZE))
        yield from self.new

    def pack(self) -> bytes:
        """All of them, sorted, each once: a join's act is compared with nothing, and may be there already."""
        if self.new:
            old = (self.packed[at : at + ACT_SIZE] for at in range(0, len(self.packed), ACT_SIZE))
            self.packed, self.new = b"".join(sorted(self.new.union(old))), set()
        return self.packed
