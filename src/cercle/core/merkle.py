"""The Merkle tree of RFC 6962 section 2.1, grown leaf by leaf, in O(log n) memory."""

from collections.abc import Iterable
from hashlib import sha256


def apart(peaks: bytes) -> list[bytes]:
    """The peaks of a tree that were written one after the other."""
    return [peaks[at : at + 32] for at in range(0, len(peaks), 32)]


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


def audit_path(leaves: Iterable[bytes], index: int) -> list[bytes]:
    """The hashes, 32 bytes each, that lead from the leaf at `index` up to the root.

    Source: RFC 6962, section 2.1.1.
    """
    path, level = [], [sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + level[len(level) & ~1 :]
        index >>= 1
    return path


def led_to(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root of a tree of `size` leaves to which a path leads from one of them. Raises `ValueError` where the path is
    none of such a tree.

    Source: RFC 9162, section 2.1.3.2.
    """
    node, last = sha256(b"\x00" + leaf).digest(), size - 1
    if not 0 <= index <= last:
        raise ValueError("no such leaf")
    for hashed in path:
        if not last:
            raise ValueError("the path is too long")
        if index & 1 or index == last:
            node = sha256(b"\x01" + hashed + node).digest()
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            node = sha256(b"\x01" + node + hashed).digest()
        index, last = index >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return node
