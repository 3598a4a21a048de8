"""The phone in the basement: pages open without a network, and what is done there counts once when it is back."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Error, Locator, expect

from tests.journeys.hand import Hand, Hands
from tests.journeys.home import Home
from tests.journeys.steps import LIST, add, has_kept, invite, join, start, ticked, wanted
from tests.journeys.test_chores import chore
from tests.journeys.test_shopping import turn_on
from tests.journeys.test_whose_day import add_chore
from tests.journeys.test_without_network import written

THINGS = ("milk", "eggs", "bread", "salt", "rice")
# What is kept on this device: the addresses of pages, and all that stands in them.
ALL_KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) {
      const kept = url.includes("/static/") ? null : await cache.match(url);
      if (kept) found[new URL(url).pathname] = await kept.text();
    }
  }
  return found;
}"""


def kept_by(hand: Hand) -> dict[str, str]:
    found: dict[str, str] = hand.page.evaluate(ALL_KEPT)
    return found


def opens_anew(hand: Hand, address: str = "") -> None:
    """Closes the page, and opens it in a new one."""
    address = address or hand.page.url
    hand.page.close()
    hand.page = hand.open_page()
    hand.page.goto(address)


def outbox(hand: Hand) -> Locator:
    return hand.page.locator("#outbox li")


def member(hand: Hand) -> str:
    return str(hand.page.locator("body").get_attribute("data-me"))


def said_in_log(home: Home, event: str) -> list[dict[str, Any]]:
    """The entries of the circle that say this."""
    lines = map(json.loads, home.command("log", "Chez nous", "--json").stdout.splitlines())
    return [line for line in lines if line["event"] == event]


def moved_in(home: Home, hands: Hands) -> tuple[Hand, Hand]:
    """Amina at her laptop, and Bruno with his phone open on a list of six things."""
    amina, bruno = hands.laptop("en"), hands.phone("fr")
    start(amina, home, "Chez nous", "Amina")
    turn_on(amina, "money", "stock")
    join(bruno, invite(amina), "Bruno")
    amina.goes_to("list")
    add(amina, ", ".join([*THINGS, "tea"]))
    expect(wanted(bruno, "")).to_have_count(6)
    has_kept(bruno, "list", showing="tea")
    has_kept(bruno, "purchase", "stock", "money", "people", "log")
    return amina, bruno


def in_the_basement(bruno: Hand) -> None:
    """He opens the page anew without the node, ticks five things and notes a purchase."""
    opens_anew(bruno)
    expect(bruno.page.locator("#kept")).to_contain_text(re.compile(r"\d\d:\d\d, sans réseau"))
    expect(wanted(bruno, "")).to_have_count(6)
    bruno.looks_right()
    for thing in THINGS:
        wanted(bruno, thing).click()
    expect(bruno.page.locator("li.going.waiting")).to_have_count(5)
    bruno.page.locator("#list a[href$='/purchase']").click()
    expect(bruno.page.locator("#kept")).to_be_visible()
    bruno.page.locator("#more").fill("2 L jus 3,20")
    bruno.page.locator("#total").fill("3,20")
    bruno.page.locator("#purchase button[type=submit]").last.click()
    expect(outbox(bruno)).to_have_count(6)
    bruno.page.go_back()
    expect(bruno.page.locator("li.going.waiting")).to_have_count(5)  # ticks never come back
    bruno.looks_right()


def all_agree(home: Home, amina: Hand, bruno: Hand) -> None:
    """Both see one thing left and five in the basket, and the log has each of it once."""
    expect(outbox(bruno)).to_have_count(0)
    expect(bruno.page.locator("#kept")).to_be_hidden()
    for hand in (amina, bruno):
        expect(wanted(hand, "")).to_have_count(1)
        expect(ticked(hand, "")).to_have_count(5)
        hand.page.reload()
        expect(ticked(hand, "")).to_have_count(5)
    ticks = said_in_log(home, "groceries.ticked")
    assert len({entry["kept"]["item"] for entry in ticks if entry["verdict"] == "ok"}) == len(ticks) == 5
    assert written(home, "groceries.bought") == 1
    bruno.goes_to("stock")
    expect(bruno.page.locator("main")).to_contain_text(re.compile("jus", re.I))


def test_five_ticks_and_a_purchase_without_a_network(home: Home, hands: Hands) -> None:
    amina, bruno = moved_in(home, hands)
    bruno.context.set_offline(True)
    in_the_basement(bruno)
    for thing in THINGS:
        wanted(amina, thing).click()
    expect(ticked(amina, "")).to_have_count(5)
    bruno.context.set_offline(False)
    all_agree(home, amina, bruno)
    assert {entry["by"] for entry in said_in_log(home, "groceries.ticked")} == {member(amina)}


def test_five_ticks_and_a_purchase_while_the_node_is_stopped(home: Home, hands: Hands) -> None:
    amina, bruno = moved_in(home, hands)
    home.dies()
    in_the_basement(bruno)
    for thing in THINGS[:3]:  # meanwhile, on the node's machine
        item = str(wanted(bruno, thing).get_attribute("value"))
        done = home.command("act", "Chez nous", "groceries.ticked", json.dumps({"item": item}), "--by", "Amina")
        assert done.returncode == 0, done.stderr
    home.up(again=True)
    amina.page.reload()
    all_agree(home, amina, bruno)
    people = [entry["by"] for entry in said_in_log(home, "groceries.ticked")]
    assert (people.count(member(amina)), people.count(member(bruno))) == (3, 2)


def test_chores_and_minutes_in_the_basement(home: Home, hands: Hands) -> None:
    amina = hands.phone("en")
    start(amina, home, "Chez nous", "Amina")
    turn_on(amina, "today", "tasks")
    add_chore(home, "Bins")
    amina.goes_to("today")
    has_kept(amina, "today", "tasks")
    amina.context.set_offline(True)
    opens_anew(amina, home.url + "/")  # as its icon does
    expect(amina.page.locator("#kept")).to_be_visible()
    amina.goes_to("today")
    chore(amina, "Bins").locator("button.tick").click()
    amina.goes_to("tasks")
    expect(outbox(amina)).to_have_count(1)
    amina.page.locator("#work summary").click()
    amina.page.locator("#what").fill("Cellar swept")
    amina.page.locator("#minutes").fill("25")
    amina.page.locator("form[action$='/tasks'] button[type=submit]").click()
    expect(outbox(amina)).to_have_count(2)
    opens_anew(amina)
    expect(outbox(amina)).to_have_count(2)
    amina.context.set_offline(False)
    expect(outbox(amina)).to_have_count(0)
    expect(amina.page.locator("#latest")).to_contain_text("Cellar swept")
    assert (written(home, "tasks.done"), written(home, "tasks.worked")) == (1, 1)


def test_what_was_not_kept_says_so_and_leads_back(home: Home, hands: Hands) -> None:
    amina = hands.phone("fr")
    start(amina, home, "Chez nous", "Amina")
    has_kept(amina, "list")
    there = amina.page.url
    has_kept(amina, "/offline")
    amina.context.set_offline(True)
    amina.goes_to("settings")
    expect(amina.page.locator("h1")).to_have_text("Pas de réseau")
    amina.looks_right()
    amina.page.locator("main a.button").click()
    expect(amina.page).to_have_url(there)
    expect(amina.page.locator("#kept")).to_be_visible()


def test_what_is_refused_meanwhile_is_mended_on_a_kept_page(home: Home, hands: Hands) -> None:
    amina, bruno = moved_in(home, hands)
    bruno.context.set_offline(True)
    opens_anew(bruno)
    add(bruno, "7")
    wanted(bruno, "tea").click()
    expect(outbox(bruno)).to_have_count(2)
    bruno.context.set_offline(False)
    refused = bruno.page.locator("#outbox li[data-state=refused]")
    expect(refused).to_contain_text("De quoi")
    expect(ticked(amina, "tea")).to_have_count(1)
    bruno.context.set_offline(True)
    opens_anew(bruno, bruno.page.url.replace("/list", "/stock"))
    bruno.page.locator("[data-state=refused]").get_by_role("button", name="Corriger").click()
    expect(bruno.page).to_have_url(LIST)
    expect(bruno.page.locator("#line")).to_have_value("7")
    expect(wanted(bruno, "tea")).to_have_count(0)
    add(bruno, "7 bougies")
    expect(outbox(bruno)).to_have_count(1)
    bruno.context.set_offline(False)
    expect(wanted(amina, "bougies")).to_contain_text("7")
    expect(outbox(bruno)).to_have_count(0)


def test_who_signs_out_leaves_no_page_behind(home: Home, hands: Hands) -> None:
    _, bruno = moved_in(home, hands)
    there = bruno.page.url
    assert "/".join(["", *there.split("/")[3:]]) in kept_by(bruno)
    bruno.goes_to("settings")
    bruno.page.locator("form[action$='/signout'] button").click()
    bruno.page.locator("main form button.danger").click()
    expect(bruno.page.locator("#code")).to_be_visible()
    assert kept_by(bruno) == {}
    bruno.context.set_offline(True)
    with pytest.raises(Error, match="ERR_"):
        bruno.page.goto(there)
    expect(bruno.page.locator("body")).not_to_contain_text("Chez nous")


def test_a_session_that_ended_keeps_the_outbox_for_its_owner(home: Home, hands: Hands) -> None:
    """Bruno's phone is signed out from elsewhere while it is in the basement; then Amina uses it, then he again."""
    _, bruno = moved_in(home, hands)
    signed_in = {name: home.command("signin", name).stdout.split()[-1] for name in ("Amina", "Bruno")}
    other = hands.laptop("fr")
    other.page.goto(home.command("signin", "Bruno").stdout.split()[-1])
    bruno.context.set_offline(True)
    opens_anew(bruno)
    wanted(bruno, "tea").click()
    expect(outbox(bruno)).to_have_count(1)
    other.goes_to("settings")
    other.page.locator("button[name=close]").click()
    expect(other.page.locator("#devices li")).to_have_count(1)
    bruno.context.set_offline(False)
    expect(bruno.page.locator("main")).to_contain_text("Cette porte est fermée")
    assert kept_by(bruno) == {}
    bruno.page.goto(signed_in["Amina"])
    expect(wanted(bruno, "")).to_have_count(6)
    has_kept(bruno, "list")
    expect(outbox(bruno)).to_have_count(0)
    bruno.page.goto(signed_in["Bruno"])
    expect(outbox(bruno)).to_have_count(0)
    expect(ticked(bruno, "tea")).to_have_count(1)
    (tick,) = said_in_log(home, "groceries.ticked")
    assert tick["by"] == member(bruno)


def test_two_people_on_one_tablet(home: Home, hands: Hands) -> None:
    """Each one's pages are theirs; what was done without a network waits for the one who did it, and what nobody did
    for the next who sits down."""
    amina, tablet = moved_in(home, hands)
    for name in ("Amina", "Bruno"):
        amina.page.goto(home.command("signin", name).stdout.split()[-1])
        amina.page.goto(f"{amina.page.url.removesuffix('/list')}/people/{member(amina)}")
        amina.page.locator("#pin").fill("2468")
        amina.page.locator("form[action$='/pin'] button").click()
        expect(amina.page.locator("#notice")).to_contain_text("The PIN is set")
    amina.page.goto(home.command("signin", "Amina").stdout.split()[-1])
    tablet.page.goto(home.command("signin", "Amina").stdout.split()[-1])
    tablet.goes_to("tablet/new")
    tablet.page.locator("main form button.danger").click()
    expect(tablet.page).to_have_url(LIST)
    has_kept(tablet, "list")
    sits_down(tablet, "Bruno")
    bruno = member(tablet)
    assert bruno != member(amina)
    tablet.goes_to("money")
    tablet.goes_to("list")
    home.dies()
    wanted(tablet, "milk").click()
    expect(outbox(tablet)).to_have_count(1)
    opens_anew(tablet)
    expect(tablet.page.locator("#kept")).to_be_visible()
    expect(tablet.page.locator(".top .avatar")).to_have_count(0)
    expect(outbox(tablet)).to_have_count(0)
    tablet.goes_to("tablet")  # as the page does by itself after three minutes
    expect(tablet.page).to_have_url(LIST)
    assert {path.rpartition("/")[2] for path in kept_by(tablet)} == {"list", "", "offline"}
    wanted(tablet, "eggs").click()
    expect(outbox(tablet)).to_have_count(1)
    home.up(again=True)  # nobody sits there any more
    expect(tablet.page.locator("#kept")).to_be_hidden()
    expect(outbox(tablet)).to_have_count(1)
    assert said_in_log(home, "groceries.ticked") == []
    sits_down(tablet, "Amina")
    expect(ticked(tablet, "eggs")).to_have_count(1)
    expect(wanted(tablet, "milk")).to_have_count(1)
    sits_down(tablet, "Bruno")
    expect(ticked(tablet, "milk")).to_have_count(1)
    expect(outbox(tablet)).to_have_count(0)
    assert [entry["by"] for entry in said_in_log(home, "groceries.ticked")] == [member(amina), bruno]


def sits_down(tablet: Hand, name: str) -> None:
    tablet.goes_to("tablet")
    tablet.page.locator(".seats a", has_text=name).click()
    tablet.page.locator("input.pin").fill("2468")
    tablet.page.locator(".pad button[type=submit]").click()
    expect(tablet.page).to_have_url(LIST)
    expect(tablet.page.locator(".top .avatar")).to_have_attribute("aria-label", re.compile(name))
