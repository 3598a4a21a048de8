"""Ways in: a second device, a way back, the kitchen tablet; and the way out."""

import json
import re

from playwright.sync_api import expect

from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import LIST, add, invite, join, scan, start, wanted


def test_a_second_device_by_its_code(home: Home, hands: Hands) -> None:
    laptop, phone = hands.laptop("en"), hands.phone("fr")
    start(laptop, home, "Chez nous", "Amina")
    laptop.goes_to("settings")
    laptop.follows(laptop.page.locator("button[name=add]"))
    laptop.looks_right()
    link = scan(laptop.page.locator(".qr"))
    assert link == laptop.page.locator("#way-in").input_value()
    phone.page.goto(link)
    expect(phone.page).to_have_url(LIST)
    expect(phone.page.locator("body")).to_have_attribute(
        "data-me", str(laptop.page.locator("body").get_attribute("data-me"))
    )
    farid = hands.laptop("fr")
    farid.page.goto(link)
    expect(farid.page.locator("main")).to_contain_text("Cette porte est fermée")
    laptop.goes_to("settings")
    expect(laptop.page.locator("#devices li")).to_have_count(2)
    laptop.page.locator("button[name=close]").click()
    expect(laptop.page.locator("#devices li")).to_have_count(1)
    phone.page.reload()
    expect(phone.page.locator("main")).to_contain_text("Cette porte est fermée")


def test_a_way_back_in(home: Home, hands: Hands) -> None:
    amina = hands.phone("fr")
    page = amina.page
    start(amina, home, "Chez nous", "Amina")
    add(amina, "pain")
    amina.goes_to("settings")
    page.locator("form[action$='/signout'] button").click()
    expect(page.locator("main")).to_contain_text("cercle signin")
    amina.looks_right()
    page.locator("main form button.danger").click()
    expect(page.locator("#code")).to_be_visible()
    address = json.loads(home.command("signin", "Amina", "--json").stdout)["address"]
    page.locator("#code").fill(address)
    page.locator("#code").press("Enter")
    expect(wanted(amina, "pain")).to_be_visible()
    page.goto(home.url + "/door")
    page.locator("#code").fill(address)
    page.locator("#code").press("Enter")
    expect(page.locator("#errors")).to_contain_text("n’ouvre rien")


def test_the_kitchen_tablet(home: Home, hands: Hands) -> None:
    amina, bruno, tablet = hands.phone("en"), hands.phone("en"), hands.laptop("fr")
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    bruno.goes_to("settings")
    bruno.page.locator("main a[href*='/people/']", has_text="Your own page").click()
    bruno.page.locator("#pin").fill("2468")
    bruno.page.locator("form[action$='/pin'] button").click()
    expect(bruno.page.locator("#notice")).to_contain_text("The PIN is set")
    tablet.page.goto(json.loads(home.command("signin", "Amina", "--json").stdout)["address"])
    expect(tablet.page).to_have_url(LIST)
    tablet.goes_to("tablet/new")
    tablet.looks_right()
    tablet.page.locator("main form button.danger").click()
    expect(tablet.page).to_have_url(LIST)
    tablet.looks_right()
    add(tablet, "sel")
    expect(tablet.page.locator(".seats a")).to_have_count(2)
    tablet.looks_right()
    tablet.page.locator(".seats a", has_text="Bruno").click()
    for digit in "1357":
        tablet.page.locator(f"[data-digit='{digit}']").click()
    tablet.page.locator(".pad button[type=submit]").click()
    expect(tablet.page.locator("#errors")).to_be_visible()
    tablet.looks_right()
    for digit in "2468":
        tablet.page.locator(f"[data-digit='{digit}']").click()
    tablet.page.locator(".pad button[type=submit]").click()
    expect(tablet.page).to_have_url(LIST)
    expect(wanted(tablet, "sel")).to_have_count(1)
    add(tablet, "poivre")
    expect(wanted(tablet, "poivre")).to_be_visible()
    tablet.page.locator("form[action$='/tablet/done'] button").click()
    expect(tablet.page.locator(".top .avatar")).to_have_count(0)
    amina.goes_to("log")
    expect(amina.page.locator("#entries .said").first).to_contain_text("Bruno")


def test_a_used_invitation_goes_by_itself(home: Home, hands: Hands) -> None:
    amina, bruno, farid = hands.laptop("en"), hands.phone("fr"), hands.phone("fr")
    start(amina, home, "Chez nous", "Amina")
    link = invite(amina)
    join(bruno, link, "Bruno")
    expect(amina.page.locator("#invite .note")).to_contain_text("Bruno has come in")
    expect(amina.page.locator("#invite .qr")).to_have_count(0)
    expect(amina.page.locator("#people li")).to_have_count(2)
    amina.looks_right()
    farid.page.goto(link)
    expect(farid.page.locator("main")).to_contain_text("à Amina")
    farid.looks_right()
    dov = hands.phone("fr")
    dov.page.goto(invite(amina))
    expect(dov.page.locator(".swatch .colour-5")).to_have_text("A")
    dov.looks_right()


def test_leaving(home: Home, hands: Hands) -> None:
    amina, bruno = hands.laptop("en"), hands.phone("fr")
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    bruno.goes_to("settings")
    bruno.follows(bruno.page.locator("a.danger[href$='/people/leave']"))
    bruno.looks_right()
    bruno.page.locator("main form button.danger").click()
    expect(bruno.page.locator("main")).to_contain_text("quitté")
    bruno.looks_right()
    with bruno.page.expect_download() as log:
        bruno.page.locator("a[download]").click()
    assert home.command("verify", str(log.value.path())).returncode == 0
    amina.goes_to("people")
    expect(amina.page.locator("#people li")).to_have_count(1)
    amina.page.locator("summary", has_text="People who have gone").click()
    expect(amina.page.locator("main")).to_contain_text("has left")


def test_language_and_light(home: Home, hands: Hands) -> None:
    amina = hands.phone("en")
    page = amina.page
    start(amina, home, "Chez nous", "Amina")
    amina.goes_to("settings")
    page.locator("#language").select_option("fr")
    page.locator("input[name=theme][value=dark]").check()
    page.locator("form[action='/look'] button").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("h1")).to_have_text(re.compile("Réglages"))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(25, 21, 18)"
    amina.goes_to("list")
    expect(page.locator("h1")).to_have_text("Liste")
