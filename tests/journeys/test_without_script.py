"""The same without JavaScript: every page is a page, every button a form."""

import re

from playwright.sync_api import expect

from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, invite, join, start, ticked, wanted


def test_the_first_evening(home: Home, hands: Hands) -> None:
    amina, bruno = hands.phone("fr", script=False), hands.laptop("en", script=False)
    start(amina, home, "Chez nous", "Amina")
    link = invite(amina)
    amina.looks_right()
    join(bruno, link, "Bruno")
    add(bruno, "2 L milk, 6 eggs")
    amina.goes_to("list")
    expect(wanted(amina, "milk")).to_contain_text("2 L")
    wanted(amina, "milk").click()
    expect(ticked(amina, "milk")).to_have_count(1)
    amina.page.locator("#ticked summary").click()
    ticked(amina, "milk").click()
    expect(wanted(amina, "milk")).to_be_visible()
    amina.looks_right()


def test_a_refused_form_and_a_bill(home: Home, hands: Hands) -> None:
    amina = hands.phone("fr", script=False)
    page = amina.page
    start(amina, home, "Chez nous", "Amina")
    add(amina, "3")
    expect(page.locator("#line")).to_have_value("3")
    amina.goes_to("settings")
    page.locator("button[name=on][value=money]").click()
    expect(page.locator("#notice")).to_contain_text("enregistré")
    page.locator("#tabs a[href$='/money']").click()
    page.locator("#what").fill("Cinéma")
    page.locator("#total").fill("douze")
    page.locator("#add button[type=submit]").click()
    expect(page.locator("#error-total")).to_be_visible()
    expect(page.locator("#what")).to_have_value("Cinéma")
    amina.looks_right()
    page.locator("#total").fill("12,50")
    page.locator("#add button[type=submit]").click()
    expect(page.locator("#latest")).to_contain_text("12,50")
    expect(page).to_have_url(re.compile("/money"))


def test_the_pages_that_do_not_fit_are_under_more(home: Home, hands: Hands) -> None:
    amina = hands.phone("en", script=False)
    page = amina.page
    start(amina, home, "Chez nous", "Amina")
    for part in ("money", "stock", "prices", "waste"):
        amina.goes_to("settings")
        page.locator(f"button[name=on][value={part}]").click()
    expect(page.locator("#tabs > ul > li:visible")).to_have_count(5)
    page.locator("#tabs summary").click()
    page.locator("#tabs .more a", has_text="Log").click()
    expect(page).to_have_url(re.compile("/log$"))
    amina.looks_right()


def test_the_log_verifies(home: Home, hands: Hands) -> None:
    amina = hands.laptop("fr", script=False)
    start(amina, home, "Chez nous", "Amina")
    amina.goes_to("log")
    amina.page.locator("#check button").click()
    expect(amina.page.locator("#check .note.done")).to_be_visible()
    amina.looks_right()
