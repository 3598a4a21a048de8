"""The way in: the closed door, one-time tokens, invitations, and the sessions that they open."""

import base64
import hmac
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.response import Redirect
from litestar.utils.scope.state import ScopeState

from cercle import beginnings
from cercle.core.event import Refused
from cercle.modules.people.read import invitations
from cercle.modules.people.rules import Invitation
from cercle.modules.people.web_words import taken
from cercle.page import tablet
from cercle.page.clock import TAPPED_ON
from cercle.page.links import invitation_code
from cercle.page.visit import SESSION, Form, SomebodyElse, Visit, chosen_act, name_in
from cercle.store.codes import Slip, is_like_one, read_code
from cercle.store.database import transaction
from cercle.store.live import Live

SESSION_LASTS = 400 * 86_400_000
SHOWN_TO_ALL = ("/list", "/events", "/tablet")  # what the shared tablet shows without asking who is there


class Closed(Exception):
    """Nobody who may see this: the door is all that is shown."""


class Over(Closed):
    """A true invitation that admits nobody any more. `by` is the name of who gave it, "" where they have gone."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class WhoIsThere(Exception):
    """The shared tablet asks before it goes on. `home` is the address of its circle."""

    def __init__(self, home: str) -> None:
        super().__init__(home)
        self.home = home


def enter(visit: Visit, circle: str) -> None:
    """Puts the visit into a circle in which its person is. Raises `Closed`, as much as if there were none, and
    `WhoIsThere`."""
    if visit.is_tablet:
        enter_at_tablet(visit, circle)
        return
    if visit.person is None:
        raise Closed
    ids = visit.node.numbers()
    for no, member in visit.node.circles_of(visit.person).items():
        if short_id(ids[no]) == circle:
            put_into(visit, visit.node.live(no), member)
            return
    raise Closed


def short_id(identifier: bytes) -> str:
    return identifier.hex()[:20]


def put_into(visit: Visit, live: Live, member: str) -> None:
    if live.circle.roots.members[member].gone:
        raise Closed
    visit.live, visit.member = live, member


def enter_at_tablet(visit: Visit, circle: str) -> None:
    """The tablet belongs to one circle, and to whoever sits there; nobody there sees the list and no more."""
    live = visit.node.live(visit.token.circle)
    if short_id(live.id) != circle:
        raise Closed
    visit.live = live
    person = visit.sitting()
    member = visit.node.circles_of(person).get(live.no) if person is not None else None
    if member is not None and not live.circle.roots.members[member].gone:
        visit.person, visit.member = person, member
        return
    path = visit.request.url.path.removeprefix(visit.home)
    at_tablet = path.startswith("/tablet/") and path.count("/") == 2
    if not at_tablet and (path not in SHOWN_TO_ALL or visit.request.method != "GET"):
        raise WhoIsThere(visit.home)
    if path == "/list" and visit.request.headers.get("x-cercle") != "live":
        tablet.forget(visit.session)  # they went back to the list, and did not say who they are


def who_is_there(request: Request[Any, Any, Any], error: WhoIsThere) -> Response[Any]:
    if TAPPED_ON in request.headers:
        return Response("", status_code=401)  # it waits on the device until somebody says who they are
    back = request.url.path if request.method == "GET" else f"{error.home}/list"
    if request.method == "POST":
        keep_turned_away(request, error.home)
    return Redirect(f"{error.home}/tablet?back={quote(back)}", status_code=303)


def keep_turned_away(request: Request[Any, Any, Any], home: str) -> None:
    """Keeps a form that was sent with nobody there: one of the list, which all see, or one that a member had opened.
    Its guard against forged forms has been looked at; without an act of its own it could count twice, and is not kept.
    """
    session, url = request.cookies[SESSION], request.url
    tablet.forget(session)
    sent = ScopeState.from_scope(request.scope).form
    if not isinstance(sent, dict):
        return
    fields: list[tuple[str, str]] = []
    for name, value in sent.items():
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, str):
                return  # a file
            fields.append((name, one))
    named = dict(fields)
    is_of_list = url.path == f"{home}/list" or url.path.startswith(f"{home}/list/")
    if chosen_act(named.get("act", "")) and (named.get("me") or is_of_list):
        address = f"{url.path}?{url.query}" if url.query else url.path
        kept = [(name, value) for name, value in fields if name not in ("_csrf_token", "me")]
        tablet.turn_away(session, address, kept, named.get("me", ""))


def somebody_else(request: Request[Any, Any, Any], error: SomebodyElse) -> Response[Any]:
    if "x-cercle" in request.headers:
        return Response("", status_code=401)  # it waits on the device for whoever did it
    return Redirect("/", status_code=303)


def closed(request: Request[Any, Any, Any], error: Closed) -> Response[Any]:
    visit = Visit(request, request.app.state["node"])
    if visit.is_tablet and request.url.path != "/":
        return Redirect("/", status_code=303)
    if isinstance(error, Over):
        title = visit.gettext("This invitation was used, or it has run out")
        asks = visit.gettext("Ask somebody of the circle for a new one.")
        if error.by:
            asks = visit.gettext("Ask %(name)s for a new one.", name=error.by)
        return door_page(visit, Form(), 401, title, asks)
    return door_page(visit, Form(), 401)


def door_page(visit: Visit, form: Form, status: int, title: str = "", asks: str = "") -> Response[str]:
    known = bool(visit.node.numbers())
    closed = visit.gettext("This door is closed") if visit.person is None else visit.gettext("Another way in")
    return visit.render("door.html", title or closed, status=status, form=form, known=known, asks=asks)


def open_session(visit: Visit, person: int, answer: Response[Any]) -> Response[Any]:
    """Signs this browser in as that person; what it was signed in as before has ended."""
    agent = visit.request.headers.get("user-agent", "")[:200]
    return keep_session(visit, visit.node.make_token("session", person, lasts=SESSION_LASTS, label=agent), answer)


def keep_session(visit: Visit, session: str, answer: Response[Any]) -> Response[Any]:
    """Gives the browser this session in place of the one that it had."""
    if visit.token is not None:
        visit.node.end_token(visit.session)
    visit.session = session
    answer.set_cookie(
        SESSION,
        session,
        max_age=SESSION_LASTS // 1000,
        httponly=True,
        samesite="lax",
        secure=visit.request.url.scheme == "https",
    )
    return answer


@get("/door")
async def door(visit: Visit) -> Response[Any]:
    return door_page(visit, Form(), 200)


@get("/in/{code:str}")
async def come_in(visit: Visit, code: str) -> Response[Any]:
    """A link from the terminal or from another device, which opens once."""
    return by_code(visit, code)


@post("/door")
async def knock(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    typed = filled.get("code", "").strip()
    if is_like_one(typed):
        return by_typed_code(visit, typed)
    code = typed.rstrip("/").rpartition("/")[2]
    parts = split_invitation(code)
    if parts and visit.node.invitation_seed(parts[0]) is None and visit.person is not None and not visit.is_tablet:
        return Redirect(f"/arrive?code={quote(typed)}", status_code=303)
    return by_code(visit, code)


def by_typed_code(visit: Visit, typed: str) -> Response[Any]:
    """The code of an invitation: one that was made here, or, for who has a way in here, on another machine."""
    try:
        invitation = visit.node.invitation_of(read_code(typed))
    except Slip:
        wrong = visit.gettext("There is a slip in this code: compare it sign by sign.")
        return door_page(visit, Form({"code": typed}, {"code": wrong}), 422)
    kept = visit.node.invitation_seed(invitation) if invitation is not None else None
    if invitation is not None and kept is not None:
        return Redirect(f"/join/{invitation_code(invitation, kept[1])}", status_code=303)
    if visit.person is not None and not visit.is_tablet:
        return Redirect(f"/arrive?code={quote(typed)}", status_code=303)
    return by_code(visit, typed)


def by_code(visit: Visit, code: str) -> Response[Any]:
    token = visit.node.token(code, "door", "signin")
    if token is None:
        if split_invitation(code):
            return Redirect(f"/join/{code}", status_code=303)
        form = Form({"code": code}, {"code": visit.gettext("This code opens nothing: it was used, or it has run out.")})
        return door_page(visit, form, 401)
    visit.node.end_token(code)
    person = token.person if token.person is not None else visit.node.owner()
    ids = visit.node.numbers()
    where = f"/c/{short_id(ids[token.circle])}/list" if token.circle in ids else "/"
    return open_session(visit, person, Redirect(where, status_code=303))


# --- invitations -------------------------------------------------------------------------------------------------


def split_invitation(code: str) -> tuple[str, bytes] | None:
    """(invitation, private seed) of a link's code, or None."""
    invitation, text = code[:20], code[20:]
    try:
        seed = base64.urlsafe_b64decode(text + "=")
        bytes.fromhex(invitation)
    except ValueError:
        return None
    return (invitation, seed) if invitation_code(invitation, seed) == code and len(seed) == 32 else None


@get("/join/{code:str}")
async def invited(visit: Visit, code: str) -> Response[Any]:
    _, _, found = open_invitation(visit, code)
    return in_already(visit) or join_page(visit, code, found, Form())


@post("/join/{code:str}")
async def joined(visit: Visit, code: str) -> Response[Any]:
    invitation, seed, found = open_invitation(visit, code)
    if answer := in_already(visit):
        return answer
    filled = await visit.form()
    name = name_in(filled.get("name", ""))
    wrong = taken(visit, name) if name else {"name": visit.gettext("A name has 1 to 60 letters.")}
    if wrong and not found.member:
        return join_page(visit, code, found, Form(dict(filled), wrong), 422)
    colour = filled.get("colour", "")
    shade = int(colour) if colour in map(str, range(beginnings.COLOURS)) else None
    try:
        with transaction(visit.node.connection):
            person = visit.person if visit.person is not None else visit.node.new_person(visit.language)
            beginnings.join(visit.node, visit.here, person, invitation, seed, "" if found.member else name, shade)
    except Refused as refusal:
        return join_page(visit, code, found, Form(dict(filled), {"": visit.reason(refusal)}), 409)
    answer = Redirect(f"{visit.home}/list", status_code=303)
    return answer if visit.person is not None else open_session(visit, person, answer)


def in_already(visit: Visit) -> Redirect | None:
    """On to the list, where this person is in the circle."""
    mine = visit.node.circles_of(visit.person).get(visit.here.no) if visit.person is not None else None
    is_in = mine is not None and not visit.circle.roots.members[mine].gone
    return Redirect(f"{visit.home}/list", status_code=303) if is_in else None


def open_invitation(visit: Visit, code: str) -> tuple[str, bytes, Invitation]:
    """Puts the visit into the circle that the link invites to. Raises `Closed` for any other text, and `Over`."""
    parts = split_invitation(code)
    kept = visit.node.invitation_seed(parts[0]) if parts else None
    if parts is None or kept is None or not hmac.compare_digest(kept[1], parts[1]):
        raise Closed
    visit.live = visit.node.live(kept[0])
    found = visit.circle.people.invitations.get(parts[0])
    if found is None:
        raise Closed
    if parts[0] not in invitations(visit.circle) and in_already(visit) is None:
        gone = visit.circle.roots.members[found.by].gone
        raise Over("" if gone else visit.person_of(found.by)["name"])
    return parts[0], parts[1], found


def join_page(visit: Visit, code: str, found: Invitation, form: Form, status: int = 200) -> Response[Any]:
    circle = visit.name(visit.circle.roots.name)
    roles = {
        "adult": None,
        "child": visit.gettext("You come in as a child of the circle."),
        "guest": visit.gettext("You come in as a guest."),
    }
    shown = {
        "circle": circle,
        "by": visit.person_of(found.by),
        "dots": [one["colour"] for one in visit.everybody()],
        "role": roles[found.kind],
        "member": visit.person_of(found.member) if found.member else None,
        "taken": {one["colour"]: one["initial"] for one in visit.everybody()},
        "free": beginnings.next_colour(visit.circle),
        "signin": "/door",
        "href": f"/join/{code}",
    }
    title = visit.gettext("Join %(circle)s", circle=circle)
    return visit.render("join.html", title, status=status, form=form, invitation=shown)


handlers = [door, come_in, knock, invited, joined]
