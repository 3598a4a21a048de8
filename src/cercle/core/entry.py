"""The entry: a signed envelope in the log. `[header, signature, body]`, as docs/protocol.md gives it to the byte."""

import re
from functools import lru_cache
from hashlib import sha256
from typing import Any

import libipld
import msgspec

from cercle.core.spelling import MAX_INTEGER, Rejected, check_types, decode, spell

__all__ = ["Entry", "Raw", "Rejected", "compose", "entry_id", "parse", "read_words", "short", "write_words"]

VERSION = 1
HEADER_LIMIT = 64 * 1024
BODY_LIMIT = 64 * 1024
SALT_SIZE = 16
ACT_SIZE = 16
MAX_SEEN = 8
NO_CIRCLE = bytes(32)
GENESIS = "circle.begun"

_DOMAIN = b"cercle-entry/1\0"
_EVENT = re.compile(r"[a-z][a-z0-9_]{0,31}\.[a-z][a-z0-9_]{0,31}")


class Raw(msgspec.Struct, frozen=True, gc=False):
    """What travels: the header's bytes, the 64-byte signature or None, the body's bytes or None."""

    header: bytes
    signature: bytes | None
    body: bytes | None


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A header that was read, with its id and the device (public key) on whose chain it stands.

    `lamport` counts from 0 at the genesis; `time` is what the device's clock claimed, in ms since 1970.
    """

    id: bytes
    device: bytes
    seq: int
    prev: bytes | None
    seen: list[bytes]
    lamport: int
    time: int
    event: str
    kept: dict[str, Any]
    body_size: int
    body_hash: bytes | None

    @property
    def parents(self) -> list[bytes]:
        return self.seen if self.prev is None else [self.prev, *self.seen]


def entry_id(circle: bytes, device: bytes, header: bytes) -> bytes:
    """32 bytes; the genesis is hashed with `NO_CIRCLE`, and its id is the circle's."""
    return sha256(_DOMAIN + circle + device + header).digest()


def short(identifier: bytes) -> str:
    """The first 80 bits in hexadecimal: how kept fields and addresses name what an entry brought."""
    return identifier[:10].hex()


def write_words(salt: bytes, words: dict[str, Any]) -> bytes | None:
    """A body: 16 random bytes, then the words; None where the event has none."""
    return salt + spell(words) if words else None


def read_words(body: bytes | None) -> dict[str, Any]:
    """The words of a body; {} for a missing, erased or unreadable one, since no rule depends on them."""
    if not body or len(body) <= SALT_SIZE:
        return {}
    try:
        words = libipld.decode_dag_cbor(body[SALT_SIZE:])
    except (ValueError, RecursionError):
        return {}
    return words if isinstance(words, dict) else {}


def compose(
    circle: bytes,
    device: bytes,
    *,
    seq: int,
    prev: bytes | None,
    seen: list[bytes],
    lamport: int,
    time: int,
    event: str,
    kept: dict[str, Any],
    body: bytes | None,
) -> tuple[Entry, bytes]:
    """A new entry and its header's bytes, held to the same limits as a received one."""
    size, digest = (0, None) if body is None else (len(body), sha256(body).digest())
    header = spell([VERSION, seq, prev, seen, lamport, time, event, kept, size, digest])
    return parse(circle, device, header, body), header


def parse(circle: bytes, device: bytes, header: bytes, body: bytes | None = None) -> Entry:
    """Reads one header and checks all that can be said of it alone. Raises `Rejected`."""
    if len(header) > HEADER_LIMIT or (body is not None and len(body) > BODY_LIMIT):
        raise Rejected("size", "header or body over 64 KiB")
    fields = decode(header)
    if type(fields) is list and fields and type(fields[0]) is int and fields[0] != VERSION:
        raise Rejected("version", "only version 1 is known")
    if type(fields) is not list or len(fields) != 10 or type(fields[0]) is not int:
        raise Rejected("spelling", "not a version and nine fields")
    identifier = entry_id(circle, device, header)
    entry = Entry(identifier, device, *fields[1:])
    _check_types(entry)
    _check_body(entry, body)
    return entry if entry.seq or entry.seen else _genesis(circle, device, header, entry)


def _genesis(circle: bytes, device: bytes, header: bytes, entry: Entry) -> Entry:
    if entry.lamport != 0 or entry.event != GENESIS or len(entry.kept.get("act", b"")) != ACT_SIZE:
        raise Rejected("root", "only a genesis stands alone")
    identifier = entry_id(NO_CIRCLE, device, header)
    if circle not in (identifier, NO_CIRCLE):
        raise Rejected("genesis", "the genesis of another circle")
    return msgspec.structs.replace(entry, id=identifier)


def _check_types(entry: Entry) -> None:
    seq, lamport, time, size = entry.seq, entry.lamport, entry.time, entry.body_size
    for number in (seq, lamport, time, size):
        if type(number) is not int or not 0 <= number <= MAX_INTEGER:
            raise Rejected("spelling", "seq, lamport, time and body_size are whole numbers from 0")
    prev, seen, kept, digest = entry.prev, entry.seen, entry.kept, entry.body_hash
    if (prev is None) != (seq == 0) or not (prev is None or (type(prev) is bytes and len(prev) == 32)):
        raise Rejected("chain", "prev is null exactly where seq is 0, else an id")
    if type(seen) is not list or len(seen) > MAX_SEEN:
        raise Rejected("spelling", "seen is a list of at most 8 ids")
    for parent in seen:
        if type(parent) is not bytes or len(parent) != 32:
            raise Rejected("spelling", "an id is 32 bytes")
    if len(seen) > 1 and len(set(seen)) != len(seen):
        raise Rejected("spelling", "seen names an entry once")
    if not _is_event(entry.event):
        raise Rejected("spelling", "an event is module.past_tense")
    if type(kept) is not dict:
        raise Rejected("spelling", "kept is a map")
    check_types((kept,), 1, ascii_only=True)
    if "act" in kept and (type(kept["act"]) is not bytes or len(kept["act"]) != ACT_SIZE):
        raise Rejected("spelling", "an act is 16 bytes")
    if (digest is None) != (size == 0) or size > BODY_LIMIT:
        raise Rejected("body", "body_hash is null exactly where body_size is 0; at most 64 KiB")
    if digest is not None and (type(digest) is not bytes or len(digest) != 32):
        raise Rejected("spelling", "a body_hash is 32 bytes")


def _is_event(name: Any) -> bool:
    return type(name) is str and _has_event_form(name)


@lru_cache(1024)  # the same few names come again and again
def _has_event_form(name: str) -> bool:
    return _EVENT.fullmatch(name) is not None


def _check_body(entry: Entry, body: bytes | None) -> None:
    if body is not None and (len(body) != entry.body_size or sha256(body).digest() != entry.body_hash):
        raise Rejected("body", "the body is not the one that the header names")
