"""The way in: the closed door, one-time tokens, invitations, and the sessions that they open."""

import base64
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from cercle import beginnings
from cercle.core.event import Refused
from cercle.modules.people.read import invitations
from cercle.page.visit import SESSION, Form, Visit

SESSION_LASTS = 400 * 86_400_000
NAME_LIMIT = 60


class Closed(Exception):
    """Nobody who may see this: the door is all that is shown."""


def enter(visit: Visit, circle: str) -> None:
    """Puts the visit into a circle in which its person is. Raises `Closed`, as much as if there were none."""
    if visit.person is None:
        raise Closed
    for no, member in visit.node.circles_of(visit.person).items():
        live = visit.node.live(no)
        if live.id.hex()[:20] == circle:
            if visit.token.circle not in (None, no):
                break
            if live.circle.roots.members[member].gone:
                raise Closed
            visit.live, visit.member = live, member
            return
    raise Closed


def closed(request: Request[Any, Any, Any], error: Closed) -> Response[str]:
    visit = Visit(request, request.app.state["node"])
    return door_page(visit, Form(), 401)


def door_page(visit: Visit, form: Form, status: int) -> Response[str]:
    known = bool(visit.node.numbers())
    return visit.render(
        "door.html", visit.gettext("This door is closed"), status=status, form=form, known=known
    )


def open_session(visit: Visit, person: int, answer: Response[Any]) -> Response[Any]:
    """Signs this browser in as that person."""
    agent = visit.request.headers.get("user-agent", "")[:200]
    session = visit.node.make_token("session", person, lasts=SESSION_LASTS, label=agent)
    visit.session = session
    secure = visit.request.url.scheme == "https"
    answer.set_cookie(
        SESSION, session, max_age=SESSION_LASTS // 1000, httponly=True, samesite="lax", secure=secure
    )
    return answer


@get("/in/{code:str}")
async def come_in(visit: Visit, code: str) -> Response[Any]:
    """A link from the terminal or from another device, which opens once."""
    return by_code(visit, code)


@post("/door")
async def knock(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    code = filled.get("code", "").strip().rstrip("/").rpartition("/")[2]
    return by_code(visit, code)


def by_code(visit: Visit, code: str) -> Response[Any]:
    token = visit.node.token(code, "door", "signin")
    if token is None:
        if split_invitation(code):
            return Redirect(f"/join/{code}", status_code=303)
        form = Form(
            {"code": code},
            {"code": visit.gettext("This code opens nothing: it was used, or it has run out.")},
        )
        return door_page(visit, form, 401)
    visit.node.end_token(code)
    person = token.person
    if person is None:
        person = visit.node.owner()
    return open_session(visit, person, Redirect("/", status_code=303))


# --- invitations -------------------------------------------------------------------------------------------------


def invitation_code(invitation: str, seed: bytes) -> str:
    """What the link of an invitation carries: its id and its private seed."""
    return invitation + base64.urlsafe_b64encode(seed).decode().rstrip("=")


def split_invitation(code: str) -> tuple[str, bytes] | None:
    """(invitation, private seed) of a link's code, or None."""
    invitation, text = code[:20], code[20:]
    try:
        seed = base64.urlsafe_b64decode(text + "=")
        bytes.fromhex(invitation)
    except ValueError:
        return None
    return (invitation, seed) if len(seed) == 32 and len(invitation) == 20 else None


@get("/join/{code:str}")
async def invited(visit: Visit, code: str) -> Response[Any]:
    return join_page(visit, code, Form())


@post("/join/{code:str}")
async def joined(visit: Visit, code: str) -> Response[Any]:
    invitation, seed = open_invitation(visit, code)
    filled = await visit.form()
    name = filled.get("name", "").strip()
    colour = filled.get("colour", "")
    if not name or len(name) > NAME_LIMIT:
        return join_page(
            visit, code, Form(dict(filled), {"name": visit.gettext("A name has 1 to 60 letters.")}), 422
        )
    person = visit.person if visit.person is not None else visit.node.new_person(visit.language)
    shade = int(colour) if colour.isdigit() and int(colour) < beginnings.COLOURS else None
    try:
        beginnings.join(visit.node, visit.here, person, invitation, seed, name, shade)
    except Refused as refusal:
        return join_page(visit, code, Form(dict(filled), {"": visit.reason(refusal)}), 409)
    answer = Redirect(f"{visit.home}/list", status_code=303)
    return answer if visit.person is not None else open_session(visit, person, answer)


def open_invitation(visit: Visit, code: str) -> tuple[str, bytes]:
    """Puts the visit into the circle that the link invites to. Raises `Closed` for any other text."""
    parts = split_invitation(code)
    if parts is None:
        raise Closed
    kept = visit.node.invitation_seed(parts[0])
    if kept is None or kept[1] != parts[1]:
        raise Closed
    visit.live = visit.node.live(kept[0])
    return parts


def join_page(visit: Visit, code: str, form: Form, status: int = 200) -> Response[Any]:
    invitation, _ = open_invitation(visit, code)
    if visit.person is not None:
        mine = visit.node.circles_of(visit.person).get(visit.here.no)
        if mine is not None and not visit.circle.roots.members[mine].gone:
            return Redirect(f"{visit.home}/list", status_code=303)
    found = invitations(visit.circle).get(invitation)
    if found is None:
        raise Closed
    by = visit.person_of(found.by)
    title = visit.gettext("Join %(circle)s", circle=visit.name(visit.circle.roots.name))
    shown = {
        "circle": visit.name(visit.circle.roots.name),
        "by": by,
        "dots": [one["colour"] for one in visit.everybody()],
        "role": None,
        "taken": [one["colour"] for one in visit.everybody()],
        "signin": None,
        "href": f"/join/{code}",
    }
    return visit.render("join.html", title, status=status, form=form, invitation=shown)


handlers = [come_in, knock, invited, joined]
