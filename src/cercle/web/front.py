"""The first pages: start a circle, all my circles, language and light."""

from collections import OrderedDict
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from cercle import beginnings
from cercle.modules.circle.read import parts
from cercle.modules.people.rules import profile
from cercle.page.currencies import EURO, codes, currencies, suggested
from cercle.page.languages import LANGUAGES
from cercle.page.visit import CIRCLE_NAME_LIMIT, LANGUAGE, THEME, THEMES, Form, Visit, chosen_act, local, name_in, shown
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.web.door import Closed

STARTS_KEPT = 100
A_YEAR = 365 * 86_400
NAMES = {"fr": "Français", "en": "English"}

_begun: OrderedDict[bytes, tuple[Node, int]] = OrderedDict()


@get("/")
async def home(visit: Visit) -> Response[Any]:
    """Where one is led: to the only circle, to all of them, or to the start of the first."""
    if visit.is_tablet:
        live = visit.node.live(visit.token.circle)
        seen_by_all = f"/c/{live.circle.roots.begun}/list"
        return Redirect(first_page(live) if visit.sitting() is not None else seen_by_all, status_code=303)
    if visit.person is None:
        raise Closed
    mine = lives(visit)
    if not mine:
        return Redirect("/start", status_code=303)
    if len(mine) > 1:
        return Redirect("/circles", status_code=303)
    return Redirect(first_page(mine[0]), status_code=303)


def lives(visit: Visit) -> list[Any]:
    """The circles in which this visit's person is now."""
    found = []
    for no, member in visit.node.circles_of(visit.person or 0).items():
        live = visit.node.live(no)
        if not live.circle.roots.members[member].gone:
            found.append(live)
    return found


def first_page(live: Any) -> str:
    path = next((part.path for part, on in parts(live.circle) if on and part.code in ("today", "list")), "log")
    return f"/c/{live.circle.roots.begun}/{path}"


@get("/circles")
async def circles(visit: Visit, here: str = "") -> Response[Any]:
    if visit.person is None:
        raise Closed
    found = []
    for live in lives(visit):
        roots = live.circle.roots
        people = [name for name, member in roots.members.items() if not member.gone]
        menu = [visit.gettext(part.label) for part, on in parts(live.circle) if on and part.label]
        found.append(
            {
                "name": shown(live.name(roots.name)) or visit.gettext("A circle"),
                "href": first_page(live),
                "dots": [profile(live.circle, name).colour for name in people],
                "line": "\u00a0· ".join(menu),
                "current": roots.begun == here,
            }
        )
    return visit.render("circles.html", visit.gettext("My circles"), "circles", circles=found)


@get("/start")
async def start(visit: Visit) -> Response[Any]:
    if visit.person is None:
        raise Closed
    return start_page(visit, Form())


def start_page(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    languages = [{"value": code, "label": NAMES[code]} for code in LANGUAGES]
    return visit.render(
        "start.html",
        visit.gettext("A new circle"),
        status=status,
        form=form,
        languages=languages,
        currencies=currencies(visit.language),
        currency=suggested(visit.request.headers.get("accept-language", "")),
    )


@post("/start")
async def started(visit: Visit) -> Response[Any]:
    if visit.person is None:
        raise Closed
    filled = await visit.form()
    name, founder = name_in(filled.get("circle", ""), CIRCLE_NAME_LIMIT), name_in(filled.get("name", ""))
    errors = {}
    if not name:
        errors["circle"] = visit.gettext("A circle’s name has 1 to 80 letters.")
    if not founder:
        errors["name"] = visit.gettext("A name has 1 to 60 letters.")
    if errors:
        return start_page(visit, Form(dict(filled), errors), 422)
    answer = Redirect(first_page(begun(visit, name, founder, filled)), status_code=303)
    if filled.get("language") in LANGUAGES:
        answer.set_cookie(LANGUAGE, filled["language"], max_age=A_YEAR, samesite="lax")
    return answer


def begun(visit: Visit, name: str, founder: str, filled: dict[str, str]) -> Live:
    """The circle that this tap starts, or has started already."""
    act = chosen_act(filled.get("act", "")) or b""
    before = _begun.get(act)
    if before is not None and before[0] is visit.node:
        return visit.node.live(before[1])
    colour = filled.get("colour", "")
    shade = int(colour) if colour in map(str, range(beginnings.COLOURS)) else 0
    unit = filled.get("unit", "")
    unit = unit if unit in codes() else EURO
    live, _ = beginnings.start(visit.node, visit.person or 0, name, founder, unit=unit, colour=shade)
    if act:
        _begun[act] = (visit.node, live.no)
        while len(_begun) > STARTS_KEPT:
            _begun.popitem(last=False)
    return live


@post("/look")
async def look(visit: Visit) -> Response[Any]:
    """Language and light, for this browser; back to where one was, on this node."""
    filled = await visit.form()
    answer = Redirect(local(filled.get("back", "/")), status_code=303)
    if filled.get("language") in LANGUAGES:
        answer.set_cookie(LANGUAGE, filled["language"], max_age=A_YEAR, samesite="lax")
        if visit.person is not None:
            visit.node.describe_person(visit.person, language=filled["language"])
    if filled.get("theme") in THEMES:
        answer.set_cookie(THEME, filled["theme"], max_age=A_YEAR, samesite="lax")
    return answer


handlers = [home, circles, start, started, look]
