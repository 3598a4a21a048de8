"""The first evening: Amina starts a circle on her laptop, Bruno scans her code, and they share a list."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, found_a_circle, invite, join, scan, start, ticked, wanted

LIVE = 1_000  # ms: "within a second"


@pytest.mark.parametrize(("language", "words"), [("en", "Nothing to buy"), ("fr", "Rien à acheter")])
def test_a_circle_starts_with_two_names(home: Home, hands: Hands, language: str, words: str) -> None:
    amina = hands.phone(language)
    amina.page.goto(home.address)
    expect(amina.page.locator("html")).to_have_attribute("lang", language)
    amina.looks_right()
    found_a_circle(amina, "Chez nous", "Amina")
    expect(amina.page.locator("#list")).to_contain_text(words)
    expect(amina.page.locator("#tabs li")).to_have_count(3)  # the list alone, and people and log, which all have
    amina.looks_right()


def test_two_people_tick_one_list_live(home: Home, hands: Hands) -> None:
    amina, bruno = hands.laptop("en"), hands.phone("fr")
    start(amina, home, "Chez nous", "Amina")
    link = invite(amina)
    amina.looks_right()
    assert scan(amina.page.locator(".qr")) == link
    bruno.page.goto(link)
    bruno.looks_right()
    join(bruno, link, "Bruno")
    amina.goes_to("list")
    add(amina, "2 L milk, 6 eggs")
    expect(wanted(bruno, "milk")).to_be_visible(timeout=LIVE)
    add(bruno, "3 boîtes de thon")
    expect(wanted(amina, "thon")).to_contain_text("3", timeout=LIVE)
    amina.looks_right()
    bruno.looks_right()
    wanted(bruno, "milk").click()
    expect(ticked(amina, "milk")).to_have_count(1, timeout=LIVE)
    wanted(amina, "eggs").click()
    expect(ticked(bruno, "eggs")).to_have_count(1, timeout=LIVE)
    expect(wanted(bruno, "")).to_have_count(1)


def test_what_is_refused_keeps_what_was_typed(home: Home, hands: Hands) -> None:
    amina = hands.phone("fr")
    page = amina.page
    page.goto(home.address)
    page.locator("input[name=circle]").fill("Le 12, rue des Lilas")
    page.locator("input[name=name]").fill("   ")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#errors")).to_contain_text("Un nom compte de 1 à 60 lettres")
    expect(page.locator("input[name=circle]")).to_have_value("Le 12, rue des Lilas")
    expect(page.locator("input[name=name]")).to_have_attribute("aria-invalid", "true")
    amina.looks_right()
    page.locator("#errors a").click()
    expect(page.locator("input[name=name]")).to_be_focused()
    found_a_circle(amina, "Le 12, rue des Lilas", "Amina")
    add(amina, "3")
    expect(page.locator("#error-line")).to_contain_text("De quoi")
    expect(page.locator("#line")).to_have_value("3")
    amina.looks_right()
    add(amina, "3 poireaux")
    expect(wanted(amina, "poireaux")).to_contain_text("3")
    expect(page.locator("#error-line")).to_have_count(0)


def test_a_stranger_sees_a_closed_door(home: Home, hands: Hands) -> None:
    amina, farid = hands.laptop(), hands.laptop("fr")
    start(amina, home, "Chez nous", "Amina")
    for address in (amina.page.url, home.url, f"{home.url}/c/00000000000000000000/list", home.address):
        answer = farid.page.goto(address)
        assert answer is not None
        assert answer.status == 401
        expect(farid.page.locator("body")).not_to_contain_text("Chez nous")
        farid.looks_right()
    farid.page.locator("#code").fill("1234")
    farid.page.locator("main form button[type=submit]").first.click()
    expect(farid.page.locator("#errors")).to_contain_text("Ce code n’ouvre rien")
    farid.looks_right()


def test_one_person_in_two_circles(home: Home, hands: Hands) -> None:
    amina, bruno = hands.phone("fr"), hands.laptop("en")
    start(amina, home, "Chez nous", "Amina")
    add(amina, "pain")
    join(bruno, invite(amina), "Bruno")
    bruno.follows(bruno.page.locator(".brand"))
    bruno.looks_right()
    bruno.page.locator("main a[href='/start']").click()
    found_a_circle(bruno, "Chess club", "Bruno")
    expect(bruno.page.locator("#list")).not_to_contain_text("pain")
    add(bruno, "clocks")
    link = invite(bruno)
    join_again = amina.page
    join_again.goto(link)
    join_again.locator("input[name=name]").fill("Amina B.")
    join_again.locator("main form button[type=submit]").first.click()
    expect(wanted(amina, "clocks")).to_be_visible()
    amina.page.locator(".brand").click()
    expect(amina.page.locator("main .rows li")).to_have_count(2)
    amina.looks_right()
    amina.page.locator("main .rows a", has_text="Chez nous").click()
    expect(amina.page).to_have_url(re.compile(r"/list$"))
    expect(wanted(amina, "pain")).to_be_visible()
    expect(amina.page.locator("#list")).not_to_contain_text("clocks")
