"""A bundle in a file that anybody may carry: locked by age for the devices of those who are to read it.

Inside are the bytes that HTTP carries, a bundle packed by zstd. The keys are the devices' own, as age's recipients of
the kind ssh-ed25519: whoever has one of these devices opens the file, with this program or with `age`. An age file is
not signed, and need not be: what counts in it are entries, each of which is.

Source: https://age-encryption.org/v1
"""

import os
import sys
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import BinaryIO

import pyrage

from cercle.core.event import Reason, Refused
from cercle.sync.bundle import Reader, Stream, Unreadable
from cercle.sync.bundle import Why as BundleWhy
from cercle.sync.packing import ZstdError, is_bomb, unpacker

BEGINNING = b"age-encryption.org/v1\n"
PACKED = b"\x28\xb5\x2f\xfd"  # a zstd frame: RFC 8878, section 3.1.1
MOST_DEVICES = 1024  # of one file; each takes some 120 bytes
# What is read before anything comes out: age takes a second over 256 KiB of header, and four times that over twice as
# much.
MOST_BEFORE = 256 * 1024
NOBODY_FITS = "No matching keys found"  # what rage says, and the only thing by which that can be told from damage


class Why(Reason):
    NOT_FOR_HERE = ("sync.not_for_here", "This file is locked for others: no key that is here opens it.")
    ALTERED = ("sync.lock_altered", "This file is damaged: it is not as it was locked.")
    ENDS_WRONG = ("sync.lock_ends_wrong", "This file is damaged: it was changed, or its end is missing.")
    TOO_MANY = ("sync.too_many_devices", "A file can be locked for at most 1,024 devices.")


# --- locking -----------------------------------------------------------------------------------------------------


def lock(pieces: Iterable[bytes], out: BinaryIO, devices: Collection[bytes]) -> None:
    """Writes what only these devices, by their public keys, can read. Raises `Refused`."""
    if len(devices) > MOST_DEVICES:
        raise Refused(Why.TOO_MANY)
    pyrage.encrypt_io(Pieces(pieces), out, [pyrage.ssh.Recipient.from_str(written(device)) for device in devices])


def is_key(device: bytes) -> bool:
    """Whether these 32 bytes are a public key at all."""
    try:
        pyrage.ssh.Recipient.from_str(written(device))
    except pyrage.RecipientError:
        return False
    return True


def written(device: bytes) -> str:
    """A device's key as OpenSSH writes public keys (RFC 8709, section 4)."""
    return f"ssh-ed25519 {b64encode(wire(b'ssh-ed25519', device)).decode()}"


def wire(*fields: bytes) -> bytes:
    """Strings as RFC 4251, section 5, has them."""
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


class Pieces:
    """Pieces of any size as a stream."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = iter(pieces)
        self.left = b""

    def read(self, size: int) -> bytes:
        while not self.left:
            piece = next(self.pieces, None)
            if piece is None:
                return b""
            self.left = piece
        found, self.left = self.left[:size], self.left[size:]
        return found


# --- opening -----------------------------------------------------------------------------------------------------


@contextmanager
def reading(stream: Stream, seeds: Iterable[bytes]) -> Iterator[Reader]:
    """The bundle in a file that is plain, packed or locked; `seeds` are the private keys that may open it. It is read
    as it comes, so that a small memory is enough. Raises `Unreadable`, as does what is read then."""
    source = Begun(stream, len(BEGINNING))
    if source.beginning != BEGINNING:
        yield Reader(unpacked(source))
        return
    opened = Opened(source, seeds)
    try:
        yield Reader(unpacked(opened))
    finally:
        opened.close()


class Begun:
    """A stream of which the beginning was looked at already. Not more than `most` bytes are read from it."""

    def __init__(self, stream: Stream, size: int) -> None:
        self.stream = stream
        self.beginning = self.left = stream.read(size)
        self.at = 0
        self.most = sys.maxsize
        self.has_ended = False
        self.problem: Exception | None = None  # age hides it while it reads its header

    def read(self, size: int) -> bytes:
        try:
            found, self.left = self.left[:size], self.left[size:]
            found = found or self.stream.read(size)
            self.at += len(found)
            self.has_ended = not found
            if self.at > self.most:
                raise Unreadable(Why.TOO_MANY, self.at)
        except Exception as problem:
            self.problem = problem
            raise
        return found


def identity(seed: bytes) -> pyrage.ssh.Identity:
    """A device's private key, in the form in which age takes it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # large, and seldom needed
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.from_private_bytes(seed)
    return pyrage.ssh.Identity.from_buffer(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))


class Opened:
    """What is in a locked stream. Another thread opens it, and waits while nobody reads; close it in the end."""

    def __init__(self, source: Begun, seeds: Iterable[bytes]) -> None:
        reading, writing = os.pipe()
        self.source = source
        source.most = MOST_BEFORE
        self.plain = os.fdopen(reading, "rb")
        self.out = os.fdopen(writing, "wb")
        self.problem: BaseException | None = None
        self.thread = Thread(target=self._open, args=([identity(seed) for seed in seeds],), daemon=True)
        self.thread.start()

    def _open(self, identities: list[pyrage.ssh.Identity]) -> None:
        try:
            with self.out:
                pyrage.decrypt_io(self.source, self, identities)
        except BaseException as problem:  # told to who reads
            self.problem = problem

    def write(self, piece: bytes) -> int:
        """What age has opened comes here."""
        self.source.most = sys.maxsize
        return self.out.write(piece)

    def flush(self) -> None:
        self.out.flush()

    def read(self, size: int) -> bytes:
        found = self.plain.read1(size)
        if not found:
            self.thread.join()
            if self.problem is not None:
                raise self._told(self.problem)
        return found

    def _told(self, problem: BaseException) -> BaseException:
        """What age says of a file that it cannot open, or cannot open to its end."""
        is_of_age = isinstance(problem, pyrage.DecryptError) or (isinstance(problem, OSError) and problem.errno is None)
        if self.source.problem is not None or not is_of_age:
            return self.source.problem or problem
        if str(problem) == NOBODY_FITS:
            return Unreadable(Why.NOT_FOR_HERE, 0)
        return Unreadable(Why.ENDS_WRONG if self.source.has_ended else Why.ALTERED, self.source.at, str(problem))

    def close(self) -> None:
        self.plain.close()
        self.thread.join()


def unpacked(stream: Stream) -> Stream:
    """What a stream holds, without its packing where it has one."""
    begun = Begun(stream, len(PACKED))
    return Unpacked(begun) if begun.beginning == PACKED else begun


class Unpacked:
    """A stream that zstd has packed: one frame and no more."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.at = self.packed = 0
        self.unpacker = unpacker()

    def read(self, size: int) -> bytes:
        """Raises `Unreadable`."""
        found = b""
        while not found and not self.unpacker.eof:
            piece = self.stream.read(size) if self.unpacker.needs_input else b""
            if not piece and self.unpacker.needs_input:
                return b""  # who reads it knows that something is missing
            try:
                self.packed += len(piece)
                found = self.unpacker.decompress(piece, size)
            except ZstdError as error:
                raise Unreadable(BundleWhy.MALFORMED, self.at, str(error)) from error
        self.at += len(found)
        if is_bomb(self.packed, self.at):
            raise Unreadable(BundleWhy.TOO_LARGE, self.at)
        if not found and (self.unpacker.unused_data or self.stream.read(1)):
            raise Unreadable(BundleWhy.TOO_LONG, self.at)
        return found
