"""The pages of deciding: what waits for one's word, what is talked about, the register, and one proposal."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from cercle.core.event import Refused
from cercle.modules.decisions import (
    events,
    read,
    web_charter,
    web_compare,
    web_election,
    web_papers,
    web_propose,
    web_proxy,
    web_to_decide,
)
from cercle.modules.decisions.closing import papers
from cercle.modules.decisions.state import HIGHEST_NUMBER, STANCES, Motion, Round, is_closed, is_theirs, may_open
from cercle.modules.decisions.web_changes import change
from cercle.modules.decisions.web_results import outcome, who_said
from cercle.modules.decisions.web_words import (
    CHOOSING,
    explained,
    methods,
    option_names,
    stances,
    state_of,
    title,
    until,
)
from cercle.page.visit import Form, Visit
from cercle.sentences import day, moment

WHY_LIMIT = 1000
REGISTER = 30


@get("/c/{circle:str}/decisions")
async def decisions_page(visit: Visit, whole: bool = False) -> Response[Any]:
    """What is under way, and the register: its latest decisions, or the `whole`."""
    motions: dict[str, Motion] = visit.circle.decisions.motions
    over = [name for name, motion in reversed(motions.items()) if motion.ended]
    shown = over if whole else over[:REGISTER]
    rows = [row(visit, name, motions[name]) for name in reversed(visit.circle.decisions.open)]
    return visit.render(
        "decisions/decisions.html",
        visit.gettext("Decisions"),
        "decisions",
        mine=[one for one in rows if one["asks"]],
        open=[one for one in rows if not one["asks"]],
        ended=[row(visit, name, motions[name]) for name in shown],
        crowded=bool(visit.circle.decisions.crowded),
        ways={
            "propose": f"{visit.home}/decisions/new" if visit.may(events.Proposed) else None,
            "proxy": f"{visit.home}/decisions/proxy",
            "charter": f"{visit.home}/charter",
            "powers": f"{visit.home}/powers",
            "whole": f"{visit.home}/decisions?whole=true" if len(shown) < len(over) else None,
            "log": f"{visit.home}/log?module=decisions",
        },
        offer=visit.offer(),
    )


def row(visit: Visit, name: str, motion: Motion) -> dict[str, Any]:
    state, vote = state_of(visit, motion), motion.round
    last = motion.outcomes[-1] if motion.outcomes else None
    line = visit.person_of(motion.by)["name"]
    if motion.ended and last is not None:
        line = day(visit.day_of(last.at), visit.language, visit.today())
    elif vote is not None and not is_closed(motion):
        line = until(visit, vote)
    return {
        "key": name,
        "title": title(visit, name),
        "href": f"{visit.home}/decisions/{name}",
        "by": visit.person_of(motion.by),
        "line": line,
        "state": state,
        "asks": read.asks(motion, visit.member),
        "review": review(visit, motion),
    }


def review(visit: Visit, motion: Motion) -> str:
    """When a decision is looked at again; "" where it is not."""
    if not motion.review:
        return ""
    when = day(visit.day_of(motion.review), visit.language, visit.today())
    if motion.review <= visit.circle.time:
        return visit.gettext("to be looked at again since %(day)s", day=when)
    return visit.gettext("looked at again on %(day)s", day=when)


# --- one proposal ----------------------------------------------------------------------------------------------------


def motion_of(visit: Visit, name: str) -> Motion:
    """Raises `NotFoundException`."""
    found: Motion | None = visit.circle.decisions.motions.get(name)
    if found is None:
        raise NotFoundException
    return found


@get("/c/{circle:str}/decisions/{motion:str}")
async def motion_page(visit: Visit, motion: str) -> Response[Any]:
    motion_of(visit, motion)
    return show(visit, motion, Form())


def show(visit: Visit, name: str, form: Form, status: int = 200) -> Response[Any]:
    motion = motion_of(visit, name)
    vote, here = motion.round, f"{visit.home}/decisions/{name}"
    is_open = vote is not None and not is_closed(motion)
    options = option_names(visit, motion)
    is_mine = is_theirs(visit.circle, motion, visit.member) and not motion.ended
    opens = not motion.ended and visit.may(events.Opened) and may_open(visit.circle, motion, visit.member)
    return visit.render(
        "decisions/motion.html",
        title(visit, name),
        "decisions",
        status,
        form=form,
        by=visit.person_of(motion.by),
        why=visit.here.words(name).get("why", ""),
        log=f"{visit.home}/log/{name}",
        state=state_of(visit, motion),
        until=until(visit, vote) if is_open and vote is not None else "",
        changes=changes(visit, motion, options),
        options=[{"key": key, "label": label} for key, label in options.items()],
        vote=ballot(visit, motion, vote, options) if is_open and vote is not None else None,
        talk=[said(visit, entry) for entry in motion.talk],
        outcomes=[outcome(visit, motion, one, options) for one in motion.outcomes],
        round=web_propose.round_form(visit, motion) if opens else None,
        naming=web_election.naming(visit, motion) if not motion.ended else None,
        review=review(visit, motion),
        ways={
            "talk": f"{here}/talk" if visit.may(events.Spoken) else None,
            "open": f"{here}/open" if opens else None,
            "withdraw": f"{here}/withdraw" if is_mine and visit.may(events.Withdrawn) else None,
            "name": f"{here}/name",
            "lot": f"{here}/lot" if motion.outcomes and motion.outcomes[-1].result == "drawing" else None,
            "review": f"{here}/review" if motion.review and motion.review <= visit.circle.time else None,
            "back": f"{visit.home}/decisions",
        },
    )


def changes(visit: Visit, motion: Motion, options: dict[str, str]) -> list[dict[str, Any]]:
    """What would change, or has: the clauses of the round, and those that were suggested beside it."""
    named = set(motion.round.clauses) if motion.round is not None else set()
    done = motion.outcomes[-1].at if motion.ended == "passed" else 0
    chosen = motion.round.named if motion.round is not None else ""
    return [
        change(visit, one.clause, visit.here.words(name), done, chosen)
        | {
            "option": options.get(one.option, ""),
            "by": visit.person_of(one.by),
            "suggested": bool(named) and name not in named,
            "href": f"{visit.home}/log/{name}",
        }
        for name, one in motion.clauses.items()
    ]


def ballot(visit: Visit, motion: Motion, vote: Round, options: dict[str, str]) -> dict[str, Any]:
    """What the visitor can say, and what everybody has said so far."""
    mine = vote.ballots.get(visit.member)
    may = visit.member in vote.voters and visit.may(events.Voted) and vote.method not in ("light", "lot")
    kinds = tuple(STANCES.get(vote.method, ()))
    people: list[dict[str, str]] = []
    if vote.method == "election":
        kinds = ("consent", "object") if vote.named else ()
        people = [
            {"value": name, "label": str(visit.person_of(name)["name"])} for name in vote.voters if not vote.named
        ]
    here = [name for name in vote.voters if not visit.circle.roots.members[name].gone]
    has_ballots, counted = vote.method not in ("light", "lot"), papers(visit.circle, vote)
    on_paper = counted.who if counted is not None else []
    return {
        "round": vote.id,
        "method": methods(visit)[vote.method],
        "explained": explained(visit, vote.method),
        "named": visit.person_of(vote.named) if vote.named else None,
        "because": visit.here.words(vote.naming).get("why", ""),
        "stances": [{"value": kind, "label": stances(visit)[kind]} for kind in (*kinds, "")] if kinds else [],
        "people": people,
        "options": [{"key": key, "label": options[key]} for key in vote.options],
        "numbers": HIGHEST_NUMBER.get(vote.method, 0) if vote.method in CHOOSING else 0,
        "kind": vote.method,
        "mine": mine.choice if mine is not None else None,
        "reason": vote.held.reasons,
        "post": f"{visit.home}/decisions/{motion_name(visit, motion)}/vote" if may else None,
        "said": who_said(visit, vote, {name: vote.ballots[name] for name in here if name in vote.ballots}, options),
        "silent": [visit.person_of(name) for name in here if name not in vote.ballots and name not in on_paper],
        "papers": f"{visit.home}/decisions/{motion_name(visit, motion)}/papers" if has_ballots else None,
        "on_paper": [visit.person_of(name) for name in on_paper],
        "why": visit.here.words(vote.id).get("why", ""),
    }


def motion_name(visit: Visit, motion: Motion) -> str:
    return next(name for name, one in visit.circle.decisions.motions.items() if one is motion)


def said(visit: Visit, entry: str) -> dict[str, Any]:
    found = visit.here.entry(entry)
    device = visit.circle.roots.devices.get(found.device.hex()) if found is not None else None
    return {
        "person": visit.person_of(device.member) if device is not None else None,
        "what": visit.here.words(entry).get("what", ""),
        "when": moment(found.time, visit.language, visit.zone) if found is not None else "",
    }


# --- saying something ------------------------------------------------------------------------------------------------


def act(
    visit: Visit, name: str, filled: dict[str, str], done: str, event: msgspec.Struct, box: str = ""
) -> Response[Any]:
    """Does it, and says so; a refusal stands at its box."""
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, name, Form(dict(filled), {box: visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/decisions/{name}", done)


def text_in(filled: dict[str, str], box: str) -> str:
    return filled.get(box, "").strip()[:WHY_LIMIT]


@post("/c/{circle:str}/decisions/{motion:str}/vote")
async def voted(visit: Visit, motion: str) -> Response[Any]:
    filled = await visit.form()
    vote = motion_of(visit, motion).round
    choice = choice_in(filled, vote) if vote is not None else {}
    event = events.Voted(
        motion=motion, round=filled.get("round", "")[:20].ljust(20, "0"), choice=choice, why=text_in(filled, "why")
    )
    return act(
        visit, motion, filled, visit.gettext("Your vote is written down. You may change it until the end."), event
    )


def choice_in(filled: dict[str, str], vote: Round) -> dict[str, int]:
    """What was filled in: one stance, one person, or a number for each choice."""
    if vote.method in CHOOSING:
        numbers = {key: filled.get(f"o-{key}", "").strip() for key in vote.options}
        return {
            key: min(int(text), 100)
            for key, text in numbers.items()
            if text.isdecimal() and len(text) < 4 and int(text)
        }
    stance = filled.get("stance", "")
    return {stance: 1} if stance else {}


@post("/c/{circle:str}/decisions/{motion:str}/talk")
async def spoken(visit: Visit, motion: str) -> Response[Any]:
    filled = await visit.form()
    motion_of(visit, motion)
    what = filled.get("what", "").strip()[:200]
    if not what:
        return show(visit, motion, Form(dict(filled), {"what": visit.gettext("Say something.")}), 422)
    return act(visit, motion, filled, visit.gettext("Said."), events.Spoken(motion=motion, what=what), "what")


@post("/c/{circle:str}/decisions/{motion:str}/withdraw")
async def withdrawn(visit: Visit, motion: str) -> Response[Any]:
    filled = await visit.form()
    motion_of(visit, motion)
    return act(visit, motion, filled, visit.gettext("Withdrawn."), events.Withdrawn(motion=motion))


@post("/c/{circle:str}/decisions/{motion:str}/lot")
async def lot_read(visit: Visit, motion: str) -> Response[Any]:
    filled = await visit.form()
    motion_of(visit, motion)
    key = "".join(filled.get("key", "").split())
    wrong = visit.gettext("Numbers, each with a point after it, and a slash after each source: 4.8.15./16./")
    try:
        event = msgspec.convert({"motion": motion, "key": key}, events.LotRead)
    except msgspec.ValidationError:
        return show(visit, motion, Form(dict(filled), {"key": wrong}), 422)
    return act(visit, motion, filled, visit.gettext("It is drawn once somebody else has read the same."), event, "key")


@post("/c/{circle:str}/decisions/{motion:str}/review")
async def reviewed(visit: Visit, motion: str) -> Response[Any]:
    filled = await visit.form()
    motion_of(visit, motion)
    text = filled.get("months", "").strip()
    months = int(text) if text.isdecimal() and len(text) < 4 else 0
    event = events.Reviewed(motion=motion, months=min(months, 120), why=text_in(filled, "why"))
    return act(visit, motion, filled, visit.gettext("It stays as it is."), event, "months")


handlers = [
    decisions_page,
    *web_propose.handlers,
    *web_to_decide.handlers,
    *web_compare.handlers,
    *web_charter.handlers,
    *web_papers.handlers,
    *web_proxy.handlers,
    motion_page,
    voted,
    spoken,
    withdrawn,
    lot_read,
    reviewed,
    *web_election.handlers,
]
