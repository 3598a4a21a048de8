"""A chore is added, or described anew: what it is, how often, and whose turn."""

from datetime import date
from typing import Any, get_args

from litestar import Response, get, post

from cercle.core.entry import short
from cercle.core.event import Refused
from cercle.modules.tasks.events import ChoreAdded, ChoreChanged, Kind, Rotation
from cercle.modules.tasks.state import Chore
from cercle.modules.tasks.web_chore import chore_of
from cercle.modules.tasks.web_doing import minutes_in, seed_for
from cercle.modules.tasks.web_words import WEEKDAYS, kinds, ordinals, rotations, short_weekday, weekday
from cercle.page.typed import day_in
from cercle.page.visit import Form, Visit, name_in

NAME_LIMIT = 80
NOTE_LIMIT = 1000
MOST_INTERVAL = 99
FREQUENCIES = {"daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "yearly": "YEARLY"}


@get("/c/{circle:str}/tasks/new")
async def new_page(visit: Visit) -> Response[Any]:
    return show(visit, Form({"often": "weekly", "rotation": "in_turn"}))


@get("/c/{circle:str}/tasks/{chore:str}/edit")
async def edit_page(visit: Visit, chore: str) -> Response[Any]:
    return show(visit, Form(filled_from(visit, chore_of(visit, chore))), chore)


def show(visit: Visit, form: Form, chore: str = "", status: int = 200) -> Response[Any]:
    title = visit.name(visit.circle.tasks.chores[chore].words) if chore else visit.gettext("A new chore")
    people = visit.everybody()
    return visit.render(
        "tasks/form.html",
        title,
        "tasks",
        status,
        form=form,
        action=f"{visit.home}/tasks/{chore}/edit" if chore else f"{visit.home}/tasks/new",
        is_new=not chore,
        kinds=choices(kinds(visit.gettext)),
        often=choices(often(visit)),
        rotations=choices(rotations(visit.gettext)),
        weekdays=[
            {"value": code, "label": weekday(visit, code), "short": short_weekday(visit, code)} for code in WEEKDAYS
        ],
        monthly=choices(monthly(visit)),
        people=people,
        members=form.filled.get("members", [one["key"] for one in people if not is_guest(visit, one["key"])]),
        days=form.filled.get("days", []),
        start=visit.today(),
    )


def choices(labels: dict[str, str]) -> list[dict[str, str]]:
    return [{"value": code, "label": label} for code, label in labels.items()]


def often(visit: Visit) -> dict[str, str]:
    _ = visit.gettext
    return {
        "ever": _("Now and then"),
        "once": _("Once, on a certain day"),
        "daily": _("Every day"),
        "weekly": _("Every week"),
        "monthly": _("Every month"),
        "yearly": _("Every year"),
    }


def monthly(visit: Visit) -> dict[str, str]:
    _ = visit.gettext
    on = {which: text % {"day": _("such weekday")} for which, text in ordinals(visit).items()}
    return {"day": _("on that day of the month"), "last": _("on the last day")} | on


def is_guest(visit: Visit, member: str) -> bool:
    return bool(visit.circle.roots.members[member].kind == "guest")


def filled_from(visit: Visit, chore: Chore) -> dict[str, Any]:
    """What stands in the boxes for a chore that there is."""
    words = visit.here.words(chore.words)
    parts = dict(part.split("=") for part in chore.rhythm.split(";")) if chore.rhythm else {}
    frequency = {code: name for name, code in FREQUENCIES.items()}
    by_day = parts.get("BYDAY", "")
    month = "last" if parts.get("BYMONTHDAY") == "-1" else by_day[:-2] if parts.get("FREQ") == "MONTHLY" else ""
    found: dict[str, Any] = {
        "name": words.get("name", ""),
        "note": words.get("note", ""),
        "kind": chore.kind,
        "often": frequency[parts["FREQ"]] if parts else "once" if chore.start else "ever",
        "interval": parts.get("INTERVAL", "1"),
        "days": by_day.split(",") if parts.get("FREQ") == "WEEKLY" and by_day else [],
        "monthly": month or "day",
        "start": chore.start or visit.today(),
        "follows": "yes" if chore.follows else "",
        "rotation": chore.rotation,
        "minutes": str(chore.minutes or ""),
    }
    return found | ({"members": chore.order} if chore.order else {})


@post("/c/{circle:str}/tasks/new")
async def added(visit: Visit) -> Response[Any]:
    return await described(visit, "")


@post("/c/{circle:str}/tasks/{chore:str}/edit")
async def edited(visit: Visit, chore: str) -> Response[Any]:
    chore_of(visit, chore)
    return await described(visit, chore)


async def described(visit: Visit, key: str) -> Response[Any]:
    filled: dict[str, Any] = await visit.form()
    filled["members"], filled["days"] = await visit.all_of("members"), await visit.all_of("days")
    errors: dict[str, str] = {}
    said = read_form(visit, filled, errors)
    if errors:
        return show(visit, Form(filled, errors), key, 422)
    event = ChoreChanged(chore=key, **said) if key else ChoreAdded(**said)
    try:
        written = visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form(filled, {"": visit.reason(refusal)}), key, 409)
    if not key and written:
        key = short(written[0].id)
    return visit.go(f"{visit.home}/tasks/{key}" if key else f"{visit.home}/tasks", visit.gettext("It is noted."))


def read_form(visit: Visit, filled: dict[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    """The fields of the event; what is wrong goes to `errors`."""
    name = name_in(filled.get("name", ""), NAME_LIMIT)
    if not name:
        errors["name"] = visit.gettext("A chore’s name has 1 to 80 letters.")
    rotation: Any = filled.get("rotation") if filled.get("rotation") in get_args(Rotation) else "whoever"
    members = filled["members"]
    if rotation == "fixed" and len(members) != 1:
        errors["members"] = visit.gettext("Say whose chore it always is.")
    everybody = [one["key"] for one in visit.everybody() if not is_guest(visit, one["key"])]
    start = day_in(filled.get("start", "")) if filled.get("often", "ever") != "ever" else ""
    if start is None:
        errors["start"] = visit.gettext("There is no such day in the calendar.")
    return {
        "name": name,
        "note": filled.get("note", "").strip()[:NOTE_LIMIT],
        "kind": filled.get("kind") if filled.get("kind") in get_args(Kind) else "other",
        "rhythm": rhythm(visit, filled, start or "", errors) or None,
        "start": start or None,
        "follows": bool(filled.get("follows")) and filled.get("often") in FREQUENCIES,
        "rotation": rotation,
        "members": [] if set(members) == set(everybody) else members,
        "minutes": minutes_in(visit, filled.get("minutes", ""), errors) or 0,
        "seed": seed_for(rotation),
    }


def rhythm(visit: Visit, filled: dict[str, Any], start: str, errors: dict[str, str]) -> str:
    """The rule of RFC 5545 that the boxes say; "" for none."""
    chosen, text = filled.get("often", ""), filled.get("interval", "").strip() or "1"
    if chosen not in FREQUENCIES:
        return ""
    if not text.isdecimal() or len(text) > 2 or not 1 <= int(text) <= MOST_INTERVAL:
        errors["interval"] = visit.gettext("A number from 1 to 99.")
        return ""
    parts = [f"FREQ={FREQUENCIES[chosen]}", *([f"INTERVAL={int(text)}"] if int(text) > 1 else [])]
    days = [code for code in WEEKDAYS if code in filled["days"]]
    if days and chosen == "weekly" and filled.get("follows") and int(text) > 1:
        errors["days"] = visit.gettext("A rhythm that counts from the last time has no days of its own.")
    if chosen == "weekly" and days:
        parts.append(f"BYDAY={','.join(days)}")
    if chosen == "monthly" and start and not filled.get("follows"):
        parts.append(in_month(filled.get("monthly", ""), date.fromisoformat(start)))
    return ";".join(parts)


def in_month(which: str, start: date) -> str:
    """On which day of the month; days that some months lack are the last one."""
    if which in ("1", "2", "3", "4", "-1"):
        return f"BYDAY={which}{WEEKDAYS[start.weekday()]}"
    return "BYMONTHDAY=-1" if which == "last" or start.day > 28 else f"BYMONTHDAY={start.day}"


handlers = [new_page, edit_page, added, edited]
