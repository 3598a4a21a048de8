"""A chore is set up on a laptop, done on a phone, taken back, taken over by somebody else; tapped without a network."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.hand import Hand, Hands
from tests.journeys.home import Home
from tests.journeys.steps import invite, join, start
from tests.journeys.test_shopping import turn_on


def chore(hand: Hand, name: str) -> Locator:
    return hand.page.locator(".chores li", has_text=name)


def set_up(hand: Hand, name: str, minutes: str) -> None:
    """A daily chore, from today on, one after the other."""
    hand.goes_to("tasks")
    hand.page.locator("main a[href$='/tasks/new']").click()
    hand.page.locator("#name").fill(name)
    hand.page.locator("#minutes").fill(minutes)
    expect(hand.page.locator(".for-monthly")).to_be_hidden()
    hand.page.locator("#often").select_option("ever")
    expect(hand.page.locator("#interval")).to_be_hidden()
    hand.page.locator("#often").select_option("daily")
    expect(hand.page.locator(".for-weekly")).to_be_hidden()
    hand.looks_right()
    hand.page.locator("main form button[type=submit]").click()
    expect(hand.page).to_have_url(re.compile(r"/tasks/[0-9a-f]{20}$"))
    hand.looks_right()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_chore_goes_round(home: Home, hands: Hands, language: str) -> None:
    amina, bruno = hands.laptop(language), hands.phone(language)
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    turn_on(amina, "tasks")
    name = "Vaisselle" if language == "fr" else "Dishes"
    set_up(amina, name, "25")

    # Whose turn it is: Amina's; Bruno sees it, and does it for her.
    for hand in (amina, bruno):
        hand.goes_to("tasks")
        expect(chore(hand, name)).to_contain_text("Amina")
    chore(bruno, name).locator("button.tick").click()
    expect(bruno.page.locator("#latest li")).to_contain_text("Bruno")
    expect(amina.page.locator("#latest li")).to_contain_text("Bruno")  # by itself
    expect(chore(amina, name)).to_contain_text("demain" if language == "fr" else "tomorrow")
    bruno.looks_right()

    # He takes it back: it is the same turn again.
    bruno.page.locator("#latest button[name=entry]").click()
    expect(chore(bruno, name)).to_contain_text("aujourd’hui" if language == "fr" else "today")
    expect(chore(amina, name)).to_contain_text("Amina")

    # He takes this turn over, on the chore's own page, and does it with a note.
    chore(bruno, name).locator("a.go").click()
    bruno.page.locator("#take summary").click()
    bruno.page.locator("#member").select_option(label="Bruno")
    bruno.page.locator("#take button[type=submit]").click()
    expect(bruno.page.locator("#turn")).to_contain_text("Bruno")
    bruno.page.locator("#minutes").fill("1:10")
    bruno.page.locator("#turn button[type=submit]").click()
    expect(bruno.page.locator("#history li").first).to_contain_text("1\u00a0h\u00a010")
    bruno.looks_right()

    # The next turn is Bruno's, since this one was Amina's; and who did how much is plain.
    amina.goes_to("tasks")
    expect(chore(amina, name)).to_contain_text("Bruno")
    amina.page.locator("a[href$='/tasks/minutes']").click()
    expect(amina.page.locator(".balances li", has_text="Bruno")).to_contain_text("1\u00a0h\u00a010")
    amina.looks_right()


def test_two_taps_without_a_network_are_one_turn(home: Home, hands: Hands) -> None:
    """One counts; the other is told who was first, and nothing is lost."""
    amina, bruno = hands.phone("en"), hands.phone("fr")
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    turn_on(amina, "tasks")
    set_up(amina, "Dishes", "25")
    for hand in (amina, bruno):
        hand.goes_to("tasks")
    bruno.context.set_offline(True)
    chore(bruno, "Dishes").locator("button.tick").click()
    expect(bruno.page.locator("#outbox li")).to_have_count(1)
    chore(amina, "Dishes").locator("button.tick").click()
    expect(amina.page.locator("#latest li")).to_contain_text("Amina")
    bruno.context.set_offline(False)
    expect(bruno.page.locator("#outbox li .refused.error")).to_contain_text("C’est déjà fait\u202f: Amina")
    bruno.complaints.clear()
    amina.goes_to("log")
    expect(amina.page.locator("#entries")).to_contain_text("Amina did Dishes")
    expect(amina.page.locator("#entries")).not_to_contain_text("Bruno did Dishes")
