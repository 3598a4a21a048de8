"""The Litestar application: routes from every module, one visit a request, and what a browser is told to refuse."""

import os
from importlib import import_module
from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.di import Provide
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.openapi import OpenAPIConfig
from litestar.static_files import create_static_files_router

from cercle import __version__
from cercle.core.event import Refused
from cercle.core.fold import UpdateNeeded
from cercle.modules import load
from cercle.page.templates import WEB
from cercle.page.visit import Visit
from cercle.store.node import Node
from cercle.web import api, door, events, front
from cercle.web.gate import Gate

A_YEAR = 365 * 86_400
MAX_BODY = 16 * 1024 * 1024


def application(node: Node, hosts: frozenset[str] = frozenset()) -> Litestar:
    """The node's web. `hosts` are further names under which it may be addressed."""
    secret = node.setting("csrf", lambda: os.urandom(32)).hex()
    module_handlers = [
        handler for module in load() if module.web for handler in import_module(module.web).handlers
    ]
    static = create_static_files_router(
        "/static",
        [WEB / "static"],
        cache_control=CacheControlHeader(max_age=A_YEAR, public=True, immutable=True),
    )
    return Litestar(
        route_handlers=[static, api.router, *door.handlers, *front.handlers, *events.handlers, *module_handlers],
        dependencies={"visit": Provide(visit, sync_to_thread=False)},
        state=State({"node": node, "watchers": events.Watchers(node)}),
        csrf_config=CSRFConfig(
            secret=secret,
            cookie_name="csrf",
            cookie_httponly=True,
            cookie_samesite="strict",
            exclude="^/api/",
        ),
        compression_config=CompressionConfig(
            "gzip", gzip_compress_level=5, minimum_size=500, exclude="/events$"
        ),
        middleware=[Gate(hosts)],
        exception_handlers={
            door.Closed: door.closed,
            Refused: refused,
            UpdateNeeded: update_needed,
            PermissionDeniedException: forged,
            HTTPException: missing,
        },
        request_max_body_size=MAX_BODY,
        openapi_config=OpenAPIConfig("Cercle", __version__, path="/api/schema", render_plugins=()),
        include_in_schema=False,
        logging_config=None,
    )


def visit(request: Request[Any, Any, Any], state: State) -> Visit:
    """The visit of this request. Raises `door.Closed` where it is about a circle that the person is not in."""
    made = Visit(request, state["node"])
    wanted = request.path_params.get("circle")
    if wanted is not None:
        door.enter(made, wanted)
    return made


def refused(request: Request[Any, Any, Any], refusal: Refused) -> Response[str]:
    """Where a view did not catch it: the reason as a page of its own, and nothing was done."""
    here = visit_or_stranger(request)
    return here.render(
        "problem.html", here.reason(refusal), status=409, sentence=here.gettext("Nothing was changed.")
    )


def forged(request: Request[Any, Any, Any], error: PermissionDeniedException) -> Response[str]:
    here = visit_or_stranger(request)
    title = here.gettext("This page had been open too long")
    return here.render(
        "problem.html",
        title,
        status=403,
        sentence=here.gettext("Go back, load it again, and send it once more."),
    )


def update_needed(request: Request[Any, Any, Any], error: UpdateNeeded) -> Response[str]:
    here = visit_or_stranger(request)
    sentence = here.gettext("The circle uses something newer than this program: %(what)s.", what=str(error))
    return here.render("problem.html", here.gettext("Update needed"), status=409, sentence=sentence)


def missing(request: Request[Any, Any, Any], error: HTTPException) -> Response[str]:
    """A stranger learns nothing: for them every address is the door."""
    here = visit_or_stranger(request)
    if here.person is None:
        return door.closed(request, door.Closed())
    sentence = here.gettext("Nothing stands at this address.") if error.status_code == 404 else error.detail
    return here.render("problem.html", here.gettext("Not found"), status=error.status_code, sentence=sentence)


def visit_or_stranger(request: Request[Any, Any, Any]) -> Visit:
    made = Visit(request, request.app.state["node"])
    wanted = request.path_params.get("circle")
    if wanted is not None:
        try:
            door.enter(made, wanted)
        except door.Closed:
            made.person = None
    return made
