"""One's own name, colour, language and devices; the circle's name and pages; the way out."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from cercle import beginnings
from cercle.core.event import Refused
from cercle.modules.circle.events import Adopted, Renamed, TurnedOff, TurnedOn
from cercle.modules.circle.read import lacking, offered
from cercle.modules.people.events import Described, Invited
from cercle.modules.people.rules import profile
from cercle.modules.people.web_words import taken
from cercle.page import links, tablet
from cercle.page.languages import LANGUAGES
from cercle.page.visit import CIRCLE_NAME_LIMIT, PUT_OFF, SESSION, Form, Visit, name_in
from cercle.sentences import moment
from cercle.store.keyring import people_of_member
from cercle.web.backups import is_owner
from cercle.web.door import Closed
from cercle.web.front import NAMES

PUT_OFF_FOR = 30 * 86_400
SIGN_IN_LASTS = 15 * 60_000
COLOURS = tuple(map(str, range(beginnings.COLOURS)))
BROWSERS = ("Firefox", "Edg", "OPR", "Chrome", "Safari")
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "CrOS", "Mac OS X", "Linux")
CALLED = {"Edg": "Edge", "OPR": "Opera", "CrOS": "ChromeOS", "Mac OS X": "Mac"}


@get("/c/{circle:str}/settings")
async def settings_page(visit: Visit) -> Response[Any]:
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    here = f"{visit.home}/settings"
    turns = visit.may(TurnedOn) and visit.may(TurnedOff)
    return visit.render(
        "settings.html",
        visit.gettext("Settings"),
        status=status,
        form=form,
        languages=[{"value": code, "label": NAMES[code]} for code in LANGUAGES],
        taken={one["colour"]: one["initial"] for one in visit.everybody() if one["key"] != visit.member},
        devices=devices(visit),
        pages=[
            page_line(visit, part, on) for part, on in offered(visit.circle) if part.label and (part.offer or not on)
        ],
        more=more(visit),
        ways={
            "person": f"{here}/person",
            "device": f"{here}/device",
            "add": not visit.is_tablet,
            "look": "/look",
            "back": here,
            "circle": f"{here}/circle" if visit.may(Renamed) else None,
            "pages": f"{visit.home}/pages" if turns else None,
            "signout": f"{here}/signout",
            "leave": None if visit.is_tablet else f"{visit.home}/people/leave",
        },
    )


def page_line(visit: Visit, part: Any, on: bool) -> dict[str, Any]:
    return {
        "key": part.code,
        "label": visit.gettext(part.label),
        "sentence": visit.gettext(part.offer) if part.offer else "",
        "icon": part.icon,
        "on": on,
    }


def more(visit: Visit) -> list[dict[str, str]]:
    lines = [
        (
            f"{visit.home}/people/{visit.member}",
            visit.gettext("Your own page"),
            visit.gettext("Your PIN for the tablet, your absences, and all that the circle knows of you."),
            "people",
        ),
        (
            f"{visit.home}/help",
            visit.gettext("Help"),
            visit.gettext("What each page is for, and how it works."),
            "help",
        ),
    ]
    if not visit.is_tablet:
        title, sentence = visit.gettext("Reminders by e-mail"), visit.gettext("Of meetings, of votes, and of the week.")
        lines.append((f"{visit.home}/reminders", title, sentence, "mail"))
        title, sentence = visit.gettext("Import"), visit.gettext("Bring in what you have kept in another program.")
        lines.append(("/import", title, sentence, "import"))
        title, sentence = visit.gettext("Devices"), visit.gettext("The keys by which you write, and one that is lost.")
        lines.append((f"{visit.home}/devices", title, sentence, "key"))
        title, sentence = visit.gettext("Other machines"), visit.gettext("The other machines that have the circle.")
        lines.append((f"{visit.home}/machines", title, sentence, "share"))
        title, sentence = (
            visit.gettext("HTTPS at home"),
            visit.gettext("So that phones open the pages without a network."),
        )
        lines.append(("/https", title, sentence, "home"))
    if is_owner(visit):
        title, sentence = (
            visit.gettext("Backups"),
            visit.gettext("Of all that is on this machine: the last one, and where."),
        )
        lines.append((f"{visit.home}/backups", title, sentence, "clock"))
        title, sentence = visit.gettext("Mail"), visit.gettext("The server by which this machine sends reminders.")
        lines.append((f"{visit.home}/mail", title, sentence, "mail"))
    return [dict(zip(("href", "label", "sentence", "icon"), line, strict=True)) for line in lines]


# --- oneself -----------------------------------------------------------------------------------------------------


@post("/c/{circle:str}/settings/person")
async def describe(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    name, colour = name_in(filled.get("name", "")), filled.get("colour", "")
    wrong = taken(visit, name, visit.member) if name else {"name": visit.gettext("A name has 1 to 60 letters.")}
    if wrong:
        return show(visit, Form(dict(filled), wrong), 422)
    shade = int(colour) if colour in COLOURS else profile(visit.circle, visit.member).colour
    try:
        visit.act(Described(member=visit.member, colour=shade, name=name), act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form(dict(filled), {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/settings", visit.gettext("Kept."))


# --- devices -----------------------------------------------------------------------------------------------------


def signed_in(visit: Visit) -> list[Any]:
    """The tokens of the devices that this person may sign out here: their own, also where somebody came in by their
    recovery kit, and the circle's shared tablets."""
    mine = people_of_member(visit.node.connection, visit.here.no, visit.member) if not visit.is_tablet else []
    own = sorted((row for person in mine for row in visit.node.tokens_of("session", person)), key=lambda row: -row.made)
    shared = visit.node.tokens_of("tablet", circle=visit.here.no) if visit.may(Invited) else []
    return own + shared


def devices(visit: Visit) -> list[dict[str, Any]]:
    shown = []
    for row in signed_in(visit):
        name = device_name(visit, row.label) if row.purpose == "session" else visit.gettext("The circle’s tablet")
        since = moment(row.made, visit.language, visit.zone)
        shown.append(
            {
                "key": key_of(row),
                "name": name,
                "line": visit.gettext("since %(day)s", day=since),
                "this": row.hash == visit.token.hash,
            }
        )
    return shown


def key_of(row: Any) -> str:
    """By which the form names a device: a piece of the hash, which opens nothing."""
    return str(row.hash.hex()[:16])


def device_name(visit: Visit, agent: str) -> str:
    """What a browser says of itself, in words."""
    browser = next((name for name in BROWSERS if re.search(rf"\b{name}/", agent)), "")
    system = next((name for name in SYSTEMS if name in agent), "")
    if not browser or not system:
        return visit.gettext("A browser")
    named = {"browser": CALLED.get(browser, browser), "system": CALLED.get(system, system)}
    return visit.gettext("%(browser)s on %(system)s", **named)


@post("/c/{circle:str}/settings/device", status_code=200)
async def device(visit: Visit) -> Response[Any]:
    """Signs a device out, or shows the way in for a further one."""
    filled = await visit.form()
    if "close" in filled:
        for row in signed_in(visit):
            if key_of(row) == filled["close"]:
                visit.node.end_token_of(row)
        return visit.go(f"{visit.home}/settings", visit.gettext("That device is signed out."))
    visit.on_own_device()
    token = visit.node.make_token("signin", visit.person, lasts=SIGN_IN_LASTS)
    link = visit.link(f"/in/{token}")
    return visit.render(
        "device.html", visit.gettext("Add a device"), link=link, qr=links.qr(link), back=f"{visit.home}/settings"
    )


@post("/c/{circle:str}/settings/signout")
async def sign_out_here(visit: Visit) -> Response[Any]:
    """At the tablet: up from the seat. Elsewhere the session ends, at once where there is another one."""
    await visit.form()
    if visit.is_tablet:
        tablet.stand_up(visit.session)
        return Redirect(f"{visit.home}/tablet", status_code=303)
    if len(visit.node.tokens_of("session", person=visit.person)) == 1:
        return Redirect("/signout", status_code=303)
    return signed_out(visit)


@get("/signout")
async def ask_signing_out(visit: Visit) -> Response[Any]:
    if visit.person is None:
        raise Closed
    sentences = [
        visit.gettext("You are signed in on this device alone."),
        visit.gettext(
            "To come back, you need a new code: on the machine that runs Cercle, “cercle signin” prints one."
        ),
    ]
    title, does = visit.gettext("Sign out here?"), visit.gettext("Sign out")
    return visit.render("people/ask.html", title, sentences=sentences, does=does, back="/", form=Form())


@post("/signout")
async def sign_out(visit: Visit) -> Response[Any]:
    if visit.person is None:
        raise Closed
    return signed_out(visit)


def signed_out(visit: Visit) -> Redirect:
    visit.node.end_token(visit.session)
    answer = Redirect("/", status_code=303)
    answer.delete_cookie(SESSION)
    return answer


# --- the circle --------------------------------------------------------------------------------------------------


@post("/c/{circle:str}/settings/circle")
async def rename(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    name = name_in(filled.get("circle", ""), CIRCLE_NAME_LIMIT)
    if not name:
        form = Form(dict(filled), {"circle": visit.gettext("A circle’s name has 1 to 80 letters.")})
        return show(visit, form, 422)
    try:
        visit.act(Renamed(name=name), act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form(dict(filled), {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/settings", visit.gettext("The circle is called %(name)s now.", name=name))


@post("/c/{circle:str}/pages")
async def pages(visit: Visit) -> Response[Any]:
    """A page is turned on or off in the settings, or an offer is answered."""
    filled = await visit.form()
    act, offered = filled.get("act", ""), filled.get("module", "")
    if "offer" in filled:
        return answered(visit, offered, filled["offer"] == "yes", act)
    try:
        is_there = "off" in filled or turn_on(visit, filled.get("on", ""), act)
        if "off" in filled:
            visit.act(TurnedOff(part=filled["off"]), act=act)
    except Refused as refusal:
        return show(visit, Form({}, {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/settings", visit.gettext("Kept.") if is_there else later(visit))


def turn_on(visit: Visit, code: str, act: str) -> bool:
    """Turns a page on, once the circle has adopted the modules behind it; False where an adoption waits for the
    keeper's device, elsewhere, to seal it. Raises `Refused`."""
    for module in lacking(visit.circle, code):
        if module.name not in visit.circle.roots.coming:
            visit.act(Adopted(module=module.name, version=module.version))
        if module.name not in visit.circle.roots.modules:
            return False
    visit.act(TurnedOn(part=code), act=act)
    return True


def later(visit: Visit) -> str:
    return visit.gettext(
        "The circle is getting this page ready. You can turn it on once there is news of the device that keeps the log."
    )


def answered(visit: Visit, code: str, wanted: bool, act: str) -> Response[Any]:
    part = next((part for part, _ in offered(visit.circle) if part.code == code), None)
    if part is None:
        raise NotFoundException
    if wanted:
        if not turn_on(visit, code, act):
            return visit.go(f"{visit.home}/list", later(visit))
        return visit.go(f"{visit.home}/{part.path}", visit.gettext("This page is in the menu now."))
    answer = visit.go(f"{visit.home}/list", visit.gettext("It stays in the settings, should you want it later."))
    known = {part.code for part, _ in offered(visit.circle)}
    put_off = [one for one in visit.request.cookies.get(PUT_OFF, "").split(".") if one in known and one != code]
    answer.set_cookie(PUT_OFF, ".".join([*put_off, code]), max_age=PUT_OFF_FOR, httponly=True, samesite="lax")
    return answer


handlers = [
    settings_page,
    describe,
    device,
    sign_out_here,
    ask_signing_out,
    sign_out,
    rename,
    pages,
]
