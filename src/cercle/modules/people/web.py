"""Who is in the circle: the people, invitations to the free seat, absences, somebody without a device."""

from typing import Any

from litestar import Response, get, post

from cercle import beginnings
from cercle.core.event import Refused, is_day
from cercle.core.fold import Why as FoldWhy
from cercle.core.log import JOINED
from cercle.modules.people import web_asking, web_member
from cercle.modules.people.events import Added, CameBack, InvitationWithdrawn, Invited, WentAway
from cercle.modules.people.read import Person, invitations, may_speak_for, people
from cercle.modules.people.rules import NEWCOMER, Absence, profile
from cercle.modules.people.web_words import chosen_kind, kind_choices, kind_sentence, kind_word, taken
from cercle.page import links
from cercle.page.visit import Form, Visit, chosen_act, name_in
from cercle.sentences import day
from cercle.store.codes import shown


@get("/c/{circle:str}/people")
async def people_page(visit: Visit, invitation: str = "") -> Response[Any]:
    return show(visit, Form(), invitation)


def show(visit: Visit, form: Form, invitation: str = "", status: int = 200) -> Response[Any]:
    circle, today, here = visit.circle, visit.today(), f"{visit.home}/people"
    invites, adds = visit.may(Invited), visit.may(Added)
    brings_in = circle.allows(NEWCOMER, visit.member)  # or the circle does, by a decision
    return visit.render(
        "people/people.html",
        visit.gettext("People"),
        "people",
        status,
        people=[row(visit, one) for one in people(circle, today)],
        gone=[row(visit, one) for one in people(circle, today, gone=True)],
        invitation=shown_invitation(visit, invitation) if invites else None,
        arrived=arrived(visit, invitation) if invites else None,
        waiting=[waiting(visit, key) for key in invitations(circle) if key != invitation] if invites else [],
        kinds=kind_choices(visit),
        away=own_absence(visit, today),
        form=form,
        ways={
            "bring": brings_in,
            "invite": f"{here}/invite" if invites else None,
            "add": f"{here}/add" if adds else None,
            "away": f"{here}/away",
            "tablet": f"{visit.home}/tablet/new" if invites and not visit.is_tablet else None,
        },
    )


def row(visit: Visit, one: Person) -> dict[str, Any]:
    roots = visit.circle.roots
    is_keeper = roots.keeper in roots.devices and roots.devices[roots.keeper].member == one.id
    gone = {"": "", "left": visit.gettext("has left"), "removed": visit.gettext("was removed")}
    parts = [
        visit.gettext("you") if one.id == visit.member else "",
        kind_word(visit, one.kind) if one.kind != "adult" else "",
        visit.gettext("founder") if one.id == roots.begun else "",
        visit.gettext("keeper of the log") if is_keeper else "",
        visit.gettext("no device yet") if not one.has_device else "",
        gone[one.gone],
    ]
    return {
        **visit.person_of(one.id),
        "href": f"{visit.home}/people/{one.id}",
        "line": "\u00a0· ".join(part for part in parts if part),
        "until": away_until(visit, one.away_until) if one.away_until else None,
    }


def away_until(visit: Visit, until: str) -> str:
    return visit.gettext("away until %(day)s", day=day(until, visit.language, visit.today()))


# --- the free seat -----------------------------------------------------------------------------------------------


def shown_invitation(visit: Visit, key: str) -> dict[str, Any] | None:
    """An open invitation of this node, with its link; None for any other."""
    found, kept = invitations(visit.circle).get(key), visit.node.invitation_seed(key)
    if found is None or kept is None or kept[0] != visit.here.no:
        return None
    link, code = visit.link(f"/join/{links.invitation_code(key, kept[1])}"), visit.node.code_of(key)
    until = day(visit.day_of(found.until), visit.language) if found.until else ""
    return {
        "key": key,
        "link": link,
        "qr": links.qr(link),
        "code": shown(code) if code is not None else "",
        "whom": whom(visit, found.kind, found.member),
        "is_own": found.member == visit.member,
        "lets": visit.gettext("It lets one person in.") if found.left == 1 else "",
        "until": visit.gettext("It works until %(day)s.", day=until) if until else "",
    }


def arrived(visit: Visit, key: str) -> str | None:
    """Who has come in by an invitation that is used up; None for any other."""
    found = visit.circle.people.invitations.get(key)
    if found is None or found.left != 0:
        return None
    came = [found.member] if found.member and profile(visit.circle, found.member).has_device else []
    for member in visit.circle.roots.members:
        entry = visit.here.entry(member)
        if entry is not None and entry.event == JOINED and entry.kept.get("invitation") == key:
            came.append(member)
    if not came:
        return None  # it was withdrawn
    return visit.ngettext(
        "%(names)s has come in: this invitation is used.",
        "%(names)s have come in: this invitation is used.",
        len(came),
        names=visit.names_of(came),
    )


def whom(visit: Visit, kind: str, member: str) -> str:
    if member:
        return visit.gettext("For %(name)s.", name=visit.person_of(member)["name"])
    return kind_sentence(visit, kind)


def waiting(visit: Visit, key: str) -> dict[str, Any]:
    found = invitations(visit.circle)[key]
    return {
        "key": key,
        "href": f"{visit.home}/people?invitation={key}#invite",
        "by": visit.person_of(found.by),
        "whom": whom(visit, found.kind, found.member),
        "here": visit.node.invitation_seed(key) is not None,
    }


@post("/c/{circle:str}/people/invite")
async def invite(visit: Visit) -> Response[Any]:
    """A new invitation, or the end of one."""
    filled = await visit.form()
    here, act = f"{visit.home}/people", filled.get("act", "")
    kind = chosen_kind(filled.get("kind", ""))
    try:
        if "withdraw" in filled:
            visit.act(InvitationWithdrawn(invitation=filled["withdraw"]), act=act)
            return visit.go(here, visit.gettext("The invitation was withdrawn."))
        if kind is None:
            form = Form(dict(filled), {"kind": visit.gettext("Choose as what they come in.")})
            return show(visit, form, status=422)
        key = invited_now(visit, kind, act)
    except Refused as refusal:
        return show(visit, Form(dict(filled), {"": visit.reason(refusal)}), status=409)
    return visit.go(f"{here}?invitation={key}#invite")


def invited_now(visit: Visit, kind: str, act: str, member: str | None = None) -> str:
    """The id of the invitation that this tap made, now or before. Raises `Refused`."""
    try:
        return beginnings.invite(visit.node, visit.here, visit.member, kind, member, act=chosen_act(act))[0]
    except Refused as refusal:
        own = [key for key, found in invitations(visit.circle).items() if found.by == visit.member]
        if refusal.reason is not FoldWhy.TWICE or not own:
            raise
        return own[-1]


@post("/c/{circle:str}/people/{member:str}/device")
async def device_for(visit: Visit, member: str) -> Response[Any]:
    """An invitation for somebody who has been in the circle without a device."""
    filled = await visit.form()
    key = invited_now(visit, "adult", filled.get("act", ""), member)
    return visit.go(f"{visit.home}/people?invitation={key}#invite")


@post("/c/{circle:str}/people/add")
async def add(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    name, kind = name_in(filled.get("name", "")), chosen_kind(filled.get("role", ""))
    errors = {}
    if not name:
        errors["name"] = visit.gettext("A name has 1 to 60 letters.")
    elif not visit.is_done(filled.get("act", "")):
        errors |= taken(visit, name)
    if kind is None:
        errors["role"] = visit.gettext("Choose as what they come in.")
    if errors or kind is None:
        return show(visit, Form(dict(filled), errors), status=422)
    event = Added(kind=kind, colour=beginnings.next_colour(visit.circle), name=name)
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form(dict(filled), {"": visit.reason(refusal)}), status=409)
    return visit.go(f"{visit.home}/people", visit.gettext("%(name)s is in the circle.", name=name))


# --- absences ----------------------------------------------------------------------------------------------------


def own_absence(visit: Visit, today: str) -> dict[str, Any] | None:
    """The absence in which one is, else the next one."""
    away = profile(visit.circle, visit.member).away
    coming = sorted((a.since, a.until, key) for key, a in away.items() if a.until >= today)
    if not coming:
        return None
    since, until, key = coming[0]
    return {"key": key, "until": absence(visit, Absence(since, until))}


def absence(visit: Visit, one: Absence) -> str:
    return visit.gettext(
        "Away from %(since)s to %(until)s.", since=day(one.since, visit.language), until=day(one.until, visit.language)
    )


@post("/c/{circle:str}/people/away")
async def away(visit: Visit) -> Response[Any]:
    """An absence is noted or struck out: one's own, or that of somebody without a device."""
    filled = await visit.form()
    member = filled.get("member") or visit.member
    errors = {}
    try:
        if "back" in filled:
            visit.act(CameBack(member=member, absence=filled["back"]), act=filled.get("act", ""))
            return visit.go(back_to(visit, member), visit.gettext("Noted."))
        since, until = filled.get("from", ""), filled.get("until", "")
        if not is_day(since):
            errors["from"] = visit.gettext("From which day on?")
        if not is_day(until):
            errors["until"] = visit.gettext("Until which day?")
        if not errors:
            visit.act(WentAway(member=member, since=since, until=until), act=filled.get("act", ""))
            return visit.go(back_to(visit, member), visit.gettext("Noted."))
    except Refused as refusal:
        errors[""] = visit.reason(refusal)
    form, status = Form(dict(filled), errors), 409 if "" in errors else 422
    if member != visit.member and may_speak_for(visit.circle, visit.member, member):
        return web_member.show(visit, member, form, status)
    return show(visit, form, status=status)


def back_to(visit: Visit, member: str) -> str:
    return f"{visit.home}/people" if member == visit.member else f"{visit.home}/people/{member}"


handlers = [people_page, invite, device_for, add, away, *web_member.handlers, *web_asking.handlers]
