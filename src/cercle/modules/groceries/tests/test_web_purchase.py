"""Purchases: put away from what is ticked, written down from a receipt, looked at again, entered anew, taken back."""

from pathlib import Path
from typing import Any

import pytest

from cercle.modules.accounts.read import balances
from cercle.modules.groceries.events import (
    Bought,
    Listed,
    MinimumSet,
    PlaceAdded,
    ProductAdded,
    ShopAdded,
    Stocked,
    Ticked,
)
from cercle.modules.groceries.state import Purchase
from tests.web.browser import Browser, Page
from tests.web.seated import Table, fields, forms, seated

TAP = "12" * 16


def tick(table: Table, line: str) -> dict[str, str]:
    """Puts things on the list and ticks them all; gives the item of each product, by name."""
    table.amina.open("list")
    table.amina.send("/list", line=line)
    for item in list(table.circle.groceries.items):
        table.does(Ticked(item=item), "Bruno")
    groceries = table.circle.groceries
    return {table.live.name(groceries.products[item.product].words): key for key, item in groceries.done.items()}


def put_away(browser: Browser, **filled: Any) -> Page:
    browser.open("purchase")
    return browser.send("/purchase", **filled)


def euros(table: Table) -> dict[str, int]:
    found = balances(table.circle, "eur")
    return {name: found.get(member, 0) for name, member in table.members.items()}


def receipts(table: Table) -> list[Purchase]:
    return list(table.circle.groceries.purchases.values())


def test_what_was_ticked_is_put_away_shared_and_priced(table: Table) -> None:
    items = tick(table, "2 L milk, 6 eggs")
    milk, eggs = items["milk"], items["eggs"]
    page = put_away(
        table.bruno,
        shop="Market",
        total="12.40",
        **{f"price-{milk}": "2.30", f"place-{milk}": "Fridge", f"best-{milk}": "2026-12-01", f"price-{eggs}": "3"},
    )
    assert "Written down." in page.text
    assert page.path.endswith("/stock")
    assert euros(table) == {"Amina": -310, "Bruno": 930, "Chloé": -310, "Dov": -310}
    (lot,) = table.product("milk").lots
    assert (lot.amount, lot.price, lot.best_before) == (2000, 230, "2026-12-01")
    assert table.live.name(table.circle.groceries.places[lot.place].words) == "Fridge"
    (receipt,) = receipts(table)
    assert (receipt.total, table.live.name(table.circle.groceries.shops[receipt.shop].words)) == (1240, "Market")
    assert table.circle.groceries.done == {}, "it is put away"
    assert "What was bought" in table.bruno.open("purchase").text


def test_in_french(table: Table) -> None:
    table.bruno.headers["accept-language"] = "fr"
    tick(table, "2 L milk")
    page = put_away(table.bruno, total="3,20 €", more="500 g de beurre 2,10\nune douzaine d’œufs 1,10 €")
    assert page.status == 200
    assert [line.price for line in receipts(table)[0].lines] == [None, 210, 110]
    assert (table.product("beurre").stock, table.product("œufs").stock) == (500_000, 12_000)
    assert "3,20 €" in table.bruno.open("purchases").text


def test_a_line_that_is_not_chosen_waits_for_the_next_receipt(table: Table) -> None:
    items = tick(table, "milk, bread")
    put_away(table.amina, line=[items["bread"]], total="2")
    assert list(table.circle.groceries.done) == [items["milk"]]
    assert table.product("milk").stock == 0


def test_a_receipt_with_a_total_only(table: Table) -> None:
    table.amina.open("purchase")
    page = table.amina.send(
        "/purchase",
        total="40",
        payer=table.members["Bruno"],
        **{"for": [table.members["Amina"], table.members["Bruno"]]},
    )
    assert page.status == 200
    assert euros(table) == {"Amina": -2000, "Bruno": 2000, "Chloé": 0, "Dov": 0}
    assert receipts(table)[0].lines == []


def test_a_gift_is_owed_by_nobody(table: Table) -> None:
    table.amina.open("purchase")
    page = table.amina.send("/purchase", more="cake 14.00", **{"for": []})
    assert "Nobody owes anything for it." in page.text
    assert set(euros(table).values()) == {0}
    assert receipts(table)[0].total == 1400


def test_without_a_total_it_cost_what_its_lines_cost(table: Table) -> None:
    page = put_away(table.amina, more="bread 2.40\n3 lemons €1\nsalt")
    assert page.status == 200
    assert receipts(table)[0].total == 340
    assert [line.price for line in receipts(table)[0].lines] == [240, 100, None]


def test_what_was_on_the_list_all_the_same_leaves_it(table: Table) -> None:
    items = tick(table, "milk")
    bread = table.does(ProductAdded(name="Bread"))
    table.does(Listed(product=bread))
    put_away(table.amina, line=[], more="1 L milk 1.10\n2 bread 3.00")
    assert table.circle.groceries.items == {}
    assert items["milk"] not in table.circle.groceries.done


def test_the_same_tap_twice_is_one_purchase_with_one_new_shop(table: Table) -> None:
    tick(table, "milk")
    table.amina.open("purchase")
    sent = fields(table.amina, "/purchase", shop="Market", total="5", more="bread 2.00", act=TAP)
    before = table.entries()
    for _ in range(3):
        assert table.amina.post("purchase", sent).status == 200
    assert len(receipts(table)) == 1
    assert len(table.circle.groceries.shops) == 1
    assert table.entries() == before + 3, "the shop, the bread, the purchase"


def test_two_phones_put_one_thing_away_once(table: Table) -> None:
    items = tick(table, "milk, bread")
    table.bruno.open("purchase")
    put_away(table.amina, total="5", line=[items["milk"]])
    before = table.entries()
    page = table.bruno.send("/purchase", total="5")
    assert page.status == 422
    assert "Somebody put some of this away meanwhile" in page.text
    assert items["milk"] not in page.source
    assert table.entries() == before


def test_known_shops_and_places_are_known_again(table: Table) -> None:
    market, fridge = table.does(ShopAdded(name="Le Marché")), table.does(PlaceAdded(name="Frigo"))
    items = tick(table, "milk")
    put_away(table.amina, shop="le marche", total="1", **{f"place-{items['milk']}": "FRIGO"})
    assert receipts(table)[0].shop == market
    assert table.product("milk").lots[0].place == fridge
    assert len(table.circle.groceries.shops) == len(table.circle.groceries.places) == 1


def test_a_number_of_what_is_weighed_asks_for_its_weight(table: Table) -> None:
    table.does(Stocked(product=table.does(ProductAdded(name="Tomatoes", unit="kg", catalogue="tomatoes")), amount=1000))
    items = tick(table, "6 tomatoes")
    page = table.amina.open("purchase")
    key = items["Tomatoes"]
    assert "Tomatoes (6)" in page.text
    assert page.form("/purchase").fields[f"amount-{key}"] == [""]
    page = table.amina.send("/purchase")
    assert page.status == 422
    assert page.invalid == [f"amount-{key}"]
    page = table.amina.send("/purchase", **{f"amount-{key}": "1.2 kg"})
    assert page.status == 200
    assert table.product("Tomatoes").stock == 2200


WRONG = [
    ({"total": "1,2,3"}, "total"),
    ({"day": "2026-02-30"}, "day"),
    ({"day": "someday"}, "day"),
    ({"shop": "x" * 121}, "shop"),
    ({"note": "x" * 201}, "note"),
    ({"payer": "0" * 20}, "payer"),
    ({"amount-KEY": ""}, "amount-KEY"),
    ({"amount-KEY": "some"}, "amount-KEY"),
    ({"amount-KEY": "3 bottles"}, "amount-KEY"),
    ({"price-KEY": "cheap"}, "price-KEY"),
    ({"price-KEY": "5", "total": "4"}, "total"),
    ({"best-KEY": "soon"}, "best-KEY"),
    ({"place-KEY": "y" * 121}, "place-KEY"),
    ({"more": "2 kg"}, "more"),
    ({"more": "2.50"}, "more"),
    ({"more": "milk\n" * 51}, "more"),
    ({"more": "3 bottles of milk"}, "more"),
    ({"line": "0" * 20}, ""),
]


@pytest.mark.parametrize(("changed", "box"), WRONG)
def test_what_is_wrong_is_named_and_the_form_stays_as_it_was(still: Table, changed: dict[str, str], box: str) -> None:
    if not still.circle.groceries.done:
        tick(still, "2 L milk")
    (key,) = still.circle.groceries.done
    before = still.entries()
    filled = {name.replace("KEY", key): text for name, text in changed.items()}
    page = put_away(still.amina, **({"shop": "Market", "total": "9.99"} | filled))
    assert page.status == 422
    if box:
        assert page.invalid == [box.replace("KEY", key)]
    kept = page.form("/purchase").fields
    for name, text in filled.items():
        assert name in ("line", "payer") or kept[name] == [text]
    assert still.entries() == before


def test_nothing_at_all_is_no_purchase(still: Table) -> None:
    before = still.entries()
    page = put_away(still.amina, line=[], total="")
    assert page.status == 422
    assert "Write what was bought, or what it cost in all." in page.text
    assert put_away(still.amina, line=[], total="0").status == 422
    assert still.entries() == before


def test_a_guest_puts_nothing_away(still: Table) -> None:
    assert still.dov.open("purchase").path.endswith("/list")
    before = still.entries()
    page = still.dov.post("purchase", {"_csrf_token": still.dov.token(), "total": "5", "for": still.members["Amina"]})
    assert page.status == 409
    assert "This is not yours to do in this circle." in page.text
    assert still.entries() == before


def test_a_child_does(table: Table) -> None:
    assert put_away(table.chloe, more="bread 1.20").status == 200
    assert euros(table)["Chloé"] == 90


def test_fifty_things_on_one_receipt(table: Table) -> None:
    more = "\n".join(f"{'thing':x<40} {number} 1.00" for number in range(50))
    page = put_away(table.amina, more=more)
    assert page.status == 200
    assert len(receipts(table)[0].lines) == 50
    assert receipts(table)[0].total == 5000


# --- again -------------------------------------------------------------------------------------------------------


@pytest.fixture
def bought(table: Table) -> Table:
    """Amina has bought milk and bread for herself and Bruno."""
    items = tick(table, "2 L milk, bread")
    put_away(
        table.amina,
        shop="Market",
        total="6",
        note="for the weekend",
        **{f"price-{items['milk']}": "2.20", f"place-{items['milk']}": "Fridge"},
        **{"for": [table.members["Amina"], table.members["Bruno"]]},
    )
    return table


def entry_of(table: Table) -> str:
    return list(table.circle.groceries.purchases)[-1]


def test_a_purchase_is_looked_at_as_it_was_entered(bought: Table) -> None:
    page = bought.bruno.open("purchases")
    assert "Market" in page.text
    assert "2 things" in page.text
    assert "paid by Amina" in page.text
    page = bought.bruno.open(f"purchase/{entry_of(bought)}")
    kept = page.form(entry_of(bought)).fields
    assert (kept["shop"], kept["total"], kept["note"]) == (["Market"], ["6.00"], ["for the weekend"])
    assert kept["payer"] == [bought.members["Amina"]]
    assert kept["for"] == [bought.members["Amina"], bought.members["Bruno"]]
    milk = next(name for name, values in kept.items() if values == ["2\u00a0L"])
    assert kept[milk.replace("amount", "price")] == ["2.20"]
    assert kept[milk.replace("amount", "place")] == ["Fridge"]


def test_entered_anew_it_counts_once(bought: Table) -> None:
    old = entry_of(bought)
    bought.bruno.open(f"purchase/{old}")
    kept = bought.bruno.page.form(old).fields
    milk = next(name for name, values in kept.items() if values == ["2\u00a0L"])
    page = bought.bruno.send(old, total="8", **{milk: "3 L"})
    assert page.path.endswith("/purchases")
    assert euros(bought) == {"Amina": 400, "Bruno": -400, "Chloé": 0, "Dov": 0}
    assert [receipt.undone for receipt in receipts(bought)] == [True, False]
    assert (bought.product("milk").stock, bought.product("bread").stock) == (3000, 1000)
    assert "taken back" in page.text
    assert receipts(bought)[1].total == 800


def test_what_was_asked_for_since_stays_on_the_list(bought: Table) -> None:
    bought.does(Listed(product=bought.product("milk").id))
    bought.bruno.open(f"purchase/{entry_of(bought)}")
    bought.bruno.send(entry_of(bought), total="8")
    assert bought.product("milk").item


def test_a_correction_that_is_refused_leaves_the_old_one_standing(bought: Table) -> None:
    old, before = entry_of(bought), bought.entries()
    bought.bruno.open(f"purchase/{old}")
    page = bought.bruno.send(old, total="1")
    assert page.status == 422
    assert page.invalid == ["total"]
    assert bought.entries() == before
    assert not receipts(bought)[0].undone


def test_sent_twice_it_is_entered_anew_once(bought: Table) -> None:
    old = entry_of(bought)
    bought.bruno.open(f"purchase/{old}")
    sent = fields(bought.bruno, old, total="9", act=TAP)
    for _ in range(2):
        assert bought.bruno.post(f"purchase/{old}", sent).path.endswith("/purchases")
    assert len(receipts(bought)) == 2
    late = bought.bruno.post(f"purchase/{old}", sent | {"act": "34" * 16})
    assert "/log/" in late.path, "what was taken back is only in the log"
    assert len(receipts(bought)) == 2


def test_a_purchase_is_taken_back(bought: Table) -> None:
    bought.does(MinimumSet(product=bought.product("milk").id, minimum=1000))
    bought.bruno.open(f"purchase/{entry_of(bought)}")
    page = bought.bruno.send("/undo", button="entry")
    assert page.path.endswith("/purchases")
    assert set(euros(bought).values()) == {0}
    assert bought.product("milk").stock == 0
    assert bought.product("milk").item, "below its minimum it is asked for again"


def test_a_guest_reads_a_purchase_in_the_log(bought: Table) -> None:
    page = bought.dov.open(f"purchase/{entry_of(bought)}")
    assert "/log/" in page.path
    assert not any("purchase" in action for action in forms(bought.dov.open("purchases")))


def test_there_is_no_such_purchase(bought: Table) -> None:
    for entry in ("0" * 20, "x", bought.product("milk").id):
        assert bought.amina.open(f"purchase/{entry}").status == 404


def test_many_purchases_go_on_over_pages(table: Table) -> None:
    for number in range(1, 61):
        table.does(Bought(unit="eur", total=number, day=f"2026-01-{number % 28 + 1:02}", payer=table.members["Amina"]))
    page = table.amina.open("purchases")
    assert page.source.count('<li id="p-') == 50
    older = next(link for link in page.links if "after=" in link)
    assert table.amina.open(older).source.count('<li id="p-') == 10
    assert table.amina.open("purchases?after=x").source.count('<li id="p-') == 50


# --- pages that are off ------------------------------------------------------------------------------------------


def test_without_money_nobody_is_asked_who_paid(tmp_path: Path) -> None:
    with seated(tmp_path / "stock", "stock") as table:
        page = table.amina.open("purchase")
        assert not any(word in page.text for word in ("Who paid", "For whom", "Receipt total"))
        put_away(table.amina, more="bread 2.40")
        assert receipts(table)[0].total == 240
        assert set(euros(table).values()) == {0}
        assert table.product("bread").stock == 1000


def test_without_the_stock_nothing_piles_up_there(tmp_path: Path) -> None:
    with seated(tmp_path / "money", "money") as table:
        items = tick(table, "milk")
        page = table.amina.open("purchase")
        assert not any(word in page.text for word in ("Goes to", "Best before", "Put away"))
        page = put_away(table.amina, total="4", **{f"price-{items['milk']}": "1.10"})
        assert page.path.endswith("/list")
        assert euros(table)["Amina"] == 300
        assert table.product("milk").stock == 0
