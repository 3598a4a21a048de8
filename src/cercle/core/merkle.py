"""The Merkle tree of RFC 6962 section 2.1, grown leaf by leaf, in O(log n) memory."""

from collections.abc import Iterable
from hashlib import sha256


class Tree:
    """An append-only hash tree: `extend` it by leaves, ask for the `root`. `peaks` are its full subtrees, the largest
    first."""

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: list[bytes] | None = None) -> None:
        self.size = size
        self.peaks = peaks or []

    def extend(self, leaves: Iterable[bytes]) -> None:
        peaks, count = self.peaks, self.size
        for leaf in leaves:
            node = sha256(b"\x00" + leaf).digest()
            count += 1
            size = count
            while not size & 1:
                node = sha256(b"\x01" + peaks.pop() + node).digest()
                size >>= 1
            peaks.append(node)
        self.size = count

    def root(self) -> bytes:
        """32 bytes; of an empty tree the hash of nothing, as the RFC says."""
        if not self.peaks:
            return sha256(b"").digest()
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = sha256(b"\x01" + peak + node).digest()
        return node
