"""The circle's shared tablet: who sits at it just now, what waits until they say so, and the PIN by which they do."""

import hmac
import os
import time
from collections import OrderedDict
from hashlib import scrypt

import msgspec

from cercle.store.node import Node

SEAT_LASTS = 180.0  # seconds without a tap
SEATS_KEPT = 1000
TURNED_AWAY_KEPT = 100
LARGEST_KEPT = 20_000  # letters of a form
PIN_DIGITS = range(4, 9)
TRIES = 5
FIRST_WAIT, LONGEST_WAIT = 60_000, 3_600_000  # ms
# The cost of one guess: 16 MiB and some tens of ms. Source: RFC 7914, section 2.
COST, BLOCK, PARALLEL = 2**14, 8, 1


class Seat(msgspec.Struct):
    person: int
    tapped: float


_seats: OrderedDict[str, Seat] = OrderedDict()


def sit_down(session: str, person: int) -> None:
    """They have given their PIN at the tablet of that session."""
    _seats[session] = Seat(person, time.monotonic())
    while len(_seats) > SEATS_KEPT:
        _seats.popitem(last=False)


def stand_up(session: str) -> None:
    _seats.pop(session, None)


def sitting(session: str, tapped: bool) -> int | None:
    """Who sits at the tablet, unless it has not been tapped for too long. `tapped`: this is a tap."""
    seat = _seats.get(session)
    if seat is None:
        return None
    if time.monotonic() - seat.tapped > SEAT_LASTS:
        stand_up(session)
        return None
    if tapped:
        seat.tapped = time.monotonic()
    return seat.person


# --- what was turned away ----------------------------------------------------------------------------------------


class TurnedAway(msgspec.Struct):
    """A form that was sent while nobody sat there: where to, with which fields, and who had opened it, if anybody."""

    address: str
    fields: list[tuple[str, str]]
    me: str
    at: float

    @property
    def line(self) -> str:
        """What was typed into the box of the list, if that is what it is."""
        return dict(self.fields).get("line", "")


_turned_away: OrderedDict[str, TurnedAway] = OrderedDict()


def turn_away(session: str, address: str, fields: list[tuple[str, str]], me: str) -> None:
    """Keeps what was sent until somebody says who they are; of what was sent before, nothing. What is too large, or
    has a PIN in it, is not kept."""
    forget(session)
    if sum(len(name) + len(value) for name, value in fields) > LARGEST_KEPT or "pin" in dict(fields):
        return
    _turned_away[session] = TurnedAway(address, fields, me, time.monotonic())
    while len(_turned_away) > TURNED_AWAY_KEPT:
        _turned_away.popitem(last=False)


def turned_away(session: str) -> TurnedAway | None:
    found = _turned_away.get(session)
    if found is not None and time.monotonic() - found.at > SEAT_LASTS:
        forget(session)
        return None
    return found


def forget(session: str) -> None:
    _turned_away.pop(session, None)


# --- PINs --------------------------------------------------------------------------------------------------------


class Tries(msgspec.Struct):
    """Wrong PINs since the last right one, and until when (ms) no other is looked at."""

    wrong: int = 0
    until: int = 0


def is_pin(text: str) -> bool:
    return len(text) in PIN_DIGITS and text.isascii() and text.isdigit()


def keep_pin(node: Node, person: int, pin: str) -> None:
    """Sets a person's PIN; what was tried before is forgotten."""
    salt = os.urandom(16)
    node.describe_person(person, pin=f"{salt.hex()}${digest(pin, salt).hex()}")
    _keep(node, person, Tries())


def has_pin(node: Node, person: int) -> bool:
    return bool(node.person(person).pin)


def check_pin(node: Node, person: int, pin: str, now: int) -> bool:
    """Whether it is theirs. While `wait` says more than 0, nothing is looked at, and it is not. `now` in ms."""
    tries = _tries(node, person)
    if tries.until > now:
        return False
    salt, _, kept = node.person(person).pin.partition("$")
    right = bool(kept) and hmac.compare_digest(digest(pin, bytes.fromhex(salt)), bytes.fromhex(kept))
    if right:
        _keep(node, person, Tries())
        return True
    wrong = tries.wrong + 1
    pause = min(FIRST_WAIT << min(wrong - TRIES, 10), LONGEST_WAIT) if wrong >= TRIES else 0
    _keep(node, person, Tries(wrong, now + pause if pause else 0))
    return False


def wait(node: Node, person: int, now: int) -> int:
    """For how many ms no PIN of theirs is looked at, after too many wrong ones."""
    return max(_tries(node, person).until - now, 0)


def digest(pin: str, salt: bytes) -> bytes:
    return scrypt(pin.encode(), salt=salt, n=COST, r=BLOCK, p=PARALLEL, maxmem=2**26)


def _tries(node: Node, person: int) -> Tries:
    kept = node.setting(f"pin.{person}")
    return msgspec.msgpack.decode(kept, type=Tries) if kept else Tries()


def _keep(node: Node, person: int, tries: Tries) -> None:
    node.keep_setting(f"pin.{person}", msgspec.msgpack.encode(tries))
