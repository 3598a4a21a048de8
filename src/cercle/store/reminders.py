"""Who wants reminders by e-mail of which circle, and what was sent already. Addresses are in no log."""

import os
from collections.abc import Collection, Iterable
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from cercle.store.tables import reminded, reminders, tokens

STOP_SIZE = 16


class Mark(Struct, frozen=True):
    """Of what somebody was told: its `kind`, what it was `about`, and when that is (ms; 0 where it has no time)."""

    kind: str
    about: str
    at: int = 0


# --- who wants which -------------------------------------------------------------------------------------------------


def choices(connection: Connection) -> list[Any]:
    """The rows of all, in the order in which they chose first."""
    return list(connection.execute(select(reminders).order_by(reminders.c.no)))


def choice_of(connection: Connection, circle: int, person: int) -> Any:
    """The row of somebody in a circle, or None."""
    return connection.execute(
        select(reminders).where(reminders.c.circle == circle, reminders.c.person == person)
    ).first()


def choose(connection: Connection, circle: int, person: int, address: str, kinds: Collection[str], now: int) -> None:
    """From now on they want these kinds, at this address: one that is new, or was refused, waits until somebody there
    has said yes."""
    found = choice_of(connection, circle, person)
    chosen = {"address": address, "kinds": " ".join(kinds)}
    if found is None:
        row = chosen | {"circle": circle, "person": person, "since": now, "stop": os.urandom(STOP_SIZE)}
        connection.execute(insert(reminders).values(**row))
        return
    anew: dict[str, Any] = {} if found.kinds == chosen["kinds"] else {"since": now}
    if found.address != address or found.refused:
        anew |= {"confirmed": 0, "refused": ""}
    connection.execute(update(reminders).where(reminders.c.no == found.no).values(**chosen, **anew))


def confirm(connection: Connection, circle: int, person: int, address: str, now: int) -> bool:
    """Somebody who reads mail at this address says yes; whether it is still the one that was chosen."""
    theirs = (reminders.c.circle == circle, reminders.c.person == person, reminders.c.address == address)
    known = connection.scalar(select(reminders.c.confirmed).where(*theirs))
    if known == 0:
        connection.execute(update(reminders).where(*theirs).values(confirmed=now, since=now))
    return known is not None


def note_refused(connection: Connection, no: int, address: str, said: str) -> None:
    """Nothing goes there any more, until they choose anew."""
    here = update(reminders).where(reminders.c.no == no, reminders.c.address == address)
    connection.execute(here.values(refused=said))


def forget_choice(connection: Connection, no: int) -> None:
    """Nothing is sent, and the address is known here no more."""
    connection.execute(delete(reminders).where(reminders.c.no == no))


def forget_person(connection: Connection, person: int) -> None:
    """The same in all circles of somebody who uses this node's pages no more."""
    connection.execute(delete(reminders).where(reminders.c.person == person))


def forget_unanswered(connection: Connection, purpose: str, now: int, before: int) -> None:
    """Addresses at which nobody has said yes since then (ms), and what they were asked by, once that opens nothing."""
    connection.execute(delete(reminders).where(reminders.c.confirmed == 0, reminders.c.since < before))
    connection.execute(delete(tokens).where(tokens.c.purpose == purpose, tokens.c.until < now))


def stop(connection: Connection, code: bytes) -> None:
    """The same for whoever has the code that stands in the mails; once more does nothing."""
    connection.execute(delete(reminders).where(reminders.c.stop == code))


# --- what was sent ---------------------------------------------------------------------------------------------------


def told(connection: Connection, circle: int, person: int) -> set[Mark]:
    query = select(reminded.c.kind, reminded.c.about, reminded.c.at)
    rows = connection.execute(query.where(reminded.c.circle == circle, reminded.c.person == person))
    return {Mark(row.kind, row.about, row.at) for row in rows}


def note(connection: Connection, circle: int, person: int, marks: Iterable[Mark], time: int) -> None:
    for mark in marks:
        row = {"circle": circle, "person": person, "kind": mark.kind, "about": mark.about, "at": mark.at, "time": time}
        connection.execute(upsert(reminded).values(**row).on_conflict_do_nothing())


def take_back(connection: Connection, circle: int, person: int, marks: Iterable[Mark]) -> None:
    """It was not sent after all, or is not so any more."""
    theirs = (reminded.c.circle == circle, reminded.c.person == person)
    for mark in marks:
        about = (reminded.c.kind == mark.kind, reminded.c.about == mark.about, reminded.c.at == mark.at)
        connection.execute(delete(reminded).where(*theirs, *about))


def count_told(connection: Connection, kind: str, since: int, person: int = 0, about: str = "") -> int:
    """How many of a kind were sent since then (ms), to whomever: those that a `person` asked for, or `about` that."""
    which = reminded.c.person == person if person else reminded.c.about == about
    query = select(func.count()).select_from(reminded).where(reminded.c.kind == kind, reminded.c.time > since, which)
    return int(connection.scalar(query) or 0)


def forget_told(connection: Connection, before: int) -> None:
    """What was sent before then (ms), and is about nothing that is still to come."""
    connection.execute(delete(reminded).where(reminded.c.time < before, reminded.c.at < before))
