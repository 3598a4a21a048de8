"""The HTTP API: everything that a page can do, with a token. Its schema is made from the structs of the events."""

from typing import Annotated, Any, Union

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotAuthorizedException, NotFoundException, ValidationException
from litestar.params import Parameter

from cercle.core.event import Event, Refused
from cercle.core.fold import UpdateNeeded
from cercle.core.fold import Why as FoldWhy
from cercle.imports.report import _
from cercle.modules import load
from cercle.page.languages import choose, translations
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.telling import tell, told_circle

MOST_ENTRIES = 500
FORBIDDEN = FoldWhy.NOT_ALLOWED

Act = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$", description="chosen where the tap happened: 16 bytes, hex")]


class Done(msgspec.Struct):
    """`entry` is the id of the entry that was appended; the first 20 digits name what it brought."""

    entry: str


class Caller(msgspec.Struct):
    """Who asks: the person of a token, and a circle in which they are."""

    node: Node
    live: Live
    member: str


def request_type(event: Event) -> type[msgspec.Struct]:
    """What is posted to act: the event's own fields, its name in `event`, and an `act` of the caller's choice."""
    fields: list[Any] = [("act", Act | None, None)]
    hints = msgspec.structs.fields(event.type)
    for field in hints:
        if field.default is not msgspec.NODEFAULT:
            fields.append((field.encode_name, field.type, field.default))
        elif field.default_factory is not msgspec.NODEFAULT:
            fields.append((field.encode_name, field.type, msgspec.field(default_factory=field.default_factory)))
        else:
            fields.append((field.encode_name, field.type))
    made = msgspec.defstruct(
        f"{event.module.title()}{event.type.__name__}",
        fields,
        tag=event.name,
        tag_field="event",
        kw_only=True,
        frozen=True,
        forbid_unknown_fields=True,
    )
    made.__doc__ = event.about
    return made


EVENTS = {event.name: event for event in load().events.values() if event.may and event.name != "circle.sealed"}
REQUESTS = tuple(request_type(event) for event in EVENTS.values())
Posted: Any = Union[REQUESTS]  # noqa: UP007  (made of a tuple)


def caller(request: Request[Any, Any, Any], state: State) -> Caller:
    node: Node = state["node"]
    token = bearer(request, node)
    wanted = request.path_params.get("circle", "")
    for no, member in node.circles_of(token.person).items():
        live = node.live(no)
        fits = len(wanted) >= 8 and live.id.hex().startswith(wanted)
        if fits and token.circle in (None, no) and not live.circle.roots.members[member].gone:
            return Caller(node, live, member)
    raise NotFoundException(_("There is no such circle here."))


def bearer(request: Request[Any, Any, Any], node: Node) -> Any:
    scheme, _space, secret = request.headers.get("authorization", "").partition(" ")
    token = node.token(secret.strip(), "api") if scheme.lower() == "bearer" else None
    if token is None or token.person is None:
        raise NotAuthorizedException(_("A token is needed: cercle token NAME makes one."))
    return token


@get("/circles")
async def circles(request: Request[Any, Any, Any], state: State) -> list[dict[str, Any]]:
    """The circles that this token may see."""
    node: Node = state["node"]
    token = bearer(request, node)
    mine = node.circles_of(token.person).items()
    return [
        {
            "circle": node.live(no).id.hex(),
            "name": node.live(no).name(node.live(no).circle.roots.name),
            "member": member,
        }
        for no, member in mine
        if token.circle in (None, no)
    ]


@post("/circles/{circle:str}/acts")
async def act(data: Posted, who: Caller) -> Done:
    """Does something, as the token's person. Refused with 409 and the rule's reason; nothing is appended then."""
    name = type(data).__struct_config__.tag
    fields = {field: getattr(data, field) for field in data.__struct_fields__ if field != "act"}
    chosen: str | None = data.act
    done = who.node.act(
        who.live, who.member, EVENTS[str(name)].type(**fields), act=bytes.fromhex(chosen) if chosen else None
    )
    return Done(done[0].id.hex())


@get(["/circles/{circle:str}/state", "/circles/{circle:str}/state/{module:str}"])
async def state_of(who: Caller, module: str | None = None) -> dict[str, Any]:
    """The circle's state, of one module or of all that it uses, with names in place of ids where there are any."""
    try:
        return told_circle(who.live, module)
    except KeyError as error:
        raise NotFoundException(_("The circle does not use such a module.")) from error


@get("/circles/{circle:str}/log")
async def log(
    who: Caller,
    after: Annotated[int, Parameter(ge=0, le=2**53, description="entries that arrived after this number")] = 0,
    limit: Annotated[int, Parameter(ge=1, le=MOST_ENTRIES)] = 100,
) -> list[dict[str, Any]]:
    """Entries in the order in which they arrived here; `no` of the last one asks for the next."""
    return tell(who.live, after=after, limit=limit)


@get("/openapi.json")
async def schema(request: Request[Any, Any, Any], state: State) -> dict[str, Any]:
    """This description."""
    bearer(request, state["node"])
    return request.app.openapi_schema.to_schema()


# --- problems ----------------------------------------------------------------------------------------------------


def problem(request: Request[Any, Any, Any], status: int, code: str, sentence: str) -> Response[dict[str, Any]]:
    """RFC 9457."""
    language = choose("", request.headers.get("accept-language", ""))
    detail = translations(language).gettext(sentence) if sentence else ""
    return Response(
        {"type": f"about:blank#{code}", "title": code, "status": status, "detail": detail},
        status_code=status,
        media_type="application/problem+json",
    )


def refused(request: Request[Any, Any, Any], refusal: Refused) -> Response[Any]:
    status = 403 if refusal.reason is FORBIDDEN else 409
    return problem(request, status, refusal.reason.code, refusal.reason.sentence)


def invalid(request: Request[Any, Any, Any], error: ValidationException) -> Response[Any]:
    extra = "; ".join(str(one.get("message", one)) if isinstance(one, dict) else str(one) for one in error.extra or ())
    return problem(request, 400, "api.invalid", extra or error.detail)


def failed(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    return problem(request, error.status_code, "api.failed", error.detail)


def update_needed(request: Request[Any, Any, Any], error: UpdateNeeded) -> Response[Any]:
    return problem(request, 409, "api.update_needed", _("The circle uses something newer than this program."))


router = Router(
    "/api",
    route_handlers=[circles, act, state_of, log, schema],
    dependencies={"who": Provide(caller, sync_to_thread=False)},
    exception_handlers={
        Refused: refused,
        UpdateNeeded: update_needed,
        ValidationException: invalid,
        HTTPException: failed,
    },
    include_in_schema=True,
)
