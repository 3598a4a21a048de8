"""Takes the pictures: each view on a phone and a laptop, in light and dark, in French and English."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Error

from tests.journeys.hand import LAPTOP, PHONE, Hand, Hands
from tests.journeys.home import Home
from tests.screens.moving import move_in
from tests.screens.pages import View

SIZES = (PHONE, LAPTOP)
PORTRAIT = {"width": 390, "height": 844}
SCHEMES = ("light", "dark")
LANGUAGES = ("fr", "en")


class Picture(NamedTuple):
    """Where a picture lies, and what is on it."""

    path: Path
    view: str
    language: str
    width: int
    scheme: str


@contextmanager
def filled_home(data: Path, language: str) -> Iterator[tuple[Home, dict[str, str]]]:
    """A home in which the household lives, and everybody's way in."""
    data.mkdir(parents=True)
    ways = move_in(data, language)
    home = Home(data).up("--https")
    try:
        yield home, ways
    finally:
        home.down()


@contextmanager
def new_home(data: Path) -> Iterator[tuple[Home, dict[str, str]]]:
    """A home where nobody has started anything; Farid has the way in."""
    home = Home(data).up()
    try:
        yield home, {"farid": home.address.removeprefix(home.url)}
    finally:
        home.down()


class Studio:
    """The people of one home, each with a browser that stays theirs from one view to the next."""

    def __init__(self, browser: Browser, home: Home, ways: dict[str, str], language: str) -> None:
        self.hands = Hands(browser, home.url)
        self.ways = ways
        self.language = language
        self.people: dict[str, Hand] = {}
        self.missed: list[str] = []

    def person(self, who: str) -> Hand:
        if who not in self.people:
            hand = self.people[who] = self.hands.phone(self.language)
            hand.page.goto(hand.url + self.ways.get(who, "/"))
        return self.people[who]

    def take(self, views: Iterable[View], folder: Path, wanted: tuple[str, ...]) -> Iterator[Picture]:
        """Goes through all views, and takes those whose names begin as is `wanted`; () wants all. What could not be
        seen is named in `missed`."""
        for view in views:
            hand = self.person(view.who)
            try:
                view.way(hand)
            except (Error, AssertionError) as error:
                self.missed.append(f"{view.name} ({self.language}): {str(error).splitlines()[0]}")
                continue
            if wanted and not view.name.startswith(wanted):
                continue
            yield from self.shoot(view, hand, folder)
            hand.page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    def portraits(self, views: tuple[View, ...], folder: Path) -> list[Path]:
        """These views as a phone shows them, the last one in the dark."""
        found = []
        for view in views:
            hand = self.person(view.who)
            hand.page.set_viewport_size(PORTRAIT)  # type: ignore[arg-type]
            hand.page.emulate_media(color_scheme="dark" if view is views[-1] else "light")
            view.way(hand)
            found.append(folder / self.language / f"readme-{view.name}.png")
            hand.page.screenshot(path=found[-1])
            hand.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        return found

    def shoot(self, view: View, hand: Hand, folder: Path) -> Iterator[Picture]:
        """Screens as high as the page, so that what is fixed to their edges stands where a hand would find it."""
        name = re.sub(r"\W+", "-", view.name).strip("-")
        for size in SIZES:
            hand.page.set_viewport_size(size)  # type: ignore[arg-type]
            height = hand.page.evaluate("document.documentElement.scrollHeight")
            hand.page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
            for scheme in SCHEMES:
                hand.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                path = folder / self.language / f"{name}-{size['width']}-{scheme}.png"
                hand.page.screenshot(path=path)
                yield Picture(path, view.name, self.language, size["width"], scheme)
