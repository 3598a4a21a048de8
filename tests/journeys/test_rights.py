"""A child and a guest see no more than they may, and are offered nothing in vain."""

from playwright.sync_api import expect

from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, invite, join, start, ticked, wanted
from tests.journeys.test_shopping import turn_on


def test_a_child_and_a_guest(home: Home, hands: Hands) -> None:
    amina, chloe, dov = hands.laptop("en"), hands.phone("fr"), hands.phone("fr")
    start(amina, home, "Chez nous", "Amina")
    turn_on(amina, "money", "stock")
    join(chloe, invite(amina, "child"), "Chloé")
    join(dov, invite(amina, "guest"), "Dov")
    add(chloe, "chocolat")
    wanted(chloe, "chocolat").click()
    expect(ticked(dov, "chocolat")).to_have_count(1)
    add(dov, "2 chocolat")
    expect(wanted(chloe, "chocolat")).to_contain_text("2")
    for hand in (chloe, dov):
        hand.goes_to("people")
        expect(hand.page.locator("#people li")).to_have_count(3)
        expect(hand.page.locator("#invite, #add, a[href$='/tablet/new']")).to_have_count(0)
        hand.looks_right()
        hand.goes_to("settings")
        expect(hand.page.locator("button[name=on], button[name=off], #circle")).to_have_count(0)
    chloe.goes_to("money")
    expect(chloe.page.locator("#add summary")).to_be_visible()
    dov.goes_to("money")
    expect(dov.page.locator("#balances li")).to_have_count(3)
    expect(dov.page.locator("#add, main form button")).to_have_count(0)
    dov.looks_right()
    dov.goes_to("stock")
    expect(dov.page.locator("#quick")).to_have_count(0)
    dov.looks_right()
    dov.goes_to("list")
    expect(dov.page.locator("#list a[href$='/purchase']")).to_have_count(0)
    dov.page.locator("#list a.go").first.click()
    expect(dov.page.locator("#about, #lots form")).to_have_count(0)
    dov.looks_right()


def test_somebody_else_of_this_node_sees_nothing(home: Home, hands: Hands) -> None:
    amina, farid = hands.laptop("en"), hands.laptop("fr")
    start(amina, home, "Chez nous", "Amina")
    made = home.command("new", "Chez Farid", "--founder", "Farid")
    assert made.returncode == 0, made.stderr
    farid.page.goto(home.command("signin", "Farid").stdout.split()[-1])
    expect(farid.page.locator("#list")).to_be_visible()
    answer = farid.page.goto(amina.page.url)
    assert answer is not None
    assert answer.status == 401
    expect(farid.page.locator("body")).not_to_contain_text("Chez nous")
