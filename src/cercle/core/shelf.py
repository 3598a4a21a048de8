"""A shelf: what a great many entries brought, in the order of the log, kept packed since it is seldom looked at again.

As objects, what a hundred thousand entries brought would be most of the memory of a node.
"""

import zlib
from collections.abc import ItemsView, Iterator, Mapping
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

from cercle.core.spelling import spell

CHUNK = 512
ID_SIZE = 10

T = TypeVar("T")


class Chunk(msgspec.Struct, array_like=True, gc=False, tag="zlib"):
    """`CHUNK` entries: their short ids, 10 bytes each, and the list of what they brought, as MessagePack in zlib, which
    takes a fifth. `digest`: their part in a state's hash, once that was asked for; b"" before."""

    ids: bytes
    values: bytes
    digest: bytes = b""


def chunk_of(ids: bytes, values: list[Any]) -> Chunk:
    return Chunk(ids, zlib.compress(msgspec.msgpack.encode(values), level=1))


class Shelf(Mapping[str, T]):
    """From an entry's short id to what it brought: a frozen struct, of the `kind` that a subclass names. The latest,
    fewer than `CHUNK`, are `new`; the others are packed."""

    kind: type[Any]

    def __init__(self, chunks: list[Chunk] | None = None, new: dict[str, T] | None = None) -> None:
        self.chunks = chunks or []
        self.new = new or {}
        self._open: tuple[int, list[T]] = (-1, [])  # the chunk that was read last, since others are near it

    def put(self, key: str, value: T) -> None:
        """What an entry brought that had brought nothing yet."""
        self.new[key] = value
        if len(self.new) == CHUNK:
            ids = bytes.fromhex("".join(self.new))
            self.chunks.append(chunk_of(ids, list(self.new.values())))
            self.new = {}

    def change(self, key: str, value: T) -> None:
        """Something else for one that is here. Raises `KeyError`."""
        if key in self.new:
            self.new[key] = value
            return
        number, at = self._find(key)
        values = [*self._values(number)]
        values[at] = value
        self.chunks[number] = chunk_of(self.chunks[number].ids, values)
        self._open = (number, values)

    def __getitem__(self, key: str) -> T:
        if key in self.new:
            return self.new[key]
        number, at = self._find(key)
        return self._values(number)[at]

    def __iter__(self) -> Iterator[str]:
        for number in range(len(self.chunks)):
            yield from self._keys(number)
        yield from self.new

    def __len__(self) -> int:
        return CHUNK * len(self.chunks) + len(self.new)

    def items(self) -> "Items[T]":
        return Items(self)

    def pairs(self, number: int) -> list[tuple[str, T]]:
        """The entries of one chunk, and what they brought."""
        return list(zip(self._keys(number), self._values(number), strict=True))

    def summary(self) -> list[Any]:
        """What stands for it in a state's hash: for each chunk the SHA-256 of the spelling of its list of [id, what it
        brought], then such a list of the new ones."""
        for number, chunk in enumerate(self.chunks):
            if not chunk.digest:
                value = msgspec.to_builtins(list(map(list, self.pairs(number))), builtin_types=(bytes,))
                chunk.digest = sha256(spell(value)).digest()
        return [*[chunk.digest for chunk in self.chunks], list(map(list, self.new.items()))]

    def _keys(self, number: int) -> list[str]:
        ids = self.chunks[number].ids.hex()
        return [ids[at : at + 2 * ID_SIZE] for at in range(0, len(ids), 2 * ID_SIZE)]

    def _values(self, number: int) -> list[T]:
        if self._open[0] != number:
            kinds = list[self.kind]  # type: ignore[name-defined]
            values = zlib.decompress(self.chunks[number].values)
            self._open = (number, msgspec.msgpack.decode(values, type=kinds))
        return self._open[1]

    def _find(self, key: str) -> tuple[int, int]:
        """The chunk and the place in it. Raises `KeyError`."""
        if len(key) == 2 * ID_SIZE and not key.strip("0123456789abcdef"):
            name = bytes.fromhex(key)
            for number, chunk in enumerate(self.chunks):
                at = chunk.ids.find(name)
                while at % ID_SIZE and at >= 0:  # the end of one id and the beginning of another
                    at = chunk.ids.find(name, at + 1)
                if at >= 0:
                    return number, at // ID_SIZE
        raise KeyError(key)


class Items(ItemsView[str, T]):
    """Chunk by chunk, in the order of the log or backwards."""

    _mapping: Shelf[T]

    def __iter__(self) -> Iterator[tuple[str, T]]:
        for number in range(len(self._mapping.chunks)):
            yield from self._mapping.pairs(number)
        yield from self._mapping.new.items()

    def __reversed__(self) -> Iterator[tuple[str, T]]:
        yield from reversed(self._mapping.new.items())
        for number in reversed(range(len(self._mapping.chunks))):
            yield from reversed(self._mapping.pairs(number))


def packed(value: Any) -> Any:
    """A shelf in a snapshot, for msgspec."""
    if isinstance(value, Shelf):
        return value.chunks, value.new
    raise NotImplementedError(f"{type(value)} has no place in a state")


def unpacked(kind: type[Any], value: Any) -> Any:
    """The shelf again."""
    chunks, new = msgspec.convert(value, tuple[list[Chunk], dict[str, kind.kind]], builtin_types=(bytes,))  # type: ignore[name-defined]
    return kind(chunks, new)
