"""The list, the products and the stock as files for a spreadsheet, out and in."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest

from cercle.modules.groceries.events import Listed, PlaceAdded, ProductAdded, ShopAdded, Stocked
from cercle.modules.groceries.web_table import safe, unsafe
from tests.web.browser import HOST, Browser, Page
from tests.web.seated import Table, seated

TAP = "9a" * 16


def download(browser: Browser, what: str) -> Any:
    """The answer, as the browser gets it."""
    client = browser.home.client
    client.cookies.clear()
    for name, value in browser.cookies.items():
        client.cookies.set(name, value, domain=HOST)
    return client.get(f"/c/{browser.circle}/groceries.csv?what={what}", headers=browser.headers)


def rows(answer: Any, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=separator))


def upload(browser: Browser, what: str, content: str | bytes, **filled: str) -> Page:
    browser.open("groceries")
    raw = content.encode() if isinstance(content, str) else content
    data = {"_csrf_token": browser.token(), "what": what, **filled}
    return browser.post("groceries.csv", data, files={"file": ("table.csv", raw, "text/csv")})


def told(page: Page) -> dict[str, str]:
    """What the report says: label, and how many or why."""
    report = re.search(r'<section class="card" id="report".*?</section>', page.source, re.DOTALL)
    assert report is not None, page.text
    line = r'<b>(.*?)</b>(?:<small>(.*?)</small>)?</span><span class="figures">(.*?)</span>'
    return {label: why or text for label, why, text in re.findall(line, report[0])}


@pytest.fixture
def kitchen(table: Table) -> Table:
    market, fridge = table.does(ShopAdded(name="Market")), table.does(PlaceAdded(name="Fridge"))
    milk = table.does(
        ProductAdded(name="Milk", unit="l", aisle="dairy", place=fridge, minimum=2000, note="oat; not cow")
    )
    bread = table.does(ProductAdded(name='Bread "of the day", sliced', shop=market))
    table.does(Listed(product=bread, shop=market, note="fresh\nif there is"))
    table.does(Listed(product=milk, amount=1500))
    table.does(Stocked(product=milk, amount=500, best_before="2026-12-01", price=55))
    return table


def test_files_go_out_in_english(kitchen: Table) -> None:
    answer = download(kitchen.amina, "list")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="cercle-list-[\d-]{10}\.csv"', answer.headers["content-disposition"])
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert rows(answer) == [
        ["product", "amount", "unit", "shop", "note"],
        ["Milk", "1.5", "L", "", ""],
        ['Bread "of the day", sliced', "", "", "Market", "fresh if there is"],
    ]
    assert rows(download(kitchen.amina, "products"))[1:] == [
        ['Bread "of the day", sliced', "Everything else", "piece", "", "", "Market", "", ""],
        ["Milk", "Dairy and eggs", "L", "2", "Fridge", "", "", "oat; not cow"],
    ]
    assert rows(download(kitchen.amina, "stock"))[1:] == [["Milk", "0.5", "L", "Fridge", "2026-12-01", "0.55"]]


def test_files_go_out_as_a_french_spreadsheet_opens_them(kitchen: Table) -> None:
    kitchen.bruno.headers["accept-language"] = "fr"
    assert rows(download(kitchen.bruno, "stock"), ";") == [
        ["produit", "quantité", "unité", "endroit", "à consommer avant", "prix"],
        ["Milk", "0,5", "L", "Fridge", "2026-12-01", "0,55"],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+33 1", "-2 for 1", "@SUM(A1)", "\u200b=1", "＝cmd|' /C calc'!A0"])
def test_no_cell_is_a_formula(table: Table, name: str) -> None:
    product = table.does(ProductAdded(name=name, note="=HYPERLINK(1)"))
    table.does(Listed(product=product, note="\t=2+2"))
    table.does(Stocked(product=product, amount=1000, place=table.does(PlaceAdded(name="@home"))))
    for what in ("list", "products", "stock"):
        for row in rows(download(table.amina, what)):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for cell in row), row
    assert unsafe(safe(name)) == name


def test_a_guest_takes_files_along_and_brings_none(kitchen: Table) -> None:
    assert "Milk" in download(kitchen.dov, "list").text
    before = kitchen.entries()
    page = upload_as_guest(kitchen)
    assert "not yours to do" in page.text
    assert kitchen.entries() == before


def upload_as_guest(table: Table) -> Page:
    table.dov.open("list")
    data = {"_csrf_token": table.dov.token(), "what": "products"}
    return table.dov.post("groceries.csv", data, files={"file": ("t.csv", b"product\nCaviar\n", "text/csv")})


def test_there_is_no_such_file(kitchen: Table) -> None:
    assert download(kitchen.amina, "secrets").status_code == 404
    assert kitchen.farid.open(f"/c/{kitchen.amina.circle}/groceries.csv?what=list").status == 401


# --- in ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("what", ["list", "products", "stock"])
def test_what_went_out_comes_in_and_adds_nothing_twice(kitchen: Table, what: str, language: str) -> None:
    kitchen.amina.headers["accept-language"] = language
    content = download(kitchen.amina, what).content
    before = kitchen.entries()
    page = upload(kitchen.amina, what, content)
    there = rows(download(kitchen.amina, what), ";" if language == "fr" else ",")
    assert list(told(page).values()) == [str(len(there) - 1)]
    assert kitchen.entries() == before


@pytest.mark.parametrize("what", ["list", "products", "stock"])
def test_a_household_moves_to_another_circle(kitchen: Table, tmp_path: Path, what: str) -> None:
    content = download(kitchen.amina, what).content
    with seated(tmp_path / "new", "stock") as new:
        told(upload(new.bruno, what, content))
        assert rows(download(new.bruno, what)) == rows(download(kitchen.amina, what))


def test_a_list_comes_in(table: Table) -> None:
    text = "Produit;Quantité;Unité;Magasin;Note\nlait;1,5;L;Biocoop;\nœufs;6;;;\n;;;;\n"
    table.amina.headers["accept-language"] = "fr"
    page = upload(table.amina, "list", text)
    assert list(told(page).values()) == ["2"]
    assert len(table.circle.groceries.shops) == 1
    page = upload(table.amina, "list", text.replace("1,5", "2"))
    assert list(told(page).values()) == ["1", "1"], "one is changed, and one was there"
    milk = table.product("lait")
    assert table.circle.groceries.items[milk.item].amount == 2000


def test_what_cannot_be_brought_is_left_by_name_and_the_rest_comes(table: Table) -> None:
    text = "product,unit,aisle,minimum\nRice,kg,Grains,2\n,kg,,\nSalt,furlong,,\nTea,,,lots\n" + "x" * 121 + ",,,\n"
    page = upload(table.amina, "products", text)
    assert told(page) == {
        "Brought in": "1",
        "Left out": "4",
        "a row without a name": "Of what? A name is missing.",
        "Salt": "Nothing is known of this unit: furlong.",
        "Tea": "An amount looks like 6, 1.5 kg or 2 bottles.",
        "x" * 121: "A name has 1 to 120 letters.",
    }
    assert table.product("Rice").minimum == 2000
    assert [table.live.name(aisle.words) for aisle in table.circle.groceries.aisles.values()] == ["Grains"]
    assert len(table.circle.groceries.products) == 1


def test_the_file_says_how_much_there_is(table: Table) -> None:
    text = (
        "product,amount,unit,place,best before,price\nMilk,2,l,Fridge,2026-12-01,2.20\nMilk,1,l,Cellar,,\nSalt,1,,,,\n"
    )
    assert told(upload(table.amina, "stock", text)) == {"Brought in": "2"}
    assert [(lot.amount, lot.best_before, lot.price) for lot in table.product("Milk").lots] == [
        (2000, "2026-12-01", 220),
        (1000, "", 0),
    ]
    assert told(upload(table.bruno, "stock", text)) == {"There already": "2"}, "whoever brings it"
    assert told(upload(table.bruno, "stock", "product,amount\nMilk,50 cl\n")) == {"Changed": "1"}
    assert (table.product("Milk").stock, table.product("Salt").stock) == (500, 1000)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Milk,,", "How much of it there is, is not said."),
        ("Milk,2 bottles,", "Nobody has said yet how these two units compare."),
        ("Tea,1,someday", "A day looks like 2026-12-31."),
        ("Milk,many,", "An amount looks like 6, 1.5 kg or 2 bottles."),
    ],
)
def test_stock_that_cannot_be_brought(kitchen: Table, row: str, why: str) -> None:
    before = kitchen.entries()
    page = upload(kitchen.amina, "stock", f"product,amount,best before\n{row}\n")
    assert told(page) == {"Left out": "1", row.partition(",")[0]: why}
    assert kitchen.entries() == before


def test_barcodes_come_along(table: Table) -> None:
    upload(table.amina, "products", "product,barcodes\nMilk,3017620422003 12345\nBread,12345 x\n")
    assert {code: one.product for code, one in table.circle.groceries.barcodes.items()} == {
        "3017620422003": table.product("Milk").id,
        "12345": table.product("Milk").id,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_files_of_any_spreadsheet(table: Table, encoding: str, separator: str) -> None:
    text = separator.join(("Produit", "Qté", "Prix")) + "\r\n" + separator.join(("Crème brûlée", "2", "3")) + "\r\n"
    assert told(upload(table.amina, "list", text.encode(encoding))) == {"Brought in": "1"}
    assert table.product("Crème brûlée")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"milk\nbread\n",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b'product\n"unfinished',
        b"PK\x03\x04" + bytes(2000),
        b"amount;unit\n1;kg\n",
        b"product\n" + b"x\n" * 2001,
        b"product\n" + b"y" * 1_000_001,
    ],
)
def test_what_is_no_table_of_ours(still: Table, content: bytes) -> None:
    before = still.entries()
    page = upload(still.amina, "products", content)
    assert page.status == 422
    assert page.invalid == ["file"]
    assert still.entries() == before


def test_no_file_at_all(still: Table) -> None:
    still.amina.open("groceries")
    page = still.amina.post("groceries.csv", {"_csrf_token": still.amina.token(), "what": "list", "file": "text"})
    assert page.status == 422
    assert "This file is empty." in page.text


def test_the_same_tap_twice(table: Table) -> None:
    text = "product,amount\nMilk,2\n"
    for _ in range(2):
        assert upload(table.amina, "stock", text, act=TAP).status == 200
    assert table.product("Milk").stock == 2000


def test_a_thousand_rows(table: Table) -> None:
    text = "product,amount\n" + "".join(f"Thing {number},{number}\n" for number in range(1, 1001))
    assert told(upload(table.amina, "list", text)) == {"Brought in": "1000"}
    assert len(table.circle.groceries.items) == 1000
