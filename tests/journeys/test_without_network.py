"""What is done without a network is kept on the device, and counts once when the network or the node is back."""

from playwright.sync_api import expect

from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, invite, join, start, ticked, wanted


def test_a_tick_and_a_line_wait_for_the_network(home: Home, hands: Hands) -> None:
    amina, bruno = hands.laptop("en"), hands.phone("fr")
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    amina.goes_to("list")
    add(amina, "milk, eggs")
    expect(wanted(bruno, "milk")).to_be_visible()
    bruno.context.set_offline(True)
    wanted(bruno, "milk").click()
    add(bruno, "2 kg de pommes")
    kept = bruno.page.locator("#outbox li")
    expect(kept).to_have_count(2)
    expect(bruno.page.locator("#outbox")).to_contain_text("en attente du réseau")
    expect(bruno.page.locator("li.going", has_text="milk")).to_be_visible()
    bruno.looks_right()
    bruno.context.set_offline(False)
    expect(kept).to_have_count(0)
    expect(ticked(amina, "milk")).to_have_count(1)
    expect(wanted(amina, "pommes")).to_have_count(1)
    expect(wanted(bruno, "pommes")).to_have_count(1)
    assert written(home, "groceries.ticked") == 1
    assert written(home, "groceries.listed") == 3


def test_a_node_that_stops_and_starts_takes_everything_once(home: Home, hands: Hands) -> None:
    amina = hands.phone("fr")
    start(amina, home, "Chez nous", "Amina")
    add(amina, "pain, beurre")
    expect(wanted(amina, "beurre")).to_be_visible()
    home.dies()
    wanted(amina, "pain").click()
    add(amina, "confiture")
    expect(amina.page.locator("#outbox li")).to_have_count(2)
    home.up(again=True)
    expect(amina.page.locator("#outbox li")).to_have_count(0)
    expect(ticked(amina, "pain")).to_have_count(1)
    expect(wanted(amina, "confiture")).to_be_visible()
    amina.page.reload()
    expect(wanted(amina, "")).to_have_count(2)
    assert written(home, "groceries.ticked") == 1
    assert written(home, "groceries.listed") == 3


def test_what_is_refused_later_can_be_mended(home: Home, hands: Hands) -> None:
    amina = hands.phone("en")
    start(amina, home, "Chez nous", "Amina")
    amina.context.set_offline(True)
    add(amina, "7")
    add(amina, "bread")
    expect(amina.page.locator("#outbox li")).to_have_count(2)
    amina.context.set_offline(False)
    refused = amina.page.locator("#outbox li[data-state=refused]")
    expect(refused).to_contain_text("Of what?")
    expect(wanted(amina, "bread")).to_be_visible()
    refused.get_by_role("button", name="Mend").click()
    expect(amina.page.locator("#line")).to_have_value("7")
    add(amina, "7 rolls")
    expect(wanted(amina, "rolls")).to_contain_text("7")
    expect(amina.page.locator("#outbox li")).to_have_count(0)


def written(home: Home, event: str) -> int:
    """How many entries of the circle say this."""
    lines = home.command("log", "Chez nous", "--json").stdout.splitlines()
    return sum(f'"event":"{event}"' in line for line in lines)
