"""HTTPS at home, for people: what it brings, how a phone comes to trust it, and what that means."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException

from cercle.page import links
from cercle.page.visit import Visit
from cercle.sentences import day
from cercle.sync.address import is_of_a_home
from cercle.web.door import Closed
from cercle.web.settings import SIGN_IN_LASTS

ROOT_TYPE = "application/x-x509-ca-cert"  # by which phones know what to do with it
ROOT = "/https/cercle.crt"


@get("/https")
async def trusting(visit: Visit) -> Response[Any]:
    """For everybody who reaches the node: a phone that is to trust it has no way in over HTTPS yet."""
    return show(visit)


def show(visit: Visit, way: str = "") -> Response[Any]:
    secure = visit.request.app.state["secure"]
    return visit.render(
        "trusting.html",
        visit.gettext("HTTPS at home"),
        address=beginning(visit) if secure is not None else "",
        is_here=visit.request.url.scheme == "https",
        root=ROOT,
        fingerprint=secure.fingerprint.split(":") if secure is not None else [],
        until=day(secure.until, visit.language) if secure is not None else "",
        way=way,
        opens="/https" if visit.person is not None and not visit.is_tablet else None,
    )


def beginning(visit: Visit) -> str:
    """Where this visitor finds the node over HTTPS: by the name that they came by, if its certificate may have it."""
    host, state = visit.request.url.hostname or "", visit.request.app.state
    found = host if is_of_a_home(host) else "localhost"
    return links.outside("https", found, state["secure"].port, bool(state["at_home"]))


@get(ROOT)
async def root(state: State) -> Response[bytes]:
    """The certificate itself. It is no secret: it says nothing about who lives here."""
    if state["secure"] is None:
        raise NotFoundException
    return Response(state["secure"].root, media_type=ROOT_TYPE)


@post("/https", status_code=200)
async def opened(visit: Visit) -> Response[Any]:
    """A way in over HTTPS, for the same person: a browser is another one there."""
    await visit.form()
    if visit.person is None or visit.is_tablet or visit.request.app.state["secure"] is None:
        raise Closed
    visit.has_way_in = True
    token = visit.node.make_token("signin", visit.person, lasts=SIGN_IN_LASTS)
    return show(visit, f"{beginning(visit)}/in/{token}")


handlers = [trusting, root, opened]
