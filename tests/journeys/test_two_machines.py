"""A circle on two machines: each works alone, and whenever they reach each other they agree."""

from playwright.sync_api import Browser, expect

from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, found_a_circle, invite, signed_in, wanted

SOON = 15_000  # ms: each waits at the other for news


def test_each_works_alone_and_both_agree_when_they_meet(chromium: Browser, homes: tuple[Home, Home]) -> None:
    hers, his = homes
    amina = Hands(chromium, hers.url).phone("en")
    amina.page.goto(hers.address)
    found_a_circle(amina, "Chez nous", "Amina")
    link = invite(amina)
    done = his.command("join", link, "Bruno")
    assert done.returncode == 0, done.stderr
    his.up()
    bruno = signed_in(chromium, his, "Bruno")
    amina.goes_to("list")
    add(amina, "2 L milk")
    expect(wanted(bruno, "milk")).to_be_visible(timeout=SOON)
    add(bruno, "bread")
    expect(wanted(amina, "bread")).to_be_visible(timeout=SOON)
    hers.down()
    add(bruno, "salt")
    expect(wanted(bruno, "salt")).to_be_visible()
    hers.up(again=True)
    expect(wanted(amina, "salt")).to_be_visible(timeout=SOON)
    for hand in (amina, bruno):
        hand.looks_right()
        hand.context.close()
