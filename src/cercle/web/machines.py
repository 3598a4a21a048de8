"""The other machines that hold the circle: when each was met, and how one more comes to hold it."""

from typing import Any

from litestar import Response, get, post

from cercle.core.event import Refused
from cercle.core.fold import ADULT
from cercle.core.fold import Why as FoldWhy
from cercle.modules.people.events import Invited
from cercle.modules.people.web import invited_now
from cercle.page.visit import Form, Visit
from cercle.sentences import moment
from cercle.store.peers import forget, keep_peer, peers_of
from cercle.sync.address import EXAMPLE, plain_address


@get("/c/{circle:str}/machines")
async def machines_page(visit: Visit) -> Response[Any]:
    visit.on_own_device()
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    here, may = f"{visit.home}/machines", visit.may(Invited)
    return visit.render(
        "machines.html",
        visit.gettext("Other machines"),
        "",
        status,
        machines=[line(visit, peer) for peer in peers_of(visit.node.connection, visit.here.no)],
        found=found(visit),
        form=form,
        ways={"add": here, "forget": f"{here}/forget", "own": f"{here}/own"} if may else None,
        stick=f"{here}/stick",
        back=f"{visit.home}/settings",
    )


def line(visit: Visit, peer: Any) -> dict[str, str]:
    if peer.met:
        said = visit.gettext("last met %(when)s", when=moment(peer.met, visit.language, visit.zone))
    else:
        said = visit.gettext("not met yet")
    return {"key": str(peer.no), "address": peer.address, "line": said}


def found(visit: Visit) -> list[str]:
    """The addresses of the machines at home that hold this circle too, and were not named."""
    nearby = visit.request.app.state["nearby"]
    named = {peer.address for peer in peers_of(visit.node.connection, visit.here.no)}
    at_home = nearby.found if nearby is not None else {}
    return sorted(address for no, address in at_home if no == visit.here.no and address not in named)


@post("/c/{circle:str}/machines")
async def added(visit: Visit) -> Response[Any]:
    """From now on this node goes there by itself."""
    filled = await visit.form()
    visit.on_own_device()
    check_may(visit)
    try:
        address = plain_address(filled.get("address", ""))
    except ValueError:
        wrong = visit.gettext("Write the address of its pages, such as %(example)s.", example=EXAMPLE)
        return show(visit, Form(dict(filled), {"address": wrong}), 422)
    keep_peer(visit.node.connection, visit.here.no, address)
    return visit.go(f"{visit.home}/machines", visit.gettext("This machine goes there from now on."))


@post("/c/{circle:str}/machines/forget")
async def forgotten(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    visit.on_own_device()
    check_may(visit)
    for peer in peers_of(visit.node.connection, visit.here.no):
        if str(peer.no) == filled.get("machine"):
            forget(visit.node.connection, visit.here.no, peer.address)
    return visit.go(f"{visit.home}/machines", visit.gettext("This machine goes there no more."))


@post("/c/{circle:str}/machines/own")
async def own(visit: Visit) -> Response[Any]:
    """An invitation for another machine of the same person, which will have a key of its own."""
    filled = await visit.form()
    visit.on_own_device()
    key = invited_now(visit, ADULT, filled.get("act", ""), visit.member)
    return visit.go(f"{visit.home}/people?invitation={key}#invite")


def check_may(visit: Visit) -> None:
    """Who invites others says where the circle goes. Raises `Refused`."""
    if not visit.may(Invited):
        raise Refused(FoldWhy.NOT_ALLOWED)


handlers = [machines_page, added, forgotten, own]
