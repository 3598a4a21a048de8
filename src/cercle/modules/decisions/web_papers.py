"""What stood on papers, as two people count it."""

import re
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from cercle.core.event import Refused
from cercle.modules.decisions.closing import papers
from cercle.modules.decisions.events import Papers, PapersCounted
from cercle.modules.decisions.state import HIGHEST_NUMBER, STANCES, Round, is_closed, still_here
from cercle.modules.decisions.web_results import names_in_order
from cercle.modules.decisions.web_words import stances, title
from cercle.page.visit import Form, Visit

WHY_LIMIT = 1000
MOST = 200
LINE = re.compile(r"(\d{1,3})\s*[x×:]?\s+(.+)")
NAMED = re.compile(r"([A-Z]{1,2})\s*(\d{0,3})")


def vote_of(visit: Visit, motion: str) -> Round:
    """Raises `NotFoundException` where nothing is voted on by ballots."""
    found = visit.circle.decisions.motions.get(motion)
    vote = found.round if found is not None and not found.ended and not is_closed(found) else None
    if vote is None or vote.method in ("light", "lot"):
        raise NotFoundException
    return vote


@get("/c/{circle:str}/decisions/{motion:str}/papers")
async def papers_page(visit: Visit, motion: str) -> Response[Any]:
    return show(visit, motion, Form())


def show(visit: Visit, motion: str, form: Form, status: int = 200) -> Response[Any]:
    vote = vote_of(visit, motion)
    counts = visit.circle.decisions.motions[motion].round.counted
    return visit.render(
        "decisions/papers.html",
        visit.gettext("Count papers"),
        "decisions",
        status,
        form=form,
        motion=title(visit, motion),
        people=[visit.person_of(name) for name in still_here(visit.circle, vote.voters) if name not in vote.ballots],
        who=form.filled.get("who", []),
        stances=[{"value": key, "label": label} for key, label in said(visit, vote).items()],
        letters=[{"letter": letter, "label": label} for letter, label in letters(visit, vote)],
        example=example(vote),
        counted=[
            {"person": visit.person_of(name), "who": names_in_order(visit, found.who)} for name, found in counts.items()
        ],
        agreed=papers(visit.circle, vote) is not None,
        post=f"{visit.home}/decisions/{motion}/papers" if visit.may(PapersCounted) else None,
        back=f"{visit.home}/decisions/{motion}",
    )


def said(visit: Visit, vote: Round) -> dict[str, str]:
    """What can stand on a paper where it is one word; nothing where it is about choices."""
    if vote.method in HIGHEST_NUMBER:
        return {}
    if vote.method == "election" and not vote.named:
        found = {name: str(visit.person_of(name)["name"]) for name in still_here(visit.circle, vote.voters)}
    else:
        kinds = ("consent", "object") if vote.method == "election" else STANCES[vote.method]
        found = {kind: stances(visit)[kind] for kind in kinds}
    return found | {"": stances(visit)[""]}


def letters(visit: Visit, vote: Round) -> list[tuple[str, str]]:
    """A letter for each choice, as they stand on a paper."""
    if vote.method not in HIGHEST_NUMBER:
        return []
    names = [str(visit.here.words(key).get("what", "")) or visit.gettext("something") for key in vote.options]
    return [(letter(number), name) for number, name in enumerate(names)]


def letter(number: int) -> str:
    return chr(65 + number) if number < 26 else "A" + chr(65 + number - 26)


def example(vote: Round) -> str:
    return {"approval": "3 A C", "score": "2 A5 B3", "ranked": "3 A > B > C", "times": "2 A2 B1"}.get(vote.method, "")


@post("/c/{circle:str}/decisions/{motion:str}/papers")
async def counted(visit: Visit, motion: str) -> Response[Any]:
    vote = vote_of(visit, motion)
    filled: dict[str, Any] = await visit.form()
    filled["who"] = await visit.all_of("who")
    errors: dict[str, str] = {}
    found = lines_in(visit, vote, filled, errors) if vote.method in HIGHEST_NUMBER else words_in(visit, vote, filled)
    if not filled["who"]:
        errors["who"] = visit.gettext("Say who handed in a paper.")
    elif not errors and sum(one.number for one in found) != len(filled["who"]):
        errors["who"] = visit.gettext("There is one paper for each who handed one in.")
    if errors:
        return show(visit, motion, Form(filled, errors), 422)
    why = filled.get("why", "").strip()[:WHY_LIMIT]
    event = PapersCounted(motion=motion, round=vote.id, who=filled["who"][:MOST], papers=found, why=why)
    try:
        visit.act(msgspec.convert(msgspec.to_builtins(event), PapersCounted), act=filled.get("act", ""))
    except (Refused, msgspec.ValidationError) as error:
        reason = visit.reason(error) if isinstance(error, Refused) else visit.gettext("Choose one.")
        return show(visit, motion, Form(filled, {"": reason}), 409)
    done = visit.gettext("Counted. It counts once somebody else has counted the same.")
    if papers(visit.circle, vote_of(visit, motion)) is not None:
        done = visit.gettext("Two of you have counted the same: it counts.")
    return visit.go(f"{visit.home}/decisions/{motion}", done)


def words_in(visit: Visit, vote: Round, filled: dict[str, Any]) -> list[Papers]:
    """How many papers say each word; what is no number counts as none, and the sum tells."""
    found = []
    for key in said(visit, vote):
        text = filled.get(f"n-{key}", "").strip()
        if text.isdecimal() and len(text) < 4 and int(text):
            found.append(Papers({key: 1} if key else {}, int(text)))
    return found


def lines_in(visit: Visit, vote: Round, filled: dict[str, Any], errors: dict[str, str]) -> list[Papers]:
    """A line for each kind of paper: how many of them, then what stands on them."""
    by_letter = {letter(number): key for number, key in enumerate(vote.options)}
    found = []
    for line in filter(str.strip, str(filled.get("lines", "")).splitlines()):
        told = LINE.fullmatch(line.strip())
        choice = choice_in(told[2], by_letter, vote.method) if told else None
        if told is None or choice is None or not 0 < int(told[1]) <= MOST:
            wrong = visit.gettext("This line cannot be read: %(line)s. Write it as in %(example)s.")
            errors["lines"] = wrong % {"line": line.strip()[:40], "example": example(vote)}
            return []
        found.append(Papers(choice, int(told[1])))
    return found


def choice_in(text: str, by_letter: dict[str, str], method: str) -> dict[str, int] | None:
    """ "A > B = C", "A C", "A5 B3", or "-" for an empty paper; None for what is none of these."""
    if text.strip() in ("-", "–", "0"):
        return {}
    if method == "ranked":
        places = [[part.strip().upper() for part in group.split("=")] for group in text.split(">")]
        named = [one for group in places for one in group]
        if len(set(named)) != len(named) or not set(named) <= by_letter.keys():
            return None
        return {by_letter[one]: place for place, group in enumerate(places, 1) for one in group}
    choice: dict[str, int] = {}
    for part in re.split(r"[\s,;]+", text.strip().upper()):
        told = NAMED.fullmatch(part)
        if told is None or told[1] not in by_letter or by_letter[told[1]] in choice:
            return None
        choice[by_letter[told[1]]] = int(told[2] or 1)
    return choice


handlers = [papers_page, counted]
