"""What another program kept comes in through the page, says what it brought and what it left, and comes in once."""

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.hand import Hand, Hands
from tests.journeys.home import Home
from tests.journeys.steps import start

DATA = Path(__file__).parents[1] / "data"


def bring(hand: Hand, kind: str, file: Path, founder: str = "") -> None:
    page = hand.page
    page.goto(hand.url + "/import")
    page.locator(f"input[name=kind][value={kind}]").check()
    page.locator("#founder").fill(founder)
    page.locator("#file").set_input_files(file)
    page.locator("main form button[type=submit]").click()


def test_bills_of_ihatemoney(home: Home, hands: Hands) -> None:
    amina = hands.phone("fr")
    page = amina.page
    page.goto(home.address)
    amina.follows(page.locator("main a[href='/import']"))
    amina.looks_right()
    bring(amina, "ihatemoney", DATA / "grocy" / "grocy.db")
    expect(page.locator("#error-file")).to_be_visible()
    amina.looks_right()
    bring(amina, "ihatemoney", DATA / "ihatemoney" / "bills.json")
    expect(page.locator("main .note.done")).to_contain_text("ihatemoney")
    amina.looks_right()
    page.locator("main .line a.button").first.click()
    expect(page.locator("h1")).to_be_visible()
    amina.goes_to("money")
    expect(page.locator("#transfers li").first).to_be_visible()
    bring(amina, "ihatemoney", DATA / "ihatemoney" / "bills.json")
    expect(page.locator("#brought-title")).to_have_count(0)
    expect(page.locator("#already-title")).to_be_visible()
    amina.looks_right()


def test_a_household_of_grocy(home: Home, hands: Hands) -> None:
    amina = hands.laptop("en")
    page = amina.page
    start(amina, home, "Chez nous", "Amina")
    bring(amina, "grocy", DATA / "grocy" / "grocy.db")
    expect(page.locator("#brought-title")).to_be_visible()
    expect(page.locator("#left-title")).to_be_visible()
    amina.looks_right()
    page.locator("main a[href$='/stock']").first.click()
    expect(page.locator("#places li").first).to_be_visible()
    amina.looks_right()
