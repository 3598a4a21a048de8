"""A role is made, or described anew: what for, for how long, who is next, and what it may do."""

from typing import Any

import msgspec
from litestar import Response, get, post

from cercle.core.entry import short
from cercle.core.event import Reason, Refused
from cercle.core.fold import Why as FoldWhy
from cercle.modules.decisions.events import Proposed
from cercle.modules.decisions.web_propose import carried, days_in, propose, wrong
from cercle.modules.roles import events
from cercle.modules.roles.rules import Role
from cercle.modules.roles.rules import Why as RoleWhy
from cercle.modules.roles.web_propose import deciding
from cercle.modules.roles.web_words import powers
from cercle.page.visit import Form, Visit, name_in

NAME_LIMIT, PURPOSE_LIMIT, LONGEST = 100, 1000, 3660
NEW = ""
BOXES: dict[Reason, str] = {FoldWhy.TO_DECIDE: "powers", RoleWhy.NO_POWER: "powers", RoleWhy.NO_TERM: "term"}


@get("/c/{circle:str}/roles/new")
async def new_page(visit: Visit) -> Response[Any]:
    return show(visit, NEW, Form())


@get("/c/{circle:str}/roles/{role:str}/edit")
async def edit_page(visit: Visit, role: str) -> Response[Any]:
    return show(visit, role, Form(filled_from(visit, role_at(visit, role))))


def role_at(visit: Visit, name: str) -> Role:
    from cercle.modules.roles import web  # which stands on this file

    return web.role_of(visit, name)


def show(visit: Visit, name: str, form: Form, status: int = 200) -> Response[Any]:
    from cercle.modules.roles import web  # which stands on this file

    role = role_at(visit, name) if name else None
    event: type[msgspec.Struct] = events.Changed if role else events.Created
    for_all = role is not None and bool(role.powers)
    people = visit.everybody()
    places = [str(number) for number in range(1, len(people) + 1)]
    web.known(visit)
    return visit.render(
        "roles/form.html",
        visit.name(role.words) if role else visit.gettext("A new role"),
        "roles",
        status,
        form=form,
        is_new=role is None,
        people=[one | {"place": form.filled.get(f"place-{one['key']}", "")} for one in people],
        places=places,
        powers=[{"value": one, "label": label} for one, label in powers(visit).items()],
        chosen=form.filled.get("powers", []),
        does=visit.may(event) and not for_all,
        proposes=visit.may(Proposed),
        deciding=deciding(visit, event),
        post=f"{visit.home}/roles/{name}/edit" if name else f"{visit.home}/roles/new",
        back=f"{visit.home}/roles/{name}" if name else f"{visit.home}/roles",
    )


def filled_from(visit: Visit, role: Role) -> dict[str, Any]:
    """What stands in the boxes for a role that there is."""
    words = visit.here.words(role.words)
    found = {
        "name": words.get("name", ""),
        "purpose": words.get("purpose", ""),
        "term": str(role.term or ""),
        "round": "yes" if role.turn else "",
        "powers": role.powers,
    }
    return found | {f"place-{member}": str(place) for place, member in enumerate(role.turn, 1)}


@post("/c/{circle:str}/roles/new")
async def created(visit: Visit) -> Response[Any]:
    return await described(visit, NEW)


@post("/c/{circle:str}/roles/{role:str}/edit")
async def changed(visit: Visit, role: str) -> Response[Any]:
    role_at(visit, role)
    return await described(visit, role)


async def described(visit: Visit, name: str) -> Response[Any]:
    """Done by the visitor themselves, or proposed, by the button that was pressed."""
    filled: dict[str, Any] = await visit.form()
    filled["powers"] = await visit.all_of("powers")
    here = f"{visit.home}/roles/{name}" if name else f"{visit.home}/roles"
    if visit.is_done(filled.get("act", "")):
        return visit.go(here)
    errors: dict[str, str] = {}
    said = read_form(visit, filled, errors)
    proposes = filled.get("do") == "propose"
    days = days_in(visit, filled, errors) if proposes else 0
    if errors:
        return show(visit, name, Form(filled, errors), 422)
    event = events.Changed(role=name, **said) if name else events.Created(**said)
    try:
        if proposes:
            motion = propose(visit, filled, title(visit, name, said["name"]), [carried(event)], days)
            return visit.go(f"{visit.home}/decisions/{motion}", visit.gettext("Proposed."))
        written = visit.act(event, act=filled.get("act", ""))
    except (Refused, msgspec.ValidationError) as error:
        return show(visit, name, Form(filled, {box_of(error): wrong(visit, error)}), 409)
    return visit.go(f"{visit.home}/roles/{name or short(written[0].id)}", visit.gettext("It is noted."))


def title(visit: Visit, name: str, called: str) -> str:
    """What is proposed, in a line."""
    if name:
        return visit.gettext("Change the role “%(role)s”", role=called)
    return visit.gettext("A new role: %(role)s", role=called)


def box_of(error: Exception) -> str:
    """Where a refusal stands."""
    return BOXES.get(error.reason, "") if isinstance(error, Refused) else ""


def read_form(visit: Visit, filled: dict[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    """The fields of the event; what is wrong goes to `errors`."""
    name, turn = name_in(filled.get("name", ""), NAME_LIMIT), turn_in(visit, filled, errors)
    if not name:
        errors["name"] = visit.gettext("A role’s name has 1 to 100 letters.")
    text = filled.get("term", "").strip() or "0"
    term = int(text) if text.isdecimal() and len(text) < 5 else LONGEST + 1
    if term > LONGEST:
        errors["term"] = visit.gettext("A whole number of days, 3660 at most.")
    elif turn and not term:
        errors["term"] = visit.reason(Refused(RoleWhy.NO_TERM))
    purpose = filled.get("purpose", "").strip()[:PURPOSE_LIMIT]
    return {"name": name, "purpose": purpose, "term": min(term, LONGEST), "turn": turn, "powers": filled["powers"][:20]}


def turn_in(visit: Visit, filled: dict[str, Any], errors: dict[str, str]) -> list[str]:
    """Who has it after whom, where it goes round by itself; what is no order goes to `errors`."""
    if not filled.get("round"):
        return []
    chosen = {one["key"]: filled.get(f"place-{one['key']}", "") for one in visit.everybody()}
    placed = {member: int(text) for member, text in chosen.items() if text.isdecimal() and len(text) < 4}
    if not placed:
        errors["round"] = visit.gettext("Say who has it first, and who after that.")
    elif len(set(placed.values())) < len(placed):
        errors["round"] = visit.gettext("Two of you have the same place: give each their own.")
    return sorted(placed, key=lambda member: placed[member])


handlers = [new_page, edit_page, created, changed]
