"""Hours are confirmed by somebody else; a wish comes true by the points of two; another is let go, and all have theirs
again."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.hand import Hand, Hands
from tests.journeys.home import Home
from tests.journeys.steps import invite, join, start
from tests.journeys.test_shopping import turn_on

NO_BREAK = "\u00a0"
TOLD = {"en": ("The tap", "The lamp", "A bicycle"), "fr": ("Le robinet", "La lampe", "Un vélo")}


def count(hand: Hand, **figures: str) -> None:
    """An hour of repairs brings points, once somebody else has confirmed it."""
    hand.goes_to("merit")
    hand.looks_right()
    hand.follows(hand.page.locator("main a[href$='/merit/rates']"))
    hand.looks_right()
    hand.page.locator("#of").select_option("repairs")
    for name, figure in figures.items():
        hand.page.locator(f"#{name}").fill(figure)
    hand.page.locator("#confirm").select_option("another")
    hand.page.locator("#set button[type=submit]").click()
    expect(hand.page.locator("#r-repairs")).to_be_visible()
    hand.looks_right()


def work(hand: Hand, what: str, minutes: str) -> None:
    hand.goes_to("tasks")
    hand.page.locator("#work summary").click()
    hand.page.locator("#what").fill(what)
    hand.page.locator("#minutes").fill(minutes)
    hand.page.locator("#kind").select_option("repairs")
    hand.page.locator("#work button[type=submit]").click()
    expect(hand.page.locator("#latest li", has_text=what)).to_be_visible()


def confirm(hand: Hand, what: str) -> None:
    """It is there by itself, since somebody has just noted it."""
    row = hand.page.locator("#for-me li", has_text=what)
    row.locator("button[name=confirm]").click()
    expect(row).to_have_count(0)


def wish_for(hand: Hand, name: str, points: str) -> None:
    hand.page.locator("#wish summary").click()
    hand.page.locator("#name").fill(name)
    hand.page.locator("#points").fill(points)
    hand.page.locator("#wish button[type=submit]").click()
    expect(wish(hand, name)).to_be_visible()


def wish(hand: Hand, name: str) -> Locator:
    return hand.page.locator("#wishes article", has_text=name)


def pledge(hand: Hand, name: str, points: str = "") -> None:
    """So many points, or as many as stand in the box."""
    one = wish(hand, name)
    if points:
        one.locator("input[name^=points-]").fill(points)
    one.locator("form[action$='/pledge'] button").click()
    expect(one.locator("form[action$='/take-back']")).to_be_visible()


def has(hand: Hand, points: int) -> None:
    expect(hand.page.locator("#me a.figures")).to_have_text(re.compile(rf"^{points}{NO_BREAK}points?$"))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_points_are_earned_and_used_together(home: Home, hands: Hands, language: str) -> None:
    amina, bruno = hands.laptop(language), hands.phone(language)
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    turn_on(amina, "tasks", "merit")
    count(amina, per_hour="20")

    # Bruno works for an hour; Amina, who has the page open, sees it by itself and says that it was done.
    tap, lamp, bicycle = TOLD[language]
    amina.goes_to("merit")
    work(bruno, tap, "60")
    bruno.goes_to("merit")
    expect(bruno.page.locator("#waiting li")).to_contain_text(tap)
    expect(bruno.page.locator("#for-me")).to_have_count(0)
    bruno.looks_right()
    has(bruno, 0)
    confirm(amina, tap)
    has(bruno, 20)  # by itself
    expect(bruno.page.locator("#waiting")).to_have_count(0)

    # And the other way round.
    work(amina, lamp, "45")
    amina.goes_to("merit")
    confirm(bruno, lamp)
    has(amina, 15)

    # A wish that takes 30: Amina puts all that she has, Bruno what is missing, and it comes true.
    wish_for(amina, bicycle, "30")
    pledge(amina, bicycle)
    has(amina, 0)
    expect(wish(bruno, bicycle)).to_contain_text("15 sur 30" if language == "fr" else "15 of 30")
    bruno.looks_right()
    pledge(bruno, bicycle)
    wish(bruno, bicycle).locator("form[action$='/fulfil'] button").click()
    expect(wish(bruno, bicycle)).to_have_count(0)
    expect(wish(amina, bicycle)).to_have_count(0)
    amina.page.locator("#ended summary").click()
    expect(amina.page.locator("#ended li")).to_contain_text(bicycle)
    amina.looks_right()
    has(bruno, 5)

    # Every point says where it came from.
    bruno.page.locator("#me a.figures").click()
    expect(bruno.page.locator("#history tbody tr")).to_have_count(2)
    expect(bruno.page.locator("#history tbody tr").last).to_contain_text(
        "travail confirmé par Amina" if language == "fr" else "work, confirmed by Amina"
    )
    bruno.looks_right()
    amina.goes_to("merit/rates")
    expect(amina.page.locator("#confirmed tbody tr")).to_have_count(2)
    amina.looks_right()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_wish_is_let_go_and_everybody_has_theirs_again(home: Home, hands: Hands, language: str) -> None:
    amina, bruno = hands.laptop(language), hands.phone(language)
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    turn_on(amina, "merit")
    amina.goes_to("merit/rates")
    amina.page.locator("#allowance").fill("10")
    amina.page.locator("#thanks-allowance button").click()
    expect(amina.page.locator("#thanks-allowance > p")).to_contain_text("10")

    # They thank each other, and have points to pledge.
    soup = "La soupe" if language == "fr" else "The soup"
    for hand, points in ((amina, "10"), (bruno, "6")):
        hand.goes_to("merit")
        hand.page.locator("#thank summary").click()
        hand.page.locator("#what").fill(soup)
        hand.page.locator("#thanks").fill(points)
        hand.page.locator("#thank button[type=submit]").click()
        expect(hand.page.locator("#thanks-lately li").first).to_contain_text(soup)
    has(bruno, 10)
    has(amina, 6)

    # More than he has is refused where it was filled in; what he has is not.
    hammock = "Un hamac" if language == "fr" else "A hammock"
    wish_for(amina, hammock, "50")
    wish(bruno, hammock).locator("input[name^=points-]").fill("11")
    wish(bruno, hammock).locator("form[action$='/pledge'] button").click()
    expect(wish(bruno, hammock).locator(".error")).to_be_visible()
    expect(wish(bruno, hammock).locator("input[name^=points-]")).to_have_value("11")
    bruno.looks_right()
    pledge(bruno, hammock, "10")
    has(bruno, 0)
    pledge(amina, hammock, "4")
    has(amina, 2)

    # Bruno takes his back and pledges again; then the wish is let go, and all is as it was.
    wish(bruno, hammock).locator("form[action$='/take-back'] button").click()
    has(bruno, 10)
    pledge(bruno, hammock, "7")
    has(bruno, 3)
    expect(wish(amina, hammock)).to_contain_text("11 sur 50" if language == "fr" else "11 of 50")
    wish(amina, hammock).locator("form[action$='/release'] button").click()
    expect(wish(amina, hammock)).to_have_count(0)
    has(amina, 6)
    has(bruno, 10)
    amina.looks_right()
