"""One purse on two machines that cannot reach each other: what each spends of its own stands, and nothing is spent
twice."""

from playwright.sync_api import Browser, Locator, expect

from tests.journeys.hand import Hand, Hands
from tests.journeys.home import Home
from tests.journeys.steps import found_a_circle, invite, join, signed_in

SOON = 15_000  # ms: each waits at the other for news


def opens_a_purse(hand: Hand, name: str, amount: str) -> None:
    page = hand.page
    hand.goes_to("settings")
    page.locator("button[name=on][value=purse]").click()
    expect(page.locator("button[name=on][value=purse]")).to_have_count(0)
    hand.goes_to("purse")
    page.locator("#name").fill(name)
    page.get_by_role("button", name="Open a purse").click()
    page.locator("#amount").fill(amount)
    page.locator("#in button[type=submit]").click()
    expect(page.locator("#in-it .big")).to_have_text(f"€{amount}.00")


def takes(hand: Hand, amount: str, what: str) -> None:
    page = hand.page
    if not page.locator("#total").is_visible():
        page.locator("#out summary").click()
    page.locator("#total").fill(amount)
    page.locator("#what").fill(what)
    page.locator("#out button[type=submit]").click()


def move(hand: Hand, what: str) -> Locator:
    return hand.page.locator("#moves li", has_text=what)


def in_it(hand: Hand) -> Locator:
    return hand.page.locator("#in-it .big")


def test_both_spend_their_shares_apart_and_all_stands_when_they_meet(
    chromium: Browser, homes: tuple[Home, Home]
) -> None:
    hers, his = homes
    amina = Hands(chromium, hers.url).phone("en")
    amina.page.goto(hers.address)
    found_a_circle(amina, "Chez nous", "Amina")
    opens_a_purse(amina, "Holidays", "100")
    link = invite(amina)
    amina.goes_to("purse")
    done = his.command("join", link, "Bruno")
    assert done.returncode == 0, done.stderr
    his.up()
    bruno = signed_in(chromium, his, "Bruno")
    bruno.goes_to("purse")
    expect(in_it(bruno)).to_have_text("€100.00")
    bruno.page.get_by_role("button", name="A share for this machine").click()
    expect(bruno.page.locator("#notice")).to_have_text(
        "This machine gets a share, once the keeper of the log has confirmed it."
    )
    expect(amina.page.locator("#shares")).to_contain_text("Bruno", timeout=SOON)
    expect(bruno.page.locator("#in-it")).to_contain_text("can be spent from this machine", timeout=SOON)

    hers.down()
    share = bruno.page.locator("#shares li", has_text="this machine").locator(".figures").first.inner_text()
    takes(bruno, share.removeprefix("€"), "Ferry")
    expect(move(bruno, "Ferry")).to_be_visible()
    takes(bruno, "5", "Ice cream")
    expect(bruno.page.locator("#error-total")).to_contain_text("For sure, this machine can spend €0.00")
    bruno.looks_right()
    bruno.page.locator("input[name=free]").check()
    bruno.page.locator("#out button[type=submit]").click()
    expect(move(bruno, "Ice cream")).to_contain_text("waits for the keeper of the log")
    bruno.looks_right()

    his.down()
    hers.up(again=True)
    amina.goes_to("purse")
    takes(amina, "74", "Tent")
    expect(move(amina, "Tent")).to_be_visible()
    his.up(again=True)
    expect(move(amina, "Ferry")).to_be_visible(timeout=SOON)
    expect(move(amina, "Tent")).to_be_visible()
    bruno.goes_to("purse")
    expect(move(bruno, "Tent")).to_be_visible(timeout=SOON)
    expect(move(bruno, "Ferry")).to_be_visible()
    for hand in (amina, bruno):
        expect(in_it(hand)).to_have_text("€1.00", timeout=SOON)
        expect(hand.page.locator("#void")).to_contain_text("Ice cream")
        expect(hand.page.locator("#void")).to_contain_text("That much is not free in this purse any more.")
    for hand in (amina, bruno):
        hand.looks_right()
        hand.context.close()


def test_what_a_phone_takes_out_without_a_network_is_refused_where_it_was_spent_meanwhile(
    home: Home, hands: Hands
) -> None:
    amina, bruno = hands.phone("en"), hands.laptop("en")
    amina.page.goto(home.address)
    found_a_circle(amina, "Chez nous", "Amina")
    opens_a_purse(amina, "Holidays", "100")
    join(bruno, invite(amina), "Bruno")
    amina.goes_to("purse")
    amina.context.set_offline(True)
    takes(amina, "60", "Tent")
    expect(amina.page.locator("#outbox")).to_contain_text("waiting for the network")
    bruno.goes_to("purse")
    takes(bruno, "50", "Bicycles")
    expect(in_it(bruno)).to_have_text("€50.00")
    amina.context.set_offline(False)
    refused = amina.page.locator("#outbox li[data-state=refused]")
    expect(refused).to_contain_text("can be taken out at most")
    expect(move(amina, "Bicycles")).to_be_visible()
    amina.looks_right()
    refused.get_by_role("button", name="Mend").click()
    expect(amina.page.locator("#what")).to_have_value("Tent")
    takes(amina, "50", "A smaller tent")
    expect(move(amina, "A smaller tent")).to_be_visible()
    expect(in_it(amina)).to_have_text("€0.00")
    expect(in_it(bruno)).to_have_text("€0.00")
    expect(amina.page.locator("#outbox li")).to_have_count(0)
    amina.looks_right()
