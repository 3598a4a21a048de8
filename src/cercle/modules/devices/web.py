"""The devices by which the visitor writes, and those they look after: names, when they were heard of last, and what to
do once one is lost or has told two stories."""

from itertools import pairwise
from typing import Any

from litestar import Response, get, post

from cercle.beginnings import MEMBER, come_back, spare_of
from cercle.core.entry import Entry, short
from cercle.core.event import Refused
from cercle.modules.circle.events import Adopted
from cercle.modules.devices import MODULE, read, web_keeper, web_kit, web_own
from cercle.modules.devices.events import Named, Revoked
from cercle.page.visit import Form, Visit, name_in
from cercle.sentences import moment
from cercle.store import rows


@get("/c/{circle:str}/devices")
async def devices_page(visit: Visit) -> Response[Any]:
    visit.on_own_device()
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    roots, here = visit.circle.roots, f"{visit.home}/devices"
    in_use, frozen = "devices" in visit.circle.states, visit.is_frozen()
    own = [key for key, one in roots.devices.items() if one.member == visit.member]
    others = [
        key for key, one in roots.devices.items()
        if one.member not in ("", visit.member) and read.may_revoke(visit.circle, visit.member, key)
    ] if in_use else []  # fmt: skip
    return visit.render(
        "devices/devices.html",
        visit.gettext("Devices"),
        "people",
        status,
        own=[line(visit, key) for key in own],
        others=[line(visit, key) for key in others],
        frozen=[fork(visit, key) for key in own if roots.devices[key].forked and not revoked(visit, key)],
        form=form,
        ways={
            "name": f"{here}/name" if in_use and not frozen else None,
            "revoke": f"{here}/revoke" if in_use and not frozen else None,
            "hand_on": f"{here}/hand-on" if in_use and visit.device == roots.keeper and not frozen else None,
            "want": f"{here}/want",
            "again": f"{here}/again" if frozen and spare_of(visit.node, visit.here, visit.member) else None,
            "kit": f"{here}/kit" if in_use and not frozen else None,
            "only": f"{here}/only" if in_use and not frozen and web_own.others(visit) else None,
            "others": f"{here}/others" if not frozen and web_kit.may_lose_the_others(visit) else None,
            "adopt": f"{here}/adopt" if not in_use and visit.may(Adopted) else None,
        },
        heirs=web_keeper.heirs(visit) if in_use else [],
        lost=web_keeper.lost(visit) if in_use and not frozen else None,
        kit=web_kit.state(visit),
        keeps_elsewhere=roots.keeper in web_own.others(visit),
        is_stuck=frozen,
        is_coming="devices" in roots.coming,
        back=f"{visit.home}/settings",
    )


def revoked(visit: Visit, key: str) -> bool:
    return key in read.of(visit.circle).revoked


def line(visit: Visit, key: str) -> dict[str, Any]:
    device, names = visit.circle.roots.devices[key], read.of(visit.circle).names
    head = rows.head(visit.node.connection, visit.here.no, bytes.fromhex(key))
    last = rows.entry(visit.node.connection, visit.here.no, head[0]).time if head else 0
    when = moment(last, visit.language, visit.zone)
    is_here = key == visit.device
    tags = {
        visit.gettext("this machine"): is_here,
        visit.gettext("key of one’s own"): device.holder == MEMBER,
        visit.gettext("keeps the log"): key == visit.circle.roots.keeper,
        visit.gettext("revoked"): revoked(visit, key),
        visit.gettext("frozen"): device.forked and not revoked(visit, key),
    }
    return {
        "key": key,
        "name": visit.name(names.get(key, ""), visit.gettext("Key %(key)s", key=key[:8])),
        "person": visit.person_of(device.member)["name"],
        "line": visit.gettext("heard of last on %(when)s", when=when),
        "tags": [tag for tag, is_so in tags.items() if is_so],
        "keeps_elsewhere": key == visit.circle.roots.keeper and not is_here,
        "revokes": read.may_revoke(visit.circle, visit.member, key) and key != visit.device,
    }


def fork(visit: Visit, key: str) -> dict[str, Any]:
    """The proof that a device has told two stories: two of its entries with one number."""
    chain = rows.of_device(visit.node.connection, visit.here.no, bytes.fromhex(key))
    found = next(((one, other) for one, other in pairwise(chain) if one.seq == other.seq), ())
    told = [rows.as_entry(row.id, row.key, row.header) for row in found]
    return {"number": told[0].seq if told else 0, "entries": [story(visit, entry) for entry in told]}


def story(visit: Visit, entry: Entry) -> dict[str, str]:
    identifier, by = short(entry.id), visit.circle.roots.devices[entry.device.hex()].member
    return {
        "said": visit.narrator.sentence(entry.event, entry.kept, visit.here.words(identifier), by),
        "at": moment(entry.time, visit.language, visit.zone),
        "href": f"{visit.home}/log/{identifier}",
    }


def key_in(text: str) -> bytes:
    """The key that a form names; one that no device has where it names none."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    return found if len(found) == 32 else bytes(32)


@post("/c/{circle:str}/devices/name")
async def named(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    visit.on_own_device()
    key, name = filled.get("device", ""), name_in(filled.get("name", ""))
    if not name:
        wrong = {f"name-{key}": visit.gettext("A name has 1 to 60 letters.")}
        return show(visit, Form({f"name-{key}": filled.get("name", "")}, wrong), 422)
    try:
        visit.act(Named(device=key_in(key), name=name), act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form({}, {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/devices", visit.gettext("Kept."))


@post("/c/{circle:str}/devices/revoke")
async def revoke(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    visit.on_own_device()
    had_kit = bool(web_kit.own(visit))
    try:
        visit.act(Revoked(device=key_in(filled.get("device", ""))), act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form({}, {"": visit.reason(refusal)}), 409)
    told = visit.gettext("What this device writes from now on counts for nothing.")
    if had_kit and not web_kit.own(visit):
        told += " " + visit.gettext("The recovery kit that was made on it is void with it: make another.")
    return visit.go(f"{visit.home}/devices", told)


@post("/c/{circle:str}/devices/again")
async def again(visit: Visit) -> Response[Any]:
    """A new key for somebody whose device here is frozen."""
    await visit.form()
    visit.on_own_device()
    if visit.is_frozen() and visit.person is not None:
        come_back(visit.node, visit.here, visit.person, visit.member)
    if visit.is_frozen():
        return show(visit, Form({}, {"": visit.gettext("This could not be done. Nothing was changed.")}), 409)
    return visit.go(f"{visit.home}/devices", visit.gettext("You write by a new key from now on."))


@post("/c/{circle:str}/devices/adopt")
async def adopt(visit: Visit) -> Response[Any]:
    """A circle from before takes up that its devices have names and are revoked."""
    filled = await visit.form()
    visit.on_own_device()
    try:
        visit.act(Adopted(module=MODULE.name, version=MODULE.version), act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form({}, {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/devices")


handlers = [devices_page, named, revoke, again, adopt, *web_keeper.handlers, *web_kit.handlers, *web_own.handlers]
