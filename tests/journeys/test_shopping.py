"""From the list to the purse and to the cupboard: what was bought is shared, settled, put away, and asked for again."""

import re

from playwright.sync_api import expect

from tests.journeys.hand import Hand, Hands
from tests.journeys.home import Home
from tests.journeys.steps import add, invite, join, start, ticked, turn_on, wanted

LIVE = 1_000  # ms


def buy(hand: Hand, total: str, **prices: str) -> None:
    """Puts away what was ticked, from the button under the list on; prices by the name of the thing."""
    hand.goes_to("list")
    hand.page.locator("#list a[href$='/purchase']").click()
    page = hand.page
    for name, price in prices.items():
        page.locator("fieldset", has_text=name).locator("input[name^=price-]").fill(price)
    page.locator("#total").fill(total)
    hand.looks_right()
    page.locator("#purchase button[type=submit]").last.click()


def test_a_purchase_is_shared_and_settled(home: Home, hands: Hands) -> None:
    amina, bruno = hands.phone("fr"), hands.phone("en")
    start(amina, home, "Chez nous", "Amina")
    turn_on(amina, "money", "stock")
    join(bruno, invite(amina), "Bruno")
    add(bruno, "2 L milk, 6 eggs")
    wanted(bruno, "milk").click()
    wanted(bruno, "eggs").click()
    expect(ticked(bruno, "eggs")).to_have_count(1)
    amina.goes_to("money")
    buy(bruno, "6.90", milk="2.40", eggs="3")
    expect(bruno.page.locator("#notice")).to_contain_text("Written down")
    debt = amina.page.locator("#transfers li")
    expect(debt).to_contain_text("3,45", timeout=LIVE)
    expect(debt).to_contain_text("Amina → B Bruno")
    amina.looks_right()
    debt.locator("button").click()
    expect(amina.page.locator("#transfers")).to_contain_text("Tout est réglé")
    bruno.goes_to("money")
    expect(bruno.page.locator("#transfers")).to_contain_text("All even")
    bruno.page.locator("#latest a.over", has_text="Groceries").click()
    expect(bruno.page.locator("main")).to_contain_text("Bruno noted a purchase of €6.90")


def test_a_purchase_that_was_begun_is_found_again(home: Home, hands: Hands) -> None:
    amina = hands.phone("fr")
    page = amina.page
    start(amina, home, "Chez nous", "Amina")
    turn_on(amina, "money", "stock")
    amina.goes_to("list")
    add(amina, "2 L de lait, 6 œufs")
    wanted(amina, "lait").click()
    expect(ticked(amina, "lait")).to_have_count(1)
    amina.goes_to("purchase")
    page.locator("#shop").fill("Chez Élise")
    page.locator("#total").fill("6,90")
    page.locator("#more").fill("du pain 1,20")
    page.locator(".tabs a[href$='/list']").click()
    wanted(amina, "œufs").click()
    expect(ticked(amina, "œufs")).to_have_count(1)
    amina.goes_to("purchase")
    for box, text in (("#shop", "Chez Élise"), ("#total", "6,90"), ("#more", "du pain 1,20")):
        expect(page.locator(box)).to_have_value(text)
    page.reload()
    expect(page.locator("#total")).to_have_value("6,90")
    page.locator("#purchase button[type=submit]").last.click()
    expect(page.locator("#notice")).to_contain_text("noté")
    amina.goes_to("purchase")
    expect(page.locator("#total")).to_have_value("")


def test_a_bill_is_taken_back(home: Home, hands: Hands) -> None:
    amina = hands.laptop("en")
    page = amina.page
    start(amina, home, "Chez nous", "Amina")
    turn_on(amina, "money")
    join(hands.phone("fr"), invite(amina), "Bruno")
    amina.goes_to("money")
    page.locator("#what").fill("Electricity")
    page.locator("#total").fill("a lot")
    page.locator("#add button[type=submit]").click()
    expect(page.locator("#error-total")).to_contain_text("12.50")
    expect(page.locator("#what")).to_have_value("Electricity")
    page.locator("#total").fill("80")
    page.locator("#add button[type=submit]").click()
    expect(page.locator("#transfers li")).to_contain_text("€40.00")
    amina.follows(page.locator("#balances a.over", has_text="Amina"))
    amina.looks_right()
    page.locator("button[name=correct]").click()
    expect(page.locator("#statement tbody tr")).to_have_count(2)
    expect(page.locator("#balance")).to_contain_text("€0.00")
    amina.goes_to("log?module=accounts")
    expect(page.locator("#entries .said")).to_have_count(2)
    amina.goes_to("money")
    page.locator("#add summary").click()
    page.locator("#what").fill("Water")
    page.locator("#total").fill("30")
    page.locator("#add button[type=submit]").click()
    page.locator("#latest li", has_text="Water").get_by_role("button").click()
    expect(page.locator("#latest li", has_text="Water")).to_contain_text("taken back")


def test_what_runs_low_comes_back_on_the_list_by_itself_once(home: Home, hands: Hands) -> None:
    amina, bruno = hands.phone("fr"), hands.laptop("en")
    page = amina.page
    start(amina, home, "Chez nous", "Amina")
    turn_on(amina, "stock")
    join(bruno, invite(amina), "Bruno")
    amina.goes_to("stock")
    amina.looks_right()
    add(amina, "6 œufs")
    page.locator("#places a", has_text="œufs").click()
    page.locator("#about summary").first.click()
    page.locator("#minimum").fill("4")
    page.locator("#about form button[type=submit]").first.click()
    expect(page.locator("#notice")).not_to_be_empty()
    use(amina, "1")
    expect(wanted(bruno, "œufs")).to_have_count(0)
    use(amina, "2")
    expect(wanted(bruno, "œufs")).to_be_visible(timeout=LIVE)
    expect(wanted(bruno, "œufs")).to_contain_text("runs low")
    wanted(bruno, "œufs").click()
    expect(ticked(bruno, "œufs")).to_have_count(1)
    use(amina, "1")
    bruno.page.reload()
    expect(wanted(bruno, "œufs")).to_have_count(0)  # it was asked for, and is in the basket
    amina.looks_right()


def use(hand: Hand, amount: str) -> None:
    hand.page.locator("#taken").fill(amount)
    before = hand.page.locator("#lots .title .figures").inner_text()
    hand.page.locator("button[name=use][value=used]").click()
    expect(hand.page.locator("#lots .title .figures")).not_to_have_text(before)


def test_a_shop_and_what_was_wasted(home: Home, hands: Hands) -> None:
    amina = hands.laptop("en")
    page = amina.page
    start(amina, home, "Chez nous", "Amina")
    turn_on(amina, "stock", "money", "prices", "waste")
    amina.goes_to("purchase")
    page.locator("#shop").fill("Market")
    page.locator("#more").fill("4 yoghurts 2.40\n1 kg rice 1.90")
    page.locator("#purchase button[type=submit]").last.click()
    expect(page.locator("#notice")).to_contain_text("Written down")
    amina.goes_to("prices")
    expect(page.locator("#prices")).to_contain_text("Market")
    page.locator("#prices a", has_text="yoghurts").click()
    expect(page).to_have_url(re.compile("/product/"))
    page.locator("#throw-away summary").click()
    page.locator("#wasted").fill("2")
    page.locator("button[value=wasted]").click()
    expect(page.locator("#lots .title .figures")).to_contain_text("2")
    amina.goes_to("waste")
    expect(page.locator("#wasted")).to_contain_text("€1.20")
    amina.looks_right()
