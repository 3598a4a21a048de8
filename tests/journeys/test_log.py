"""The log: it verifies itself on a button, forgets words for good, and shows what another program did."""

import json

from playwright.sync_api import expect

from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, invite, join, start, wanted

LIVE = 1_000  # ms
SECRET = "quincaillerie Zébulon"


def test_it_verifies_and_finds(home: Home, hands: Hands) -> None:
    amina = hands.phone("fr")
    page = amina.page
    start(amina, home, "Chez nous", "Amina")
    add(amina, "pain, beurre")
    expect(wanted(amina, "beurre")).to_be_visible()
    amina.goes_to("log")
    page.locator("#check button").click()
    expect(page.locator("#check .note.done")).to_be_visible()
    amina.looks_right()
    page.locator("#find summary").click()
    page.locator("#words").fill("beurre")
    page.locator("#words").press("Enter")
    expect(page.locator("#entries .said")).to_have_count(2)
    page.locator("#entries a.over").first.click()
    expect(page.locator("main .lead")).to_contain_text("beurre")
    amina.looks_right()


def test_a_flipped_byte_is_found(home: Home, hands: Hands) -> None:
    amina = hands.laptop("en")
    start(amina, home, "Chez nous", "Amina")
    add(amina, "bread")
    expect(wanted(amina, "bread")).to_be_visible()
    home.down()
    home.damage("UPDATE entries SET body = CAST(body || x'00' AS BLOB) WHERE seq = 3")
    home.up(again=True)
    amina.goes_to("log")
    amina.page.locator("#check button").click()
    expect(amina.page.locator("#check .note.warn")).to_be_visible()
    amina.looks_right()
    assert home.command("verify", "Chez nous").returncode == 1


def test_erased_words_are_gone_from_the_page_and_from_the_disk(home: Home, hands: Hands) -> None:
    amina, bruno = hands.phone("fr"), hands.laptop("en")
    page = amina.page
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    amina.goes_to("list")
    add(amina, SECRET)
    expect(wanted(bruno, SECRET)).to_be_visible(timeout=LIVE)
    assert SECRET.encode() in home.bytes_on_disk()
    amina.goes_to("log?words=Zébulon")
    amina.follows(page.locator("#entries a.over").last)
    amina.follows(page.locator("main a.button.danger"))
    amina.looks_right()
    page.locator("main form button.danger").click()
    expect(page.locator("#notice")).to_contain_text("effacés")
    expect(page.locator("main")).not_to_contain_text("Zébulon")
    expect(bruno.page.locator("#list")).not_to_contain_text("Zébulon", timeout=LIVE)
    amina.goes_to("log")
    expect(page.locator("#entries")).not_to_contain_text("Zébulon")
    page.locator("#check button").click()
    expect(page.locator("#check .note.done")).to_be_visible()
    assert SECRET.encode() not in home.bytes_on_disk()


def test_what_the_command_line_does_shows_up_by_itself(home: Home, hands: Hands) -> None:
    amina = hands.phone("en")
    start(amina, home, "Chez nous", "Amina")
    product = home.command("act", "Chez nous", "groceries.product_added", '{"name": "soap"}', "--by", "Amina", "--json")
    entry = json.loads(product.stdout)["entry"][:20]
    listed = home.command("act", "Chez nous", "groceries.listed", json.dumps({"product": entry}), "--by", "Amina")
    assert listed.returncode == 0, listed.stderr
    expect(wanted(amina, "soap")).to_be_visible(timeout=LIVE)
