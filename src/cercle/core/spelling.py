"""One spelling only: deterministic DAG-CBOR, decoded by libipld, then re-encoded and compared."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import libipld

MAX_DEPTH = 16
MAX_INTEGER = 2**63 - 1
MIN_INTEGER = -(2**63)

_LINK_TAG = b"\xd8\x2a"
_TOGETHER = 16  # one in a hundred of real headers has to be spelled by itself, and all those with it


class Rejected(Exception):
    """An entry that is wrong in itself or against its ancestors, and so never becomes part of the log.

    `code` is one of: spelling, size, version, body, chain, lamport, root, signature, genesis.
    """

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(f"{code}: {about}" if about else code)
        self.code = code
        self.about = about


def spell(value: Any) -> bytes:
    """The one byte string that stands for `value` (None, bool, int, str, bytes, list, dict with str keys).

    libipld writes byte strings that happen to parse as a CID as links (tag 42), as about one random 32-byte
    hash in 262,144 does; where that tag shows up in the output, the value is spelled by our own encoder.
    """
    raw: bytes = libipld.encode_dag_cbor(value)
    return _plain(value) if _LINK_TAG in raw else raw


def unspell(raw: bytes, ascii_only: bool = False) -> Any:
    """The value that `raw` spells. Raises `Rejected("spelling")` for any other spelling of it, for floats,
    tags, integers beyond signed 64 bits, depth over 16 and, with `ascii_only`, text that is not ASCII."""
    value = decode(raw)
    check_types((value,), 0, ascii_only)
    return value


def decode(raw: bytes) -> Any:
    """The value that `raw` is the one spelling of, before a look at the types in it. Raises `Rejected("spelling")`."""
    return decode_all([raw])[0]


def decode_all(raws: Sequence[bytes]) -> list[Any]:
    """The same of many. Raises `Rejected("spelling")` where one of them is wrong.

    Some are spelled again as one list, in half the time that one after the other takes. Each was decoded to its end,
    and in CBOR no item begins another: the same bytes in a row are the same items.
    """
    try:
        values = list(map(libipld.decode_dag_cbor, raws))
        for at in range(0, len(raws), _TOGETHER):
            some, spelled = values[at : at + _TOGETHER], raws[at : at + _TOGETHER]
            whole = b"".join((head(4, len(some)), *spelled))
            if _LINK_TAG not in whole and libipld.encode_dag_cbor(some) == whole:
                continue
            if list(map(spell, some)) != list(spelled):
                raise Rejected("spelling", "not the one spelling of its value")
    except (ValueError, RecursionError, OverflowError) as error:
        raise Rejected("spelling", "not DAG-CBOR") from error
    return values


def head(major: int, number: int) -> bytes:
    """The first bytes of an item of CBOR: its major type (2 for bytes, 4 for a list, 5 for a map, as RFC 8949 numbers
    them), and its length or its value."""
    if number < 24:
        return bytes([major << 5 | number])
    for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes([major << 5 | extra]) + number.to_bytes(size, "big")
    raise Rejected("spelling", "an integer beyond 64 bits")


def in_spelled_order(keys: Iterable[str]) -> list[str]:
    """The keys of a map as they are spelled: the shorter ones first, then by their bytes."""
    by_bytes = sorted(keys)  # UTF-8 sorts as the text does
    ascii_only = all(map(str.isascii, by_bytes))
    return sorted(by_bytes, key=len if ascii_only else lambda key: len(key.encode()))


def check_kept(maps: Sequence[Any]) -> None:
    """Whether each is a map that holds nothing but what rules may read. Raises `Rejected("spelling")`."""
    if set(map(type, maps)) != {dict}:
        raise Rejected("spelling", "kept is a map")
    if not "".join(chain.from_iterable(maps)).isascii():
        raise Rejected("spelling", "text that is not ASCII")
    check_types(chain.from_iterable(map(dict.values, maps)), 2, ascii_only=True)


def check_types(items: Iterable[Any], depth: int, ascii_only: bool) -> None:
    """Whether these values, which stand so deep, hold nothing but what a log may. Raises `Rejected("spelling")`."""
    for item in items:
        kind = type(item)
        if kind is str:
            if not item.isascii() and ascii_only:
                raise Rejected("spelling", "text that is not ASCII")
        elif kind is bytes:
            continue
        elif kind is int:
            if item > MAX_INTEGER or item < MIN_INTEGER:
                raise Rejected("spelling", "an integer beyond 64 bits")
        elif kind is list or kind is dict:
            if depth == MAX_DEPTH:
                raise Rejected("spelling", f"deeper than {MAX_DEPTH}")
            if kind is dict:
                if ascii_only and not "".join(item).isascii():
                    raise Rejected("spelling", "text that is not ASCII")
                item = item.values()
            check_types(item, depth + 1, ascii_only)
        elif item is not None and kind is not bool:
            raise Rejected("spelling", "a float or another type that has no place here")


def _plain(value: Any) -> bytes:
    """RFC 8949 core deterministic encoding with DAG-CBOR's key order, every byte string as a byte string."""
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return head(3, len(text)) + text
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(_plain, value))
    if isinstance(value, dict):
        pairs = (_plain(key) + _plain(value[key]) for key in in_spelled_order(value))
        return head(5, len(value)) + b"".join(pairs)
    return bytes(libipld.encode_dag_cbor(value))  # a float: spelled, so that the walk can refuse it by name
