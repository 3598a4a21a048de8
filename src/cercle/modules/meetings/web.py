"""The meetings to come, one of them with its agenda and who comes, and those that were held."""

from typing import Any

from litestar import Response, get, post

from cercle.modules.decisions.state import Motion, is_closed
from cercle.modules.meetings import read, web_form, web_minutes, web_round
from cercle.modules.meetings.events import Answered, Begun, Called, CalledOff, ItemClosed, ItemPut
from cercle.modules.meetings.web_words import (
    ANSWERS,
    answers,
    href,
    lasts,
    line,
    rhythm,
    said_in,
    state,
    time_at,
    when,
    who_comes,
    words,
)
from cercle.page.visit import Form, Visit

HELD, NEXT = 12, 3
LONGEST, WHY_LIMIT = 200, 1000


@get("/c/{circle:str}/meetings")
async def meetings_page(visit: Visit) -> Response[Any]:
    coming, held = soon(read.coming(visit.circle, visit.today())), read.held(visit.circle)
    return visit.render(
        "meetings/meetings.html",
        visit.gettext("Meetings"),
        "meetings",
        coming=[line(visit, one) for one in coming],
        held=[line(visit, one) | {"state": {"look": "", "text": ""}} for one in held[:HELD]],
        ways={
            "call": f"{visit.home}/meetings/new" if visit.may(Called) else None,
            "log": f"{visit.home}/log?module=meetings",
            "calendar": None if visit.is_tablet else f"{visit.home}/calendar",
        },
        offer=visit.offer(),
    )


def soon(coming: list[read.Time]) -> list[read.Time]:
    """The next times of each meeting, so that none hides the others."""
    told: dict[str, int] = {}
    found = []
    for one in coming:
        told[one.id] = told.get(one.id, 0) + 1
        if told[one.id] <= NEXT:
            found.append(one)
    return found


@get("/c/{circle:str}/meetings/{meeting:str}/{key:str}")
async def meeting_page(visit: Visit, meeting: str, key: str) -> Response[Any]:
    return show(visit, time_at(visit, meeting, key), Form())


def show(visit: Visit, one: read.Time, form: Form, status: int = 200) -> Response[Any]:
    said, here = words(visit, one), href(visit, one)
    is_open = not one.occasion.off and not one.occasion.closed and not (one.meeting.over and not one.occasion.began)
    has_begun = bool(one.occasion.began)
    is_there = visit.member in one.occasion.present
    return visit.render(
        "meetings/meeting.html",
        said["name"],
        "meetings",
        status,
        form=form,
        when=when(visit, one),
        said=said,
        state=state(visit, one),
        facts=" · ".join(part for part in (rhythm(visit, one), lasts(visit, one.meeting.minutes)) if part),
        log=f"{visit.home}/log/{one.meeting.words}",
        answers=[{"value": code, "label": answers(visit)[code]} for code in ANSWERS],
        mine=one.occasion.answers.get(visit.member, ""),
        who=who_comes(visit, one),
        begun=has_begun,
        agenda=agenda(visit, one),
        fed=fed(visit) if is_open else [],
        minutes=web_minutes.minutes(visit, one) if has_begun else None,
        people=visit.everybody(),
        chosen=[name for name, answer in one.occasion.answers.items() if answer == "yes"] or [visit.member],
        ways={
            "answer": f"{here}/answer" if is_open and visit.may(Answered) else None,
            "put": f"{here}/put" if is_open and visit.may(ItemPut) else None,
            "close": f"{here}/off" if is_open and visit.may(ItemClosed) else None,
            "begin": f"{here}/begin" if is_open and not has_begun and visit.may(Begun) else None,
            "edit": f"{here}/edit" if is_open and not has_begun and visit.may(CalledOff) else None,
            "round": f"{here}/round" if is_open and has_begun else None,
            "join": f"{here}/join" if is_open and has_begun and not is_there and visit.may(Begun) else None,
            "back": f"{visit.home}/meetings",
        },
    )


def agenda(visit: Visit, one: read.Time) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "what": said_in(visit, item.words, "what") or visit.gettext("something"),
            "why": said_in(visit, item.words, "why"),
            "line": " · ".join(
                part for part in (str(visit.person_of(item.by)["name"]), lasts(visit, item.minutes)) if part
            ),
            "href": f"{visit.home}/log/{item.words}",
            "done": bool(item.done),
        }
        for key, item in read.agenda(visit.circle, one)
    ]


def fed(visit: Visit) -> list[dict[str, Any]]:
    """What is on every agenda by itself: what is proposed, what is to be looked at again, and the week."""
    decisions, found = visit.circle.decisions, []
    for name, motion in decisions.motions.items():
        if note := about(visit, motion):
            title = said_in(visit, name, "title") or visit.gettext("A proposal")
            found.append({"key": name, "what": title, "note": note, "href": f"{visit.home}/decisions/{name}"})
    if decisions.crowded:
        what, note = (
            visit.gettext("Becoming two circles"),
            visit.gettext("the charter asks: there are so many of you"),
        )
        found.append({"key": "", "what": what, "note": note, "href": f"{visit.home}/charter"})
    if visit.is_on("week"):
        note = visit.gettext("what was done, what runs out, what comes")
        found.append({"key": "", "what": visit.gettext("The week"), "note": note, "href": f"{visit.home}/week"})
    return found


def about(visit: Visit, motion: Motion) -> str:
    """Why a proposal is on the agenda; "" where it is not."""
    if motion.ended:
        is_due = motion.review and motion.review <= visit.circle.time
        return visit.gettext("is to be looked at again") if is_due else ""
    if motion.round is not None and not is_closed(motion):
        return visit.gettext("is voted on")
    return visit.gettext("is talked about")


# --- what people say of it -------------------------------------------------------------------------------------------


@post("/c/{circle:str}/meetings/{meeting:str}/{key:str}/answer")
async def answered(visit: Visit, meeting: str, key: str) -> Response[Any]:
    filled, one = await visit.form(), time_at(visit, meeting, key)
    answer: Any = filled.get("answer")
    if answer not in ANSWERS:
        return show(visit, one, Form(dict(filled), {"": visit.gettext("Choose one.")}), 422)
    why = filled.get("why", "").strip()[:WHY_LIMIT]
    return web_minutes.act(visit, one, filled, Answered(meeting=meeting, day=key, answer=answer, why=why))


@post("/c/{circle:str}/meetings/{meeting:str}/{key:str}/put")
async def put(visit: Visit, meeting: str, key: str) -> Response[Any]:
    filled, one = await visit.form(), time_at(visit, meeting, key)
    what, errors = " ".join(filled.get("what", "").split()), dict[str, str]()
    if not 0 < len(what) <= LONGEST:
        errors["what"] = visit.gettext("Say in a line what is to be talked about.")
    minutes = web_form.minutes_in(visit, filled, errors)
    if errors:
        return show(visit, one, Form(dict(filled), errors), 422)
    event = ItemPut(meeting=meeting, what=what, why=filled.get("why", "").strip()[:WHY_LIMIT], minutes=minutes)
    return web_minutes.act(visit, one, filled, event)


@post("/c/{circle:str}/meetings/{meeting:str}/{key:str}/off")
async def off(visit: Visit, meeting: str, key: str) -> Response[Any]:
    """An item was talked about, or is left."""
    filled, one = await visit.form(), time_at(visit, meeting, key)
    done, left = filled.get("done", ""), filled.get("left", "")
    return web_minutes.act(
        visit, one, filled, ItemClosed(item=(done or left)[:20].ljust(20, "0"), day=key if done else None)
    )


handlers = [
    meetings_page,
    *web_form.handlers,
    meeting_page,
    answered,
    put,
    off,
    *web_minutes.handlers,
    *web_round.handlers,
]
