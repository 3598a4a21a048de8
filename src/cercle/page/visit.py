"""A visit: who asks, of which circle, in which language; how a page is rendered and how an act is done from it."""

import os
from collections import OrderedDict
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.response import Redirect
from litestar.utils.scope.state import ScopeState

from cercle.core.entry import Entry
from cercle.core.event import Refused
from cercle.core.fold import Circle, Why
from cercle.modules.circle.read import parts
from cercle.modules.people.rules import profile
from cercle.page.languages import choose, translations
from cercle.page.templates import environment
from cercle.store.live import Live
from cercle.store.node import Node

SESSION = "cercle"
LANGUAGE = "language"
THEME = "theme"
NOTICES_KEPT = 1000

_notices: OrderedDict[str, dict[str, str]] = OrderedDict()


class Form(msgspec.Struct):
    """What a person filled in, and what is wrong with it by field; "" is about the form as a whole."""

    filled: dict[str, Any] = {}
    errors: dict[str, str] = {}


class Visit:
    """One request. `live` and `member` are set where it is about a circle that the person is in."""

    def __init__(self, request: Request[Any, Any, Any], node: Node) -> None:
        self.request = request
        self.node = node
        self.session = request.cookies.get(SESSION, "")
        self.token = node.token(self.session, "session", "tablet") if self.session else None
        self.person: int | None = self.token.person if self.token else None
        accepted = request.headers.get("accept-language", "")
        self.language = choose(request.cookies.get(LANGUAGE, ""), accepted)
        self.theme = request.cookies.get(THEME, "auto")
        self.live: Live | None = None
        self.member = ""

    # --- who and where -------------------------------------------------------------------------------------------

    @property
    def circle(self) -> Circle:
        return self.here.circle

    @property
    def here(self) -> Live:
        if self.live is None:
            raise LookupError("this visit is about no circle")
        return self.live

    @property
    def home(self) -> str:
        """The address under which this circle's pages stand."""
        return f"/c/{self.circle.roots.begun}"

    def gettext(self, message: str, **values: Any) -> str:
        text = translations(self.language).gettext(message)
        return text % values if values else text

    def name(self, words: str, otherwise: str = "") -> str:
        """The name that an entry gave; the circle's way to say "somebody" or "something" where it was erased."""
        return self.here.name(words) or otherwise or self.gettext("something")

    def person_of(self, member: str) -> dict[str, Any]:
        """A member as the templates show them."""
        known = profile(self.circle, member)
        name = self.here.name(known.words) or self.gettext("somebody")
        today = self.today()
        away = any(one.since <= today <= one.until for one in known.away.values())
        return {
            "key": member,
            "name": name,
            "colour": known.colour,
            "initial": name[:1].upper(),
            "away": away,
        }

    def everybody(self) -> list[dict[str, Any]]:
        """The people who are in the circle now, in the order in which they came."""
        return [
            self.person_of(member) for member, known in self.circle.roots.members.items() if not known.gone
        ]

    def today(self) -> str:
        """The day by this machine's clock and zone, YYYY-MM-DD."""
        from datetime import date

        return date.today().isoformat()

    def may(self, event: type[msgspec.Struct]) -> bool:
        """Whether this person may do that here, so that a page offers nothing in vain."""
        return self.circle.may(self.member, event.__event__.name)  # type: ignore[attr-defined]

    # --- acting --------------------------------------------------------------------------------------------------

    def act(self, *events: msgspec.Struct, act: str = "") -> list[Entry]:
        """Does it, or raises `Refused`. A tap that arrives a second time is done already, and no refusal."""
        try:
            return self.node.act(self.here, self.member, *events, act=bytes.fromhex(act) if act else None)
        except Refused as refusal:
            if act and refusal.reason is Why.TWICE:
                return []
            raise

    def reason(self, refusal: Refused) -> str:
        return self.gettext(refusal.reason.sentence)

    # --- answering -----------------------------------------------------------------------------------------------

    def page(self, title: str, current: str = "") -> dict[str, Any]:
        """What base.html needs; `current` is the code of the page in the menu."""
        circle, me, menu = None, None, []
        if self.live is not None:
            roots = self.circle.roots
            dots = [profile(self.circle, name).colour for name, m in roots.members.items() if not m.gone]
            circle = {"id": roots.begun, "name": self.name(roots.name), "dots": dots}
            if self.member:
                me = self.person_of(self.member) | {"id": self.member}
                menu = [
                    {
                        "href": f"{self.home}/{part.path}",
                        "label": self.gettext(part.label),
                        "icon": part.icon,
                        "current": part.code == current,
                    }
                    for part, on in parts(self.circle)
                    if on and part.label
                ]
                menu.append(
                    {
                        "href": f"{self.home}/log",
                        "label": self.gettext("Log"),
                        "icon": "log",
                        "current": current == "log",
                    }
                )
        return {
            "title": title,
            "language": self.language,
            "theme": self.theme,
            "csrf": ScopeState.from_scope(self.request.scope).csrf_token or "",
            "act": os.urandom(16).hex(),
            "circle": circle,
            "me": me,
            "menu": menu,
            "notice": _notices.pop(self.session, None),
            "events": f"{self.home}/events" if self.member else None,
            "worker": False,
        }

    def render(
        self, template: str, title: str, current: str = "", status: int = 200, **values: Any
    ) -> Response[str]:
        """A page. `title` is translated already."""
        page = self.page(title, current)
        text = environment(self.language).get_template(template).render(page=page, **values)
        return Response(text, media_type=MediaType.HTML, status_code=status)

    def go(self, address: str, notice: str = "") -> Redirect:
        """On to another page after something was done, which says `notice` once."""
        if notice and self.session:
            _notices[self.session] = {"kind": "done", "text": notice}
            while len(_notices) > NOTICES_KEPT:
                _notices.popitem(last=False)
        return Redirect(address, status_code=303)

    async def form(self) -> dict[str, str]:
        """The fields of the form that was sent, the last of each name, without what every form carries."""
        sent = await self.request.form()
        return {
            name: value for name, value in sent.items() if isinstance(value, str) and name != "_csrf_token"
        }

    async def all_of(self, name: str) -> list[str]:
        """Every value that the form sent under one name."""
        sent = await self.request.form()
        return [value for value in sent.getall(name, []) if isinstance(value, str)]
