"""Which device keeps the log: its keeper hands that on, or the circle chooses another one where the keeper is lost."""

from typing import Any

from litestar import Response, post

from cercle.core.event import Refused
from cercle.core.fold import ADULT
from cercle.modules.devices import web
from cercle.modules.devices.events import HandedOn, KeeperAgreed
from cercle.page.visit import Form, Visit
from cercle.store.keyring import key_of_device


def heirs(visit: Visit) -> list[dict[str, str]]:
    """The devices of adults that could seal the log, the visitor's own first."""
    roots = visit.circle.roots
    adults = {name for name, one in roots.members.items() if one.kind == ADULT and not one.gone}
    keys = [
        key for key, one in roots.devices.items() if one.member in adults and not one.forked and key != roots.keeper
    ]
    keys.sort(key=lambda key: (key != visit.device, roots.devices[key].member != visit.member))
    return [{"value": key, "label": label(visit, key)} for key in keys]


def label(visit: Visit, key: str) -> str:
    one = web.line(visit, key)
    here = f" ({visit.gettext('this machine')})" if key == visit.device else ""
    return f"{one['person']} · {one['name']}{here}"


def lost(visit: Visit) -> dict[str, Any] | None:
    """What can be done about a keeper that is nowhere here: {keeper: its line, needed, wishes: list of {device, names,
    have, is_mine}}. None where there is nothing to do."""
    roots, devices = visit.circle.roots, visit.circle.devices
    is_here = key_of_device(visit.node.connection, visit.here.no, bytes.fromhex(roots.keeper)) is not None
    if is_here or not visit.may(KeeperAgreed):
        return None
    wishes = [
        {
            "device": web.line(visit, key),
            "names": [visit.person_of(name)["name"] for name in wanting],
            "have": len(wanting),
            "is_mine": visit.member in wanting,
        }
        for key, term in sorted({(one.device, one.term) for one in devices.agreed.values()}, key=lambda one: one[1])
        if (wanting := visit.circle.wanting(key, term))
    ]
    return {"keeper": web.line(visit, roots.keeper), "needed": len(devices.deciding) // 2 + 1, "wishes": wishes}


def term_for(visit: Visit, device: bytes) -> int:
    """The term in which the visitor can still say this device: where others did, the same."""
    said = visit.circle.devices.agreed
    past = max(visit.circle.roots.term, said[visit.member].term if visit.member in said else 0)
    others = [one.term for one in said.values() if one.device == device.hex() and one.term > past]
    return max(others, default=past + 1)


@post("/c/{circle:str}/devices/hand-on")
async def hand_on(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    visit.on_own_device()
    try:
        visit.act(HandedOn(device=web.key_in(filled.get("heir", ""))), act=filled.get("act", ""))
    except Refused as refusal:
        return web.show(visit, Form(dict(filled), {"heir": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/devices", visit.gettext("That device keeps the log from now on."))


@post("/c/{circle:str}/devices/want")
async def want(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    visit.on_own_device()
    device = web.key_in(filled.get("other", ""))
    try:
        visit.act(KeeperAgreed(device=device, term=term_for(visit, device)), act=filled.get("act", ""))
    except Refused as refusal:
        return web.show(visit, Form(dict(filled), {"other": visit.reason(refusal)}), 409)
    is_chosen = device.hex() in (visit.circle.roots.keeper, visit.circle.sealing()[0])
    told = visit.gettext("Enough people want it: that device keeps the log.") if is_chosen else visit.gettext("Said.")
    return visit.go(f"{visit.home}/devices", told)


handlers = [hand_on, want]
