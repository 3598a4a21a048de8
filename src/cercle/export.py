"""The circle's accounts as a journal that hledger reads, with the very balances that the pages show.

Source of the format: hledger's manual, "Journal format". Each entry that posted something is one transaction of whole
cents, the parts of a cent that were carried from bill to bill included.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from msgspec import Struct

from cercle.core.entry import Entry, short
from cercle.core.event import is_day
from cercle.core.fold import Circle
from cercle.modules.accounts.rules import RESERVED, Accounts, Move, bear, post, reverse
from cercle.sentences import Narrator, digits, plain
from cercle.store.erasure import author
from cercle.store.live import Live
from cercle.telling import member_names, unique

PARENT = "members"


class Transaction(Struct, frozen=True):
    """What one entry (its short id) added to each account: whole minor units of `unit`, above zero where the circle
    then owes somebody more."""

    entry: str
    unit: str
    added: dict[str, int]


def transactions(circle: Circle) -> Iterator[Transaction]:
    """The ledger told again, in the order of the log: what a share came to in whole cents depends on what was carried
    at that moment."""
    moves: dict[str, Move] = circle.accounts.moves if "accounts" in circle.states else {}
    again = Accounts()
    for entry, move in moves.items():
        before = dict(again.balances.get(move.unit, {}))
        if move.of:
            reverse(again, moves[move.of])
        elif move.shares is None:
            post(again, move.unit, move.payer, move.to, move.amount)
        else:
            bear(again, move.unit, move.amount, move.payer, move.shares)
        after = again.balances[move.unit]
        changed = {account: minor - before.get(account, 0) for account, minor in after.items()}
        yield Transaction(entry, move.unit, {account: minor for account, minor in changed.items() if minor})


def journal(live: Live, language: str = "en") -> Iterator[str]:
    """The journal, line by line: money alone, as points are for the home itself."""
    narrator = Narrator(live, language)
    names = {member: account_name(name) for member, name in member_names(live).items()}
    accounts = unique(names)
    found = [one for one in transactions(live.circle) if one.unit not in RESERVED]
    yield f"; {plain(live.name(live.circle.roots.name))} ({live.id.hex()})"
    yield "decimal-mark ."
    for unit in dict.fromkeys(one.unit for one in found):
        yield f"commodity 1000.{'0' * digits(unit)} {unit.upper()}"
    for one in found:
        entry = live.entry(one.entry)
        if entry is None:
            raise LookupError(one.entry)
        yield ""
        yield f"{day_of(entry)} * ({one.entry}) {description(entry, live, narrator)}"
        for member, minor in one.added.items():
            yield f"    {PARENT}:{accounts[member]}  {figure(minor, one.unit)} {one.unit.upper()}"


def figure(minor: int, unit: str) -> str:
    """Minor units with a point, in the form that is the same in every language."""
    return f"{Decimal(minor).scaleb(-digits(unit)):f}"


def account_name(name: str) -> str:
    """A person's name as one part of an account's: two spaces would end it there, a colon part it, and a semicolon
    begin a comment."""
    return re.sub(r"\s+", " ", plain(name).replace(":", "∶").replace(";", ",")).strip()


def day_of(entry: Entry) -> str:
    """The day that the entry says, else the one that its device's clock claimed, in UTC."""
    day = entry.kept.get("day")
    if isinstance(day, str) and is_day(day):
        return day
    try:
        return datetime.fromtimestamp(entry.time / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return "1970-01-01"


def description(entry: Entry, live: Live, narrator: Narrator) -> str:
    """What it was for, else the sentence of the log; a semicolon would begin a comment, a bar part it."""
    words = live.words(short(entry.id))
    said = words.get("what") or words.get("note")
    text = said if isinstance(said, str) else ""
    text = text or narrator.sentence(entry.event, entry.kept, words, author(live.circle, entry.device))
    return re.sub(r"\s+", " ", plain(text).replace(";", ",").replace("|", "/")).strip()
