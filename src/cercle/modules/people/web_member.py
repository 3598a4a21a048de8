"""One person's page: what the circle knows of them, and what they, or adults for somebody without a device, may do."""

from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from sqlalchemy import func, select

from cercle import beginnings
from cercle.core.event import Refused
from cercle.core.fold import ADULT
from cercle.modules.people.events import Described, Invited, KindChanged, RemovalAgreed
from cercle.modules.people.read import agreed_removals, consents_needed, may_erase, may_remove, may_speak_for
from cercle.modules.people.rules import Profile, profile
from cercle.modules.people.web_words import chosen_kind, kind_choices, kind_word, taken
from cercle.page import tablet
from cercle.page.visit import Form, Visit, chosen_act, name_in
from cercle.sentences import day, number
from cercle.store.database import transaction
from cercle.store.tables import devices, entries

COLOURS = tuple(map(str, range(beginnings.COLOURS)))


@get("/c/{circle:str}/people/{member:str}")
async def member_page(visit: Visit, member: str) -> Response[Any]:
    return show(visit, known_member(visit, member), Form())


def known_member(visit: Visit, member: str) -> str:
    """The member, where there is or was such a one. Raises `NotFoundException`."""
    if member not in visit.circle.roots.members:
        raise NotFoundException
    return member


def show(visit: Visit, member: str, form: Form, status: int = 200) -> Response[Any]:
    circle, today = visit.circle, visit.today()
    known, one, person = circle.roots.members[member], profile(circle, member), visit.person_of(member)
    until = max((a.until for a in one.away.values() if a.since <= today <= a.until), default="")
    return visit.render(
        "people/member.html",
        person["name"],
        "people",
        status,
        person=person,
        until=visit.gettext("away until %(day)s", day=day(until, visit.language, today)) if until else None,
        facts=facts(visit, member),
        absences=absences(visit, member, one),
        devices=log_devices(visit, member),
        kinds=kind_choices(visit),
        kind=known.kind,
        removal=removal(visit, member),
        form=form,
        ways=ways(visit, member, one),
    )


def ways(visit: Visit, member: str, one: Profile) -> dict[str, str | None]:
    """What may be done from this page; None where it may not."""
    circle, here, me = visit.circle, f"{visit.home}/people/{member}", member == visit.member
    known = circle.roots.members[member]
    speaks = not me and may_speak_for(circle, visit.member, member)
    ranks = visit.may(KindChanged) and not known.gone and (me or known.kind != ADULT)
    own = not visit.is_tablet
    offered = {
        "log": (True, f"{visit.home}/log?person={member}"),
        "data": (me and own, f"{here}/data.json"),
        "rights": (ranks and own, f"{here}/kind"),
        "name": (speaks, f"{here}/name"),
        "away": (me or speaks, f"{visit.home}/people/away"),
        "device": (speaks and visit.may(Invited), f"{here}/device"),
        "pin": (sets_pin(visit, member, speaks), f"{here}/pin"),
        "erase": (own and may_erase(circle, visit.member, member), f"{here}/erase"),
        "leave": (me and own, f"{visit.home}/people/leave"),
        "remove": (may_remove(circle, visit.member, member) and visit.may(RemovalAgreed), f"{here}/remove"),
    }
    return {name: href if may else None for name, (may, href) in offered.items()}


def sets_pin(visit: Visit, member: str, speaks: bool) -> bool:
    """One's own; at the tablet only who has no other screen. An adult gives one to somebody without a device."""
    if member != visit.member:
        return speaks and visit.may(Invited)
    return not visit.is_tablet or not visit.node.tokens_of("session", visit.person)


def facts(visit: Visit, member: str) -> list[dict[str, Any]]:
    known, came = visit.circle.roots.members[member], visit.here.entry(member)
    gone = {"left": visit.gettext("has left"), "removed": visit.gettext("was removed")}
    told: list[tuple[str, str, str | None]] = [
        (
            visit.gettext("Takes part as"),
            kind_word(visit, known.kind),
            f"{visit.home}/log?person={member}&module=people",
        )
    ]
    if came is not None:
        since = day(visit.day_of(came.time), visit.language)
        told.append((visit.gettext("In the circle since"), since, f"{visit.home}/log/{member}"))
    if known.gone:
        told.append((visit.gettext("Now"), gone[known.gone], None))
    written = number(count(visit, member), visit.language)
    told.append((visit.gettext("Entries in the log"), written, f"{visit.home}/log?person={member}"))
    if member == visit.member and visit.person is not None:
        pin = visit.gettext("set") if tablet.has_pin(visit.node, visit.person) else visit.gettext("none yet")
        told.append((visit.gettext("PIN"), pin, None))
    return [{"label": label, "text": text, "href": href} for label, text, href in told]


def keys_of(visit: Visit, member: str) -> list[str]:
    return [key for key, device in visit.circle.roots.devices.items() if device.member == member]


def count(visit: Visit, member: str) -> int:
    """How many entries this person's devices have written."""
    held = [bytes.fromhex(key) for key in keys_of(visit, member)]
    numbers = select(devices.c.no).where(devices.c.circle == visit.here.no, devices.c.key.in_(held))
    query = select(func.count()).where(entries.c.device.in_(numbers))
    return int(visit.node.connection.scalar(query) or 0)


def absences(visit: Visit, member: str, one: Profile) -> list[dict[str, Any]]:
    strikes = member == visit.member or may_speak_for(visit.circle, visit.member, member)
    return [
        {
            "key": key,
            "text": visit.gettext(
                "%(since)s to %(until)s", since=day(a.since, visit.language), until=day(a.until, visit.language)
            ),
            "strikes": strikes,
        }
        for key, a in sorted(one.away.items(), key=lambda item: item[1].since, reverse=True)
    ]


def log_devices(visit: Visit, member: str) -> list[dict[str, str]]:
    """The keys by which the log knows them, and who holds each: whose node could sign in their name is no secret."""
    roots, own = visit.circle.roots, visit.node.name()
    found = []
    for key in keys_of(visit, member):
        device = roots.devices[key]
        if visit.circle.is_revoked(key):
            line = visit.gettext("Revoked.")
        elif device.forked:
            line = visit.gettext("Frozen: it contradicted itself.")
        elif device.holder == "member":
            line = visit.gettext("The key is theirs alone.")
        elif device.node == own:
            line = visit.gettext("The key is kept by this machine.")
        elif len(written_for(visit, device.node)) == 1:
            line = visit.gettext("The key is kept by another machine, which writes for nobody else.")
        else:
            line = visit.gettext("The key is kept by another machine, which writes for others too.")
        found.append({"key": key[:16], "name": key[:8], "line": line})
    return found


def written_for(visit: Visit, node: str) -> set[str]:
    """The members for whom a machine could write in this circle, by what their devices say."""
    found = visit.circle.roots.devices.items()
    return {one.member for key, one in found if one.node == node and not visit.circle.is_revoked(key)}


def removal(visit: Visit, member: str) -> str | None:
    """Who agreed so far that this person leaves, for those who may agree."""
    agreed = agreed_removals(visit.circle).get(member)
    if not agreed or not visit.may(RemovalAgreed):
        return None
    return visit.ngettext(
        "%(names)s agreed that %(name)s leaves. %(num)s adult must agree.",
        "%(names)s agreed that %(name)s leaves. %(num)s adults must agree.",
        consents_needed(visit.circle, member),
        names=visit.names_of(agreed),
        name=visit.person_of(member)["name"],
    )


@post("/c/{circle:str}/people/{member:str}/kind")
async def change_kind(visit: Visit, member: str) -> Response[Any]:
    filled = await visit.form()
    visit.on_own_device()
    kind = chosen_kind(filled.get("kind", ""))
    if kind is None:
        return show(visit, known_member(visit, member), Form(dict(filled), {"kind": visit.gettext("Choose one.")}), 422)
    try:
        visit.act(KindChanged(member=known_member(visit, member), kind=kind), act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, member, Form(dict(filled), {"kind": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/people/{member}", visit.gettext("Changed."))


@post("/c/{circle:str}/people/{member:str}/name")
async def rename(visit: Visit, member: str) -> Response[Any]:
    """The name and colour of somebody without a device; one's own stand in the settings."""
    filled = await visit.form()
    name, colour = name_in(filled.get("name", "")), filled.get("colour", "")
    wrong = taken(visit, name, member) if name else {"name": visit.gettext("A name has 1 to 60 letters.")}
    if wrong:
        form = Form(dict(filled), wrong)
        return show(visit, known_member(visit, member), form, 422)
    shade = int(colour) if colour in COLOURS else profile(visit.circle, member).colour
    try:
        visit.act(Described(member=known_member(visit, member), colour=shade, name=name), act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, member, Form(dict(filled), {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/people/{member}", visit.gettext("Changed."))


@post("/c/{circle:str}/people/{member:str}/pin")
async def keep_pin(visit: Visit, member: str) -> Response[Any]:
    filled = await visit.form()
    one = profile(visit.circle, known_member(visit, member))
    if ways(visit, member, one)["pin"] is None or visit.person is None:
        return visit.go(f"{visit.home}/people/{member}")
    if not tablet.is_pin(filled.get("pin", "")):
        return show(visit, member, Form({}, {"pin": visit.gettext("A PIN has four to eight digits.")}), 422)
    if member == visit.member:
        tablet.keep_pin(visit.node, visit.person, filled["pin"])
    else:
        try:
            give_seat(visit, member, filled["pin"], filled.get("act", ""))
        except Refused as refusal:
            return show(visit, member, Form({}, {"pin": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/people/{member}", visit.gettext("The PIN is set."))


def give_seat(visit: Visit, member: str, pin: str, act: str) -> None:
    """Lets somebody who has no device use the shared tablet: this node keeps a key for them, and their PIN."""
    node, live = visit.node, visit.here
    with transaction(node.connection):
        invitation, secret = beginnings.invite(node, live, visit.member, member=member, act=chosen_act(act))
        person = node.new_person(visit.language)
        beginnings.join(node, live, person, invitation, secret, "")
        tablet.keep_pin(node, person, pin)


handlers = [member_page, change_kind, rename, keep_pin]
