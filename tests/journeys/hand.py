"""Somebody with a browser, and what every page that they see must be."""

import re
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from cercle.page.links import lan_addresses

PHONE = {"width": 360, "height": 780}
LAPTOP = {"width": 1280, "height": 800}
SECONDS = 10_000
LOCALES = {"fr": "fr-FR", "en": "en-GB"}
LOOKS = (Path(__file__).parent / "looks.js").read_text()
IDENTIFIER = re.compile(r"(?<=/)([0-9a-f]{20}|(join|in)/[^/]+)(?=/|$)")
# What a page loads beside what a person asks for: none of it may be missing.
PIECES = {"stylesheet", "script", "image", "font", "manifest"}

expect.set_options(timeout=SECONDS)

# What tells one kind of page from another under the same address.
KIND = """["main h1[id]", ".errors", ".error", ".empty", "#offer", "form", "summary"].map(
  (what) => `${what}: ${Math.min(document.querySelectorAll(what).length, 9)}`)"""
AXE = Axe()
ALL: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS = ALL | {"runOnly": ["color-contrast", "link-in-text-block"]}  # all that a scheme changes
KNOWN = ("Failed to load resource", "The Cross-Origin-Opener-Policy header has been ignored")

# A promise of an answer is no answer: a predicate that is asynchronous would hold at once.
HOLDS = """([asked, turn]) => {
  (%s)(asked).then((holds) => { if (holds) window.held = turn; });
  return window.held === turn;
}"""

_turns = count(1)
_looked_at: set[tuple[str, ...]] = set()


class Hand:
    """Somebody with a browser of their own; `complaints` is what went wrong in it without a word on the page."""

    def __init__(self, context: BrowserContext, url: str, language: str, script: bool) -> None:
        self.context = context
        self.script = script
        self.language = language
        self.url = url
        self.node = urlsplit(url).port
        self.complaints: list[str] = []
        self.page = self.open_page()

    def open_page(self) -> Page:
        """One more page of the same browser."""
        page = self.context.new_page()
        page.set_default_timeout(SECONDS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        page.on("request", self._asked)
        page.on("response", self._answered)
        return page

    def _heard(self, said: ConsoleMessage) -> None:
        """A refused form and a lost network are told by the page; the browser's own words about them say no more. That
        it heeds one header over HTTPS alone is known."""
        if said.type in ("error", "warning") and not said.text.startswith(KNOWN):
            self.complaints.append(said.text)

    def _asked(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme != "data" and (
            asked.port != self.node or asked.hostname not in {urlsplit(self.url).hostname, *lan_addresses()}
        ):
            self.complaints.append(f"asked {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type in PIECES):
            self.complaints.append(f"{response.status} for {response.url}")

    def goes_to(self, path: str) -> None:
        """A page of the circle that is open, such as "people"."""
        circle = re.match(r".*/c/[0-9a-f]{20}", self.page.url)
        assert circle is not None, f"no circle is open at {self.page.url}"
        self.page.goto(f"{circle[0]}/{path}")

    def follows(self, way: Locator) -> None:
        """A link or a button, to the page that it leads to."""
        with self.page.expect_navigation():
            way.click()

    def waits_until(self, holds: str, asked: object = None) -> None:
        """Until this asynchronous function of the page says yes."""
        self.page.wait_for_function(HOLDS % holds, arg=[asked, next(_turns)], polling=50)

    def looks_right(self) -> None:
        """Phone and laptop, light and dark: nothing sticks out or is cut off, every target is 44 px, axe finds
        nothing, and nothing went wrong on the way here. Each kind of page is looked at once, each of its texts too."""
        path = IDENTIFIER.sub("ID", urlsplit(self.page.url).path)
        kind = (path, *self.page.evaluate(KIND))
        if (self.language, *kind) not in _looked_at:
            _looked_at.add((self.language, *kind))
            self._fits()
        if self.script and kind not in _looked_at:  # without a script, axe cannot run either
            _looked_at.add(kind)
            self._reads()
        assert not self.complaints, self.complaints

    def _fits(self) -> None:
        before = self.page.viewport_size
        for size in (PHONE, LAPTOP):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            found = self.page.evaluate(LOOKS)
            assert found == [], f"{self.page.url} at {size['width']} px: " + "; ".join(found)
        assert before is not None
        self.page.set_viewport_size(before)

    def _reads(self) -> None:
        for scheme, options in (("dark", COLOURS), ("light", ALL)):
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = AXE.run(self.page, options=options)
            assert found.violations_count == 0, f"{self.page.url}, {scheme}: {found.generate_report()}"


class Hands:
    """Opens browsers that know nothing of each other."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.opened: list[Hand] = []

    def phone(self, language: str = "fr", script: bool = True, zone: str | None = None) -> Hand:
        """`zone`: where its clock is; None: where this machine's is."""
        return self._open(PHONE, language, script, zone, has_touch=True)

    def laptop(self, language: str = "en", script: bool = True) -> Hand:
        return self._open(LAPTOP, language, script)

    def _open(
        self, size: dict[str, int], language: str, script: bool, zone: str | None = None, has_touch: bool = False
    ) -> Hand:
        context = self.browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale=LOCALES[language],
            timezone_id=zone,
            java_script_enabled=script,
            has_touch=has_touch,
            reduced_motion="reduce",
        )
        self.opened.append(Hand(context, self.url, language, script))
        return self.opened[-1]

    def close(self) -> None:
        for hand in self.opened:
            hand.context.close()
        complaints = [said for hand in self.opened for said in hand.complaints]
        assert not complaints, complaints
