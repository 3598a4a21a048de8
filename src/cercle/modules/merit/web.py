"""Points: one's own, what waits for a word, wishes for the home, and thanks."""

from itertools import islice
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from cercle.core.event import Refused
from cercle.modules.merit import read, web_member, web_rates
from cercle.modules.merit.events import (
    Confirmed,
    Declined,
    Fulfilled,
    Pledged,
    RateSet,
    Released,
    Thanked,
    Unpledged,
    Wished,
)
from cercle.modules.merit.rules import allowance_left
from cercle.modules.merit.state import Merit, Said, balance
from cercle.modules.merit.web_wishes import ended_wishes, open_wishes
from cercle.modules.merit.web_words import DOT, author, line, number_in, points
from cercle.modules.tasks.web_doing import what
from cercle.page.visit import Form, Visit, local, name_in, shown
from cercle.sentences import day, number

LATEST = 5
LATEST_THANKS = 3
WEEKS = 4
NAME_LIMIT = 80
LONGEST = 300
MOST_POINTS = 1_000_000
MOST_NAMED = 100  # entries that an address can name


@get("/c/{circle:str}/merit")
async def merit_page(visit: Visit) -> Response[Any]:
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    merit: Merit = visit.circle.merit
    here = f"{visit.home}/merit"
    waiting = read.claims(visit.circle)
    return visit.render(
        "merit/merit.html",
        visit.gettext("Merit"),
        "merit",
        status,
        form=form,
        is_new=is_new(merit),
        me=my_points(visit),
        for_me=for_me(visit, waiting),
        waiting=[claim_row(visit, one) for one in waiting if visit.member not in one.by],
        declined=[claim_row(visit, one) for one in read.declined(visit.circle, WEEKS)],
        wishes=open_wishes(visit),
        ended=ended_wishes(visit),
        thanks=[thanks_row(visit, *one) for one in islice(reversed(merit.thanks.items()), LATEST_THANKS)],
        takers=[{"value": one["key"], "label": one["name"]} for one in visit.everybody() if one["key"] != visit.member],
        left=allowance_left(visit.circle, visit.member),
        left_text=points(visit, allowance_left(visit.circle, visit.member)),
        people=[one | {"href": f"{here}/member/{one['key']}"} for one in visit.everybody()],
        supply=supply(visit),
        ways={
            "answer": f"{here}/claims",
            "thank": f"{here}/thanks" if visit.may(Thanked) else None,
            "wish": f"{here}/wishes" if visit.may(Wished) else None,
            "rates": f"{here}/rates",
            "set": f"{here}/rates" if visit.may(RateSet) else None,
        },
        offer=None if is_new(merit) else visit.offer(),
    )


def is_new(merit: Merit) -> bool:
    """Whether the home has not begun with any of it."""
    return not (merit.rates or merit.flows or merit.wishes or merit.thanks)


def my_points(visit: Visit) -> dict[str, Any]:
    merit: Merit = visit.circle.merit
    pledged = sum(wish.pledges.get(visit.member, 0) for wish in merit.wishes.values() if not wish.ended)
    owed = merit.owed.get(visit.member, 0)
    return {
        "figure": points(visit, balance(visit.circle, visit.member)),
        "href": f"{visit.home}/merit/member/{visit.member}",
        "pledged": visit.gettext("And %(points)s pledged to wishes.", points=points(visit, pledged)) if pledged else "",
        "owed": web_member.owed_line(visit, owed),
        "lines": [line(visit, *one) for one in read.latest(visit.circle, visit.member, LATEST)],
    }


def for_me(visit: Visit, waiting: list[read.Claim]) -> list[dict[str, Any]]:
    """What the visitor may confirm."""
    return [claim_row(visit, one) for one in waiting if visit.member in one.by]


def claim_row(visit: Visit, claim: read.Claim) -> dict[str, Any]:
    """Work that somebody is to confirm: `waits` says for whom it waits, `said` what was said when it was declined."""
    entry, earning = claim.entry, claim.earning
    doing, earners = visit.circle.tasks.doings[entry], list(earning.points)
    each = sorted(set(earning.points.values()))
    figure = points(visit, each[-1])
    if len(earners) > 1:
        figure = visit.gettext("%(points)s each", points=figure)
    parts = [visit.names_of(earners), day(doing.day, visit.language, visit.today())]
    return {
        "key": entry,
        "what": what(visit, entry, doing),
        "by": visit.person_of(earners[0]),
        "figure": figure,
        "line": DOT.join(parts),
        "href": f"{visit.home}/log/{entry}",
        "waits": waits(visit, claim),
        "said": said(visit, earning.declined) if earning.declined else "",
        "mine": visit.member in claim.by,
    }


def waits(visit: Visit, claim: read.Claim) -> str:
    if not claim.by:
        return visit.gettext("nobody is left who could confirm it")
    if len(claim.by) == 1:
        return visit.gettext("waits for %(name)s", name=visit.person_of(claim.by[0])["name"])
    return visit.gettext("waits for somebody else to confirm it")


def said(visit: Visit, entry: str) -> str:
    """Who did not confirm some work, and what they said."""
    line = visit.gettext("not confirmed by %(name)s", name=author(visit, visit.here.entry(entry))["name"])
    why = shown(str(visit.here.words(entry).get("why") or ""))
    return visit.gettext("%(line)s: %(why)s", line=line, why=why) if why else line


def thanks_row(visit: Visit, key: str, one: Said) -> dict[str, Any]:
    by, to = visit.person_of(one.by), visit.person_of(one.to)
    when = day(visit.day_of(one.time), visit.language, visit.today())
    some = points(visit, one.points) if one.points else ""
    return {
        "key": key,
        "by": by,
        "line": visit.gettext("%(by)s thanks %(to)s", by=by["name"], to=to["name"]),
        "words": shown(str(visit.here.words(key).get("what") or "")),
        "small": DOT.join(part for part in (some, when) if part),
        "href": f"{visit.home}/log/{key}",
    }


def supply(visit: Visit) -> dict[str, Any]:
    """All points that there are, and the entries that brought or took the latest of them."""
    count = read.supply(visit.circle)
    latest = [entry for entry, _ in islice(reversed(visit.circle.merit.flows.items()), MOST_NAMED)]
    sentence = visit.ngettext(
        "The home has given out %(num)s point that is not yet used.",
        "The home has given out %(num)s points that are not yet used.",
        count,
        num=number(count, visit.language),
    )
    return {
        "sentence": sentence if count else visit.gettext("No points wait to be used."),
        "href": f"{visit.home}/log?of={','.join(latest)}" if latest else None,
    }


def act(visit: Visit, event: msgspec.Struct, filled: dict[str, str], box: str, done: str) -> Response[Any]:
    """Does it, and says so; a refusal stands at its box."""
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form(dict(filled), {box: visit.reason(refusal)}), 409)
    return visit.go(local(filled.get("back", f"{visit.home}/merit")), done)


# --- confirming --------------------------------------------------------------------------------------------------


@post("/c/{circle:str}/merit/claims")
async def answered(visit: Visit) -> Response[Any]:
    """Some work is confirmed, or it is not, for a reason or without one."""
    filled = await visit.form()
    if claim := filled.get("confirm", ""):
        return act(visit, Confirmed(claim=claim), filled, "", visit.gettext("Confirmed."))
    claim = filled.get("decline", "")
    event = Declined(claim=claim, why=filled.get(f"why-{claim}", "").strip()[:LONGEST])
    return act(visit, event, filled, "", visit.gettext("Not confirmed. It can still be, later."))


# --- thanks and wishes -------------------------------------------------------------------------------------------


@post("/c/{circle:str}/merit/thanks")
async def thanked(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    errors: dict[str, str] = {}
    some = number_in(visit, filled, "thanks", errors)
    to = filled.get("to", "")
    if to not in visit.circle.roots.members:
        errors["to"] = visit.gettext("Choose one.")
    if errors:
        return show(visit, Form(dict(filled), errors), 422)
    event = Thanked(to=to, points=some, what=filled.get("what", "").strip()[:LONGEST])
    box = "to" if to == visit.member or visit.circle.roots.members[to].gone else "thanks"
    return act(visit, event, filled, box, visit.gettext("Your thanks are written down."))


@post("/c/{circle:str}/merit/wishes")
async def wished(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    errors: dict[str, str] = {}
    name = name_in(filled.get("name", ""), NAME_LIMIT)
    if not name:
        errors["name"] = visit.gettext("A wish’s name has 1 to 80 letters.")
    some = number_in(visit, filled, "points", errors, 1, MOST_POINTS)
    if errors:
        return show(visit, Form(dict(filled), errors), 422)
    return act(visit, Wished(name=name, points=some), filled, "name", visit.gettext("Wished for."))


@post("/c/{circle:str}/merit/wishes/{wish:str}/pledge")
async def pledged(visit: Visit, wish: str) -> Response[Any]:
    check_wish(visit, wish)
    filled = await visit.form()
    errors: dict[str, str] = {}
    box = f"points-{wish}"
    some = number_in(visit, filled, box, errors, 1, MOST_POINTS)
    if errors:
        return show(visit, Form(dict(filled), errors), 422)
    done = visit.gettext("Pledged: %(points)s.", points=points(visit, some))
    return act(visit, Pledged(wish=wish, points=some), filled, box, done)


@post("/c/{circle:str}/merit/wishes/{wish:str}/take-back")
async def taken_back(visit: Visit, wish: str) -> Response[Any]:
    check_wish(visit, wish)
    return act(visit, Unpledged(wish=wish), await visit.form(), "", visit.gettext("Your points are yours again."))


@post("/c/{circle:str}/merit/wishes/{wish:str}/fulfil")
async def fulfilled(visit: Visit, wish: str) -> Response[Any]:
    check_wish(visit, wish)
    return act(visit, Fulfilled(wish=wish), await visit.form(), "", visit.gettext("The wish has come true."))


@post("/c/{circle:str}/merit/wishes/{wish:str}/release")
async def released(visit: Visit, wish: str) -> Response[Any]:
    check_wish(visit, wish)
    done = visit.gettext("Let go. Everybody has their points again.")
    return act(visit, Released(wish=wish), await visit.form(), "", done)


def check_wish(visit: Visit, wish: str) -> None:
    """Raises `NotFoundException`."""
    if wish not in visit.circle.merit.wishes:
        raise NotFoundException


handlers = [
    merit_page,
    answered,
    thanked,
    wished,
    pledged,
    taken_back,
    fulfilled,
    released,
    *web_member.handlers,
    *web_rates.handlers,
]
