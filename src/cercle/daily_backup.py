"""Makes the backup of a day where it is due, keeps some of those before, and says how it stands with them."""

import errno
import re
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path

import msgspec
from sqlalchemy.exc import DBAPIError

from cercle import backup, restoring
from cercle.backup import Made, back_up
from cercle.core.event import Reason, Refused
from cercle.daily import ABOUT, LATE, Said, Why, folder_of, key_of, note, said
from cercle.store.node import Node

OF_ONE = re.compile(r"cercle-([0-9a-f]{8})-(\d{4}-\d\d-\d\d)\.age", re.ASCII)


class State(Enum):
    OFF = "off"  # none is made by itself
    GOOD = "good"
    LATE = "late"


def state(node: Node) -> State:
    if folder_of(node) is None:
        return State.OFF
    last, now = said(node), node.clock()
    has_come_to_an_end = not last.problem or backup.is_being_made(node)
    return State.GOOD if has_come_to_an_end and 0 <= now - last.made < LATE else State.LATE


def problem(code: str) -> Reason | None:
    known = (*Why, *backup.Why, *restoring.Why)
    return next((reason for reason in known if reason.code == code), Why.NOT_WRITABLE if code else None)


def make(node: Node) -> tuple[Path, Made]:
    """Makes today's, and lets go of what is too old; what became of it is noted. Raises `Refused` and OSError."""
    before = said(node)
    note(node, msgspec.structs.replace(before, tried=node.clock(), problem=Why.CUT_OFF.code))
    try:
        target, made = put(node)
    except Refused as refusal:
        if refusal.reason is not backup.Why.BUSY:  # else the other one says what becomes of it
            note(node, msgspec.structs.replace(said(node), problem=refusal.reason.code))
        raise
    except (OSError, sqlite3.Error, DBAPIError) as error:
        note(node, msgspec.structs.replace(said(node), problem=reason_of(error).code))
        raise
    now = node.clock()
    note(node, Said(now, now, str(target), made.size))
    return target, made


def reason_of(error: Exception) -> Reason:
    """Of the folder where backups go, or, where the database says it, of this machine."""
    name = getattr(getattr(error, "orig", error), "sqlite_errorname", "")
    if name:
        return backup.Why.NO_ROOM if name in ("SQLITE_FULL", "SQLITE_IOERR_WRITE") else backup.Why.NOT_WRITTEN
    is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return Why.FULL if is_full else Why.NOT_WRITABLE


def put(node: Node) -> tuple[Path, Made]:
    folder, key = folder_of(node), key_of(node)
    if folder is None:
        raise Refused(Why.NO_FOLDER)
    if not key:
        raise Refused(Why.NO_WORDS)
    if not (folder / ABOUT).is_file():
        raise Refused(Why.NOT_THERE)
    ours = node.name()[:8]
    today = datetime.fromtimestamp(node.clock() / 1000, UTC).astimezone().date()
    target = folder / f"cercle-{ours}-{today.isoformat()}.age"
    for cut_off in folder.glob(f"cercle-{ours}-*.part"):
        cut_off.unlink()
    made = back_up(node, target, key)
    there = days_in(folder, ours)
    for day in there.keys() - kept(there) - {today.isoformat()}:
        there[day].unlink()
    return target, made


def days_in(folder: Path, ours: str) -> dict[str, Path]:
    """The backups of this node by their days; others may have theirs in the same folder."""
    found: dict[str, Path] = {}
    for path in folder.iterdir():
        named = OF_ONE.fullmatch(path.name)
        with suppress(ValueError):  # what is no day of a calendar is none of ours
            if named and named[1] == ours:
                found[date.fromisoformat(named[2]).isoformat()] = path
    return found


def kept(days: Iterable[str]) -> set[str]:
    """Of the days of which there is one: the last 7, and the last one of each of 4 weeks and of 12 months. It counts
    what is there and asks for no clock, so that one that is wrong makes nothing go."""
    found = set[str]()
    rhythms = ((7, "%Y-%m-%d"), (4, "%G-%V"), (12, "%Y-%m"))
    for most, rhythm in rhythms:
        last: dict[str, str] = {}
        for day in sorted(days, reverse=True):
            last.setdefault(date.fromisoformat(day).strftime(rhythm), day)
        found.update(sorted(last.values(), reverse=True)[:most])
    return found
