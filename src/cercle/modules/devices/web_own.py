"""A key of one's own: this machine, which is mine, writes for me, and no other does."""

from typing import Any

from litestar import Response, post

from cercle.core.event import Refused
from cercle.modules.devices import web
from cercle.modules.devices.events import Revoked
from cercle.page.visit import Form, Visit


def others(visit: Visit) -> list[str]:
    """The keys by which the visitor could write elsewhere, where this machine holds one that is good."""
    devices, here = visit.circle.roots.devices, visit.device
    mine = [key for key, one in devices.items() if one.member == visit.member and not web.revoked(visit, key)]
    return [key for key in mine if key != here] if here in mine else []


@post("/c/{circle:str}/devices/only")
async def only(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    visit.on_own_device()
    revocations = [Revoked(device=bytes.fromhex(key)) for key in others(visit)]
    try:
        if revocations:
            visit.act(*revocations, act=filled.get("act", ""))
    except Refused as refusal:
        return web.show(visit, Form({}, {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/devices", visit.gettext("Only this machine writes for you from now on."))


handlers = [only]
