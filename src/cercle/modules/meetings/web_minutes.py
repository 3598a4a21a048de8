"""A meeting is under way: who is there, and the minutes, which those who were there write and amend."""

from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from cercle.core.event import Refused
from cercle.modules.meetings import read
from cercle.modules.meetings.events import Amended, Begun, Closed, Joined, Noted
from cercle.modules.meetings.state import Line
from cercle.modules.meetings.web_words import href, said_in, time_at
from cercle.page.visit import Form, Visit
from cercle.sentences import moment

LONGEST = 2000


def minutes(visit: Visit, one: read.Time) -> dict[str, Any]:
    """Who was there, from when to when, and what was written down, by what it was about."""
    occasion = one.occasion
    is_there, here = visit.member in occasion.present, href(visit, one)
    about: dict[str, list[dict[str, Any]]] = {}
    for key, line in occasion.minutes.items():
        about.setdefault(line.item, []).append(told(visit, one, key, line))
    absent = [person for person in visit.everybody() if person["key"] not in occasion.present]
    return {
        "began": moment(time_of(visit, occasion.began), visit.language, visit.zone),
        "closed": moment(time_of(visit, occasion.closed), visit.language, visit.zone) if occasion.closed else "",
        "present": [visit.person_of(name) for name in occasion.present],
        "absent": absent,
        "parts": [{"key": item, "label": named(visit, item), "lines": about[item]} for item in sorted(about, key=bool)],
        "items": [{"value": "", "label": visit.gettext("Nothing of these")}, *open_items(visit, one)],
        "note": f"{here}/note" if is_there and visit.may(Noted) else None,
        "came": f"{here}/join" if is_there and absent and not occasion.closed and visit.may(Joined) else None,
        "close": f"{here}/close" if is_there and not occasion.closed and visit.may(Closed) else None,
    }


def told(visit: Visit, one: read.Time, key: str, line: Line) -> dict[str, Any]:
    return {
        "key": key,
        "what": said_in(visit, line.entries[-1], "what") or visit.gettext("something"),
        "by": visit.person_of(line.by),
        "times": len(line.entries) - 1,
        "href": f"{href(visit, one)}/line/{key}",
    }


def time_of(visit: Visit, entry: str) -> int:
    """When an entry says that it was written, in ms."""
    found = visit.here.entry(entry)
    return found.time if found is not None else 0


def named(visit: Visit, item: str) -> str:
    """What a part of the minutes is about: an item of the agenda, or a proposal."""
    if not item:
        return ""
    known = visit.circle.meetings.items.get(item)
    said = said_in(visit, known.words, "what") if known is not None else said_in(visit, item, "title")
    return said or visit.gettext("something")


def open_items(visit: Visit, one: read.Time) -> list[dict[str, str]]:
    """What a line can be about: the agenda, and the proposals that are under way or were decided lately."""
    keys = [key for key, _ in read.agenda(visit.circle, one)]
    decisions, since = visit.circle.decisions, time_of(visit, one.occasion.began)
    lately = [
        name
        for name, motion in decisions.motions.items()
        if motion.outcomes and motion.outcomes[-1].at >= since and name not in decisions.open
    ]
    return [{"value": key, "label": named(visit, key)} for key in (*keys, *decisions.open, *lately)]


@post("/c/{circle:str}/meetings/{meeting:str}/{key:str}/begin")
async def begun(visit: Visit, meeting: str, key: str) -> Response[Any]:
    one, filled = time_at(visit, meeting, key), await visit.form()
    members = await visit.all_of("present")
    if not members:
        return refused(visit, one, filled, {"present": visit.gettext("Say who is there.")}, 422)
    return act(visit, one, filled, Begun(meeting=meeting, day=key, members=members))


@post("/c/{circle:str}/meetings/{meeting:str}/{key:str}/join")
async def joined(visit: Visit, meeting: str, key: str) -> Response[Any]:
    one, filled = time_at(visit, meeting, key), await visit.form()
    members = await visit.all_of("came") or [visit.member]
    return act(visit, one, filled, Joined(meeting=meeting, day=key, members=members))


@post("/c/{circle:str}/meetings/{meeting:str}/{key:str}/note")
async def noted(visit: Visit, meeting: str, key: str) -> Response[Any]:
    one, filled = time_at(visit, meeting, key), await visit.form()
    what = filled.get("what_said", "").strip()
    if not 0 < len(what) <= LONGEST:
        return refused(visit, one, filled, {"what_said": visit.gettext("Write 1 to 2,000 letters.")}, 422)
    return act(visit, one, filled, Noted(meeting=meeting, day=key, item=filled.get("item") or None, what=what))


@post("/c/{circle:str}/meetings/{meeting:str}/{key:str}/close")
async def closed(visit: Visit, meeting: str, key: str) -> Response[Any]:
    return act(visit, time_at(visit, meeting, key), await visit.form(), Closed(meeting=meeting, day=key))


def act(visit: Visit, one: read.Time, filled: dict[str, str], event: Any) -> Response[Any]:
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return refused(visit, one, filled, {"": visit.reason(refusal)}, 409)
    return visit.go(href(visit, one), visit.gettext("It is noted."))


def refused(visit: Visit, one: read.Time, filled: dict[str, str], errors: dict[str, str], status: int) -> Response[Any]:
    from cercle.modules.meetings.web import show  # which stands on this file

    return show(visit, one, Form(dict(filled), errors), status)


# --- one line of the minutes -----------------------------------------------------------------------------------------


def line_of(visit: Visit, one: read.Time, note: str) -> Line:
    """Raises `NotFoundException`."""
    found = one.occasion.minutes.get(note)
    if found is None:
        raise NotFoundException
    return found


@get("/c/{circle:str}/meetings/{meeting:str}/{key:str}/line/{note:str}")
async def line_page(visit: Visit, meeting: str, key: str, note: str) -> Response[Any]:
    return show_line(visit, time_at(visit, meeting, key), note, Form())


def show_line(visit: Visit, one: read.Time, note: str, form: Form, status: int = 200) -> Response[Any]:
    line = line_of(visit, one, note)
    may = visit.member in one.occasion.present and visit.may(Amended)
    return visit.render(
        "meetings/line.html",
        visit.gettext("A line of the minutes"),
        "meetings",
        status,
        form=form,
        about=named(visit, line.item),
        what=said_in(visit, line.entries[-1], "what"),
        versions=[version(visit, entry) for entry in reversed(line.entries)],
        post=f"{href(visit, one)}/line/{note}" if may else None,
        back=href(visit, one),
    )


def version(visit: Visit, entry: str) -> dict[str, Any]:
    found = visit.here.entry(entry)
    device = visit.circle.roots.devices.get(found.device.hex()) if found is not None else None
    return {
        "what": said_in(visit, entry, "what") or visit.gettext("something"),
        "person": visit.person_of(device.member) if device is not None else None,
        "when": moment(found.time, visit.language, visit.zone) if found is not None else "",
        "href": f"{visit.home}/log/{entry}",
    }


@post("/c/{circle:str}/meetings/{meeting:str}/{key:str}/line/{note:str}")
async def amended(visit: Visit, meeting: str, key: str, note: str) -> Response[Any]:
    one, filled = time_at(visit, meeting, key), await visit.form()
    line, what = line_of(visit, one, note), filled.get("what", "").strip()
    errors = {}
    if not 0 < len(what) <= LONGEST:
        errors["what"] = visit.gettext("Write 1 to 2,000 letters.")
    elif what == visit.here.words(line.entries[-1]).get("what"):
        errors["what"] = visit.gettext("It is so already.")
    if errors:
        return show_line(visit, one, note, Form(dict(filled), errors), 422)
    try:
        visit.act(Amended(note=note, what=what), act=filled.get("act", ""))
    except Refused as refusal:
        return show_line(visit, one, note, Form(dict(filled), {"": visit.reason(refusal)}), 409)
    return visit.go(href(visit, one), visit.gettext("It is noted."))


handlers = [begun, joined, noted, closed, line_page, amended]
