"""What is said about a product on its page, what it has cost, and what was wasted of everything."""

import re
from datetime import UTC, datetime

import pytest

from cercle.modules.groceries.events import (
    BarcodeSet,
    Bought,
    Consumed,
    Line,
    Listed,
    PlaceAdded,
    ProductAdded,
    ShopAdded,
    Stocked,
    Wasted,
)
from cercle.sentences import month_name
from tests.web.browser import Browser, Page
from tests.web.seated import Table, fields, forms

TAP = "56" * 16


def open_product(browser: Browser, table: Table, name: str) -> Page:
    return browser.open(f"product/{table.product(name).id}")


def send(browser: Browser, table: Table, product: str, where: str, /, **filled: str) -> Page:
    """What a form on a product's page sends; `where` is the end of its address."""
    open_product(browser, table, product)
    address = f"product/{table.product(product).id}{where}"
    return browser.post(address, {"_csrf_token": browser.token(), **filled})


@pytest.fixture
def flour(table: Table) -> Table:
    table.does(ProductAdded(name="Flour", unit="g", aisle="pantry"))
    return table


@pytest.fixture(scope="module")
def still_flour(still: Table) -> Table:
    still.does(ProductAdded(name="Flour", unit="g", aisle="pantry"))
    still.does(ProductAdded(name="Sugar", unit="g", aisle="pantry"))
    return still


# --- on the list -------------------------------------------------------------------------------------------------


def test_put_on_the_list_changed_and_taken_off(flour: Table) -> None:
    market = flour.does(ShopAdded(name="Market"))
    page = send(flour.dov, flour, "Flour", "/list", do="list", amount="1 kg", note="type 65", shop=market)
    assert "type 65" in page.text
    assert "Market" in page.text
    (item,) = flour.circle.groceries.items.values()
    assert (item.amount, item.unit, item.shop) == (1000, "kg", market)
    send(flour.bruno, flour, "Flour", "/list", do="change", amount="500 g", note="")
    (item,) = flour.circle.groceries.items.values()
    assert (item.amount, item.unit, item.shop) == (500_000, "g", "")
    send(flour.bruno, flour, "Flour", "/list", do="drop")
    assert flour.circle.groceries.items == {}


@pytest.mark.parametrize(
    ("filled", "box"),
    [({"amount": "many"}, "amount"), ({"amount": "0"}, "amount"), ({"note": "x" * 201}, "note"), ({"shop": "x"}, "")],
)
def test_what_the_list_cannot_say_is_named(still_flour: Table, filled: dict[str, str], box: str) -> None:
    before = still_flour.entries()
    page = send(still_flour.amina, still_flour, "Flour", "/list", do="list", **filled)
    assert page.status == 422
    assert not box or page.invalid == [box]
    assert still_flour.entries() == before


def test_taken_off_by_somebody_else_meanwhile(still_flour: Table) -> None:
    before = still_flour.entries()
    page = send(still_flour.amina, still_flour, "Flour", "/list", do="drop")
    assert page.status == 409
    assert still_flour.entries() == before


# --- about it ----------------------------------------------------------------------------------------------------


def test_all_that_is_said_of_a_product_is_said_anew_in_one_act(flour: Table) -> None:
    cupboard = flour.does(PlaceAdded(name="Cupboard"))
    open_product(flour.bruno, flour, "Flour")
    before = flour.entries()
    page = flour.bruno.send(
        flour.product("Flour").id,
        name="Wheat flour",
        aisle="produce",
        minimum="2 kg",
        about_note="the organic one",
        usual_place=cupboard,
    )
    assert "Kept." in page.text
    assert flour.entries() == before + 2, "what it is, and how much of it there should be"
    product = flour.product("Wheat flour")
    assert (product.aisle, product.minimum, product.place) == ("produce", 2_000_000, cupboard)
    assert "the organic one" in page.text
    assert "runs low" in page.text
    assert product.item, "there is less of it than that"
    open_product(flour.bruno, flour, "Wheat flour")
    before = flour.entries()
    flour.bruno.send(product.id)
    assert flour.entries() == before, "nothing is new, and nothing is written"
    flour.bruno.send(product.id, minimum="")
    assert flour.product("Wheat flour").minimum == 0


def test_a_unit_may_be_changed_until_something_is_counted_in_it(flour: Table) -> None:
    open_product(flour.bruno, flour, "Flour")
    flour.bruno.send(flour.product("Flour").id, unit="kg", minimum="2")
    assert (flour.product("Flour").unit, flour.product("Flour").minimum) == ("kg", 2000)
    page = open_product(flour.bruno, flour, "Flour")
    assert "unit" not in page.form(flour.product("Flour").id).fields
    before = flour.entries()
    page = send(flour.bruno, flour, "Flour", "", name="Flour", unit="bag", aisle="pantry")
    assert page.status == 409
    assert "A unit stays as it is once something was counted in it." in page.text
    assert flour.entries() == before


@pytest.mark.parametrize(
    ("filled", "box"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "sugar"}, "name"),
        ({"aisle": "attic"}, "aisle"),
        ({"unit": "furlong"}, "unit"),
        ({"minimum": "enough"}, "minimum"),
        ({"minimum": "2 bottles"}, "minimum"),
        ({"about_note": "x" * 201}, "about_note"),
    ],
)
def test_what_cannot_be_said_of_a_product_is_named(still_flour: Table, filled: dict[str, str], box: str) -> None:
    before = still_flour.entries()
    page = send(still_flour.amina, still_flour, "Flour", "", **({"name": "Flour", "minimum": ""} | filled))
    assert page.status in (409, 422)
    assert page.invalid == [box]
    assert 'id="about" class="card" open' in page.source, "the fold with the mistake is open"
    assert still_flour.entries() == before


def test_archived_and_in_use_again(flour: Table) -> None:
    flour.does(Listed(product=flour.product("Flour").id))
    page = send(flour.bruno, flour, "Flour", "/archive", do="archive")
    assert "archived" in page.text
    assert f"product/{flour.product('Flour').id}/stock" in forms(page), "what is left can still be used"
    assert '<option value="Flour">' not in flour.bruno.open("list").source
    send(flour.bruno, flour, "Flour", "/archive", do="restore")
    assert not flour.product("Flour").archived
    page = send(flour.bruno, flour, "Flour", "/archive", do="restore")
    assert page.status == 409
    assert "This product is in use." in page.text


def test_barcodes(flour: Table) -> None:
    page = send(flour.bruno, flour, "Flour", "/barcodes", barcode="3 017620 422003", barcode_amount="1 kg")
    assert "3017620422003" in page.source
    code = flour.circle.groceries.barcodes["3017620422003"]
    assert (code.product, code.amount, code.unit) == (flour.product("Flour").id, 1000, "kg")
    page = send(flour.bruno, flour, "Flour", "/barcodes", remove="3017620422003")
    assert flour.circle.groceries.barcodes == {}
    assert send(flour.bruno, flour, "Flour", "/barcodes", remove="3017620422003").status == 409


@pytest.mark.parametrize("code", ["", "12", "é" * 8, "x" * 41, "12345\u0000", "<b>bold</b>"])
def test_what_is_no_barcode(still_flour: Table, code: str) -> None:
    before = still_flour.entries()
    page = send(still_flour.amina, still_flour, "Flour", "/barcodes", barcode=code)
    assert page.status == 422
    assert page.invalid == ["barcode"]
    assert still_flour.entries() == before


def test_how_units_compare(flour: Table) -> None:
    page = send(flour.bruno, flour, "Flour", "/units", one="bag", **{"is": "2.5 kg"})
    assert "1 bag = 2.5 kg" in page.text
    flour.does(Stocked(product=flour.product("Flour").id, amount=2000, unit="bag"))
    assert flour.product("Flour").stock == 5_000_000
    eggs = flour.does(ProductAdded(name="Eggs"))
    page = send(flour.bruno, flour, "Eggs", "/units", one="box", **{"is": "6"})
    assert "1 box = 6 pieces" in page.text
    assert eggs
    flour.bruno.headers["accept-language"] = "fr"
    assert "1 boîte = 6 pièces" in open_product(flour.bruno, flour, "Eggs").text


@pytest.mark.parametrize(("one", "other"), [("bag", ""), ("bag", "x"), ("furlong", "6"), ("", "6"), ("kg", "500 g")])
def test_what_says_nothing_of_units(still_flour: Table, one: str, other: str) -> None:
    before = still_flour.entries()
    page = send(still_flour.amina, still_flour, "Flour", "/units", one=one, **{"is": other})
    assert page.status in (409, 422)
    assert still_flour.entries() == before


def test_the_same_taps_twice(flour: Table) -> None:
    for where, filled in (
        ("/list", {"do": "list"}),
        ("/barcodes", {"barcode": "12345"}),
        ("/units", {"one": "bag", "is": "1 kg"}),
        ("/archive", {"do": "archive"}),
    ):
        act = TAP[:-1] + str(len(where) % 10)
        assert send(flour.bruno, flour, "Flour", where, act=act, **filled).status == 200
        before = flour.entries()
        assert send(flour.bruno, flour, "Flour", where, act=act, **filled).status == 200
        assert flour.entries() == before


def test_a_guest_may_only_list(flour: Table) -> None:
    flour.does(BarcodeSet(barcode="12345", product=flour.product("Flour").id))
    page = open_product(flour.dov, flour, "Flour")
    assert forms(page) == {f"product/{flour.product('Flour').id}/list"}
    before = flour.entries()
    for where, filled in (
        ("", {"name": "Mine"}),
        ("/barcodes", {"barcode": "99999"}),
        ("/units", {"one": "bag", "is": "1 kg"}),
        ("/archive", {"do": "archive"}),
    ):
        assert send(flour.dov, flour, "Flour", where, **filled).status == 409
    assert flour.entries() == before


# --- what it has cost --------------------------------------------------------------------------------------------


@pytest.fixture
def priced(table: Table) -> Table:
    """Rice, bought four times: in bags of a kilo at the market, and of five kilos at the mill."""
    market, mill = table.does(ShopAdded(name="Market")), table.does(ShopAdded(name="Mill"))
    rice = table.does(ProductAdded(name="Rice", unit="g", aisle="pantry"))
    for day, shop, amount, price in (
        ("2026-01-10", market, 1_000_000, 300),
        ("2026-02-10", mill, 5_000_000, 1000),
        ("2026-03-10", market, 1_000_000, 360),
        ("2026-04-10", mill, 5_000_000, 1100),
    ):
        line = Line(product=rice, amount=amount, price=price)
        table.does(Bought(day=day, shop=shop, unit="eur", total=price, payer=table.members["Amina"], lines=[line]))
    return table


def test_prices_compare_across_the_sizes_of_packs(priced: Table) -> None:
    page = priced.amina.open("prices")
    assert "€2.20 / kg" in page.text
    assert "-39%" in page.text, "against the time before, whatever the shop"
    market = next(link for link in page.links if "shop=" in link)
    page = priced.amina.open(market)
    assert "€3.60 / kg" in page.text
    assert "+20%" in page.text
    entry = next(link for link in page.links if "/log/" in link)
    assert "noted a purchase of €3.60" in priced.amina.open(entry).text


def test_prices_in_french_and_by_word(priced: Table) -> None:
    priced.bruno.headers["accept-language"] = "fr"
    page = priced.bruno.open("prices?words=RI")
    assert "2,20 € / kg" in page.text
    assert "<table" not in priced.bruno.open("prices?words=lait").source
    for odd in ("words=" + "x" * 5000, "shop=x", "words=%00"):
        assert priced.bruno.open(f"prices?{odd}").status == 200


def test_the_picture_of_a_price_has_its_table_below(priced: Table) -> None:
    page = open_product(priced.amina, priced, "Rice")
    picture = re.search(r'<svg class="chart" viewBox="0 0 360 200".*?</svg>', page.source, re.DOTALL)
    assert picture is not None
    points = re.findall(r'd="(M[^"]+)"', picture[0])
    assert len([line for line in points if line.count("L") == 1]) == 2, "a line for each of the two shops"
    for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", " ".join(points)):
        assert 0 <= float(x) <= 360
        assert 0 <= float(y) <= 200
    for figure in ("€3.00", "€10.00", "€3.60", "€11.00"):
        assert figure in page.text
    assert page.text.index("Mill €") < page.text.index("Market €"), "the cheapest shop first"


def test_one_price_makes_no_picture(table: Table) -> None:
    salt = table.does(ProductAdded(name="Salt"))
    table.does(Bought(unit="eur", total=90, lines=[Line(product=salt, amount=1000, price=90)]))
    page = open_product(table.amina, table, "Salt")
    assert 'class="chart" viewBox="0 0 360' not in page.source
    assert "€0.90" in page.text


def test_two_prices_of_one_day_and_of_nothing(table: Table) -> None:
    salt = table.does(ProductAdded(name="Salt"))
    for _ in range(2):
        table.does(Bought(unit="eur", day="2026-01-01", lines=[Line(product=salt, amount=1000, price=0)]))
    assert "€0.00" in open_product(table.amina, table, "Salt").text
    assert table.amina.open("prices").status == 200


# --- waste -------------------------------------------------------------------------------------------------------


def month_before(months: int) -> str:
    """YYYY-MM of so many months ago."""
    today = datetime.now(UTC).astimezone().date()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return f"{year}-{month + 1:02}"


@pytest.fixture
def wasteful(table: Table) -> Table:
    """Rice of 3 euros a kilo and salt of no known price: thrown away this month, the month before, and long ago."""
    rice = table.does(ProductAdded(name="Rice", unit="kg"))
    table.does(Stocked(product=rice, amount=10_000, price=3000))
    salt = table.does(ProductAdded(name="Salt"))
    for day, amount in (
        (f"{month_before(1)}-03", 1000),
        (f"{month_before(0)}-04", 2000),
        (f"{month_before(0)}-20", 500),
    ):
        table.does(Wasted(product=rice, amount=amount, day=day, why="spoiled"))
    table.does(Wasted(product=salt, amount=1000, day=f"{month_before(0)}-21", why="broken"))
    table.does(Wasted(product=rice, amount=1000, day="2001-01-01"))
    return table


def test_what_was_wasted_by_month_and_by_product(wasteful: Table) -> None:
    page = wasteful.amina.open("waste?months=")
    now, before = month_name(month_before(0), "en"), month_name(month_before(1), "en")
    for words in ("€13.50", f"{now} €7.50", f"{before} €3.00", "January 2001 €3.00", "spoiled", "nobody knows"):
        assert words in page.text
    assert "Rice 4.5 kg €13.50" in page.text
    months = re.findall(r"<rect class=\"series-0[^>]* height=\"([\d.]+)\"", page.source)
    assert len(months) == 3
    assert float(months[2]) > float(months[0]) == float(months[1])
    three = next(link for link in page.links if link.count(",") == 2 and "/log?of=" in link)
    assert wasteful.amina.open(three).text.count("threw") == 3


def test_waste_of_the_last_months_and_in_french(wasteful: Table) -> None:
    wasteful.chloe.headers["accept-language"] = "fr"
    page = wasteful.chloe.open("waste")
    assert "10,50 €" in page.text
    assert month_name(month_before(1), "fr") in page.text
    assert "2001" not in page.text
    assert "7,50 €" in wasteful.chloe.open("waste?months=1").text, "another number of months is twelve"
    assert wasteful.chloe.open("waste?months=3").status == 200


def test_a_guest_sees_the_waste_and_takes_nothing_back(wasteful: Table) -> None:
    page = wasteful.dov.open("waste?months=")
    assert "Rice" in page.text
    assert "undo" not in forms(page)


def test_what_is_not_known_any_more_is_not_offered(table: Table) -> None:
    rice = table.does(ProductAdded(name="Rice"))
    for _ in range(3):
        table.does(Consumed(product=rice, amount=1000))
    page = open_product(table.amina, table, "Rice")
    assert len(page.form("/undo").buttons) == 3
    table.amina.send("/undo", button="entry")
    page = open_product(table.amina, table, "Rice")
    assert len(page.form("/undo").buttons) == 2
    sent = fields(table.amina, "/undo", entry="0" * 20)
    assert table.amina.post("undo", sent).status == 409
