"""The entry: a signed envelope in the log. `[header, signature, body]`, as docs/protocol.md gives it to the byte."""

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any

import libipld
import msgspec
from msgspec import Meta

from cercle.core.spelling import MAX_INTEGER, Rejected, check_kept, decode_all, spell

__all__ = [
    "Entry",
    "Raw",
    "Rejected",
    "compose",
    "entry_id",
    "parse",
    "parse_all",
    "read_words",
    "short",
    "write_words",
]

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


Count = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Id = Annotated[bytes, Meta(min_length=32, max_length=32)]


class Raw(msgspec.Struct, frozen=True, gc=False, array_like=True, forbid_unknown_fields=True):
    """What travels: the header's bytes, the 64-byte signature or None, the body's bytes or None."""

    header: Annotated[bytes, Meta(min_length=1, max_length=HEADER_LIMIT)]
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)] | None
    body: Annotated[bytes, Meta(max_length=BODY_LIMIT)] | None


class Entry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A header that was read, with its id and the device (public key) on whose chain it stands.

    `lamport` counts from 0 at the genesis; `time` is what the device's clock claimed, in ms since 1970.
    """

    id: bytes
    device: bytes
    seq: Count
    prev: Id | None
    seen: Annotated[list[Id], Meta(max_length=MAX_SEEN)]
    lamport: Count
    time: Count
    event: str
    kept: Any
    body_size: Annotated[int, Meta(ge=0, le=BODY_LIMIT)]
    body_hash: Id | None

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
    return parse_all(circle, device, [header], [body])[0]


def parse_all(circle: bytes, device: bytes, headers: Sequence[bytes], bodies: Sequence[bytes | None]) -> list[Entry]:
    """`parse` for a run: entries of one device, of which only the first may begin a circle. It takes two thirds of the
    time. Raises `Rejected` where one of them is wrong."""
    if not headers:
        return []
    if max(map(len, headers)) > HEADER_LIMIT or max(len(body or b"") for body in bodies) > BODY_LIMIT:
        raise Rejected("size", "header or body over 64 KiB")
    values, begun = decode_all(headers), sha256(_DOMAIN + circle + device)
    for fields, header in zip(values, headers, strict=True):
        if type(fields) is not list or len(fields) != 10 or type(fields[0]) is not int or fields[0] != VERSION:
            raise _no_header(fields)
        whole = begun.copy()
        whole.update(header)
        fields[0:1] = (whole.digest(), device)
    try:
        entries = msgspec.convert(values, list[Entry], builtin_types=(bytes,))  # text never stands for bytes
    except msgspec.ValidationError as error:
        raise Rejected("spelling", str(error)) from error
    check_kept([entry.kept for entry in entries])
    for entry, body in zip(entries, bodies, strict=True):
        _check_fields(entry)
        if body is not None and (len(body) != entry.body_size or sha256(body).digest() != entry.body_hash):
            raise Rejected("body", "the body is not the one that the header names")
    first = entries[0]
    return entries if first.seq or first.seen else [_genesis(circle, device, headers[0], first), *entries[1:]]


def _no_header(fields: Any) -> Rejected:
    """Why a value is none of version 1."""
    if type(fields) is list and fields and type(fields[0]) is int and fields[0] != VERSION:
        return Rejected("version", "only version 1 is known")
    return Rejected("spelling", "not a version and nine fields")


def _genesis(circle: bytes, device: bytes, header: bytes, entry: Entry) -> Entry:
    if entry.lamport != 0 or entry.event != GENESIS or len(entry.kept.get("act", b"")) != ACT_SIZE:
        raise Rejected("root", "only a genesis stands alone")
    identifier = entry_id(NO_CIRCLE, device, header)
    if circle not in (identifier, NO_CIRCLE):
        raise Rejected("genesis", "the genesis of another circle")
    return msgspec.structs.replace(entry, id=identifier)


def _check_fields(entry: Entry) -> None:
    """What the types of the fields do not say."""
    seen, kept = entry.seen, entry.kept
    if (entry.prev is None) != (entry.seq == 0):
        raise Rejected("chain", "prev is null exactly where seq is 0")
    if len(seen) > 1 and len(set(seen)) != len(seen):
        raise Rejected("spelling", "seen names an entry once")
    if not _is_event(entry.event):
        raise Rejected("spelling", "an event is module.past_tense")
    if "act" in kept and (type(kept["act"]) is not bytes or len(kept["act"]) != ACT_SIZE):
        raise Rejected("spelling", "an act is 16 bytes")
    if (entry.body_hash is None) != (entry.body_size == 0):
        raise Rejected("body", "body_hash is null exactly where body_size is 0")


@lru_cache(1024)  # the same few names come again and again
def _is_event(name: str) -> bool:
    return _EVENT.fullmatch(name) is not None
