"""What work is worth, what each may give in thanks, and who confirmed whom: for all to see, for adults to set."""

from typing import Any

import msgspec
from litestar import Response, get, post

from cercle.core.event import Refused
from cercle.modules.merit import read
from cercle.modules.merit.events import AllowanceSet, RateSet
from cercle.modules.merit.state import Merit, Rate
from cercle.modules.merit.web_words import confirming, name_of, number_in, points, worth
from cercle.modules.tasks.web_words import kinds
from cercle.page.visit import Form, Visit
from cercle.sentences import number

WEEKS = 8
MOST_A_WEEK = 1_000_000


@get("/c/{circle:str}/merit/rates")
async def rates_page(visit: Visit, of: str = "") -> Response[Any]:
    """`of` is the kind of work, or the chore, whose rate is to be changed."""
    rate = visit.circle.merit.rates.get(of)
    return show(visit, Form(filled_from(of, rate) if rate else {}))


def filled_from(of: str, rate: Rate) -> dict[str, Any]:
    """What stands in the boxes for a rate that there is."""
    figures = {name: str(getattr(rate, name) or "") for name in ("per_turn", "per_hour", "growing", "budget")}
    return {"of": of, "confirm": rate.confirm, **figures}


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    merit: Merit = visit.circle.merit
    here = f"{visit.home}/merit/rates"
    return visit.render(
        "merit/rates.html",
        visit.gettext("What counts"),
        "merit",
        status,
        form=form,
        groups=groups(visit),
        choices=choices(visit),
        confirming=[{"value": code, "label": label} for code, label in confirming(visit).items()],
        allowance=merit.allowance,
        allowance_line=allowance_line(visit, merit.allowance),
        confirmed=[between_row(visit, one) for one in read.rings(visit.circle, WEEKS)],
        thanked=[between_row(visit, one) for one in read.thanks(visit.circle, WEEKS)],
        ways={
            "set": here if visit.may(RateSet) else None,
            "stop": f"{here}/stop" if visit.may(RateSet) else None,
            "allow": f"{here}/allowance" if visit.may(AllowanceSet) else None,
            "back": f"{visit.home}/merit",
        },
    )


def groups(visit: Visit) -> list[dict[str, Any]]:
    """The rates of kinds of work, then those of chores; a group without one is left out."""
    found = {"kinds": list(kinds(visit.gettext)), "chores": list(visit.circle.tasks.chores)}
    labels = {"kinds": visit.gettext("By kind of work"), "chores": visit.gettext("By chore")}
    rows = {key: [row(visit, of) for of in those if of in visit.circle.merit.rates] for key, those in found.items()}
    return [{"key": key, "label": labels[key], "rates": those} for key, those in rows.items() if those]


def row(visit: Visit, of: str) -> dict[str, Any]:
    rate: Rate = visit.circle.merit.rates[of]
    left = read.budgets(visit.circle, visit.member).get(of)
    chore = visit.circle.tasks.chores.get(of)
    return {
        "key": of,
        "name": name_of(visit, of),
        "archived": bool(chore and chore.archived),
        "line": worth(visit, rate),
        "left": "" if left is None else visit.gettext("%(points)s left for you this week", points=points(visit, left)),
        "href": f"{visit.home}/log/{rate.entry}",
        "edit": f"{visit.home}/merit/rates?of={of}#set",
        "stoppable": not rate.is_nothing,
    }


def choices(visit: Visit) -> list[dict[str, str]]:
    """What can have a rate: kinds of work, then the chores that are in use."""
    found = [
        {"value": code, "label": visit.gettext("All of a kind: %(kind)s", kind=label)}
        for code, label in kinds(visit.gettext).items()
    ]
    return found + [
        {"value": key, "label": visit.gettext("The chore: %(chore)s", chore=visit.name(chore.words))}
        for key, chore in visit.circle.tasks.chores.items()
        if not chore.archived or key in visit.circle.merit.rates
    ]


def allowance_line(visit: Visit, allowance: int) -> str:
    if not allowance:
        return visit.gettext("Thanks come without points.")
    return visit.gettext("Each may give %(points)s a week in thanks.", points=points(visit, allowance))


def between_row(visit: Visit, one: read.Between) -> dict[str, Any]:
    return {
        "by": visit.person_of(one.by)["name"],
        "to": visit.person_of(one.to)["name"],
        "times": number(one.times, visit.language),
        "points": number(one.points, visit.language),
        "back": number(one.back, visit.language),
    }


# --- setting -----------------------------------------------------------------------------------------------------


@post("/c/{circle:str}/merit/rates")
async def rate_set(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    errors: dict[str, str] = {}
    figures: dict[str, Any] = {
        name: number_in(visit, filled, name, errors) for name in ("per_turn", "per_hour", "growing")
    }
    budget = number_in(visit, filled, "budget", errors, 0, MOST_A_WEEK)
    what = named(visit, filled.get("of", ""))
    if not what:
        errors["of"] = visit.gettext("Choose one.")
    confirm: Any = filled.get("confirm", "nobody")
    if confirm not in confirming(visit):
        errors["confirm"] = visit.gettext("Choose one.")
    if errors:
        return show(visit, Form(dict(filled), errors), 422)
    return act(visit, RateSet(**what, **figures, confirm=confirm, budget=budget), filled, "of")


def named(visit: Visit, of: str) -> dict[str, Any]:
    """The field of the event that says what the rate is for; {} where there is no such thing."""
    if of in kinds(visit.gettext):
        return {"kind": of}
    return {"chore": of} if of in visit.circle.tasks.chores else {}


@post("/c/{circle:str}/merit/rates/stop")
async def stopped(visit: Visit) -> Response[Any]:
    """No points for it any more."""
    filled = await visit.form()
    what = named(visit, filled.get("stop", ""))
    if not what:
        return show(visit, Form({}, {"": visit.gettext("There is no such kind of work, and no such chore.")}), 404)
    return act(visit, RateSet(**what), {"act": filled.get("act", "")}, "")


@post("/c/{circle:str}/merit/rates/allowance")
async def allowance_set(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    errors: dict[str, str] = {}
    allowance = number_in(visit, filled, "allowance", errors)
    if errors:
        return show(visit, Form(dict(filled), errors), 422)
    return act(visit, AllowanceSet(points=allowance), filled, "allowance")


def act(visit: Visit, event: msgspec.Struct, filled: dict[str, str], box: str) -> Response[Any]:
    """Does it, and says so; a refusal stands at its box."""
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form(dict(filled), {box: visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/merit/rates", visit.gettext("It is noted."))


handlers = [rates_page, rate_set, stopped, allowance_set]
