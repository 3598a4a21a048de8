"""The bundle: entries of one circle as a file or an HTTP body, the same bytes.

    bundle   = magic, circle, section*, end
    magic    = "cercle-bundle/1\\n", 16 bytes of ASCII
    circle   = the circle's id, 32 bytes
    section  = size, then that many bytes: the DAG-CBOR spelling (the one of `core.spelling`) of a list of runs
    size     = 4 bytes, big-endian, 1 to 2 MiB
    run      = [device, [raw, ...]]: a device's key (32 bytes) and at least one entry, each of which names the one
               before it as its `prev`
    raw      = [header, signature | null, body | null]: at most 64 KiB of header and of body, 64 bytes of signature
    end      = a size of 0, then the SHA-256 (32 bytes) of all bytes before it; nothing follows

A section holds 1 to 4096 entries. Their parents stand in earlier sections, in the same one (in whatever run), or are
held already by who reads it. The last entry of every run is signed, and so is one in 256 of those before it; a writer
leaves out the other signatures. A body that was erased, or that the writer lacks, is null. A forked device has a run
for each of its branches. The sections in which entries came are the smallest that a reader can hand on, since it
lacks the signatures that were left out: nothing in a section can be cut off from its runs' ends.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Protocol

import libipld
import msgspec
from msgspec import Meta

from cercle.core.entry import Entry, Raw
from cercle.core.event import Reason, Refused
from cercle.core.log import SIGNED_EVERY
from cercle.core.spelling import head

MAGIC = b"cercle-bundle/1\n"
MOST_ENTRIES = 4096
MOST_BYTES = 2 * 1024 * 1024
FULL = 3 * 512 * 1024  # where a writer begins another section, if it may cut there
PIECE = 65_536  # bytes that are read at a time
AROUND = 80  # what an entry takes beyond its header and body, rounded up

Run = tuple[bytes, list[Raw]]
Section = list[Run]

Key = Annotated[bytes, Meta(min_length=32, max_length=32)]
Runs = Annotated[list[tuple[Key, Annotated[list[Raw], Meta(min_length=1)]]], Meta(min_length=1)]


class Why(Reason):
    NO_BUNDLE = ("sync.no_bundle", "This is not a file of a circle.")
    NEWER = ("sync.newer", "This file was written by a newer Cercle: an update is needed to read it.")
    CUT_SHORT = ("sync.cut_short", "This file ends too early: a part of it is missing.")
    TOO_LARGE = ("sync.too_large", "A part of this file is larger than it may be.")
    MALFORMED = ("sync.malformed", "A part of this file is damaged: it cannot be read.")
    ALTERED = ("sync.altered", "This file is damaged: it is not as it was written.")
    TOO_LONG = ("sync.too_long", "Something follows after the end of this file.")


class Unreadable(Refused):
    """The bytes are no bundle. `at` is where, counted in bytes from the start; `about` says more, in English."""

    def __init__(self, reason: Reason, at: int, about: str = "") -> None:
        super().__init__(reason)
        self.at = at
        self.about = about

    def __str__(self) -> str:
        return f"byte {self.at}: {self.about}" if self.about else f"byte {self.at}"


class Parser:
    """Takes a bundle in pieces, however they are cut, and gives each section once it is whole: no more than one of them
    is held in memory. `circle` is b"" until its beginning was seen."""

    def __init__(self) -> None:
        self.circle = b""
        self.at = 0
        self._digest = sha256()
        self._buffer = bytearray()
        self._section: int | None = None  # the size of the section that comes; None where the size itself comes
        self._ended = False

    def feed(self, piece: bytes) -> Iterator[Section]:
        """Raises `Unreadable`; what was given before that stands, since each section is judged by itself."""
        self._buffer += piece
        while not self._ended and (found := self._next()) is not None:
            if not self.circle:
                self._begin(found)
            elif self._section is None:
                self._section = self._size(found)
            else:
                size, self._section = self._section, None
                if size:
                    yield _section(found, self.at - size)
                else:
                    self._end(found)
        if self._ended and self._buffer:
            raise Unreadable(Why.TOO_LONG, self.at)

    def finish(self) -> None:
        """Nothing more comes. Raises `Unreadable` where the end was not there."""
        if not self._ended:
            if not self.circle:
                self._check_magic(bytes(self._buffer[: len(MAGIC)]))
            raise Unreadable(Why.CUT_SHORT, self.at + len(self._buffer))

    def _next(self) -> bytes | None:
        """What is wanted next, once it is there: the beginning, a size, a section, or (for a size of 0) the end."""
        size = len(MAGIC) + 32 if not self.circle else 4 if self._section is None else self._section or 32
        if len(self._buffer) < size:
            return None
        found = bytes(self._buffer[:size])
        del self._buffer[:size]
        self.at += size
        if self._section != 0:
            self._digest.update(found)
        return found

    def _begin(self, found: bytes) -> None:
        self._check_magic(found[: len(MAGIC)])
        self.circle = found[len(MAGIC) :]

    @staticmethod
    def _check_magic(magic: bytes) -> None:
        if magic != MAGIC:
            is_newer = len(magic) == len(MAGIC) and magic.startswith(b"cercle-bundle/")
            raise Unreadable(Why.NEWER if is_newer else Why.NO_BUNDLE, 0)

    def _size(self, found: bytes) -> int:
        size = int.from_bytes(found, "big")
        if size > MOST_BYTES:
            raise Unreadable(Why.TOO_LARGE, self.at - 4)
        return size

    def _end(self, found: bytes) -> None:
        if found != self._digest.digest():
            raise Unreadable(Why.ALTERED, self.at - 32)
        self._ended = True


class Stream(Protocol):
    """What bytes are read from: at most so many at a time, and none once it has ended."""

    def read(self, size: int, /) -> bytes: ...


class Reader:
    """A bundle in a file. `circle` is read at once; `sections` gives one section after the other."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.parser = Parser()
        wanted = len(MAGIC) + 32
        while not self.parser.circle and (piece := stream.read(wanted)):  # a socket may give less than it was asked for
            wanted -= len(piece)
            list(self.parser.feed(piece))
        if not self.parser.circle:
            self.parser.finish()
        self.circle = self.parser.circle

    def sections(self) -> Iterator[Section]:
        """Raises `Unreadable`; what was given before that stands, since each section is judged by itself."""
        while piece := self.stream.read(PIECE):
            yield from self.parser.feed(piece)
        self.parser.finish()


def _section(raw: bytes, at: int) -> Section:
    try:
        section: Section = msgspec.convert(libipld.decode_dag_cbor(raw), Runs)
    except (ValueError, RecursionError, OverflowError) as error:  # msgspec's own is a ValueError
        raise Unreadable(Why.MALFORMED, at, str(error)) from error
    if sum(len(run) for _, run in section) > MOST_ENTRIES:
        raise Unreadable(Why.TOO_LARGE, at)
    if _spelled(section) != raw:
        raise Unreadable(Why.MALFORMED, at, "not the one spelling of its value")
    return section


def _spelled(section: Section) -> bytes:
    """The DAG-CBOR spelling of a section. What libipld writes will not do for so many random bytes: see `spell`."""
    parts = [head(4, len(section))]
    for device, run in section:
        parts += (b"\x82", _bytes_head(32), device, head(4, len(run)))
        for raw in run:
            header, signature, body = raw.header, raw.signature, raw.body
            parts += (
                b"\x83",
                _bytes_head(len(header)),
                header,
                b"\xf6" if signature is None else b"\x58\x40" + signature,
                b"\xf6" if body is None else _bytes_head(len(body)) + body,
            )
    return b"".join(parts)


@lru_cache(4096)
def _bytes_head(length: int) -> bytes:
    return head(2, length)


def write(circle: bytes, entries: Iterable[tuple[Entry, Raw]], full: int = FULL) -> Iterator[bytes]:
    """The bytes of a bundle, piece by piece, from entries in an order in which they may arrive: parents first, and
    every chain ending in a signature, as the log of a node has them. After so many bytes a section is `full`, if it may
    end there."""
    digest = sha256()
    for piece in _pieces(circle, entries, full):
        digest.update(piece)
        yield piece
    yield digest.digest()


def _pieces(circle: bytes, entries: Iterable[tuple[Entry, Raw]], full: int) -> Iterator[bytes]:
    yield MAGIC
    yield circle
    for section in _sections(entries, full):
        spelled = _spelled(section)
        yield len(spelled).to_bytes(4, "big")
        yield spelled
    yield bytes(4)


def _sections(entries: Iterable[tuple[Entry, Raw]], full: int) -> Iterator[Section]:
    """As many entries as fit, cut where the last of every run is signed. A body for which there is no room (it was
    missing when its entry came, and was filled in later) is left out."""
    waiting: list[tuple[Entry, Raw]] = []
    unsigned: set[bytes] = set()
    whole = size = 0
    for entry, raw in entries:
        if whole and (len(waiting) == MOST_ENTRIES or size + _size(raw) > full):
            yield _runs(waiting[:whole])
            waiting = waiting[whole:]
            size = sum(_size(raw) for _, raw in waiting)
            whole = 0
        kept = raw if size + _size(raw) <= MOST_BYTES else Raw(raw.header, raw.signature, None)
        waiting.append((entry, kept))
        size += _size(kept)
        if entry.prev is not None:
            unsigned.discard(entry.prev)
        if raw.signature is None:
            unsigned.add(entry.id)
        elif not unsigned:
            whole = len(waiting)
    if waiting:
        yield _runs(waiting)


def _size(raw: Raw) -> int:
    return len(raw.header) + len(raw.body or b"") + AROUND


def _runs(entries: list[tuple[Entry, Raw]]) -> Section:
    """The chains in one section, each with as few signatures as may be."""
    section: Section = []
    ends: dict[bytes | None, list[Raw]] = {}
    for entry, raw in entries:
        run = ends.pop(entry.prev, None) if entry.prev is not None else None
        if run is None:
            run = []
            section.append((entry.device, run))
        run.append(raw)
        ends[entry.id] = run
    for _, run in section:
        _thin_out(run)
    return section


def _thin_out(run: list[Raw]) -> None:
    """Leaves the signature at the end, and before it the fewest that leave no gap of more than 256 entries."""
    end = len(run) - 1
    while end >= 0:
        candidates = range(end - SIGNED_EVERY, end) if end >= SIGNED_EVERY else ()
        kept = next((at for at in candidates if run[at].signature is not None), -1)
        for at in range(kept + 1, end):
            run[at] = Raw(run[at].header, None, run[at].body)
        end = kept
