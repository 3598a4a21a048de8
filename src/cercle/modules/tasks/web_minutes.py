"""Who carries how much: minutes by person and kind, over weeks."""

from typing import Any

from litestar import Response, get

from cercle.modules.tasks import read
from cercle.modules.tasks.web_words import duration, kinds
from cercle.page.visit import Visit
from cercle.sentences import day

PERIODS = (1, 4, 12, 52)


@get("/c/{circle:str}/tasks/minutes")
async def minutes_page(visit: Visit, weeks: int = 4) -> Response[Any]:
    count = weeks if weeks in PERIODS else 4
    found = read.weeks(visit.circle, visit.today(), count)
    totals = by_person(found)
    workers = [one["key"] for one in visit.everybody() if any(totals.get(one["key"], {}).values())]
    used = [code for code in kinds(visit.gettext) if any(kinds_of.get(code) for kinds_of in totals.values())]
    return visit.render(
        "tasks/minutes.html",
        visit.gettext("Who does how much"),
        "tasks",
        periods=periods(visit, count),
        people=[line(visit, one, totals, used) for one in visit.everybody()],
        kinds=[{"code": code, "label": kinds(visit.gettext)[code]} for code in used],
        weeks=[week(visit, monday, minutes, workers) for monday, minutes in found],
        empty=not used,
    )


def by_person(found: list[tuple[str, read.Minutes]]) -> read.Minutes:
    """Each member's minutes of every kind, over all these weeks."""
    totals: read.Minutes = {}
    for _, minutes in found:
        for member, worked in minutes.items():
            mine = totals.setdefault(member, {})
            for kind, some in worked.items():
                mine[kind] = mine.get(kind, 0) + some
    return totals


def periods(visit: Visit, chosen: int) -> list[dict[str, Any]]:
    labels = {
        1: visit.gettext("This week"),
        4: visit.gettext("Four weeks"),
        12: visit.gettext("Twelve weeks"),
        52: visit.gettext("A year"),
    }
    here = f"{visit.home}/tasks/minutes"
    return [{"label": labels[count], "href": f"{here}?weeks={count}", "current": count == chosen} for count in PERIODS]


def line(visit: Visit, person: dict[str, Any], totals: read.Minutes, used: list[str]) -> dict[str, Any]:
    mine = totals.get(person["key"], {})
    longest = max((sum(one.values()) for one in totals.values()), default=0) or 1
    return {
        "person": person,
        "total": duration(visit, sum(mine.values())),
        "percent": round(100 * sum(mine.values()) / longest, 1),
        "cells": [duration(visit, mine[code]) if mine.get(code) else "" for code in used],
    }


def week(visit: Visit, monday: str, minutes: read.Minutes, workers: list[str]) -> dict[str, Any]:
    totals = [sum(minutes.get(member, {}).values()) for member in workers]
    return {
        "label": day(monday, visit.language, visit.today()),
        "cells": [duration(visit, some) if some else "" for some in totals],
    }


handlers = [minutes_page]
