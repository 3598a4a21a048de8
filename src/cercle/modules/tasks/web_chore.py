"""One chore: whose turn it is, how this turn ends, and how the ones before did."""

from itertools import islice
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from cercle.core.event import Refused
from cercle.modules.tasks import read
from cercle.modules.tasks.events import ChoreArchived, ChoreChanged, ChoreRestored, Done, PutOff, Skipped, TakenOver
from cercle.modules.tasks.state import Chore
from cercle.modules.tasks.web_doing import day_of, doing_line, minutes_in, refused, seed_for, turn_in
from cercle.modules.tasks.web_words import duration, kinds, rhythm_in_words, rotations, row
from cercle.page.typed import day_in
from cercle.page.visit import Form, Visit, shown

SHOWN = 50
LONGEST = 300


@get("/c/{circle:str}/tasks/{chore:str}")
async def chore_page(visit: Visit, chore: str) -> Response[Any]:
    return show(visit, chore, Form())


def chore_of(visit: Visit, key: str) -> Chore:
    """Raises `NotFoundException`."""
    found: Chore | None = visit.circle.tasks.chores.get(key)
    if found is None:
        raise NotFoundException
    return found


def show(visit: Visit, key: str, form: Form, status: int = 200) -> Response[Any]:
    chore = chore_of(visit, key)
    one = read.standing(visit.circle, key, visit.today())
    here, people = f"{visit.home}/tasks/{key}", visit.everybody()
    goes_on = not chore.archived
    return visit.render(
        "tasks/chore.html",
        visit.name(chore.words),
        "tasks",
        status,
        chore=row(visit, one),
        note=shown(str(visit.here.words(chore.words).get("note") or "")),
        about=about(visit, chore),
        archived=chore.archived,
        form=form,
        people=people,
        chosen=form.filled.get("who", one.whose if chore.rotation == "together" else [visit.member]),
        takers=[{"value": person["key"], "label": person["name"]} for person in people],
        day=visit.today(),
        minutes=chore.minutes or "",
        history=[doing_line(visit, entry, doing) for entry, doing in islice(read.latest(visit.circle, key), SHOWN)],
        ways={
            "done": f"{here}/done" if goes_on and visit.may(Done) else None,
            "skip": f"{here}/skip" if goes_on and visit.may(Skipped) else None,
            "take": f"{here}/take" if goes_on and visit.may(TakenOver) else None,
            "put_off": f"{here}/put-off" if goes_on and one.due and visit.may(PutOff) else None,
            "edit": f"{here}/edit" if visit.may(ChoreChanged) else None,
            "archive": f"{here}/archive" if visit.may(ChoreArchived) else None,
            "undo": f"{visit.home}/tasks/undo",
            "back": here,
        },
    )


def about(visit: Visit, chore: Chore) -> list[dict[str, str]]:
    """What was said of the chore, in words."""
    told = [
        (visit.gettext("How often"), rhythm_in_words(visit, chore.rhythm, chore.start, chore.follows)),
        (visit.gettext("Whose turn"), rotations(visit.gettext)[chore.rotation]),
        (visit.gettext("Who takes part"), visit.names_of(chore.order) if chore.order else visit.gettext("Everybody")),
        (visit.gettext("Takes about"), duration(visit, chore.minutes) if chore.minutes else ""),
        (visit.gettext("Kind"), kinds(visit.gettext)[chore.kind]),
    ]
    return [{"label": label, "text": text} for label, text in told if text]


# --- how a turn ends ---------------------------------------------------------------------------------------------


@post("/c/{circle:str}/tasks/{chore:str}/done")
async def done(visit: Visit, chore: str) -> Response[Any]:
    """Done by whoever is ticked, on that day, in so many minutes."""
    filled: dict[str, Any] = await visit.form()
    filled["who"] = await visit.all_of("who")
    errors: dict[str, str] = {}
    minutes = minutes_in(visit, filled.get("minutes", ""), errors)
    when = day_of(visit, filled.get("day", ""), errors)
    if not filled["who"]:
        errors["who"] = visit.gettext("Say who did it.")
    if errors:
        return show(visit, chore, Form(filled, errors), 422)
    said = filled.get("note", "").strip()[:LONGEST]
    return end(visit, chore, filled, {"who": filled["who"], "minutes": minutes, "day": when, "note": said}, Done)


@post("/c/{circle:str}/tasks/{chore:str}/skip")
async def skipped(visit: Visit, chore: str) -> Response[Any]:
    filled = await visit.form()
    why = filled.get("why", "").strip()[:LONGEST]
    if not why:
        errors = {"why": visit.gettext("Say why, in a word or two.")}
        return show(visit, chore, Form(dict(filled), errors), 422)
    return end(visit, chore, filled, {"day": visit.today(), "why": why}, Skipped)


def end(visit: Visit, key: str, filled: dict[str, Any], said: dict[str, Any], event: Any) -> Response[Any]:
    """Ends the turn that the page was about."""
    chore = chore_of(visit, key)
    turn = turn_in(filled.get("turn", ""))
    number, seed = chore.turn.number if turn is None else turn, seed_for(chore.rotation)
    return act(visit, key, filled, event(chore=key, turn=number, due=read.due(chore) or None, seed=seed, **said))


def act(visit: Visit, key: str, filled: dict[str, Any], event: msgspec.Struct) -> Response[Any]:
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, key, Form(filled, {"": refused(visit, refusal, key)}), 409)
    return visit.go(f"{visit.home}/tasks/{key}", visit.gettext("It is noted."))


@post("/c/{circle:str}/tasks/{chore:str}/take")
async def taken(visit: Visit, chore: str) -> Response[Any]:
    """This turn is somebody's: by default whoever says so."""
    filled = await visit.form()
    number = chore_of(visit, chore).turn.number
    event = TakenOver(chore=chore, turn=number, member=filled.get("member") or visit.member)
    return act(visit, chore, dict(filled), event)


@post("/c/{circle:str}/tasks/{chore:str}/put-off")
async def put_off(visit: Visit, chore: str) -> Response[Any]:
    filled = await visit.form()
    until = day_in(filled.get("until", ""))
    if until is None:
        errors = {"until": visit.gettext("There is no such day in the calendar.")}
        return show(visit, chore, Form(dict(filled), errors), 422)
    if until < visit.today():
        return show(visit, chore, Form(dict(filled), {"until": visit.gettext("This day is over.")}), 422)
    number = chore_of(visit, chore).turn.number
    return act(visit, chore, dict(filled), PutOff(chore=chore, turn=number, until=until))


@post("/c/{circle:str}/tasks/{chore:str}/archive")
async def archived(visit: Visit, chore: str) -> Response[Any]:
    filled = await visit.form()
    event = ChoreRestored(chore=chore) if chore_of(visit, chore).archived else ChoreArchived(chore=chore)
    return act(visit, chore, dict(filled), event)


handlers = [chore_page, done, skipped, taken, put_off, archived]
