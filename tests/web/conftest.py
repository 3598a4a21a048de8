"""The cast at home: Amina has founded the circle, Bruno, Chloé (a child) and Dov (a guest) came in by their links.
Farid has a circle of his own on the same node, and belongs to nobody else's."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.web.browser import Browser, Home


class Cast(msgspec.Struct):
    """Each one's browser, signed in and open on the list."""

    home: Home
    amina: Browser
    bruno: Browser
    chloe: Browser
    dov: Browser
    farid: Browser

    @property
    def circle(self) -> str:
        return self.amina.circle

    def member(self, name: str) -> str:
        """The member of that name in the circle."""
        live = self.home.node.find(self.circle)
        people = live.circle.people.profiles
        return next(member for member, one in people.items() if live.name(one.words) == name)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    with made.client:
        yield made
    made.node.close()


def started(home: Home, circle: str, name: str, language: str = "en") -> Browser:
    """Somebody who has started a circle on this node."""
    browser = home.browser(language)
    if home.node.numbers():
        person = home.node.new_person()
        browser.open(f"/in/{home.node.make_token('signin', person, lasts=60_000)}")
    else:
        browser.open(home.door())
    browser.send("/start", circle=circle, name=name)
    assert browser.page.path.endswith("/list"), browser.page.text
    return browser


def link_of(inviter: Browser, kind: str) -> str:
    """The address of a new invitation."""
    inviter.open("people")
    inviter.send("/people/invite", kind=kind)
    return next(word for word in inviter.page.source.split() if "/join/" in word).split(">")[1].split("<")[0]


def joined(inviter: Browser, name: str, kind: str, language: str = "en") -> Browser:
    """Somebody who has come in by a link."""
    browser = inviter.home.browser(language)
    address = link_of(inviter, kind)
    browser.open(address)
    browser.send(address.partition(".home")[2], name=name)
    assert browser.page.path.endswith("/list"), browser.page.text
    return browser


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """The home of which each test gets a copy of its own."""
    home = Home(tmp_path_factory.mktemp("home"))
    with home.client:
        amina = started(home, "Chez nous", "Amina")
        bruno = joined(amina, "Bruno", "adult")
        chloe = joined(amina, "Chloé", "child")
        dov = joined(amina, "Dov", "guest")
        farid = started(home, "Elsewhere", "Farid")
    home.node.close()
    return Cast(home, amina, bruno, chloe, dov, farid)


@pytest.fixture
def cast(lived_in: Cast, tmp_path: Path) -> Iterator[Cast]:
    folder = tmp_path / "home"
    shutil.copytree(lived_in.home.node.data, folder)
    home = Home(folder)
    with home.client:
        yield Cast(home, *(one.at(home) for one in msgspec.structs.astuple(lived_in)[1:]))
    home.node.close()
