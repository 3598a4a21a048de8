"""The recovery kit: made and put on paper, and what somebody says who came in by it."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from cercle import recovering
from cercle.core.event import Refused
from cercle.modules.devices import read, web
from cercle.modules.devices.rules import UNTIL_IT_STANDS, Kit
from cercle.page import links
from cercle.page.visit import Form, Visit, chosen_act
from cercle.sentences import day
from cercle.store.kits import words_of


def own(visit: Visit) -> list[Kit]:
    """Of the visitor, the kit that stands first."""
    kits = [kit for kit in read.of(visit.circle).kits.values() if kit.member == visit.member]
    return sorted(kits, key=lambda kit: not kit.stands)


def state(visit: Visit) -> dict[str, Any]:
    """What is to be said of the visitor's kit: {lines, has, warns}."""
    kits, _ = own(visit), visit.gettext
    if not kits:
        lines = [
            _("Twelve words on paper bring you back when your phone and your machines are lost or stolen."),
            _("Make it while all is well: it takes 14 days before it outranks a stolen device."),
        ]
    else:
        lines = [sentence(visit, kit, len(kits) > 1) for kit in kits]
        if not kits[0].stands:
            lines.append(_("Another one, made before then, takes its place at once: this paper is of no use any more."))
    return {"lines": lines, "has": bool(kits), "warns": len(kits) > 1}


def sentence(visit: Visit, kit: Kit, is_one_of_two: bool) -> str:
    _ = visit.gettext
    made = day(visit.day_of(kit.due - UNTIL_IT_STANDS), visit.language)
    due = day(visit.day_of(kit.due), visit.language)
    if kit.stands:
        return _("The kit of %(day)s brings you back, whatever was lost.", day=made)
    if is_one_of_two:
        name = web.line(visit, kit.by)["name"]
        return _(
            "Another kit was made on %(day)s, by “%(name)s”. From %(due)s on it takes the place of the one before. Was"
            " it not you? Revoke that device, or make a kit yourself.",
            day=made,
            name=name,
            due=due,
        )
    return _(
        "The kit of %(day)s brings you in. From %(due)s on it does so whatever was lost or stolen.", day=made, due=due
    )


def may_lose_the_others(visit: Visit) -> bool:
    """Whether the visitor came in by a kit that outranks their other devices, and has any."""
    devices = visit.circle.roots.devices
    others = [key for key, one in devices.items() if one.member == visit.member and key != visit.device]
    return recovering.has_rank(visit.circle, visit.device) and not all(web.revoked(visit, key) for key in others)


@post("/c/{circle:str}/devices/kit", status_code=200)
async def made(visit: Visit) -> Response[Any]:
    """The sheet, once: this node forgets the words as soon as it has said them."""
    filled = await visit.form()
    visit.on_own_device()
    act = filled.get("act", "")
    if visit.is_done(act):
        told = visit.gettext("The words were shown once. If you have them not on paper, make another kit.")
        return visit.go(f"{visit.home}/devices", told)
    try:
        kit = recovering.make_kit(visit.node, visit.here, visit.member, chosen_act(act))
    except Refused as refusal:
        return web.show(visit, Form({}, {"": visit.reason(refusal)}), 409)
    visit.has_way_in = True
    words, kits = words_of(kit, visit.language), own(visit)
    return visit.render(
        "devices/kit.html",
        visit.gettext("Recovery kit"),
        "people",
        name=visit.person_of(visit.member)["name"],
        circle=visit.name(visit.circle.roots.name),
        made=day(visit.today(), visit.language),
        due=day(visit.day_of(kits[-1].due), visit.language),
        is_second=len(kits) > 1,
        words=words,
        qr=links.qr(" ".join(words)),
        back=f"{visit.home}/devices",
    )


@post("/c/{circle:str}/devices/others")
async def others(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    visit.on_own_device()
    act = filled.get("act", "")
    try:
        if not visit.is_done(act):
            recovering.lose_the_others(visit.node, visit.here, visit.member, chosen_act(act), visit.token.hash)
    except Refused as refusal:
        return web.show(visit, Form({}, {"": visit.reason(refusal)}), 409)
    told = visit.gettext("What your other devices write from now on counts for nothing.")
    if visit.circle.sealing()[0] in visit.circle.devices.revoked:
        told += " " + visit.gettext("One of them kept the log: more than half of the adults choose another, below.")
    return visit.go(f"{visit.home}/devices", told)


@get("/c/{circle:str}/devices/kit")
async def over(visit: Visit) -> Response[Any]:
    """Nobody is shown the sheet a second time."""
    return Redirect(f"{visit.home}/devices", status_code=303)


handlers = [made, over, others]
