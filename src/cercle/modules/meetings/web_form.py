"""A meeting is called, described anew, moved, or called off."""

from datetime import date
from typing import Any

from litestar import Response, get, post

from cercle.core.entry import short
from cercle.core.event import Refused
from cercle.modules.meetings import read
from cercle.modules.meetings.events import Called, CalledOff, Changed, Moved
from cercle.modules.meetings.web_words import href, time_at
from cercle.modules.tasks.web_form import in_month
from cercle.modules.tasks.web_words import rhythm_in_words
from cercle.page.typed import clock_in, day_in
from cercle.page.visit import Form, Visit, name_in

NAME_LIMIT, PLACE_LIMIT, ABOUT_LIMIT = 80, 500, 1000
MOST_MINUTES = 1440


@get("/c/{circle:str}/meetings/new")
async def new_page(visit: Visit) -> Response[Any]:
    return show(visit, None, Form())


@get("/c/{circle:str}/meetings/{meeting:str}/{key:str}/edit")
async def edit_page(visit: Visit, meeting: str, key: str) -> Response[Any]:
    one = time_at(visit, meeting, key)
    return show(visit, one, Form(filled_from(visit, one)))


def show(visit: Visit, one: read.Time | None, form: Form, status: int = 200) -> Response[Any]:
    kept = {"kept": rhythm_in_words(visit, one.meeting.rhythm, one.meeting.day, False)} if is_odd(one) and one else {}
    return visit.render(
        "meetings/form.html",
        visit.gettext("Call a meeting") if one is None else visit.gettext("Change the meeting"),
        "meetings",
        status,
        form=form,
        often=[{"value": code, "label": label} for code, label in (often(visit) | kept).items()],
        today=visit.today(),
        one=None if one is None else {"day": one.day, "at": one.at, "rhythm": bool(one.meeting.rhythm)},
        action=f"{visit.home}/meetings/new" if one is None else f"{href(visit, one)}/edit",
        move=None if one is None else f"{href(visit, one)}/move",
        call_off=None if one is None else f"{href(visit, one)}/call-off",
        back=f"{visit.home}/meetings" if one is None else href(visit, one),
    )


def often(visit: Visit) -> dict[str, str]:
    _ = visit.gettext
    return {
        "once": _("Once"),
        "daily": _("Every day"),
        "weekly": _("Every week"),
        "fortnightly": _("Every two weeks"),
        "weekday": _("Every month, on that weekday"),
        "monthly": _("Every month, on that day"),
        "yearly": _("Every year"),
    }


def rhythm(chosen: str, start: str) -> str | None:
    """The rule of RFC 5545 for a choice of the form; None for once."""
    first = date.fromisoformat(start)
    which = "-1" if first.day > 28 else str((first.day - 1) // 7 + 1)
    return {
        "daily": "FREQ=DAILY",
        "weekly": "FREQ=WEEKLY",
        "fortnightly": "FREQ=WEEKLY;INTERVAL=2",
        "weekday": f"FREQ=MONTHLY;{in_month(which, first)}",
        "monthly": f"FREQ=MONTHLY;{in_month('day', first)}",
        "yearly": "FREQ=YEARLY",
    }.get(chosen)


def chosen_of(one: read.Time) -> str:
    """Which choice of the form a meeting's rhythm is; "kept" where it is none of them."""
    said = one.meeting.rhythm
    if not said:
        return "once"
    codes = ("daily", "weekly", "fortnightly", "weekday", "monthly", "yearly")
    return next((code for code in codes if rhythm(code, one.meeting.day) == said), "kept")


def is_odd(one: read.Time | None) -> bool:
    return one is not None and chosen_of(one) == "kept"


def filled_from(visit: Visit, one: read.Time) -> dict[str, Any]:
    said = visit.here.words(one.meeting.words)
    return {
        "name": said.get("name", ""),
        "day": one.meeting.day if not one.meeting.rhythm else one.key,
        "at": one.meeting.at,
        "often": chosen_of(one),
        "minutes": str(one.meeting.minutes or ""),
        "place": said.get("place", ""),
        "link": said.get("link", ""),
        "about": said.get("about", ""),
        "to": one.day,
        "to_at": one.at,
    }


def minutes_in(visit: Visit, filled: dict[str, str], errors: dict[str, str]) -> int:
    text = filled.get("minutes", "").strip() or "0"
    if text.isdecimal() and len(text) < 5 and int(text) <= MOST_MINUTES:
        return int(text)
    errors["minutes"] = visit.gettext("A whole number of minutes, up to a day.")
    return 0


def day_and_clock(
    visit: Visit, filled: dict[str, str], names: tuple[str, str], errors: dict[str, str]
) -> tuple[str, str]:
    day, at = day_in(filled.get(names[0], "")), clock_in(filled.get(names[1], ""))
    if day is None:
        errors[names[0]] = visit.gettext("There is no such day in the calendar.")
    if at is None:
        errors[names[1]] = visit.gettext("Say when it begins, such as 19:30.")
    return day or "", at or ""


def read_form(visit: Visit, filled: dict[str, str], one: read.Time | None, errors: dict[str, str]) -> dict[str, Any]:
    """The fields of the event; what is wrong goes to `errors`."""
    name = name_in(filled.get("name", ""), NAME_LIMIT)
    if not name:
        errors["name"] = visit.gettext("Say in 1 to 80 letters what meeting it is.")
    day, at = day_and_clock(visit, filled, ("day", "at"), errors)
    chosen = filled.get("often", "once")
    keeps = chosen == "kept" and one is not None
    zone = visit.zone.key if visit.zone is not None else None
    return {
        "name": name,
        "day": day,
        "at": at,
        "minutes": minutes_in(visit, filled, errors),
        "zone": (one.meeting.zone or zone) if one is not None else zone,
        "rhythm": one.meeting.rhythm if keeps and one is not None else rhythm(chosen, day) if day else None,
        "place": " ".join(filled.get("place", "").split())[:PLACE_LIMIT],
        "link": filled.get("link", "").strip()[:PLACE_LIMIT],
        "about": filled.get("about", "").strip()[:ABOUT_LIMIT],
    }


@post("/c/{circle:str}/meetings/new")
async def called(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    errors: dict[str, str] = {}
    said = read_form(visit, filled, None, errors)
    if errors:
        return show(visit, None, Form(dict(filled), errors), 422)
    try:
        written = visit.act(Called(**said), act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, None, Form(dict(filled), {"": visit.reason(refusal)}), 409)
    there = f"/{short(written[0].id)}/{said['day']}" if written else ""
    return visit.go(f"{visit.home}/meetings{there}", visit.gettext("It is noted."))


@post("/c/{circle:str}/meetings/{meeting:str}/{key:str}/edit")
async def changed(visit: Visit, meeting: str, key: str) -> Response[Any]:
    filled, one = await visit.form(), time_at(visit, meeting, key)
    errors: dict[str, str] = {}
    said = read_form(visit, filled, one, errors)
    return answer(visit, one, filled, errors, lambda: Changed(meeting=meeting, **said), said["day"])


@post("/c/{circle:str}/meetings/{meeting:str}/{key:str}/move")
async def moved(visit: Visit, meeting: str, key: str) -> Response[Any]:
    filled, one = await visit.form(), time_at(visit, meeting, key)
    errors: dict[str, str] = {}
    to, at = day_and_clock(visit, filled, ("to", "to_at"), errors)
    why = filled.get("why", "").strip()[:ABOUT_LIMIT]
    return answer(visit, one, filled, errors, lambda: Moved(meeting=meeting, day=key, to=to, at=at, why=why), key)


@post("/c/{circle:str}/meetings/{meeting:str}/{key:str}/call-off")
async def called_off(visit: Visit, meeting: str, key: str) -> Response[Any]:
    filled, one = await visit.form(), time_at(visit, meeting, key)
    why = filled.get("why_off", "").strip()[:ABOUT_LIMIT]
    only = key if filled.get("which") != "all" else None
    return answer(visit, one, filled, {}, lambda: CalledOff(meeting=meeting, day=only, why=why), "")


def answer(
    visit: Visit, one: read.Time, filled: dict[str, str], errors: dict[str, str], event: Any, key: str
) -> Response[Any]:
    """Does what `event()` makes, where nothing is wrong."""
    if errors:
        return show(visit, one, Form(filled_from(visit, one) | filled, errors), 422)
    try:
        visit.act(event(), act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, one, Form(filled_from(visit, one) | filled, {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/meetings" + (f"/{one.id}/{key}" if key else ""), visit.gettext("It is noted."))


handlers = [new_page, edit_page, called, changed, moved, called_off]
