"""The chores: what is to be done today, one tap for what was done, and what was done lately."""

from itertools import islice
from typing import Any

from litestar import Response, get, post

from cercle.core.event import Refused
from cercle.modules.tasks import read, web_chore, web_form, web_minutes
from cercle.modules.tasks.events import ChoreAdded, Done, Undone, Worked
from cercle.modules.tasks.state import Why
from cercle.modules.tasks.web_doing import day_of, doing_line, minutes_in, refused, seed_for, turn_in
from cercle.modules.tasks.web_words import kinds, row
from cercle.page.visit import Form, Visit, local

LATEST = 8
LONGEST = 120


@get("/c/{circle:str}/tasks")
async def tasks_page(visit: Visit) -> Response[Any]:
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    today = visit.today()
    found = read.chores(visit.circle, today)
    people = visit.everybody()
    return visit.render(
        "tasks/tasks.html",
        visit.gettext("Tasks"),
        "tasks",
        status,
        groups=groups(visit, found),
        latest=[doing_line(visit, entry, doing) for entry, doing in islice(read.latest(visit.circle), LATEST)],
        ways=ways(visit),
        kinds=[{"value": code, "label": label} for code, label in kinds(visit.gettext).items()],
        people=people,
        chosen=form.filled.get("who", [visit.member]),
        day=today,
        form=form,
        offer=visit.offer() if found else None,
    )


def ways(visit: Visit) -> dict[str, str | None]:
    here = f"{visit.home}/tasks"
    return {
        "done": f"{here}/done" if visit.may(Done) else None,
        "undo": f"{here}/undo" if visit.may(Undone) else None,
        "work": here if visit.may(Worked) else None,
        "new": f"{here}/new" if visit.may(ChoreAdded) else None,
        "minutes": f"{here}/minutes",
        "calendar": None if visit.is_tablet else f"{visit.home}/calendar",
    }


def groups(visit: Visit, found: list[read.Standing]) -> list[dict[str, Any]]:
    """What is due, what comes, and what is done now and then; groups without a chore are left out."""
    today = visit.today()
    told: dict[str, list[dict[str, Any]]] = {"now": [], "later": [], "ever": []}
    for one in found:
        told["ever" if not one.due else "now" if one.due <= today else "later"].append(row(visit, one))
    labels = {
        "now": visit.gettext("To do today"),
        "later": visit.gettext("Coming"),
        "ever": visit.gettext("Now and then"),
    }
    return [{"key": key, "label": labels[key], "chores": rows} for key, rows in told.items() if rows]


# --- done --------------------------------------------------------------------------------------------------------


@post("/c/{circle:str}/tasks/done")
async def done(visit: Visit) -> Response[Any]:
    """One tap: whoever taps has done it; where all do it together, all who are here have."""
    filled = await visit.form()
    chore, _, said = filled.get("done", "").partition(".")
    turn = turn_in(said)
    if chore not in visit.circle.tasks.chores or turn is None:
        return show(visit, Form({}, {"": visit.gettext(Why.NO_CHORE.sentence)}), 404)
    one = read.standing(visit.circle, chore, visit.today())
    who = one.whose if one.chore.rotation == "together" and visit.member in one.whose else [visit.member]
    seed = seed_for(one.chore.rotation)
    event = Done(chore=chore, turn=turn, who=who, due=one.due or None, day=visit.today(), seed=seed)
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form({}, {"": refused(visit, refusal, chore)}), 409)
    name = visit.name(one.chore.words)
    return visit.go(local(filled.get("back", f"{visit.home}/tasks")), visit.gettext("Done: %(what)s.", what=name))


@post("/c/{circle:str}/tasks")
async def worked(visit: Visit) -> Response[Any]:
    """Hours without a chore."""
    filled: dict[str, Any] = await visit.form()
    filled["who"] = await visit.all_of("who")
    errors: dict[str, str] = {}
    minutes = minutes_in(visit, filled.get("minutes", ""), errors)
    when = day_of(visit, filled.get("day", ""), errors)
    if not filled["who"]:
        errors["who"] = visit.gettext("Say who did it.")
    if not minutes and "minutes" not in errors:
        errors["minutes"] = visit.gettext("Say how long it took, in minutes, such as 45 or 1:30.")
    if errors:
        return show(visit, Form(filled, errors), 422)
    kind: Any = filled.get("kind") if filled.get("kind") in kinds(visit.gettext) else "other"
    said = filled.get("what", "").strip()[:LONGEST]
    event = Worked(kind=kind, minutes=minutes or 1, who=filled["who"], day=when, what=said)
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form(filled, {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/tasks", visit.gettext("It is noted."))


@post("/c/{circle:str}/tasks/undo")
async def undone(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    try:
        visit.act(Undone(entry=filled.get("entry", "")), act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form({}, {"": visit.reason(refusal)}), 409)
    back = local(filled.get("back", f"{visit.home}/tasks"))
    return visit.go(back, visit.gettext("Taken back. Both stay in the log."))


handlers = [
    tasks_page,
    done,
    worked,
    undone,
    *web_minutes.handlers,
    *web_form.handlers,
    *web_chore.handlers,
]
