"""What is left when a phone or a laptop is gone: the sheet of paper; and a key that only one's own machine holds. Two
real nodes each, as the handbook says it."""

import re
from io import BytesIO
from unicodedata import normalize

from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from cercle.modules import load
from cercle.modules.devices.rules import UNTIL_IT_STANDS
from cercle.modules.groceries.events import ProductAdded
from cercle.store.node import Node
from tests.journeys.hand import Hand, Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, found_a_circle, invite, join, scan, wanted

SOON = 20_000  # ms: each waits at the other for news

# Whether the node has heard that whoever holds this phone is to stay outside.
TURNED_AWAY = "async () => (await fetch(location.href)).status === 401"


def two_weeks_later(home: Home) -> None:
    """The machine is off for so long, and settles what there is once it is on."""
    home.down()
    node = Node(home.data, load())
    live = node.find("Chez nous")
    there = live.circle.time + UNTIL_IT_STANDS
    live.clock = lambda: there
    keeper = live.circle.roots.devices[live.circle.roots.keeper].member
    node.act(live, keeper, ProductAdded(name="Soap"))
    live.seal()
    node.close()
    home.up(again=True)


def kit_on_paper(hand: Hand, name: str) -> list[str]:
    """The words, as they stand on one sheet of A4 and in its square of dots."""
    hand.goes_to("devices")
    hand.page.locator("form[action$='/devices/kit'] button").click()
    words = hand.page.locator("#words li").all_inner_texts()
    hand.looks_right()
    assert scan(hand.page.locator(".qr")) == " ".join(words)
    (sheet,) = PdfReader(BytesIO(hand.page.pdf(format="A4"))).pages
    printed = normalize("NFKC", " ".join(sheet.extract_text().split()))
    for said in (*words, name, "Chez nous"):
        assert said in printed
    assert "Print this page" not in printed
    return words


def test_the_machine_that_kept_the_log_is_stolen(chromium: Browser, homes: tuple[Home, Home]) -> None:
    """Amina has a paper and a new laptop. Who has stolen the other one, and her phone, is left outside."""
    old, new = homes
    new.up()
    phone = Hands(chromium, old.url).phone("en")
    phone.page.goto(old.address)
    found_a_circle(phone, "Chez nous", "Amina")
    words = kit_on_paper(phone, "Amina")
    two_weeks_later(old)
    phone.goes_to("list")
    add(phone, "milk")
    expect(wanted(phone, "milk")).to_be_visible()
    laptop = Hands(chromium, new.url).laptop("en")
    laptop.page.goto(new.address)
    laptop.page.locator("a[href='/kit']").click()
    laptop.page.locator("#words").fill(" ".join([*words[:11], "zzzz"]))
    laptop.page.locator("form[action='/kit'] button").click()
    expect(laptop.page.locator("#error-words")).to_contain_text("Word 12, “zzzz”")
    laptop.page.locator("#words").fill(" ".join(word[:4] for word in words).upper())
    laptop.page.locator("summary", has_text="held elsewhere").click()
    laptop.page.locator("#address").fill(old.url)
    laptop.looks_right()
    laptop.page.locator("form[action='/kit'] button").click()
    expect(laptop.page.locator("h2", has_text="You came in by your recovery kit")).to_be_visible(timeout=SOON)
    laptop.looks_right()
    laptop.page.locator("form[action$='/devices/others'] button").click()
    expect(laptop.page.locator("#notice")).to_contain_text("counts for nothing")
    expect(laptop.page.locator(".tag", has_text="keeps the log")).to_have_count(1)
    expect(laptop.page.locator(".tag", has_text="revoked")).to_have_count(1)
    laptop.looks_right()
    laptop.goes_to("list")
    expect(wanted(laptop, "milk")).to_be_visible()
    add(laptop, "bread")
    expect(wanted(laptop, "bread")).to_be_visible()
    phone.waits_until(TURNED_AWAY)
    phone.page.reload()
    expect(phone.page.locator("main")).to_contain_text("This door is closed")
    assert old.command("signin", "Amina").returncode == 0, "who reads the old machine's disk reads what is there"
    refused = old.command("act", "Chez nous", "groceries.product_added", '{"name": "Wine"}', "--by", "Amina")
    assert refused.returncode == 1
    for hand in (phone, laptop):
        hand.context.close()


def test_a_key_of_one_s_own_and_the_way_back(chromium: Browser, homes: tuple[Home, Home]) -> None:
    family, own = homes
    own.up()
    amina = Hands(chromium, family.url).laptop("en")
    amina.page.goto(family.address)
    found_a_circle(amina, "Chez nous", "Amina")
    bruno = Hands(chromium, family.url).phone("en")
    join(bruno, invite(amina), "Bruno")
    bruno.goes_to("machines")
    bruno.page.locator("form[action$='/machines/own'] button").click()
    link = bruno.page.locator("#way-in").input_value()
    laptop = Hands(chromium, own.url).laptop("en")
    laptop.page.goto(own.address)
    come_in(laptop, own, link)
    laptop.page.goto(laptop.page.url.rpartition("/")[0] + "/devices")
    expect(laptop.page.locator(".tag", has_text="key of one’s own")).to_have_count(1)
    laptop.page.locator("#only summary").click()
    laptop.looks_right()
    laptop.page.locator("form[action$='/devices/only'] button").click()
    expect(laptop.page.locator("#notice")).to_contain_text("Only this machine writes for you")
    bruno.goes_to("list")
    expect(bruno.page.locator("main")).to_contain_text("Here you can read", timeout=SOON)
    bruno.looks_right()
    add(bruno, "wine")
    expect(bruno.page.locator("body")).to_contain_text("You write on a machine of your own")
    amina.goes_to("people")
    amina.page.locator("#people a", has_text="Bruno").click()
    expect(amina.page.locator("main")).to_contain_text("The key is theirs alone.")
    expect(amina.page.locator("main")).to_contain_text("Revoked.")
    laptop.goes_to("list")
    add(laptop, "salt")
    bruno.goes_to("list")
    expect(wanted(bruno, "salt")).to_be_visible(timeout=SOON)
    laptop.goes_to("machines")
    laptop.page.locator("form[action$='/machines/own'] button").click()
    back = laptop.page.locator("#way-in").input_value()
    bruno.goes_to("devices")
    bruno.page.locator("a[href='/arrive']").click()
    come_in(bruno, family, back)
    bruno.goes_to("list")
    expect(bruno.page.locator("main")).not_to_contain_text("Here you can read")
    add(bruno, "wine")
    expect(wanted(bruno, "wine")).to_be_visible()
    expect(bruno.page.locator(".note.warn")).to_have_count(0)
    for hand in (amina, bruno, laptop):
        hand.context.close()


def come_in(hand: Hand, home: Home, link: str) -> None:
    """By a link of a further machine of one's own, on this one."""
    hand.page.goto(home.url + "/arrive")
    hand.page.locator("#code").fill(link)
    hand.page.locator("#name").fill("Bruno")
    hand.page.locator("input[name=mine]").check()
    hand.page.locator("form[action='/arrive'] button").first.click()
    expect(hand.page).to_have_url(re.compile(r"/c/"), timeout=SOON)
