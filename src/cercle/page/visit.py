"""A visit: who asks, of which circle, in which language; how a page is rendered and how an act is done from it."""

import os
import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from itertools import count
from typing import Any, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.response import Redirect
from litestar.utils.scope.state import ScopeState
from markupsafe import Markup

from cercle.core.enacting import legible
from cercle.core.entry import ACT_SIZE, Entry, short
from cercle.core.event import Reason, Refused, known, split
from cercle.core.fold import Circle, Why
from cercle.core.keys import public
from cercle.modules.circle.events import TurnedOn
from cercle.modules.circle.read import is_on, offered, parts
from cercle.modules.people.rules import profile
from cercle.page import links, tablet
from cercle.page.clock import TAPPED_ON, ZONE, day_here, day_tapped, zone_named
from cercle.page.languages import LANGUAGES, PSEUDO, choose, translations
from cercle.page.templates import environment, static
from cercle.sentences import Narrator, locale, plain
from cercle.store.database import transaction
from cercle.store.keyring import key_of_device
from cercle.store.live import Live
from cercle.store.node import Node

SESSION = "cercle"
LANGUAGE = "language"
THEME = "theme"
THEMES = ("auto", "light", "dark")
PUT_OFF = "later"
NAME_LIMIT = 60
CIRCLE_NAME_LIMIT = 80
NOTICES_KEPT = 1000
# ms that a keeper may be silent before what waits for them is marked: in reach, they seal daily
QUIET_FOR = 25 * 3_600_000
NO_TAP = ("/tablet", "/events")
WHOSE, KEEP = "x-cercle-whose", "x-cercle-keep"  # headers that the service worker reads
ACT = re.compile(r"[0-9a-f]{32}", re.ASCII)
T = TypeVar("T")
JOINERS = "\u200c\u200d"  # nothing to see by themselves
ISOLATE = "\u2068"
FIRST_TURNED = "\u0590"  # no letter before it is written from right to left
PROPOSED = "decisions.proposed"
LAST_TIME = 253_402_000_000_000  # the end of the year 9999, in ms

_notices: OrderedDict[str, dict[str, str]] = OrderedDict()


class Form(msgspec.Struct):
    """What a person filled in, and what is wrong with it by field; "" is about the form as a whole."""

    filled: dict[str, Any] = {}
    errors: dict[str, str] = {}


def local(address: str) -> str:
    """An address that came from outside, if it leads to a page of this node; else its first page."""
    leads_here = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if leads_here and address.isprintable() and " " not in address else "/"


def shown(name: str) -> str:
    """A name as it may stand in a page: one line, with nothing in it that turns the direction of what is around."""
    return name if name.isprintable() and max(name, default="") < FIRST_TURNED else plain(name)


def name_in(text: str, most: int = NAME_LIMIT) -> str:
    """A name as it was filled in, on one line; "" where there is none to see, or it is over `most` signs."""
    name = " ".join(text.split())
    return name if plain(name).strip(JOINERS) and len(name) <= most else ""


def chosen_act(text: str) -> bytes | None:
    """The act that a form carries, chosen where the tap happened."""
    return bytes.fromhex(text) if ACT.fullmatch(text) else None


class OwnDeviceOnly(Exception):
    """What a person does about themselves is not for a tablet that all share."""


class SomebodyElse(Exception):
    """A form was sent that another person had filled in in this browser: nothing is done in a wrong name."""


class ToDecide(Exception):
    """What the visitor wanted to do is for the circle to decide, and they may propose it. `events`: what it was."""

    def __init__(self, reason: Reason, events: tuple[msgspec.Struct, ...]) -> None:
        super().__init__(reason.sentence)
        self.reason = reason
        self.events = events


class Visit:
    """One request. `live` and `member` are set where it is about a circle that the person is in.

    On the circle's shared tablet `person` is unset until the visit is about that circle, and then whoever sits there.
    """

    def __init__(self, request: Request[Any, Any, Any], node: Node) -> None:
        self.request = request
        self.node = node
        self.session = request.cookies.get(SESSION, "")
        self.token: Any = node.token(self.session, "session", "tablet") if self.session else None
        self.is_tablet = self.token is not None and self.token.purpose == "tablet"
        self.person: int | None = self.token.person if self.token and not self.is_tablet else None
        self.language = self._language()
        theme = request.cookies.get(THEME, "")
        self.theme = theme if theme in THEMES else THEMES[0]
        self.live: Live | None = None
        self.member = ""
        self.has_way_in = False

    def _language(self) -> str:
        """The one chosen in this browser, else the person's own, else the first that the browser accepts."""
        languages = (*LANGUAGES, PSEUDO) if self.request.app.state.get("pseudo") else LANGUAGES
        chosen = self.request.cookies.get(LANGUAGE, "")
        if chosen not in languages and self.person is not None:
            chosen = self.node.person(self.person).language
        return choose(chosen, self.request.headers.get("accept-language", ""), languages)

    # --- who and where -------------------------------------------------------------------------------------------

    @property
    def circle(self) -> Circle:
        return self.here.circle

    @property
    def here(self) -> Live:
        if self.live is None:
            raise LookupError("this visit is about no circle")
        return self.live

    def sitting(self) -> int | None:
        """Who sits at the shared tablet; what the page fetches by itself is no tap."""
        path = self.request.url.path
        return tablet.sitting(self.session, tapped=not self._by_itself and not path.endswith(NO_TAP))

    @property
    def _by_itself(self) -> bool:
        """Whether an open page fetches itself anew, since somebody has done something."""
        return self.request.headers.get("x-cercle") == "live"

    @property
    def home(self) -> str:
        """The address under which this circle's pages stand."""
        return f"/c/{self.circle.roots.begun}"

    def link(self, path: str) -> str:
        """The address of a page of this node, for another device on the home network, which may not trust what vouches
        for it there. What shows one is not kept."""
        self.has_way_in = True
        url, state = self.request.url, self.request.app.state
        secure = state.get("secure")
        scheme, port = url.scheme, url.port
        if secure is not None and port == secure.port:
            scheme, port = "http", secure.plain_port
        return links.outside(scheme, url.hostname or "", port, bool(state.get("at_home"))) + path

    def gettext(self, message: str, **values: Any) -> str:
        text = translations(self.language).gettext(message)
        return text % values if values else text

    def ngettext(self, one: str, many: str, number: int, **values: Any) -> str:
        """`number` is %(num)s in the text."""
        return translations(self.language).ngettext(one, many, number) % {"num": number, **values}

    def name(self, words: str, otherwise: str = "") -> str:
        """The name that an entry gave; the circle's way to say "somebody" or "something" where it was erased."""
        return shown(self.here.name(words)) or otherwise or self.gettext("something")

    def person_of(self, member: str) -> dict[str, Any]:
        """A member as the templates show them."""
        known = profile(self.circle, member)
        name = shown(self.here.name(known.words)) or self.gettext("somebody")
        today = self.today()
        away = any(one.since <= today <= one.until for one in known.away.values())
        return {
            "key": member,
            "name": name,
            "colour": known.colour,
            "initial": name.lstrip(ISOLATE)[:1].upper(),
            "away": away,
        }

    def everybody(self) -> list[dict[str, Any]]:
        """The people who are in the circle now, in the order in which they came."""
        return [self.person_of(member) for member, known in self.circle.roots.members.items() if not known.gone]

    def on_own_device(self) -> None:
        """Raises `OwnDeviceOnly`."""
        if self.is_tablet:
            raise OwnDeviceOnly

    @property
    def narrator(self) -> Narrator:
        """Who tells names and sentences on this page."""
        live, language = self.here, self.language
        return self.remembered("narrator", lambda: Narrator(live, language))

    def amount(self, thousandths: int, unit: str) -> str:
        """A quantity with its unit, which may be one of the circle's own."""
        return self.narrator.amount(thousandths, unit)

    def names_of(self, members: list[str]) -> str:
        """Several people as one phrase: "Amina, Bruno and Chloé"."""
        from babel.lists import format_list  # heavy, and seldom needed

        return format_list([str(self.person_of(member)["name"]) for member in members], locale=locale(self.language))

    def day_of(self, time: int) -> str:
        """The day of a moment in ms, where the visitor is."""
        return self.clock_at(time).date().isoformat()

    def clock_at(self, time: int) -> datetime:
        """What the visitor's clocks showed at a moment in ms."""
        return datetime.fromtimestamp(min(time, LAST_TIME) / 1000, UTC).astimezone(self.zone)

    def offer(self) -> dict[str, Any] | None:
        """The next page that the circle could try, where its visitor may turn it on and has not put it off."""
        if not self.may(TurnedOn):
            return None
        put_off = self.request.cookies.get(PUT_OFF, "").split(".")
        known = offered(self.circle)
        has_more = any(on and not part.at_start for part, on in known)
        for part, on in known:
            if not on and part.offer and part.code not in put_off and (has_more or not part.beside):
                return {
                    "key": part.code,
                    "icon": part.icon,
                    "title": self.gettext(part.label),
                    "sentence": self.gettext(part.offer),
                    "href": f"{self.home}/pages",
                }
        return None

    @cached_property
    def zone(self) -> ZoneInfo | None:
        """Where the visitor is, as the browser says; None: where this machine is."""
        return zone_named(self.request.cookies.get(ZONE, ""))

    @cached_property
    def _today(self) -> str:
        today, tapped = day_here(self.zone), self.request.method == "POST"
        said = self.request.headers.get(TAPPED_ON, "") if tapped else ""  # pages that follow are of today
        return day_tapped(said, today).isoformat()

    def today(self) -> str:
        """The visitor's day, YYYY-MM-DD; of what was tapped without a network, the day on which it was."""
        return self._today

    def is_on(self, part: str) -> bool:
        """Whether the circle uses this page, so that the others do not mention it where it is off."""
        return is_on(self.circle, part)

    def may(self, event: type[msgspec.Struct]) -> bool:
        """Whether this person may do that here, so that a page offers nothing in vain."""
        name = known(event).name
        return self.circle.may(self.member, name) or (self.circle.is_decided(name) and self.may_propose())

    def may_propose(self) -> bool:
        """Whether the visitor can have the circle decide on what they may not do by themselves."""
        return self.circle.may(self.member, PROPOSED)

    @property
    def device(self) -> str:
        """The device by which this node writes for the visitor, as the log knows it; "" where it has none for them."""
        try:
            return public(self.node.key(self.here, self.member)).hex()
        except Refused:
            return ""

    def is_frozen(self) -> bool:
        """Whether what the visitor does here counts for nothing, since that device told two stories or was revoked."""
        known = self.circle.roots.devices.get(self.device)
        return known is not None and known.forked

    def is_asked(self) -> bool:
        """Whether others want another device to keep the log, and the visitor could say so too."""
        devices = self.circle.states.get("devices")
        if not devices or not devices.agreed:
            return False
        return self.member in devices.deciding and self.member not in devices.agreed

    def keeper_is_quiet(self) -> bool:
        """Whether what is pending waits for a keeper who has not been heard: one who is here seals in batches, and
        nobody need know."""
        return self.circle.time < self.node.clock() - QUIET_FOR and not self.keeper_is_here()

    def keeper_is_here(self) -> bool:
        """Whether this node settles what is written here, at once."""
        sealer = bytes.fromhex(self.circle.sealing()[0])
        return key_of_device(self.node.connection, self.here.no, sealer) is not None

    def count_waiting(self) -> int:
        """How many entries wait so; 0 where the keeper is heard."""
        if not self.keeper_is_quiet():
            return 0
        then = self.node.clock() - QUIET_FOR
        return sum(entry.time < then for entry in self.here.replica.pending.entries.values())

    # --- acting --------------------------------------------------------------------------------------------------

    def act(self, *events: msgspec.Struct, act: str = "") -> list[Entry]:
        """Does it, or raises `Refused`. A tap that arrives a second time is done already, and no refusal. Raises
        `ToDecide` where the circle could do it."""
        chosen = chosen_act(act)
        try:
            return self.node.act(self.here, self.member, *events, act=chosen)
        except Refused as refusal:
            if chosen and refusal.reason is Why.TWICE:
                return []
            if refusal.reason.code.endswith(".to_decide") and self.may_propose() and self._are_legible(events):
                raise ToDecide(refusal.reason, events) from refusal
            raise

    def _are_legible(self, events: tuple[msgspec.Struct, ...]) -> bool:
        return not any(
            legible(self.circle, known(type(event)).name, split(known(type(event)), event)[0]) for event in events
        )

    def is_done(self, act: str) -> bool:
        """Whether this tap arrived before, so that nothing is left to do."""
        return chosen_act(act) in self.circle.acts.get(self.member, ())

    @contextmanager
    def tap(self, act: str) -> Iterator[Callable[[msgspec.Struct], str]]:
        """What one tap does where later things name what earlier ones brought: all of it or nothing. Gives the function
        that does one thing and gives the short id of what it brought. Ask `is_done` first. Raises `Refused`."""
        chosen, numbers = chosen_act(act), count()

        def do(event: msgspec.Struct) -> str:
            number = next(numbers)
            one = chosen if not number or not chosen else sha256(b"%b/%d" % (chosen, number)).digest()[:ACT_SIZE]
            return short(self.node.act(self.here, self.member, event, act=one)[0].id)

        with transaction(self.node.connection):
            yield do

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
            "worker": "/worker.js" if self.request.app.state.get("keeps") else None,
            "csrf": ScopeState.from_scope(self.request.scope).csrf_token or "",
            "act": os.urandom(16).hex(),
            "circle": circle,
            "me": me,
            "menu": menu,
            "tablet": self.live is not None and self.is_tablet,
            "idle": f"{self.home}/tablet?back={quote(self._here())}" if self.is_tablet and self.member else None,
            "home": self.home if self.live is not None else None,
            "frozen": f"{self.home}/devices" if me and not self.is_tablet and self.is_frozen() else None,
            "asked": f"{self.home}/devices#lost" if me and not self.is_tablet and self.is_asked() else None,
            "waiting": self.count_waiting() if me and not self.is_tablet else 0,
            "reads": f"{self.home}/devices" if me and not self.device else None,
            "notice": None if self._by_itself else _notices.pop(self.session, None),
            "events": f"{self.home}/events" if self.live is not None and (self.member or self.is_tablet) else None,
            "told": self.live.last if self.live is not None else 0,
        }

    def _here(self) -> str:
        """The page that is open, or the list where what was sent has no page of its own."""
        return self.request.url.path if self.request.method == "GET" else f"{self.home}/list"

    def render(self, template: str, title: str, current: str = "", status: int = 200, **values: Any) -> Response[str]:
        """A page. `title` is translated already."""
        page = self.page(title, current)
        text = environment(self.language).get_template(template).render(page=page, **values)
        headers = {WHOSE: self.whose() if status != 401 else ""}
        if status == 200 and self._may_be_kept(current):
            headers[KEEP] = "yes"
        return Response(text, media_type=MediaType.HTML, status_code=status, headers=headers)

    def whose(self) -> str:
        """For whom, and in which look, this browser's pages are made, as a code that tells neither; "" for nobody. What
        a device kept under another one, it wipes."""
        if self.token is None:
            return ""
        made = f"{self.token.hash.hex()} {self.language} {self.theme} {static('cercle.css')} {static('cercle.js')}"
        return sha256(made.encode()).hexdigest()[:16]

    def _may_be_kept(self, current: str) -> bool:
        """Whether a device may show this page again without a network: what somebody was shown of a circle, save where
        a way in stands on it; on the shared tablet, what all see."""
        if self.request.method != "GET" or self.has_way_in:
            return False
        return bool(current) and not self.member if self.is_tablet else bool(self.member or current)

    def part(self, template: str, **values: Any) -> Markup:
        """A part of pages, as `remembered` keeps it."""
        return Markup(environment(self.language).get_template(template).render(**values))

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What pages in this language show alike to everybody, made once until the circle changes."""
        return self.here.remembered((key, self.language), make)

    def go(self, address: str, notice: str = "") -> Redirect:
        """On to another page after something was done, which says `notice` once."""
        self.say(notice)
        return Redirect(address, status_code=303)

    def say(self, notice: str) -> None:
        """On the next page of this session, once."""
        if notice and self.session:
            _notices[self.session] = {"kind": "done", "text": notice}
            while len(_notices) > NOTICES_KEPT:
                _notices.popitem(last=False)

    async def form(self) -> dict[str, str]:
        """The fields of the form that was sent, the last of each name, without what every form carries.

        Raises `SomebodyElse`.
        """
        sent = await self.request.form()
        if self.live is not None and sent.get("me", self.member) != self.member:
            raise SomebodyElse
        return {
            name: value for name, value in sent.items() if isinstance(value, str) and name not in ("_csrf_token", "me")
        }

    async def all_of(self, name: str) -> list[str]:
        """Every value that the form sent under one name."""
        sent = await self.request.form()
        return [value for value in sent.getall(name, []) if isinstance(value, str)]
