"""What people do again and again in journeys."""

import re
from io import BytesIO

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from tests.journeys.hand import Hand, Hands
from tests.journeys.home import Home

LIST = re.compile(r"/list$")
# Whether the service worker has kept these pages, with this on them.
KEPT = """async ([paths, text]) => {
  const kept = await Promise.all(paths.map(async (path) => (await caches.match(path))?.text()));
  return kept.every((page) => page?.includes(text));
}"""


def start(hand: Hand, home: Home, circle: str, name: str) -> None:
    """From the address that the program printed to an empty list."""
    hand.page.goto(home.address)
    found_a_circle(hand, circle, name)


def signed_in(browser: Browser, home: Home, name: str) -> Hand:
    """By a link that was asked for on the command line of that machine."""
    hand = Hands(browser, home.url).phone("en")
    link = home.command("signin", name).stdout.split()[-1]
    hand.page.goto(home.url + "/in/" + link.rpartition("/")[2])
    return hand


def found_a_circle(hand: Hand, circle: str, name: str) -> None:
    page = hand.page
    page.locator("input[name=circle]").fill(circle)
    page.locator("input[name=name]").fill(name)
    page.locator("select[name=unit]").select_option("eur")
    page.locator("main form button[type=submit]").first.click()
    expect(page).to_have_url(LIST)


def invite(hand: Hand, kind: str = "adult") -> str:
    """The link of a new invitation, as the page shows it."""
    hand.goes_to("people")
    page = hand.page
    page.locator("#invite select[name=kind]").select_option(kind)
    page.locator("#invite button[type=submit]").first.click()
    expect(page.locator("#invite .qr")).to_be_visible()
    return page.locator("#way-in").input_value()


def scan(picture: Locator) -> str:
    """What a phone's camera reads from a QR code on the screen."""
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture.screenshot())))
    return code.text


def join(hand: Hand, link: str, name: str) -> None:
    page = hand.page
    page.goto(link)
    page.locator("input[name=name]").fill(name)
    page.locator("main form button[type=submit]").first.click()
    expect(page).to_have_url(LIST)


def add(hand: Hand, line: str) -> None:
    hand.page.locator("#line").fill(line)
    hand.page.locator("#line").press("Enter")


def wanted(hand: Hand, thing: str) -> Locator:
    """The line of something that is still to be bought."""
    return hand.page.locator("button.tick[aria-pressed=false]", has_text=thing)


def ticked(hand: Hand, thing: str) -> Locator:
    """The line of something that is in the basket; it may be folded away."""
    return hand.page.locator("button.tick[aria-pressed=true]", has_text=thing)


def turn_on(hand: Hand, *parts: str) -> None:
    for part in parts:
        hand.goes_to("settings")
        hand.page.locator(f"button[name=on][value={part}]").click()
        expect(hand.page.locator(f"button[name=off][value={part}]")).to_be_visible()


def has_kept(hand: Hand, *paths: str, showing: str = "") -> None:
    """Waits until this browser has kept these pages: of its circle, or of the node where they begin with a slash."""
    circle = "/".join(["", *hand.page.url.split("/")[3:5], ""])
    whole = [path if path.startswith("/") else circle + path for path in paths]
    hand.waits_until(KEPT, [whole, showing])
