"""The page for the weekly meeting: what was done and by whom, what runs out, what was wasted, money, what comes."""

from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post

from cercle.core.event import Refused, is_day, monday_of
from cercle.modules.accounts.read import balances, settlement
from cercle.modules.decisions.web_words import results, title
from cercle.modules.groceries import read as groceries
from cercle.modules.groceries.web_stock import costs_text
from cercle.modules.merit import web_week as merit
from cercle.modules.tasks import read as tasks
from cercle.modules.tasks.web_doing import what
from cercle.modules.tasks.web_words import due_in_words, duration
from cercle.modules.week.events import Agreed, Dropped, Kept
from cercle.modules.week.read import agreements
from cercle.modules.week.rules import Agreement
from cercle.page.typed import day_in
from cercle.page.visit import Form, Visit, shown
from cercle.sentences import day, money
from cercle.web.today import away, running_out

FIRST, LAST = "1900-01-08", "9000-01-01"
LONGEST = 500


@get("/c/{circle:str}/week")
async def week_page(visit: Visit, of: str = "") -> Response[Any]:
    return show(visit, of, Form())


def show(visit: Visit, of: str, form: Form, status: int = 200) -> Response[Any]:
    """The week in which the day `of` lies; this one where it says nothing."""
    first = date.fromisoformat(monday_of(of if is_day(of) and FIRST < of < LAST else visit.today()))
    last = first + timedelta(days=6)
    here, is_now = f"{visit.home}/week", first.isoformat() == monday_of(visit.today())
    return visit.render(
        "week.html",
        visit.gettext("The week"),
        "week",
        status,
        span=visit.gettext(
            "%(first)s to %(last)s",
            first=day(first.isoformat(), visit.language, visit.today()),
            last=day(last.isoformat(), visit.language, visit.today()),
        ),
        before=f"{here}?of={first - timedelta(days=7)}",
        after=None if is_now else f"{here}?of={first + timedelta(days=7)}",
        is_now=is_now,
        work=work(visit, first.isoformat(), last.isoformat()) if visit.is_on("tasks") else None,
        merit=merit.week(visit, str(first), str(last), is_now) if visit.is_on("merit") else None,
        decided=decided(visit, first.isoformat(), last.isoformat()),
        wasted=wasted(visit, first.isoformat(), last.isoformat()) if visit.is_on("waste") else None,
        stock=running_out(visit) if visit.is_on("stock") and is_now else [],
        transfers=transfers(visit) if visit.is_on("money") and is_now else None,
        coming=coming(visit) if visit.is_on("tasks") and is_now else [],
        away=away(visit) if is_now else [],
        agreed=[agreement(visit, key, one) for key, one in agreements(visit.circle, str(first), str(last))],
        people=[{"value": "", "label": visit.gettext("Everybody")}]
        + [{"value": one["key"], "label": one["name"]} for one in visit.everybody()],
        form=form,
        ways={"agree": here if visit.may(Agreed) else None, "end": f"{here}/end" if visit.may(Kept) else None},
    )


def work(visit: Visit, first: str, last: str) -> list[dict[str, Any]]:
    """What each did, in the order in which people came: no ranking. Those who noted nothing are left out."""
    done, spent = visit.remembered(("work", first), lambda: counted(visit, first, last))
    return [
        {
            "person": one,
            "line": visit.gettext(
                "%(who)s: %(what)s",
                who=with_total(visit, one["name"], spent[one["key"]]),
                what=", ".join(f"{name} ×{times}" if times > 1 else name for name, times in done[one["key"]].items()),
            ),
        }
        for one in visit.everybody()
        if one["key"] in done
    ]


def counted(visit: Visit, first: str, last: str) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """By member: how often they did what, and minutes."""
    done: dict[str, dict[str, int]] = {}
    spent: dict[str, int] = {}
    for entry, doing in tasks.latest(visit.circle):
        if doing.undone or not first <= doing.day <= last:
            continue
        name = what(visit, entry, doing)
        for member in doing.who:
            times = done.setdefault(member, {})
            times[name] = times.get(name, 0) + 1
            spent[member] = spent.get(member, 0) + doing.minutes
    return done, spent


def with_total(visit: Visit, name: str, minutes: int) -> str:
    return f"{name} ({duration(visit, minutes)})" if minutes else name


def decided(visit: Visit, first: str, last: str) -> list[dict[str, str]]:
    """What the circle decided in that week, and how it came out."""
    if "decisions" not in visit.circle.states:
        return []
    told = results(visit)
    return [
        {
            "title": title(visit, name),
            "href": f"{visit.home}/decisions/{name}",
            "result": told[motion.outcomes[-1].result],
            "look": "done" if motion.ended == "passed" else "",
        }
        for name, motion in visit.circle.decisions.motions.items()
        if motion.ended in ("passed", "failed") and first <= visit.day_of(motion.outcomes[-1].at) <= last
    ]


def wasted(visit: Visit, first: str, last: str) -> dict[str, Any]:
    found = [one for one in groceries.wastes(visit.circle) if first <= one.day <= last]
    return {
        "lines": [
            {"name": visit.name(one.words), "amount": visit.amount(one.amount, one.unit)} for one in reversed(found)
        ],
        "cost": costs_text(visit, groceries.total(one.costs for one in found)),
        "href": f"{visit.home}/waste",
    }


def transfers(visit: Visit) -> list[str]:
    """Who pays whom, in the circle's currency."""
    unit = visit.circle.roots.unit
    return [
        visit.gettext(
            "%(payer)s pays %(to)s %(amount)s",
            payer=visit.person_of(one.payer)["name"],
            to=visit.person_of(one.to)["name"],
            amount=money(one.amount, unit, visit.language),
        )
        for one in settlement(balances(visit.circle, unit))
    ]


def coming(visit: Visit) -> list[dict[str, str]]:
    """The chores of the seven days to come, and what is late."""
    last = (date.fromisoformat(visit.today()) + timedelta(days=7)).isoformat()
    return [
        {
            "name": visit.name(one.chore.words),
            "href": f"{visit.home}/tasks/{one.id}",
            "due": due_in_words(visit, one.due),
            "whose": visit.names_of(one.whose) if one.whose else visit.gettext("whoever comes first"),
        }
        for one in tasks.chores(visit.circle, visit.today())
        if "" < one.due <= last
    ]


def agreement(visit: Visit, key: str, one: Agreement) -> dict[str, Any]:
    who = visit.person_of(one.member)["name"] if one.member else ""
    until = day(one.until, visit.language, visit.today()) if one.until else ""
    ended = {"": "", "kept": visit.gettext("kept"), "dropped": visit.gettext("let go")}[one.ended]
    parts = [who, visit.gettext("until %(day)s", day=until) if until else ""]
    return {
        "key": key,
        "what": shown(str(visit.here.words(one.words).get("what") or "")) or visit.gettext("something"),
        "line": "\u00a0· ".join(part for part in parts if part),
        "href": f"{visit.home}/log/{one.words}",
        "ended": ended,
    }


# --- what is agreed ----------------------------------------------------------------------------------------------


@post("/c/{circle:str}/week")
async def agreed(visit: Visit) -> Response[Any]:
    filled: dict[str, Any] = await visit.form()
    said, until = " ".join(filled.get("what", "").split()), day_in(filled.get("until", ""))
    errors: dict[str, str] = {}
    if not 0 < len(said) <= LONGEST:
        errors["what"] = visit.gettext("Say what was agreed, in 1 to 500 letters.")
    if filled.get("until") and until is None:
        errors["until"] = visit.gettext("There is no such day in the calendar.")
    if errors:
        return show(visit, "", Form(filled, errors), 422)
    return act(visit, filled, Agreed(what=said, member=filled.get("member") or None, until=until))


@post("/c/{circle:str}/week/end")
async def ended(visit: Visit) -> Response[Any]:
    """An agreement was kept, or is let go."""
    filled = await visit.form()
    key, today = filled.get("kept") or filled.get("dropped", ""), visit.today()
    return act(visit, filled, (Kept if filled.get("kept") else Dropped)(agreement=key, day=today))


def act(visit: Visit, filled: dict[str, Any], event: Any) -> Response[Any]:
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, "", Form(filled, {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/week", visit.gettext("It is noted."))


handlers = [week_page, agreed, ended]
