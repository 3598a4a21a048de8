"""What the circle may decide about a role: who gets it, that somebody has it no more, that it is no more."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from cercle.core.event import Refused, known
from cercle.modules.decisions.events import Proposed
from cercle.modules.decisions.rules import voters
from cercle.modules.decisions.web_propose import SOMEBODY, carried, days_in, propose, shortest, ways, wrong
from cercle.modules.roles import events
from cercle.modules.roles.rules import Role
from cercle.page.visit import Form, Visit


def offered(visit: Visit, name: str, role: Role) -> list[dict[str, str]]:
    """The proposals that the visitor could make about a role: list of {href, label}."""
    if role.ended or not visit.may(Proposed):
        return []
    _, is_for_the_circle = visit.gettext, bool(role.powers) or not visit.may(events.Filled)
    other = role.holder if role.holder != visit.member else ""
    labels = {
        "elect": _("Elect somebody"),
        "fill": _("Propose somebody") if is_for_the_circle else "",
        "recall": _("Propose to recall %(name)s", name=visit.person_of(other)["name"]) if other else "",
        "end": _("Propose to end it") if is_for_the_circle else "",
    }
    here = f"{visit.home}/roles/{name}/propose"
    return [{"href": f"{here}/{what}", "label": label} for what, label in labels.items() if label]


def title(visit: Visit, what: str, role: Role, member: str = "") -> str:
    """What is proposed, in a line."""
    _, called, holder = visit.gettext, visit.name(role.words), member or role.holder
    name = visit.person_of(holder)["name"] if holder else _("somebody")
    return {
        "elect": _("Who gets the role “%(role)s”?", role=called),
        "fill": _("%(name)s gets the role “%(role)s”", name=name, role=called),
        "recall": _("%(name)s no longer has the role “%(role)s”", name=name, role=called),
        "end": _("The role “%(role)s” is ended", role=called),
    }[what]


def event_of(what: str, role: str, member: str) -> msgspec.Struct:
    return {
        "elect": events.Filled(role=role, member=SOMEBODY),
        "fill": events.Filled(role=role, member=member),
        "recall": events.Recalled(role=role),
        "end": events.Ended(role=role),
    }[what]


def deciding(visit: Visit, event: type[msgspec.Struct], is_election: bool = False) -> dict[str, Any]:
    """How a proposal that carries such an event may be decided: what decisions/deciding.html asks."""
    found = [one for one in ways(visit, [known(event).name]) if (one["value"] == "election") == is_election]
    return {"ways": found, "days": shortest(visit), "votes": visit.member in voters(visit.circle)}


def proposing(visit: Visit, name: str, what: str) -> Role:
    """The role about which this may be proposed. Raises `NotFoundException`."""
    from cercle.modules.roles import web  # which stands on this file

    role = web.role_of(visit, name)
    if not any(one["href"].endswith(f"/{what}") for one in offered(visit, name, role)):
        raise NotFoundException
    return role


@get("/c/{circle:str}/roles/{role:str}/propose/{what:str}")
async def proposal_page(visit: Visit, role: str, what: str) -> Response[Any]:
    proposing(visit, role, what)
    return show(visit, role, what, Form())


def show(visit: Visit, name: str, what: str, form: Form, status: int = 200) -> Response[Any]:
    role = proposing(visit, name, what)
    _ = visit.gettext
    labels = {one["href"].rpartition("/")[2]: one["label"] for one in offered(visit, name, role)}
    said = {
        "elect": _("Everybody says whom they would take and why. Then you name one, and all are asked to consent."),
        "fill": _("Who has it until then, has it no more once this is decided."),
        "recall": _("The circle may take a role back at any time. Say why, so that all know what they decide on."),
        "end": _("Nobody has it any more, and it goes round no further."),
    }
    return visit.render(
        "roles/propose.html",
        labels[what],
        "roles",
        status,
        form=form,
        role=visit.name(role.words),
        said=said[what],
        people=[{"value": one["key"], "label": one["name"]} for one in visit.everybody()] if what == "fill" else [],
        reason=what == "recall",
        deciding=deciding(visit, type(event_of(what, name, SOMEBODY)), what == "elect"),
        post=f"{visit.home}/roles/{name}/propose/{what}",
        back=f"{visit.home}/roles/{name}",
    )


@post("/c/{circle:str}/roles/{role:str}/propose/{what:str}")
async def proposed(visit: Visit, role: str, what: str) -> Response[Any]:
    sent = await visit.form()
    if visit.is_done(sent.get("act", "")):
        return visit.go(f"{visit.home}/decisions")
    found, errors = proposing(visit, role, what), dict[str, str]()
    days, member = days_in(visit, sent, errors), sent.get("member", "")
    known_one = visit.circle.roots.members.get(member)
    if what == "fill" and (known_one is None or known_one.gone):
        errors["member"] = visit.gettext("Choose one.")
    if what == "recall" and not sent.get("why", "").strip():
        errors["why"] = visit.gettext("Say why.")
    if errors:
        return show(visit, role, what, Form(dict(sent), errors), 422)
    line = title(visit, what, found, member if what == "fill" else "")
    if what == "elect":
        sent["way"] = "election"
    try:
        motion = propose(visit, sent, line, [carried(event_of(what, role, member or SOMEBODY))], days)
    except (Refused, msgspec.ValidationError) as error:
        return show(visit, role, what, Form(dict(sent), {"": wrong(visit, error)}), 409)
    return visit.go(f"{visit.home}/decisions/{motion}", visit.gettext("Proposed."))


handlers = [proposal_page, proposed]
