"""The roles of a circle: who sees to what for all, until when, and who is next."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from cercle.core.event import Refused
from cercle.modules.decisions.events import Proposed
from cercle.modules.roles import events, web_form, web_keeper, web_propose
from cercle.modules.roles.rules import Role
from cercle.modules.roles.web_words import about, past
from cercle.page.visit import Form, Visit


@get("/c/{circle:str}/roles")
async def roles_page(visit: Visit) -> Response[Any]:
    roles = [about(visit, name, role) for name, role in known(visit).items()]
    may = visit.may(events.Created) or visit.may(Proposed)
    return visit.render(
        "roles/roles.html",
        visit.gettext("Roles"),
        "roles",
        keeper=web_keeper.row(visit),
        roles=[one for one in roles if not one["ended"]],
        ended=[one for one in roles if one["ended"]],
        ways={
            "new": f"{visit.home}/roles/new" if may else None,
            "powers": f"{visit.home}/powers",
            "log": f"{visit.home}/log?module=roles",
        },
        offer=visit.offer(),
    )


def known(visit: Visit) -> dict[str, Role]:
    """Raises `NotFoundException` where the circle uses no roles."""
    state = visit.circle.states.get("roles")
    if state is None:
        raise NotFoundException
    found: dict[str, Role] = state.roles
    return found


def role_of(visit: Visit, name: str) -> Role:
    """Raises `NotFoundException`."""
    found = known(visit).get(name)
    if found is None:
        raise NotFoundException
    return found


# --- one role --------------------------------------------------------------------------------------------------------


@get("/c/{circle:str}/roles/{role:str}")
async def role_page(visit: Visit, role: str) -> Response[Any]:
    return show(visit, role, Form())


def show(visit: Visit, name: str, form: Form, status: int = 200) -> Response[Any]:
    role = role_of(visit, name)
    told = about(visit, name, role)
    people = [{"value": one["key"], "label": one["name"]} for one in visit.everybody()]
    return visit.render(
        "roles/role.html",
        told["name"],
        "roles",
        status,
        form=form,
        role=told,
        turn=visit.gettext("It goes round: %(names)s, and so on.", names=visit.names_of(role.turn))
        if role.turn
        else "",
        term=visit.ngettext("%(num)s day", "%(num)s days", role.term) if role.term else "",
        came=f"{visit.home}/log/{role.since}" if role.holder and role.since else None,
        had=[past(visit, one) for one in reversed(role.had)],
        people=people,
        others=[one for one in people if one["value"] != visit.member],
        proposals=web_propose.offered(visit, name, role),
        ways=ways(visit, name, role),
    )


def ways(visit: Visit, name: str, role: Role) -> dict[str, str | None]:
    """What the visitor may do with a role by themselves; None where they may not."""
    here, is_free = f"{visit.home}/roles/{name}", not role.powers and not role.ended
    is_mine = role.holder == visit.member and not role.ended
    proposes = visit.may(Proposed) and not role.ended
    offered = {
        "fill": (is_free and visit.may(events.Filled), f"{here}/fill"),
        "hand_on": (is_mine and is_free, f"{here}/hand-on"),
        "give_back": (is_mine, f"{here}/give-back"),
        "change": (proposes or (is_free and visit.may(events.Changed)), f"{here}/edit"),
        "end": (is_free and visit.may(events.Ended), f"{here}/end"),
        "log": (True, f"{visit.home}/log/{name}"),
        "back": (True, f"{visit.home}/roles"),
    }
    return {way: href if may else None for way, (may, href) in offered.items()}


async def act(visit: Visit, name: str, done: str, make: Any, box: str = "") -> Response[Any]:
    """Does what `make` makes of the form, and says so; a refusal stands at its box."""
    filled = await visit.form()
    role_of(visit, name)
    event: msgspec.Struct = make(filled)
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, name, Form(dict(filled), {box: visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/roles/{name}", done)


def member_in(filled: dict[str, str], box: str) -> str:
    """Whom a box names; an id that nobody has where it names none."""
    text = filled.get(box, "")
    return text if len(text) == 20 else "0" * 20


@post("/c/{circle:str}/roles/{role:str}/fill")
async def filled(visit: Visit, role: str) -> Response[Any]:
    def made(form: dict[str, str]) -> msgspec.Struct:
        return events.Filled(role=role, member=member_in(form, "member"))

    return await act(visit, role, visit.gettext("It is noted."), made, "member")


@post("/c/{circle:str}/roles/{role:str}/hand-on")
async def handed_on(visit: Visit, role: str) -> Response[Any]:
    def made(form: dict[str, str]) -> msgspec.Struct:
        return events.HandedOn(role=role, member=member_in(form, "to"))

    return await act(visit, role, visit.gettext("Handed on."), made, "to")


@post("/c/{circle:str}/roles/{role:str}/give-back")
async def given_back(visit: Visit, role: str) -> Response[Any]:
    return await act(visit, role, visit.gettext("Given back."), lambda _: events.HandedOn(role=role))


@post("/c/{circle:str}/roles/{role:str}/end")
async def ended(visit: Visit, role: str) -> Response[Any]:
    return await act(visit, role, visit.gettext("This role is ended."), lambda _: events.Ended(role=role))


handlers = [
    roles_page, *web_keeper.handlers, *web_form.handlers, *web_propose.handlers, role_page, filled, handed_on,
    given_back, ended,
]  # fmt: skip
