"""Two replicas of one circle meet: what both ends of the conversation do alike.

A conversation is two requests. The first says the hash of one's frontier; the answer, the other's frontier, or the same
hash. The second brings what the other lacks, as a bundle, and is answered with a bundle of what oneself lacks. Bundles
are packed by zstd. What comes is stored section by section: a conversation that is cut off goes on with the next one.
Where both hold the same, the first answer may wait until the other has news (`Prefer: wait`, RFC 7240).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from itertools import chain

import msgspec

from cercle.core.entry import Entry, Raw
from cercle.core.keys import Signer, public
from cercle.modules.devices import read as devices_read
from cercle.store import keyring
from cercle.store.frontier import Frontier, lacking
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.receive import Received
from cercle.sync import signing
from cercle.sync.bundle import MOST_BYTES, Parser, Section, Unreadable, Why, write
from cercle.sync.packing import ZstdCompressor, ZstdError, is_bomb, unpacker

HASH = "hash:"
WAIT = 25  # seconds that an answer may take where both hold the same: so long is waited for news
MOST_AT_ONCE = 65_536
FULL = 128 * 1024  # of a section: what a line that breaks off every few seconds may carry in one piece
LATELY = 600_000  # ms: so long after it was written, a device that is met is told that it was revoked
SECTIONS_AT_ONCE, BYTES_AT_ONCE = 16, MOST_BYTES
BUNDLE = "application/vnd.cercle.bundle+zstd"


def spelled(there: Frontier) -> str:
    """A frontier, for a header."""
    return urlsafe_b64encode(msgspec.msgpack.encode(there)).decode()


def hashed(there: Frontier) -> str:
    """What says in few bytes whether two hold the same, for a header."""
    return HASH + there.same().hex()[:32]


def read_frontier(header: str) -> Frontier:
    """Raises `ValueError`."""
    return msgspec.msgpack.decode(urlsafe_b64decode(header.encode("ascii")), type=Frontier)


def pack(circle: bytes, entries: Iterator[tuple[Entry, Raw]]) -> Iterator[bytes]:
    """The pieces of a bundle, compressed so that each section can be read as soon as its end has come."""
    packer = ZstdCompressor()
    for piece in write(circle, entries, FULL):
        if packed := packer.compress(piece, packer.FLUSH_BLOCK):
            yield packed
    yield packer.flush()


def pack_for(live: Live, there: Frontier) -> Iterator[bytes]:
    """What who stands there lacks; nothing at all where they have everything."""
    live.seal_among_others()
    entries = lacking(live, there)
    first = next(entries, None)
    if first is not None:
        yield from pack(live.id, chain((first,), entries))


class Intake:
    """Takes in what comes, piece by piece, and stores it as it is whole. `circle` is whose entries these are to be, b""
    for whichever comes."""

    def __init__(self, node: Node, circle: bytes) -> None:
        self.node = node
        self.circle = circle
        self.received = Received()
        self._unpacker = unpacker()
        self._parser = Parser()
        self._sections: list[Section] = []
        self._packed = self._unpacked = self._stored = self._read = self._room = 0  # bytes

    def feed(self, piece: bytes) -> None:
        """Raises `Refused` where it cannot be read; what came before stands."""
        if not piece:
            return
        self._packed += len(piece)
        try:
            self._take(self._unpacker.decompress(piece, MOST_AT_ONCE))
            while not self._unpacker.needs_input and not self._unpacker.eof:
                self._take(self._unpacker.decompress(b"", MOST_AT_ONCE))
        except (ZstdError, EOFError) as error:
            raise Unreadable(Why.MALFORMED, self._parser.at, str(error)) from error

    def _take(self, piece: bytes) -> None:
        self._unpacked += len(piece)
        if is_bomb(self._packed, self._unpacked):
            raise Unreadable(Why.TOO_LARGE, self._parser.at)
        for section in self._parser.feed(piece):
            if self._parser.circle != (self.circle or self._parser.circle):
                raise Unreadable(Why.MALFORMED, 0, "another circle's")
            self._hold(section)
            if len(self._sections) == SECTIONS_AT_ONCE or self._parser.at - self._stored >= BYTES_AT_ONCE:
                self.store()

    def _hold(self, section: Section) -> None:
        """Small ones are taken in together: each by itself costs a look at all that waits."""
        size, self._read = self._parser.at - self._read, self._parser.at
        if self._sections and size <= self._room:
            self._sections[-1] += section
        else:
            self._sections.append(section)
            self._room = FULL
        self._room -= size

    def store(self) -> None:
        """Stores what has come whole; to be called whatever else went wrong. Raises `Refused`."""
        sections, self._sections, self._stored = self._sections, [], self._parser.at
        if not sections:
            return
        taken = self.node.receive(self._parser.circle, sections, at_hand=True)
        self.received.add(taken)
        if taken.stopped is not None:
            raise taken.stopped

    def finish(self) -> None:
        """Nothing more comes. Raises `Refused` where the end was not there."""
        if self._parser.at:
            self._parser.finish()


# --- who may -----------------------------------------------------------------------------------------------------


class NotMet(Exception):
    """The peer was not reached, or is none: it does not know this circle, or the asker is not in it."""


class NotLetIn(NotMet):
    """The peer answers, and does not know who asks."""


class NotKnown(NotMet):
    """The peer answers by a key that nobody has here."""


def let_in(live: Live) -> list[bytes]:
    """The keys of all who are in the circle now, but for revoked ones."""
    roots, revoked = live.replica.roots, devices_read.of(live.replica.understood).revoked
    gone = {member for member, one in roots.members.items() if one.gone} | {""}
    return [bytes.fromhex(key) for key, one in roots.devices.items() if one.member not in gone and key not in revoked]


def devices(live: Live, secret: bytes, authority: str) -> dict[str, bytes]:
    """The same, by the names that they have at this peer for who knows the secret."""
    return {signing.key_name(secret, authority, key): key for key in let_in(live)}


def to_be_told(live: Live, secret: bytes, authority: str, now: int) -> dict[str, bytes]:
    """Who may answer: the same, and the devices that were revoked just now (`now` in ms). They cannot ask any more, and
    would never hear of it; one that turns up later, and may be in wrong hands, is told nothing."""
    revoked = devices_read.of(live.replica.understood).revoked
    found = ((key, live.entry(entry)) for key, entry in revoked.items())
    fresh = [bytes.fromhex(key) for key, entry in found if entry is not None and abs(now - entry.time) < LATELY]
    names = {signing.key_name(secret, authority, key): key for key in fresh}
    return names | devices(live, secret, authority)


def voices(node: Node, live: Live) -> list[Signer]:
    """The keys by which this node may speak to others, the oldest first: a new one, after a restore or a fork, is known
    nowhere else before it was told of by one that is. Who has left speaks by the key that they had, since the others
    may not have heard of it. Nothing is written by an old one."""
    known, held = set(let_in(live)), keyring.keys_of_circle(node.connection, live.no)
    return [key for key in held if public(key) in known] or held
