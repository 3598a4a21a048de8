"""Shops, places, aisles and units of the circle's own: added, renamed, removed; and what the forms read."""

from pathlib import Path
from typing import Any

import pytest

from cercle.modules.groceries.events import AisleAdded, PlaceAdded, ProductAdded, ShopAdded, Stocked, UnitAdded
from cercle.modules.groceries.quick_add import amount
from cercle.modules.groceries.units import UNITS
from cercle.sentences import amount as written
from cercle.sentences import month_name
from tests.web.browser import Browser, Page
from tests.web.seated import Table, forms, seated

TAP = "78" * 16


def send(browser: Browser, where: str = "", **filled: Any) -> Page:
    browser.open("groceries")
    return browser.post(f"groceries{where}", {"_csrf_token": browser.token(), **filled})


def names(table: Table, kind: str) -> list[str]:
    things = getattr(table.circle.groceries, kind)
    return [table.live.name(thing.words) for thing in things.values() if not thing.closed]


@pytest.mark.parametrize("kind", ["shop", "place", "aisle", "unit"])
def test_added_renamed_and_removed(table: Table, kind: str) -> None:
    page = send(table.bruno, kind=kind, **{f"name-{kind}": "Chez Élise 🥖"})
    assert "Chez Élise 🥖" in page.text
    things = getattr(table.circle.groceries, f"{kind}s")
    (key,) = things
    send(table.bruno, rename=key, **{f"name-{key}": "Élise", f"plural-{key}": "Élises"})
    assert names(table, f"{kind}s") == ["Élise"]
    page = send(table.bruno, remove=key)
    assert names(table, f"{kind}s") == []
    assert "Élise" not in page.text


def test_in_french(table: Table) -> None:
    table.chloe.headers["accept-language"] = "fr"
    page = send(table.chloe, kind="place", **{"name-place": "Cave", "place_kind": "cellar"})
    assert "Endroits" in page.text
    (place,) = table.circle.groceries.places.values()
    assert place.kind == "cellar"


@pytest.fixture(scope="module")
def full(still: Table) -> Table:
    for event in (
        ShopAdded(name="Market"),
        PlaceAdded(name="Fridge"),
        AisleAdded(name="Spices"),
        UnitAdded(name="jug"),
    ):
        still.does(event)
    return still


@pytest.mark.parametrize(
    ("filled", "box"),
    [
        ({"kind": "shop", "name-shop": ""}, "name-shop"),
        ({"kind": "shop", "name-shop": "x" * 121}, "name-shop"),
        ({"kind": "shop", "name-shop": "MARKET"}, "name-shop"),
        ({"kind": "place", "name-place": "fridge"}, "name-place"),
        ({"kind": "aisle", "name-aisle": "spices"}, "name-aisle"),
        ({"kind": "unit", "name-unit": "Jug"}, "name-unit"),
        ({"kind": "unit", "name-unit": "litres"}, "name-unit"),
        ({"kind": "unit", "name-unit": "crate", "plural-unit": "x" * 121}, "plural-unit"),
        ({"kind": "place", "name-place": "Attic", "place_kind": "hole"}, "place_kind"),
    ],
)
def test_what_cannot_be_is_named(full: Table, filled: dict[str, str], box: str) -> None:
    before = full.entries()
    page = send(full.amina, **filled)
    assert page.status == 422
    assert page.invalid == [box]
    assert full.entries() == before


@pytest.mark.parametrize("filled", [{}, {"kind": "castle"}, {"remove": "0" * 20}, {"rename": "x", "name-x": "Y"}])
def test_what_nobody_offered_is_refused(full: Table, filled: dict[str, str]) -> None:
    before = full.entries()
    assert send(full.amina, **filled).status in (409, 422)
    assert full.entries() == before


def test_how_units_compare_for_all(table: Table) -> None:
    page = send(table.bruno, "/units", one="bottle", **{"is": "75 cl"})
    assert "1 bottle = 750 ml" in page.text
    wine = table.does(ProductAdded(name="Wine", unit="l"))
    table.does(Stocked(product=wine, amount=2000, unit="bottle"))
    assert table.product("Wine").stock == 1500
    before = table.entries()
    for one, other in (("bottle", "much"), ("l", "1000 ml"), ("x", "3")):
        assert send(table.bruno, "/units", one=one, **{"is": other}).status in (409, 422)
    assert table.entries() == before


def test_the_same_tap_twice(table: Table) -> None:
    for _ in range(2):
        assert send(table.bruno, kind="shop", act=TAP, **{"name-shop": "Market"}).status in (200, 422)
    assert names(table, "shops") == ["Market"]


def test_a_guest_reads(full: Table) -> None:
    page = full.dov.open("groceries")
    assert "Market" in page.text
    assert forms(page) == set()
    before = full.entries()
    page = full.dov.post("groceries", {"_csrf_token": token(full.dov), "kind": "shop", "name-shop": "Mine"})
    assert page.status == 409
    assert full.entries() == before


def token(browser: Browser) -> str:
    browser.open("list")
    return browser.token()


def test_without_the_stock_no_place_is_mentioned(tmp_path: Path) -> None:
    with seated(tmp_path / "bare") as table:
        address = next(link for link in table.amina.open("list").links if link.endswith("/groceries"))
        page = table.amina.open(address)
        assert "Shops, aisles and files" in page.text
        assert "A place" not in page.text
        assert "best-before" not in page.text


def test_one_page_leads_there(table: Table) -> None:
    for page, leads in (("list", False), ("stock", True)):
        assert any(link.endswith("/groceries") for link in table.amina.open(page).links) is leads


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_a_page_writes_is_read_back(language: str) -> None:
    for unit in UNITS:
        for thousandths in (1, 500, 1000, 1250, 2000, 12_000, 1_234_500, 999_999_000):
            text = written(thousandths, unit, language)
            read = amount(text, language)
            assert read is not None, text
            grams = {"kg": 1000, "l": 1000, "cl": 10}
            assert read[0] * grams.get(read[1] or "", 1) == thousandths * grams.get(unit, 1), text


def test_a_thousand_grams_are_a_kilo_on_a_page() -> None:
    assert [written(n, "g", "en") for n in (999_000, 1_000_000, 1_250_000)] == [
        "999\u00a0g",
        "1\u00a0kg",
        "1.25\u00a0kg",
    ]
    assert written(1_500_000, "ml", "fr") == "1,5\u00a0L"
    assert written(-2_000_000, "g", "en") == "-2\u00a0kg"
    assert written(1_000_001, "g", "en") == "1,000.001\u00a0g", "not a whole number of milligrams is lost"


def test_a_month_has_its_name() -> None:
    assert [month_name("2026-05", language) for language in ("en", "fr")] == ["May 2026", "mai 2026"]
