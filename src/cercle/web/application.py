"""The Litestar application: routes from every module, one visit a request, and what a browser is told to refuse."""

import logging
import mimetypes
import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Request, Response, Router
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException, PermissionDeniedException
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router
from sqlalchemy.exc import DBAPIError

from cercle import __version__
from cercle.core.event import Refused
from cercle.core.fold import UpdateNeeded
from cercle.modules import load
from cercle.modules.decisions.web_to_decide import asked
from cercle.page.templates import WEB
from cercle.page.visit import OwnDeviceOnly, SomebodyElse, ToDecide, Visit
from cercle.store.node import Node
from cercle.sync.signing import Watch
from cercle.web import (
    api,
    arriving,
    backups,
    calendar,
    door,
    events,
    front,
    help,
    imports,
    keeping,
    kit,
    log,
    log_entry,
    log_proof,
    log_verify,
    machines,
    mail,
    powers,
    reminders,
    settings,
    stick,
    sync,
    tablet,
    taking,
    today,
    trusting,
    week,
)
from cercle.web.deadlines import Deadlines
from cercle.web.gate import Gate, own_names
from cercle.web.rounds import Rounds

if TYPE_CHECKING:
    from cercle.nearby import Nearby
    from cercle.web.secure import Secure

logger = logging.getLogger("cercle")

A_YEAR = 365 * 86_400
MAX_BODY = 16 * 1024 * 1024


PARTS = (
    door,
    front,
    events,
    settings,
    tablet,
    today,
    week,
    powers,
    log,
    log_entry,
    log_proof,
    log_verify,
    help,
    imports,
    keeping,
    taking,
    calendar,
    machines,
    backups,
    mail,
    reminders,
    stick,
    sync,
    trusting,
    arriving,
    kit,
)


def application(
    node: Node,
    hosts: frozenset[str] = frozenset(),
    at_home: bool = True,
    pseudo: bool = False,
    keeps: bool = True,
    nearby: "Nearby | None" = None,
    secure: "Secure | None" = None,
) -> Litestar:
    """The node's web. `hosts` are further names under which it is reached, each with its port where that is another one
    than here; `at_home`: it listens to the whole home network; `pseudo` lets a browser choose the language that shows
    which words are not translated; `keeps`: browsers keep pages for when there is no network, and forget them where
    not; `nearby`: where others are found; `secure`: how it is served over HTTPS too."""
    module_handlers = [handler for module in load() if module.web for handler in import_module(module.web).handlers]
    own_handlers = [handler for part in PARTS for handler in part.handlers]
    mimetypes.knownfiles.clear()  # the machine's own list is long, and what a file is does not depend on it
    static = create_static_files_router(
        "/static",
        [WEB / "static"],
        cache_control=CacheControlHeader(max_age=A_YEAR, public=True, immutable=True),
        # A browser asks for these once, so they are packed as tightly as it goes; pages are packed fast.
        middleware=[DefineMiddleware(CompressionMiddleware, config=CompressionConfig("gzip", gzip_compress_level=9))],
    )
    schema_pages = Router("/api/schema", route_handlers=[], guards=[nowhere])
    names = hosts | own_names()
    watchers = events.Watchers(node)
    daily = backups.Daily(node, watchers)
    by_itself = (Rounds(node, watchers, nearby), daily, Deadlines(node), mail.Mailing(node))
    app = Litestar(
        on_startup=[one.start for one in by_itself],
        on_shutdown=[one.stop for one in by_itself],
        route_handlers=[static, api.router, *own_handlers, *module_handlers],
        dependencies={"visit": Provide(visit, sync_to_thread=False)},
        state=State(
            {
                "node": node,
                "watchers": watchers,
                "at_home": at_home,
                "pseudo": pseudo,
                "keeps": keeps,
                "watch": Watch(node.clock),
                "names": names,
                "nearby": nearby,
                "secure": secure,
                "daily": daily,
            }
        ),
        csrf_config=guard(node),
        compression_config=CompressionConfig(
            "gzip",
            gzip_compress_level=1,
            minimum_size=500,
            exclude=["/events$", "^/static/", "^/sync/", "/stick/file$"],
        ),
        exception_handlers=problems(),
        request_max_body_size=MAX_BODY,
        openapi_config=OpenAPIConfig(
            "Cercle", __version__, openapi_router=schema_pages, render_plugins=[JsonRenderPlugin()]
        ),
        include_in_schema=False,
        logging_config=None,
    )
    app.asgi_handler = Gate(app.asgi_handler, names, lambda cookie: node.token(cookie, "session") is not None)
    return app


def guard(node: Node) -> CSRFConfig:
    """Against forged forms; not for programs, which bring a secret of their own: a token, a signature, a link."""
    return CSRFConfig(
        secret=node.setting("csrf", lambda: os.urandom(32)).hex(),
        cookie_name="csrf",
        cookie_httponly=True,
        cookie_samesite="strict",
        exclude="^/(api|sync|mail/stop)/",
    )


def problems() -> dict[int | type[Exception], Any]:
    """What is answered where something went wrong."""
    return {
        door.Closed: door.closed,
        door.WhoIsThere: door.who_is_there,
        SomebodyElse: door.somebody_else,
        OwnDeviceOnly: own_device_only,
        ToDecide: to_decide,
        Refused: refused,
        UpdateNeeded: update_needed,
        PermissionDeniedException: forged,
        HTTPException: missing,
        DBAPIError: not_written,
        Exception: failed,
    }


def nowhere(connection: Any, handler: Any) -> None:
    """What Litestar would serve beside `/api/openapi.json`: to everybody, and with scripts from elsewhere."""
    raise NotFoundException


def visit(request: Request[Any, Any, Any], state: State) -> Visit:
    """The visit of this request. Raises `door.Closed` where it is about a circle that the person is not in."""
    made = Visit(request, state["node"])
    wanted = request.path_params.get("circle")
    if wanted is not None:
        door.enter(made, wanted)
    return made


def refused(request: Request[Any, Any, Any], refusal: Refused) -> Response[Any]:
    """Where a view did not catch it: the reason as a page of its own, and nothing was done."""
    here = visit_or_stranger(request)
    return problem(here, here.reason(refusal), here.gettext("Nothing was changed."), 409, is_reason=True)


def to_decide(request: Request[Any, Any, Any], error: ToDecide) -> Response[Any]:
    """Nothing was done: it can be proposed."""
    return asked(visit_or_stranger(request), error)


def own_device_only(request: Request[Any, Any, Any], error: OwnDeviceOnly) -> Response[Any]:
    here = visit_or_stranger(request)
    sentence = here.gettext("This is a tablet that all share. On your own phone or computer, it works.")
    return problem(here, here.gettext("Not on the tablet"), sentence, 403, is_reason=True)


def forged(request: Request[Any, Any, Any], error: PermissionDeniedException) -> Response[Any]:
    here = visit_or_stranger(request)
    title = here.gettext("This page had been open too long")
    return problem(here, title, here.gettext("Go back, load it again, and send it once more."), 403)


def update_needed(request: Request[Any, Any, Any], error: UpdateNeeded) -> Response[Any]:
    here = Visit(request, request.app.state["node"])
    sentence = here.gettext("The circle uses something newer than this program: %(what)s.", what=str(error))
    return problem(here, here.gettext("Update needed"), sentence, 409, is_reason=True)


def missing(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """A stranger learns nothing: for them every address is the door."""
    here = visit_or_stranger(request)
    if here.person is None:
        return door.closed(request, door.Closed())
    status = error.status_code
    if status == 413:
        return problem(here, here.gettext("This is too large"), here.gettext("Nothing was changed."), status, True)
    return problem(here, here.gettext("Not found"), here.gettext("Nothing stands at this address."), status)


def not_written(request: Request[Any, Any, Any], error: DBAPIError) -> Response[Any]:
    """The disk is full, or may not be written, or another program holds the database for too long."""
    logger.error("The database refused: %s", error.orig)
    here = Visit(request, request.app.state["node"])
    sentence = here.gettext("Its disk is full or may not be written. Nothing was changed, and nothing is lost.")
    return problem(here, here.gettext("This machine cannot write"), sentence, 507, is_reason=True)


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    logger.error("A page failed: %s %s", request.method, request.url.path, exc_info=error)
    here = Visit(request, request.app.state["node"])
    sentence = here.gettext("That is a fault of the program. Nothing was changed.")
    return problem(here, here.gettext("Something went wrong here"), sentence, 500, is_reason=True)


def problem(here: Visit, title: str, sentence: str, status: int, is_reason: bool = False) -> Response[Any]:
    """What could not be done. `is_reason`: sending it again would change nothing."""
    return here.render("problem.html", title, status=status, sentence=sentence, is_reason=is_reason)


def visit_or_stranger(request: Request[Any, Any, Any]) -> Visit:
    made = Visit(request, request.app.state["node"])
    wanted = request.path_params.get("circle")
    if wanted is not None:
        try:
            door.enter(made, wanted)
        except (door.Closed, door.WhoIsThere, UpdateNeeded):
            made.person, made.live, made.member = None, None, ""
    return made
