"""A circle decides and meets, as people do it: adopt a charter, be refused, object and be heard, end in a tie, meet. A
second machine shows the same outcome."""

import re

from playwright.sync_api import Browser, expect

from cercle.modules import load
from cercle.store.node import Node
from cercle.web.deadlines import keep
from tests.journeys.hand import Hand, Hands
from tests.journeys.home import Home
from tests.journeys.steps import found_a_circle, invite, join, signed_in, start, turn_on

MOTION = re.compile(r"/decisions/[0-9a-f]{20}$")
SOON = 20_000  # ms
A_DAY_AND_MORE = 26 * 3_600_000  # ms


def looks_after(home: Home, later: int = 0) -> None:
    """What a machine that is off would do by itself, so many ms later: it says that the clocks of its people have run,
    and ends what is due."""
    node = Node(home.data, load())
    live = node.find("Chez nous")
    now = node.clock() + later
    node.clock = live.clock = lambda: now
    keep(node, live)
    node.close()


def a_day_later(home: Home) -> None:
    home.down()
    looks_after(home)
    looks_after(home, A_DAY_AND_MORE)
    home.up(again=True)


def proposes(hand: Hand, title: str, way: str, choices: str = "") -> str:
    """Puts something to the vote at once; gives the address of its page."""
    hand.goes_to("decisions/new")
    page = hand.page
    page.locator("#title").fill(title)
    if choices:
        page.locator("#choices").fill(choices)
    page.locator("#way_of_several" if choices else "#way").select_option(way)
    page.locator("input[name=now]").check()
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(MOTION)
    return "decisions/" + page.url.rpartition("/")[2]


def says(hand: Hand, motion: str, stance: str, why: str = "") -> None:
    hand.goes_to(motion)
    hand.page.locator(f"#vote input[value={stance}]").check()
    hand.page.locator("#vote input[name=why]").fill(why)
    hand.page.locator("#vote form button").click()
    expect(hand.page.locator("#notice")).to_be_visible()


def test_a_charter_is_adopted_and_from_then_on_it_holds(home: Home, hands: Hands) -> None:
    amina, bruno = hands.phone("fr"), hands.laptop("en")
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    turn_on(amina, "decisions")
    amina.goes_to("charter")
    amina.looks_right()
    amina.follows(amina.page.locator("a[href$='/charter/compare']"))
    amina.follows(amina.page.locator("a.chip", has_text="Village"))
    amina.looks_right()
    amina.page.locator("select[name=way]").select_option("light")
    amina.page.locator("form[action$='/compare/propose'] button").click()
    expect(amina.page.locator("main .tag.done")).to_have_text("adopté")
    amina.looks_right()
    amina.goes_to("charter")
    expect(amina.page.locator("main > p.soft").first).to_contain_text("Village")
    bruno.goes_to("settings")
    bruno.page.locator("input[name=circle]").fill("Chez Bruno")
    bruno.page.locator("form[action$='/settings/circle'] button").click()
    expect(bruno.page.locator("h1")).to_have_text("That is for the circle to decide")
    bruno.looks_right()
    bruno.page.locator("#why").fill("I live here too")
    bruno.page.locator("form[action$='/decisions/propose'] button").click()
    expect(bruno.page).to_have_url(MOTION)
    expect(bruno.page.locator("#changes")).to_contain_text("Chez nous → Chez Bruno")
    bruno.looks_right()
    expect(bruno.page.locator(".brand")).to_contain_text("Chez nous")
    amina.goes_to("decisions")
    expect(amina.page.locator("#mine")).to_contain_text("Chez Bruno")
    amina.looks_right()


def test_an_objection_is_heard_and_taken_in(home: Home, hands: Hands) -> None:
    amina, bruno, chloe = hands.phone("fr"), hands.laptop("en"), hands.phone("fr")
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    join(chloe, invite(amina, "child"), "Chloé")
    turn_on(amina, "decisions")
    motion = proposes(bruno, "No screens in the evening", "consent")
    says(amina, motion, "consent")
    says(chloe, motion, "object", "J’appelle Lou à sept heures")
    chloe.looks_right()
    bruno.goes_to(motion)
    expect(bruno.page.locator("#vote")).to_contain_text("Lou")
    bruno.page.locator("#round summary").click()
    bruno.page.locator("#round #way").select_option("consent")
    bruno.page.locator("#anew").fill("From eight o’clock on, then")
    bruno.page.locator("#round form[action$='/open'] button").click()
    expect(bruno.page.locator("#vote")).to_contain_text("From eight")
    bruno.looks_right()
    for hand in (amina, chloe):
        says(hand, motion, "consent")
    says(bruno, motion, "consent")
    a_day_later(home)
    chloe.goes_to(motion)
    expect(chloe.page.locator("main .tag.done")).to_have_text("adopté")
    chloe.looks_right()


def test_an_order_that_ends_in_a_tie_is_shown_as_one(home: Home, hands: Hands) -> None:
    amina, bruno = hands.phone("fr"), hands.laptop("en", script=False)
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    turn_on(amina, "decisions")
    motion = proposes(amina, "Où aller", "ranked", "La mer\nLa montagne")
    for hand, places in ((amina, ("1", "2")), (bruno, ("2", "1"))):
        hand.goes_to(motion)
        for number, place in enumerate(places):
            hand.page.locator("#vote select").nth(number).select_option(place)
        hand.page.locator("#vote form button").click()
        expect(hand.page.locator("#notice")).to_be_visible()
    a_day_later(home)
    bruno.goes_to(motion)
    expect(bruno.page.locator("main .tag").first).to_have_text("a tie")
    bruno.page.locator("main details summary", has_text="The numbers behind").click()
    expect(bruno.page.locator("main table td.number").nth(1)).to_have_text("1")
    bruno.looks_right()
    amina.goes_to(motion)
    expect(amina.page.locator("main .tag").first).to_have_text("égalité")


def test_from_the_agenda_to_the_minutes(home: Home, hands: Hands) -> None:
    amina, bruno = hands.phone("fr"), hands.phone("en")
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    turn_on(amina, "meetings", "decisions")
    amina.goes_to("meetings/new")
    amina.looks_right()
    amina.page.locator("#name").fill("Le conseil")
    amina.page.locator("#often").select_option("weekly")
    amina.page.locator("#place").fill("Cuisine")
    amina.follows(amina.page.locator("main form button[type=submit]").first)
    there = amina.page.url
    amina.looks_right()
    bruno.page.goto(there)
    bruno.page.locator("button[name=answer][value=yes]").click()
    expect(bruno.page.locator("button[name=answer][value=yes]")).to_have_attribute("aria-pressed", "true")
    bruno.page.locator("details:has(form[action$='/put']) > summary").click()
    bruno.page.locator("#what").fill("Bed times")
    bruno.page.locator("form[action$='/put'] button").click()
    expect(amina.page.locator("#agenda")).to_contain_text("Bed times")
    amina.page.locator("details:has(form[action$='/begin']) > summary").click()
    amina.page.locator("#present input").nth(0).check()
    amina.page.locator("#present input").nth(1).check()
    amina.page.locator("form[action$='/begin'] button").click()
    expect(amina.page.locator("#record")).to_be_visible()
    amina.follows(amina.page.locator("a[href$='/round']"))
    expect(amina.page.locator("[data-timer]")).to_have_text(re.compile(r"^0:5\d$"))
    amina.looks_right()
    amina.page.goto(there)
    amina.page.locator("#item").select_option(label="Bed times")
    amina.page.locator("#what_said").fill("Neuf heures")
    amina.page.locator("form[action$='/note'] button").click()
    expect(bruno.page.locator("#record")).to_contain_text("Neuf heures")
    amina.page.locator("button[name=done]").click()
    expect(amina.page.locator("#agenda .tag.done")).to_be_visible()
    bruno.follows(bruno.page.locator("#record a.over"))
    bruno.page.locator("#what").fill("Neuf heures, dix le samedi")
    bruno.looks_right()
    bruno.follows(bruno.page.locator("main form button"))
    expect(bruno.page.locator("#record")).to_contain_text("amended")
    amina.page.locator("form[action$='/close'] button").click()
    expect(amina.page.locator("main .tag").first).to_have_text("a eu lieu")
    amina.looks_right()
    bruno.goes_to("meetings")
    expect(bruno.page.locator("#held")).to_contain_text("Le conseil")
    bruno.looks_right()


def meets(one: Home, other: Home) -> None:
    told = one.command("sync", "Chez nous", "--with", other.url)
    assert told.returncode == 0, told.stderr


def test_a_second_machine_shows_the_same_outcome(browser_there: Browser, cabled_homes: tuple[Home, Home]) -> None:
    """Bruno votes on his own; what was decided by hers is so on his, with the same figures."""
    hers, his = cabled_homes
    hers.up()
    amina = Hands(browser_there, hers.url).phone("en")
    amina.page.goto(hers.address)
    found_a_circle(amina, "Chez nous", "Amina")
    assert his.command("join", invite(amina), "Bruno").returncode == 0
    turn_on(amina, "decisions")
    amina.goes_to("charter/quorum")
    amina.page.locator("#value").fill("40")
    amina.page.locator("select[name=way]").select_option("majority")
    amina.page.locator("main form button[type=submit]").click()
    expect(amina.page).to_have_url(MOTION)
    motion = "decisions/" + amina.page.url.rpartition("/")[2]
    says(amina, motion, "yes")
    his.up()
    bruno = signed_in(browser_there, his, "Bruno")
    says(bruno, motion, "yes", "Most of us should be there")
    amina.goes_to(motion)
    expect(amina.page.locator("#vote")).to_contain_text("Most of us", timeout=SOON)
    for hand in (amina, bruno):
        hand.context.close()
    for home in (hers, his):
        home.down()
    looks_after(hers)
    hers.up(again=True)
    meets(his, hers)
    looks_after(his, A_DAY_AND_MORE)
    meets(his, hers)
    a_day_later(hers)
    meets(his, hers)
    his.up(again=True)
    amina, bruno = signed_in(browser_there, hers, "Amina"), signed_in(browser_there, his, "Bruno")
    for hand in (amina, bruno):
        hand.goes_to(motion)
        expect(hand.page.locator("main .tag.done")).to_have_text("adopted", timeout=SOON)
        expect(hand.page.locator("main .facts dd").first).to_have_text("2")
        hand.goes_to("charter")
        expect(hand.page.locator("#r-quorum")).to_contain_text("40 %")
        hand.context.close()
