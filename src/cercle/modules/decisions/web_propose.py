"""Proposing something, and putting it to the vote."""

import re
from typing import Any

import msgspec
from litestar import Response, get, post

from cercle.core.event import Refused, known, split
from cercle.modules.charter.rules import is_strict_enough, number
from cercle.modules.decisions import events
from cercle.modules.decisions.rules import asked_for
from cercle.modules.decisions.state import Motion
from cercle.modules.decisions.web_words import CHOOSING, STANDING, methods
from cercle.page.clock import instant
from cercle.page.typed import clock_in, day_in
from cercle.page.visit import Form, Visit, name_in

TITLE_LIMIT, WHY_LIMIT, CHOICE_LIMIT = 200, 1000, 120
LONGEST = 90  # days
AN_HOUR = 3_600_000  # ms: as long as a time is at least, where nobody has said how long
TIME = re.compile(r"(\S+),?\s+(\d{1,2}[:hH.]\d{0,2})(?:\s*[-–]\s*(\d{1,2}[:hH.]\d{0,2}))?(?:\s+(.*))?", re.ASCII)
SOMEBODY = "0" * 20  # stands for whom an election fills in


def ways(visit: Visit, carried: list[str], several: bool = False) -> list[dict[str, str]]:
    """The ways of deciding that are strict enough for what a round carries, the lightest first."""
    asked = [asked_for(event) for event in carried] or [asked_for("")]
    names = methods(visit)
    return [
        {"value": one, "label": names[one]}
        for one in (CHOOSING if several else STANDING)
        if all(is_strict_enough(visit.circle, setting, one) for setting in asked)
    ]


def shortest(visit: Visit) -> int:
    return number(visit.circle, "days")


@get("/c/{circle:str}/decisions/new")
async def new_page(visit: Visit) -> Response[Any]:
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    return visit.render(
        "decisions/new.html",
        visit.gettext("Propose something"),
        "decisions",
        status,
        form=form,
        ways=ways(visit, []),
        several=ways(visit, [], several=True),
        days=shortest(visit),
        post=f"{visit.home}/decisions/new",
    )


@post("/c/{circle:str}/decisions/new")
async def proposed(visit: Visit) -> Response[Any]:
    """The proposal, its choices where there are any, and the vote where it is not talked about first."""
    filled = await visit.form()
    if visit.is_done(filled.get("act", "")):
        return visit.go(f"{visit.home}/decisions")
    errors: dict[str, str] = {}
    title = name_in(filled.get("title", ""), TITLE_LIMIT)
    if not title:
        errors["title"] = visit.gettext("Say in a line what you propose.")
    choices = [line[:CHOICE_LIMIT] for line in map(str.strip, filled.get("choices", "").splitlines()) if line]
    several = len(choices) > 1
    if len(choices) == 1 or len(choices) > 50:
        errors["choices"] = visit.gettext("One choice a line, two at least and 50 at most.")
    days = days_in(visit, filled, errors)
    if errors:
        return show(visit, Form(dict(filled), errors), 422)
    method = filled.get("way_of_several" if several else "way", "")
    try:
        with visit.tap(filled.get("act", "")) as do:
            motion = do(events.Proposed(title=title, why=filled.get("why", "").strip()[:WHY_LIMIT]))
            options = [do(option(visit, motion, one)) for one in choices] if several else []
            if filled.get("now"):
                do(opened(motion, method, [], options, days))
    except (Refused, msgspec.ValidationError) as error:
        return show(visit, Form(dict(filled), {"": wrong(visit, error)}), 409)
    return visit.go(f"{visit.home}/decisions/{motion}", visit.gettext("Proposed."))


def option(visit: Visit, motion: str, line: str) -> events.OptionAdded:
    """A choice as it was typed; one that begins with a day and an hour, with another after a dash or not, is a time."""
    found = TIME.fullmatch(line)
    day, begins = (day_in(found[1]), clock_in(found[2])) if found else (None, None)
    if found is None or day is None or begins is None:
        return events.OptionAdded(motion=motion, what=line)
    starts = int(instant(day, begins, visit.zone).timestamp() * 1000)
    until = clock_in(found[3] or "")
    ends = int(instant(day, until, visit.zone).timestamp() * 1000) if until else 0
    return events.OptionAdded(motion=motion, starts=starts, ends=max(ends, starts + AN_HOUR), what=found[4] or "")


def opened(motion: str, method: str, clauses: list[str], options: list[str], days: int, why: str = "") -> events.Opened:
    """Raises `msgspec.ValidationError` where there is no such way of deciding."""
    fields = {"motion": motion, "method": method, "clauses": clauses, "options": options, "days": days, "why": why}
    return msgspec.convert(fields, events.Opened)


class Carried(msgspec.Struct, forbid_unknown_fields=True):
    """What a clause carries, as forms do: the name of an event, the fields that rules read, and its words."""

    does: str
    fields: dict[str, Any] = {}
    words: dict[str, str] = {}


def carried(event: msgspec.Struct) -> Carried:
    kept, words = split(known(type(event)), event)
    return Carried(known(type(event)).name, kept, words)


def propose(visit: Visit, filled: dict[str, Any], title: str, does: list[Carried], days: int, beside: str = "") -> str:
    """Proposes that the circle does these things, and puts it to the vote where that is ticked; or suggests them for
    the proposal `beside`, after which a point and a choice of it may follow. Gives the proposal. Raises `Refused`, and
    `msgspec.ValidationError` where there is no such way of deciding."""
    with visit.tap(filled.get("act", "")) as do:
        motion, _, option = beside.partition(".")
        motion = motion or do(events.Proposed(title=title, why=filled.get("why", "").strip()[:WHY_LIMIT]))
        clauses = [
            do(
                events.ClauseAdded(
                    motion=motion, does=one.does, fields=one.fields, option=option or None, words=one.words
                )
            )
            for one in does
        ]
        if filled.get("now") and not beside:
            do(opened(motion, filled.get("way", ""), clauses, [], days))
    return motion


def wrong(visit: Visit, error: Refused | msgspec.ValidationError) -> str:
    """Why something could not be proposed so."""
    return visit.reason(error) if isinstance(error, Refused) else visit.gettext("Choose one.")


def days_in(visit: Visit, filled: dict[str, str], errors: dict[str, str]) -> int:
    """How many days a vote is to be open; what is no number of them goes to `errors`."""
    least, text = shortest(visit), filled.get("days", "").strip()
    if not text:
        return least
    if not text.isdecimal() or len(text) > 3 or not least <= int(text) <= LONGEST:
        errors["days"] = visit.gettext("A whole number from %(least)s to %(most)s.", least=least, most=LONGEST)
        return least
    return int(text)


def round_form(visit: Visit, motion: Motion) -> dict[str, Any]:
    """What whoever proposed it chooses when it is put to the vote: how, for how long, and with which clauses."""
    several = len(motion.options) > 1
    carried = [one.clause.event for one in motion.clauses.values()]
    elects = any(one.clause.kept.get("member") == SOMEBODY for one in motion.clauses.values())
    before = motion.round
    return {
        "ways": [one for one in ways(visit, carried, several) if one["value"] == "election" or not elects],
        "way": before.method if before is not None else "",
        "days": before.days if before is not None and before.days else shortest(visit),
        "again": before is not None,
        "clauses": list(motion.clauses),
        "chosen": before.clauses if before is not None else list(motion.clauses),
    }


@post("/c/{circle:str}/decisions/{motion:str}/open")
async def put_to_the_vote(visit: Visit, motion: str) -> Response[Any]:
    from cercle.modules.decisions import web  # which stands on this file

    filled = await visit.form()
    found = web.motion_of(visit, motion)
    errors: dict[str, str] = {}
    days = days_in(visit, filled, errors)
    clauses = [name for name in found.clauses if filled.get(f"clause-{name}")]
    options = list(found.options) if len(found.options) > 1 else []
    try:
        why = filled.get("anew", "").strip()[:WHY_LIMIT]
        event = opened(motion, filled.get("way", ""), clauses, options, days, why)
    except msgspec.ValidationError:
        errors["way"] = visit.gettext("Choose one.")
    if errors:
        return web.show(visit, motion, Form(dict(filled), errors), 422)
    return web.act(visit, motion, filled, visit.gettext("It is put to the vote."), event, "way")


handlers = [new_page, proposed, put_to_the_vote]
