"""The cast at one table without the way there: Amina's circle with Bruno, Chloé (a child) and Dov (a guest), each with
a browser that is signed in, and the pages that a test is about turned on. Farid is signed in, and in no circle."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from cercle import beginnings
from cercle.core.entry import short
from cercle.modules import load
from cercle.modules.circle.events import TurnedOn
from cercle.page.visit import SESSION
from cercle.store.database import FILE
from cercle.store.live import Live
from cercle.store.node import Node
from tests.web.browser import Browser, Home, Page

KINDS = {"Bruno": "adult", "Chloé": "child", "Dov": "guest"}
A_MONTH = 30 * 86_400_000


class Table:
    """`members`: name to member id. `amina` and the others are their browsers."""

    amina: Browser
    bruno: Browser
    chloe: Browser
    dov: Browser
    farid: Browser

    def __init__(self, home: Home, language: str) -> None:
        self.home = home
        self.node = home.node
        self.language = language
        person = self.node.new_person()
        self.live: Live
        self.live, founder = beginnings.start(self.node, person, "Chez nous", "Amina")
        self.members = {"Amina": founder}
        self.amina = self.signed_in(person)
        for name, kind in KINDS.items():
            person = self.node.new_person()
            invitation, secret = beginnings.invite(self.node, self.live, founder, kind)
            self.members[name] = beginnings.join(self.node, self.live, person, invitation, secret, name)
            setattr(self, "chloe" if name == "Chloé" else name.lower(), self.signed_in(person))
        self.farid = self.signed_in(self.node.new_person())

    def signed_in(self, person: int) -> Browser:
        browser = self.home.browser(self.language)
        browser.cookies[SESSION] = self.node.make_token("session", person, lasts=A_MONTH)
        browser.circle = self.live.id.hex()[:20]
        return browser

    @property
    def circle(self) -> Any:
        """The circle's state, whoever wrote last."""
        return self.node.live(self.live.no).circle

    def turn_on(self, *pages: str) -> None:
        for page in pages:
            self.does(TurnedOn(part=page))

    def does(self, event: msgspec.Struct, name: str = "Amina") -> str:
        """Somebody does something elsewhere; gives the short id of what it brought."""
        return short(self.node.act(self.live, self.members[name], event)[0].id)

    def later(self, time: int) -> None:
        """The node's clock goes on by so many ms."""
        clock = self.node.clock
        self.node.clock = self.node.live(self.live.no).clock = lambda: clock() + time

    def named(self, things: dict[str, Any], name: str) -> str:
        """The id of the product, shop, place, aisle or unit of that name."""
        return next(key for key, thing in things.items() if self.live.name(thing.words) == name)

    def product(self, name: str) -> Any:
        products = self.circle.groceries.products
        return products[self.named(products, name)]

    def entries(self) -> int:
        """How many entries the node holds: nothing was written where it stays the same."""
        return int(self.node.connection.exec_driver_sql("SELECT count(*) FROM entries").scalar_one())


def fields(browser: Browser, action: str, **changed: Any) -> dict[str, Any]:
    """What a form of the page would send, so that it can be sent twice."""
    return browser.page.form(action).fields | changed


def forms(page: Page) -> set[str]:
    """Where the forms of a page lead, in the circle."""
    return {form.action.split("/c/")[-1].partition("/")[2].partition("?")[0] for form in page.forms}


@cache
def empty_database() -> bytes:
    """The file of a node that holds nothing yet, made once: the disk is asked for much until it stands."""
    with TemporaryDirectory() as folder:
        Node(Path(folder), load()).close()
        return Path(folder, FILE).read_bytes()


@contextmanager
def seated(folder: Path, *pages: str, language: str = "en") -> Iterator[Table]:
    folder.mkdir(exist_ok=True)
    Path(folder, FILE).write_bytes(empty_database())
    home = Home(folder)
    with home.client:
        table = Table(home, language)
        table.turn_on(*pages)
        yield table
    home.node.close()
