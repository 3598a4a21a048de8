"""What somebody wanted to do, and is for the circle to decide: it becomes a proposal, or a part of one."""

from typing import Any

import msgspec
from litestar import Response, post

from cercle.core.enacting import Clause
from cercle.core.event import Refused
from cercle.modules.decisions.web_changes import change
from cercle.modules.decisions.web_propose import TITLE_LIMIT, Carried, carried, days_in, propose, shortest, ways, wrong
from cercle.modules.decisions.web_words import option_names
from cercle.modules.decisions.web_words import title as called
from cercle.page.visit import Form, ToDecide, Visit, name_in

MOST = 20_000  # letters of what a form carries


def asked(visit: Visit, error: ToDecide) -> Response[Any]:
    """The page that says so, and offers to propose it."""
    found = [carried(event) for event in error.events]
    return show(visit, found, Form({}, {}), 409, visit.gettext(error.reason.sentence))


def show(visit: Visit, found: list[Carried], form: Form, status: int = 200, reason: str = "") -> Response[Any]:
    changes = [change(visit, Clause("", one.does, one.fields), one.words) for one in found]
    return visit.render(
        "decisions/to_decide.html",
        visit.gettext("That is for the circle to decide"),
        "decisions",
        status,
        form=form,
        reason=reason,
        changes=changes,
        carried=msgspec.json.encode(found).decode(),
        called=sum_up(changes),
        ways=ways(visit, [one.does for one in found]),
        days=shortest(visit),
        open=[place for name in reversed(visit.circle.decisions.open) for place in places(visit, name)],
        post=f"{visit.home}/decisions/propose",
    )


def places(visit: Visit, name: str) -> list[dict[str, str]]:
    """Where in a proposal it could belong: to all of it, or to one of its choices."""
    motion, whole = visit.circle.decisions.motions[name], called(visit, name)
    choices = {
        f"{name}.{key}": visit.gettext("%(title)s, if it is: %(choice)s", title=whole, choice=label)
        for key, label in option_names(visit, motion).items()
    }
    return [{"value": key, "label": label} for key, label in ({name: whole} | choices).items()]


def sum_up(changes: list[dict[str, Any]]) -> str:
    """What a proposal could be called."""
    first = changes[0] if changes else {"text": "", "after": ""}
    return f"{first['text']}: {first['after']}"[:TITLE_LIMIT] if first["after"] else str(first["text"])[:TITLE_LIMIT]


@post("/c/{circle:str}/decisions/propose")
async def proposed(visit: Visit) -> Response[Any]:
    """A new proposal with these clauses, put to the vote where it is so wished; or they go to one that there is."""
    filled = await visit.form()
    if visit.is_done(filled.get("act", "")):
        return visit.go(f"{visit.home}/decisions")
    found, errors = carried_in(filled), dict[str, str]()
    title, beside = name_in(filled.get("title", ""), TITLE_LIMIT), filled.get("beside", "")
    if not title and not beside:
        errors["title"] = visit.gettext("Say in a line what you propose.")
    if not found:
        errors[""] = visit.gettext("There is nothing to propose.")
    days = days_in(visit, filled, errors)
    if errors:
        return show(visit, found, Form(dict(filled), errors), 422)
    try:
        motion = propose(visit, filled, title, found, days, beside)
    except (Refused, msgspec.ValidationError) as error:
        return show(visit, found, Form(dict(filled), {"": wrong(visit, error)}), 409)
    done = visit.gettext("Suggested.") if beside else visit.gettext("Proposed.")
    return visit.go(f"{visit.home}/decisions/{motion}", done)


def carried_in(filled: dict[str, str]) -> list[Carried]:
    """What the form carries; nothing where it was tampered with."""
    try:
        return msgspec.json.decode(filled.get("carried", "")[:MOST], type=list[Carried])
    except msgspec.DecodeError:
        return []


handlers = [proposed]
