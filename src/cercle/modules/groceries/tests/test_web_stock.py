"""The stock, on its page and on a product's: put in, used, opened, moved, counted, thrown away, taken back."""

from pathlib import Path
from typing import Any

import pytest

from cercle.modules.groceries.events import (
    Consumed,
    ConversionSet,
    MinimumSet,
    PlaceAdded,
    ProductAdded,
    Stocked,
    UnitAdded,
)
from tests.web.browser import Browser, Page
from tests.web.seated import Table, fields, forms, seated

TAP = "ef" * 16


def put_in(browser: Browser, line: str) -> Page:
    browser.open("stock")
    return browser.send("/stock", line=line)


def open_product(browser: Browser, table: Table, name: str) -> Page:
    return browser.open(f"product/{table.product(name).id}")


def change(browser: Browser, table: Table, name: str, use: str, **filled: Any) -> Page:
    open_product(browser, table, name)
    address = f"product/{table.product(name).id}/stock"
    return browser.post(address, {"_csrf_token": browser.token(), "use": use, **filled})


def test_what_came_in_stands_on_the_shelf(table: Table) -> None:
    page = put_in(table.amina, "6 eggs, 1 kg rice, milk")
    assert page.path.endswith("/stock")
    assert [table.product(name).stock for name in ("eggs", "rice", "milk")] == [6000, 1_000_000, 1000]
    assert "rice" in page.text
    assert "1 kg" in page.text
    assert "Nowhere in particular" in page.text


def test_in_french(table: Table) -> None:
    table.chloe.headers["accept-language"] = "fr"
    page = put_in(table.chloe, "1,5 kg de pommes")
    assert "1,5 kg" in page.text
    assert "Sans endroit précis" in page.text


@pytest.mark.parametrize("line", ["", "3 kg", "x" * 121, "🥕, " * 60])
def test_a_line_that_says_nothing_stays_in_its_box(still: Table, line: str) -> None:
    before = still.entries()
    page = put_in(still.amina, line)
    assert page.status == 422
    assert page.form("/stock").fields["line"] == [line]
    assert still.entries() == before


def test_what_nobody_can_compare_is_refused_by_name_and_nothing_is_put_in(table: Table) -> None:
    put_in(table.amina, "1 kg rice")
    before = table.entries()
    page = put_in(table.amina, "6 eggs, 2 bottles of rice")
    assert page.status == 409
    assert "rice: Nobody has said yet how these two units compare." in page.text
    assert page.form("/stock").fields["line"] == ["6 eggs, 2 bottles of rice"]
    assert table.entries() == before


def test_the_same_tap_twice_puts_in_once(table: Table) -> None:
    table.amina.open("stock")
    sent = fields(table.amina, "/stock", line="6 eggs, 2 bread", act=TAP)
    for _ in range(2):
        assert table.amina.post("stock", sent).status == 200
    assert (table.product("eggs").stock, table.product("bread").stock) == (6000, 2000)


def test_a_guest_looks_and_touches_nothing(table: Table) -> None:
    put_in(table.amina, "6 eggs")
    page = table.dov.open("stock")
    assert "eggs" in page.text
    assert "stock" not in forms(page)
    page = open_product(table.dov, table, "eggs")
    assert forms(page) == {f"product/{table.product('eggs').id}/list"}
    before = table.entries()
    page = change(table.dov, table, "eggs", "used", taken="1")
    assert page.status == 409
    assert "This is not yours to do in this circle." in page.text
    assert table.entries() == before


def test_what_runs_low_and_what_expires_soon(table: Table) -> None:
    put_in(table.amina, "6 eggs, 2 bread")
    table.does(MinimumSet(product=table.product("eggs").id, minimum=12_000))
    table.does(Stocked(product=table.product("bread").id, amount=1000, best_before="2000-01-01"))
    page = table.amina.open("stock?only=low")
    assert "at least 12" in page.text
    assert "on the list" in page.text
    assert "bread" not in page.text.partition("Expires soon")[2]
    page = table.amina.open("stock?only=soon")
    assert "past its day" in page.text
    assert "eggs" not in page.text.partition("Expires soon")[2]
    assert table.amina.open("stock?only=everything").status == 200


def test_the_worth_of_it_leads_to_the_entries_behind_it(table: Table) -> None:
    rice = table.does(ProductAdded(name="Rice", unit="kg"))
    entries = [table.does(Stocked(product=rice, amount=1000, price=price)) for price in (310, 290)]
    page = table.amina.open("stock")
    assert "€6.00" in page.text
    link = next(link for link in page.links if "/log?of=" in link)
    assert {*link.partition("of=")[2].split(",")} == {*entries}
    told = table.amina.open(link)
    assert told.text.count("into the stock") == 2


# --- one product -------------------------------------------------------------------------------------------------


@pytest.fixture
def milk(table: Table) -> Table:
    return with_milk(table)


@pytest.fixture(scope="module")
def still_milk(still: Table) -> Table:
    return with_milk(still)


def with_milk(table: Table) -> Table:
    """Three litres in the fridge, one of which expires first."""
    fridge = table.does(PlaceAdded(kind="fridge", name="Fridge"))
    product = table.does(ProductAdded(name="Milk", unit="l", aisle="dairy", place=fridge))
    table.does(Stocked(product=product, amount=2000, best_before="2999-01-01", price=220))
    table.does(Stocked(product=product, amount=1000, best_before="2998-01-01"))
    return table


def lots(table: Table) -> list[tuple[int, str]]:
    return [(lot.amount, lot.best_before) for lot in table.product("Milk").lots]


def test_used(milk: Table) -> None:
    page = change(milk.bruno, milk, "Milk", "used", taken="0.5")
    assert lots(milk) == [(500, "2998-01-01"), (2000, "2999-01-01")]
    assert "2.5 L" in page.text
    assert "Bruno used Milk (0.5 L)." in page.text
    change(milk.bruno, milk, "Milk", "used", taken="50 cl", lot=milk.product("Milk").lots[1].id)
    assert lots(milk) == [(500, "2998-01-01"), (1500, "2999-01-01")]


def test_used_in_french_with_a_comma(milk: Table) -> None:
    milk.chloe.headers["accept-language"] = "fr"
    page = change(milk.chloe, milk, "Milk", "used", taken="1,25")
    assert "1,75 L" in page.text


def test_more_is_used_than_there_was(milk: Table) -> None:
    change(milk.bruno, milk, "Milk", "used", taken="5")
    assert milk.product("Milk").stock == -2000
    assert "more was used than there was" in milk.amina.open("stock").text


def test_opened_and_then_it_keeps_for_less_long(milk: Table) -> None:
    page = change(milk.bruno, milk, "Milk", "opened", taken="1", lot=milk.product("Milk").lots[1].id)
    assert "opened on" in page.text
    assert lots(milk) == [(1000, "2999-01-01"), (1000, "2998-01-01"), (1000, "2999-01-01")], "what is open comes first"
    change(milk.bruno, milk, "Milk", "kept", until="2026-12-01")
    assert lots(milk)[0] == (1000, "2026-12-01")
    assert milk.product("Milk").lots[0].opened


def test_moved_to_a_new_place(milk: Table) -> None:
    page = change(milk.bruno, milk, "Milk", "moved", to="Cellar", moved_lot=milk.product("Milk").lots[1].id)
    assert "Cellar" in page.text
    change(milk.bruno, milk, "Milk", "moved", to="cellar", moved="0.5")
    assert len(milk.circle.groceries.places) == 2, "the same name is the same place"
    assert len(milk.product("Milk").lots) == 3
    shelves = milk.amina.open("stock").text
    assert "Cellar" in shelves
    assert "Fridge" in shelves


def test_a_move_that_is_refused_brings_no_place_in(milk: Table) -> None:
    before = milk.entries()
    page = change(milk.bruno, milk, "Milk", "moved", to="Cellar", moved="3 kg")
    assert page.status == 409
    assert page.invalid == ["moved"]
    assert milk.entries() == before
    assert len(milk.circle.groceries.places) == 1


def test_counted(milk: Table) -> None:
    change(milk.bruno, milk, "Milk", "counted", counted="0")
    assert lots(milk) == []
    assert "None left." in milk.bruno.page.text
    change(milk.bruno, milk, "Milk", "counted", counted="1.5 L")
    assert milk.product("Milk").stock == 1500


def test_put_in_with_its_place_day_and_worth(milk: Table) -> None:
    page = change(
        milk.bruno, milk, "Milk", "added", added="6 L", place="Garage", best_before="2997-01-01", price="7.20"
    )
    assert lots(milk)[0] == (6000, "2997-01-01")
    assert "Garage" in page.text
    assert "€7.20" in page.text


def test_thrown_away_costs_what_it_had_cost_and_is_taken_back(milk: Table) -> None:
    lot = milk.product("Milk").lots[1].id
    change(milk.bruno, milk, "Milk", "wasted", wasted="1", wasted_lot=lot, why="spoiled", wasted_note="left out")
    page = milk.amina.open("waste")
    assert "€1.10" in page.text
    assert "spoiled" in page.text
    page = milk.amina.send("/undo", button="entry")
    assert "Taken back. It stays in the log." in page.text
    assert "Nothing was wasted" in page.text
    assert lots(milk) == [(1000, "2998-01-01"), (2000, "2999-01-01")]


@pytest.mark.parametrize(
    ("use", "field", "text"),
    [
        ("used", "taken", ""),
        ("used", "taken", "much"),
        ("used", "taken", "0"),
        ("used", "taken", "-1"),
        ("used", "taken", "9" * 30),
        ("opened", "taken", "½ ½"),
        ("wasted", "wasted", ""),
        ("wasted", "wasted", "50"),  # three litres are there
        ("wasted", "wasted_note", "x" * 201),
        ("moved", "to", ""),
        ("moved", "to", "x" * 121),
        ("moved", "moved", "some"),
        ("kept", "until", "2026-02-30"),
        ("counted", "counted", "minus one"),
        ("added", "added", "a lot"),
        ("added", "best_before", "tomorrow"),
        ("added", "price", "1,2,3"),
        ("added", "place", "x" * 121),
    ],
)
def test_what_says_nothing_is_named_beside_its_box(still_milk: Table, use: str, field: str, text: str) -> None:
    before = still_milk.entries()
    filled = {"taken": "1", "wasted": "1", "to": "Cellar", "counted": "1", "added": "1", "until": ""} | {field: text}
    page = change(still_milk.bruno, still_milk, "Milk", use, **filled)
    assert page.status == 422
    assert page.invalid == [field]
    assert text[:50] in page.source
    assert still_milk.entries() == before


def test_what_has_gone_meanwhile_is_said(milk: Table) -> None:
    lot = milk.product("Milk").lots[0].id
    milk.does(Consumed(product=milk.product("Milk").id, amount=1000))
    before = milk.entries()
    page = change(milk.bruno, milk, "Milk", "opened", taken="1", lot=lot)
    assert page.status == 422
    assert "Choose one." in page.text
    assert milk.entries() == before


def test_of_nothing_nothing_is_opened(table: Table) -> None:
    table.does(ProductAdded(name="Milk"))
    page = change(table.bruno, table, "Milk", "opened", taken="1")
    assert page.status == 422
    assert "There is nothing of it in stock." in page.text


def test_the_same_use_twice_is_used_once(milk: Table) -> None:
    for _ in range(2):
        change(milk.bruno, milk, "Milk", "used", taken="1", act=TAP)
    assert milk.product("Milk").stock == 2000


def test_each_line_of_lately_is_taken_back_once(milk: Table) -> None:
    change(milk.bruno, milk, "Milk", "used", taken="1")
    page = milk.bruno.send("/undo", button="entry")
    assert "Taken back. It stays in the log." in page.text
    assert "taken back" in page.text
    assert milk.product("Milk").stock == 3000
    used = next(key for key, move in milk.circle.groceries.moves.items() if move.undone)
    before = milk.entries()
    page = milk.bruno.post("undo", {"_csrf_token": milk.bruno.token(), "entry": used, "back": "https://elsewhere"})
    assert page.status == 409
    assert "This was taken back already." in page.text
    assert milk.entries() == before


def test_every_figure_of_a_lot_leads_to_its_entry(milk: Table) -> None:
    page = open_product(milk.amina, milk, "Milk")
    links = [link for link in page.links if "/log?of=" in link]
    assert len(links) == 3, "the whole, and each of the two lots"
    for link in links:
        assert "put Milk into the stock" in milk.amina.open(link).text


def test_a_unit_of_the_circles_own_is_read_and_written(milk: Table) -> None:
    jug = milk.does(UnitAdded(name="jug", plural="jugs"))
    milk.does(ConversionSet(product=milk.product("Milk").id, unit=jug, to="l", numerator=3, denominator=2))
    page = change(milk.bruno, milk, "Milk", "added", added="2 jugs")
    assert milk.product("Milk").stock == 6000
    assert "1 jug = 1.5 L" in page.text
    page = put_in(milk.bruno, "2 jugs of milk")
    assert milk.product("Milk").stock == 9000


def test_without_the_stock_a_product_speaks_of_the_list_alone(tmp_path: Path) -> None:
    with seated(tmp_path / "bare") as table:
        table.does(ProductAdded(name="Milk"))
        page = open_product(table.amina, table, "Milk")
        assert "On the list" in page.text
        for word in ("In stock", "Barcode", "Always have", "Usual place"):
            assert word not in page.text


def test_there_is_no_such_product(table: Table) -> None:
    for address in ("product/" + "0" * 20, "product/x", "product/%E2%80%AE"):
        assert table.amina.open(address).status == 404
    table.amina.open("list")
    page = table.amina.post("product/" + "0" * 20 + "/stock", {"_csrf_token": table.amina.token(), "use": "used"})
    assert page.status == 404
