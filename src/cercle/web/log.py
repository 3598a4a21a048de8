"""The log page: every entry as a sentence, newest first, and what is found in it by person, module and words."""

from collections.abc import Generator
from contextlib import closing
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from sqlalchemy import select

from cercle.core.entry import read_words, short
from cercle.page.visit import QUIET_FOR, Form, Visit
from cercle.proofs import checkpoint
from cercle.sentences import day, locale, number
from cercle.store import rows
from cercle.store.live import Live, now
from cercle.store.tables import devices, entries

PAGE = 50
MOST_LOOKED_AT = 3000  # entries that one page looks through for what is asked
MOST_NAMED = 500
AHEAD = 300_000  # ms by which a clock may be ahead before that is said


class Asked(msgspec.Struct, frozen=True):
    """What the log is searched for: a member, a module, words; or the ids of the very entries."""

    person: str = ""
    module: str = ""
    words: str = ""
    of: frozenset[str] = frozenset()

    @property
    def anything(self) -> bool:
        return bool(self.person or self.module or self.words or self.of)


class Found(msgspec.Struct, frozen=True):
    """A row of the table of entries, and where it stands in the log: pending ones come after all settled."""

    row: Any
    place: int


@get("/c/{circle:str}/log")
async def log_page(
    visit: Visit, person: str = "", module: str = "", words: str = "", of: str = "", before: int = 0
) -> Response[Any]:
    named = frozenset(one for one in of.split(",")[:MOST_NAMED] if rows.is_short_id(one))
    asked = Asked(person, module, words.strip()[:100], named)
    return show(visit, asked, max(before, 0))


def show(
    visit: Visit,
    asked: Asked,
    before: int = 0,
    checked: Any = None,
    compared: Form | None = None,
    same: Any = None,
    status: int = 200,
) -> Response[Any]:
    found, older = page_of(visit, asked, before)
    is_quiet = visit.keeper_is_quiet()
    told = [line(visit, one, is_quiet) for one in found]
    here = f"{visit.home}/log"
    size = len(visit.here.replica.pending.entries) + visit.here.replica.tree.size
    people = [{"value": "", "label": visit.gettext("Everybody")}]
    people += [{"value": m, "label": visit.person_of(m)["name"]} for m in visit.circle.roots.members]
    return visit.render(
        "log.html",
        visit.gettext("Log"),
        "log",
        status,
        total=visit.ngettext("%(count)s entry", "%(count)s entries", size, count=number(size, visit.language)),
        check=f"{here}/verify",
        file=None if visit.is_tablet else f"{here}/file",
        filter={
            "person": asked.person,
            "module": asked.module,
            "words": asked.words,
            "href": here,
            "on": asked.anything,
        },
        people=people,
        modules=modules(visit),
        checked=checked,
        checkpoint=checkpoint(visit.here),
        compare=f"{here}/compare",
        compared=compared or Form(),
        same=same,
        days=[
            {"title": title, "entries": [entry for _, entry in group]}
            for title, group in groupby(told, key=lambda one: one[0])
        ],
        older=f"{here}?{urlencode(query_of(asked) | {'before': older})}" if older else None,
    )


def query_of(asked: Asked) -> dict[str, Any]:
    return {name: value for name in ("person", "module", "words") if (value := getattr(asked, name))}


def modules(visit: Visit) -> list[dict[str, str]]:
    """Every module that the circle uses, under the name of its first page."""
    choices = [{"value": "", "label": visit.gettext("Everything")}]
    for name in visit.circle.roots.modules:
        parts = visit.here.modules.by_name[name].parts
        label = visit.gettext(parts[0].label) if parts else visit.gettext("The circle")
        choices.append({"value": name, "label": label})
    return choices


# --- finding -----------------------------------------------------------------------------------------------------


def page_of(visit: Visit, asked: Asked, before: int) -> tuple[list[Found], int]:
    """What is shown, and before which place the next page goes on (0: nothing is older)."""
    if asked.of:
        return named(visit.here, asked.of), 0
    keys = {bytes.fromhex(key) for key, held in visit.circle.roots.devices.items() if held.member == asked.person}
    found: list[Found] = []
    with closing(newest_first(visit.here, before)) as log:
        for looked_at, one in enumerate(log):
            if len(found) == PAGE or looked_at == MOST_LOOKED_AT:
                return found, one.place + 1
            if (not asked.person or one.row.key in keys) and fits(visit, asked, one):
                found.append(one)
    return found, 0


def fits(visit: Visit, asked: Asked, one: Found) -> bool:
    if not asked.module and not asked.words:
        return True
    entry = rows.as_entry(one.row.id, one.row.key, one.row.header)
    if asked.module and entry.event.partition(".")[0] != asked.module:
        return False
    return not asked.words or asked.words.casefold() in said(visit, one).casefold()


def newest_first(live: Live, before: int) -> Generator[Found, None, None]:
    """Entries from the end of the log on, or from before a place in it."""
    settled, ordered = live.replica.tree.size, live.replica.pending.ordered()
    end = min(before or settled + len(ordered), settled + len(ordered))
    if end > settled:
        waiting = {row.id: row for row in live.connection.execute(query(live).where(entries.c.position.is_(None)))}
        for place in range(end - 1, settled - 1, -1):
            yield Found(waiting[ordered[place - settled].id], place)
    wanted = query(live).where(entries.c.position < min(end, settled)).order_by(entries.c.position.desc())
    with live.connection.execute(wanted.execution_options(yield_per=PAGE + 1)) as found:
        for row in found:
            yield Found(row, row.position)


def query(live: Live) -> Any:
    joined = entries.join(devices, entries.c.device == devices.c.no)
    return select(entries, devices.c.key).select_from(joined).where(entries.c.circle == live.no)


def named(live: Live, of: frozenset[str]) -> list[Found]:
    """The very entries that these short ids name, newest first."""
    places = {entry.id: number for number, entry in enumerate(live.replica.pending.ordered(), live.replica.tree.size)}
    there = [row for row in (rows.by_short_id(live.connection, live.no, one) for one in of) if row is not None]
    found = [Found(row, places[row.id] if row.position is None else row.position) for row in there]
    return sorted(found, key=lambda one: -one.place)


# --- telling -----------------------------------------------------------------------------------------------------


def author(visit: Visit, row: Any) -> str:
    """The member whose device wrote it; "" for a stranger's."""
    device = visit.circle.roots.devices.get(row.key.hex())
    return device.member if device else ""


def said(visit: Visit, one: Found) -> str:
    entry = rows.as_entry(one.row.id, one.row.key, one.row.header)
    return visit.narrator.sentence(entry.event, entry.kept, read_words(one.row.body), author(visit, one.row))


def line(visit: Visit, one: Found, is_quiet: bool) -> tuple[str, dict[str, Any]]:
    """(the day's title, an entry as the template shows it); `is_quiet`: the keeper has not been heard."""
    entry, key = rows.as_entry(one.row.id, one.row.key, one.row.header), short(one.row.id)
    state, reason = state_of(visit, one.row, is_quiet)
    return day_title(visit, entry.time), {
        "key": key,
        "href": f"{visit.home}/log/{key}",
        "by": visit.person_of(author(visit, one.row)),
        "said": said(visit, one),
        "at": clock(visit, entry.time),
        "claim": visit.gettext("by a clock that is ahead") if entry.time > now() + AHEAD else None,
        "state": state,
        "reason": reason,
    }


def state_of(visit: Visit, row: Any, is_quiet: bool) -> tuple[str, str | None]:
    """("ok", "void", "pending" or "erased", the reason where it is void)."""
    settled = row.position is not None
    code = (row.verdict or "") if settled else visit.here.replica.verdicts.get(row.id, "")
    if code:
        return "void", visit.gettext(visit.here.modules.reason(code))
    if not settled and is_quiet and rows.as_entry(row.id, row.key, row.header).time < now() - QUIET_FOR:
        return "pending", None
    return ("erased", None) if row.erased else ("ok", None)


def day_title(visit: Visit, time: int) -> str:
    when = visit.day_of(time)
    today = date.fromisoformat(visit.today())
    if when == today.isoformat():
        return visit.gettext("Today")
    if when == (today - timedelta(days=1)).isoformat():
        return visit.gettext("Yesterday")
    return day(when, visit.language)


def clock(visit: Visit, time: int) -> str:
    """The time of day by the visitor's clocks."""
    from babel.dates import format_time  # heavy, and not needed to start

    return str(format_time(visit.clock_at(time), "short", locale=locale(visit.language)))


handlers = [log_page]
