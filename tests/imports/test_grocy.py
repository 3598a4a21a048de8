"""A Grocy household becomes a circle: its products, its history, and a stock that is the same to the last lot."""

import hashlib
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cercle.imports import KINDS, Report, Where, Why
from cercle.modules import load
from cercle.modules.circle.read import is_on
from cercle.modules.groceries.events import Consumed, Stocked, Ticked
from cercle.modules.groceries.state import Groceries, Product
from cercle.modules.people.rules import profile
from cercle.store.live import Live
from cercle.store.node import Node
from tests.imports.kitchen import DAY, FILE, Kitchen

COOKIES, GUMMY_BEARS, YOGURT, COLD_CUTS, FLOUR, ICE_CREAM = 1, 3, 9, 11, 21, 27
FRIDGE, PANTRY, FREEZER = 2, 3, 6


def bring(node: Node, path: Path = FILE, **where: Any) -> Report:
    return KINDS["grocy"].bring(node, path, Where(**where))


def rows(path: Path, query: str, *values: Any) -> list[sqlite3.Row]:
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    connection.row_factory = sqlite3.Row
    found = connection.execute(query, values).fetchall()
    connection.close()
    return found


def named(live: Live, name: str) -> Product:
    groceries: Groceries = live.circle.groceries
    return next(one for one in groceries.products.values() if live.name(one.words) == name)


def place_of(live: Live, identifier: str) -> str:
    return live.name(live.circle.groceries.places[identifier].words) if identifier else ""


def ours(live: Live) -> dict[str, Counter[tuple[str, str, str]]]:
    """By product's name: what there is of it, in thousandths, by best-before date, place and day of opening."""
    found = {}
    for product in live.circle.groceries.products.values():
        lots = Counter[tuple[str, str, str]]()
        for lot in product.lots:
            lots[lot.best_before, place_of(live, lot.place), lot.opened] += lot.amount
        assert product.stock == lots.total()
        if lots:
            found[live.name(product.words)] = lots
    return found


def theirs(path: Path) -> dict[str, Counter[tuple[str, str, str]]]:
    """The same, as Grocy's table of the stock has it."""
    query = """SELECT p.name, s.amount, s.best_before_date AS until, l.name AS place, s.open, s.opened_date AS opened
        FROM stock s JOIN products p ON p.id = s.product_id LEFT JOIN locations l ON l.id = s.location_id"""
    found: dict[str, Counter[tuple[str, str, str]]] = {}
    for row in rows(path, query):
        until = row["until"] if row["until"] and row["until"] < "2888" else ""
        look = until, row["place"] or "", (row["opened"] or "")[:10] if row["open"] else ""
        found.setdefault(row["name"], Counter())[look] += round(row["amount"] * 1000)
    return found


# --- the real file ---------------------------------------------------------------------------------------------------


def test_the_report_names_all_that_was_brought_and_left(node: Node) -> None:
    report = bring(node)
    assert report.brought == {
        "people": 4,
        "units": 13,
        "aisles": 7,
        "places": 5,
        "shops": 2,
        "products": 29,
        "conversions": 6,
        "barcodes": 3,
        "stock movements": 88,
        "list items": 5,
        "chores": 6,
        "chore executions": 152,
    }
    left = {line["what"]: (line["count"], line["why"]) for line in report.plain()["left"]}
    assert {what: count for what, (count, _) in left.items()} == {
        "conversions": 2,
        "tasks": 7,
        "batteries": 4,
        "battery charges": 10,
        "planned meals": 12,
        "pieces of equipment": 2,
        "own fields": 2,
        "own objects": 2,
        "recipes": 6,
        "product pictures": 5,
        "product parents": 2,
        "calorie values": 29,
        "tare weights": 1,
        "usual best-before spans": 4,
    }
    assert [said.values for said in report.warnings] == [{"count": 53}, {"unit": "EUR"}]


def test_the_stock_is_the_same_to_the_last_lot(node: Node) -> None:
    live = node.find(bring(node).circle)
    assert ours(live) == theirs(FILE)
    assert sum(len(one.lots) for one in live.circle.groceries.products.values()) == 83


def test_each_purchase_has_its_price_shop_and_day(node: Node) -> None:
    live = node.find(bring(node).circle)
    known = {live.name(product.words): product.id for product in live.circle.groceries.products.values()}
    found = Counter[tuple[str, str, str, int]]()
    for purchase in live.circle.groceries.purchases.values():
        shop = live.name(live.circle.groceries.shops[purchase.shop].words)
        for line in purchase.lines:
            if line.price is not None:
                found[line.product, purchase.day, shop, line.price] += 1
    query = """SELECT p.name, purchased_date, s.name AS shop, round(price * 1.0 * amount * 100 + 1e-6) AS cents
        FROM stock_log l JOIN products p ON p.id = l.product_id JOIN shopping_locations s
        ON s.id = l.shopping_location_id WHERE transaction_type = 'purchase' AND price IS NOT NULL"""
    expected = Counter((known[row[0]], row[1], row[2], int(row[3])) for row in rows(FILE, query))
    assert found == expected
    assert found.total() == 82


def test_products_have_their_aisle_place_minimum_note_and_conversions(node: Node) -> None:
    live = node.find(bring(node).circle)
    groceries = live.circle.groceries
    gummy_bears = named(live, "Gummy bears")
    assert live.name(groceries.aisles[gummy_bears.aisle].words) == "01 Sweets"
    assert place_of(live, gummy_bears.place) == "Candy cupboard"
    assert (gummy_bears.unit, gummy_bears.minimum) == ("pack", 8000)
    assert live.words(named(live, "Cold cuts").words)["note"].startswith("Lorem ipsum dolor sit amet, consetetur")
    assert named(live, "Noodles").conversions["pack"] == {"g": [500, 1]}
    assert named(live, "Eggs").conversions["pack"] == {"piece": [10, 1]}
    assert live.words(groceries.units[named(live, "Pickles").unit].words) == {"name": "Glass", "plural": "Glasses"}
    assert groceries.barcodes["42141099"].product == named(live, "Crisps").id
    assert {live.name(one.words): one.kind for one in groceries.places.values()} == {
        "Fridge": "fridge",
        "Pantry": "cupboard",
        "Candy cupboard": "cupboard",
        "Tinned food cupboard": "cupboard",
        "Freezer": "freezer",
    }


def test_the_list_the_people_and_the_waste(node: Node) -> None:
    report = bring(node)
    live = node.find(report.circle)
    groceries = live.circle.groceries
    wanted = {live.name(groceries.products[one.product].words): one.amount for one in groceries.items.values()}
    assert wanted == {
        "Some good snacks": 0,
        "Minced meat": 1000,
        "Sieved tomatoes": 1000,
        "Gummy bears": 3000,
        "Crisps": 5000,
    }
    people = [live.name(profile(live.circle, member).words) for member in live.circle.roots.members]
    assert people == ["Demo User", "Demo User 2", "Demo User 3", "Demo User 4"]
    (waste,) = groceries.wastes.values()
    assert (waste.amount, waste.why, waste.day, waste.costs) == (1000, "spoiled", DAY.replace("22", "21"), {"eur": 405})
    assert all(is_on(live.circle, part) for part in ("list", "stock", "prices", "waste"))
    assert not is_on(live.circle, "money")


def test_the_same_file_again_brings_nothing(node: Node) -> None:
    first = bring(node)
    live = node.find(first.circle)
    before = ours(live), len(live.circle.groceries.purchases), live.circle.groceries.items
    again = bring(node)
    assert (again.circle, again.new, again.brought) == (first.circle, False, {})
    assert again.already == {what: count for what, count in first.brought.items() if what != "people"}
    live = node.find(first.circle)
    assert (ours(live), len(live.circle.groceries.purchases), live.circle.groceries.items) == before
    assert len(node.numbers()) == 1


def test_the_file_is_left_as_it_was(node: Node, tmp_path: Path) -> None:
    folder = tmp_path / "grocy"
    folder.mkdir()
    kitchen = Kitchen(folder / "grocy.db")
    kitchen.sql.execute("PRAGMA journal_mode = WAL")
    kitchen.buy(COOKIES, 3)
    before = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in folder.iterdir()}
    assert before.keys() == {"grocy.db", "grocy.db-wal", "grocy.db-shm"}
    live = node.find(bring(node, kitchen.path).circle)
    assert named(live, "Cookies").stock == 15_000
    assert {path.name: hashlib.sha256(path.read_bytes()).digest() for path in folder.iterdir()} == before
    kitchen.sql.close()


# --- a household that goes on ----------------------------------------------------------------------------------------


def test_all_that_can_happen_to_a_stock(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    kitchen.use(YOGURT, 1.5)
    kitchen.use(COLD_CUTS, 2, spoiled=1)
    kitchen.open(FLOUR, 250, "2026-12-01")
    kitchen.move(ICE_CREAM, 1.25, FREEZER, FRIDGE, "2026-11-24")
    kitchen.count(COOKIES, 7)
    kitchen.count(GUMMY_BEARS, 9.5)
    kitchen.edit(kitchen.entries(YOGURT)[0], amount=4, best_before_date="2026-11-30", location_id=PANTRY)
    kitchen.edit(kitchen.entries(COLD_CUTS)[0], amount=0.5, price=9)
    kitchen.buy(YOGURT, 6, "self-production", price=None, shopping_location_id=None, best_before_date="2999-12-31")
    report = bring(node, kitchen.path)
    live = node.find(report.circle)
    assert ours(live) == theirs(kitchen.path)
    assert [said.values for said in report.warnings if "names" in said.values] == []
    assert named(live, "Yogurt").used == {"2026-11": 1500}
    assert sum(waste.amount for waste in live.circle.groceries.wastes.values()) == 3000


def test_a_file_that_has_grown_brings_what_is_new(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    first = bring(node, kitchen.path)
    kitchen.buy(YOGURT, 2)
    kitchen.use(YOGURT, 3)
    kitchen.move(ICE_CREAM, 2, FREEZER, FRIDGE, "2026-11-24")
    kitchen.insert("products", name="Tea", location_id=PANTRY, qu_id_purchase=3, qu_id_stock=3, active=0)
    again = bring(node, kitchen.path)
    live = node.find(first.circle)
    assert again.circle == first.circle
    assert ours(live) == theirs(kitchen.path)
    assert again.brought["products"] == 1
    assert named(live, "Tea").archived
    assert bring(node, kitchen.path).brought == {}


def test_what_was_left_once_is_not_brought_later(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    kitchen.insert("shopping_list", product_id=GUMMY_BEARS, amount=9)  # it is on the list already
    kitchen.log(kitchen.entries(COOKIES)[0], "product-opened", 1, best_before_date="2020-02-02", stock_id="gone")
    first = bring(node, kitchen.path)
    assert {(one.what, one.why) for one in first.left} > {
        ("list items", Why.LISTED),
        ("stock movements", Why.NO_CHANGE),
    }
    live = node.find(first.circle)
    node.act(live, first.member, Ticked(item=named(live, "Gummy bears").item))
    node.act(live, first.member, Stocked(product=named(live, "Cookies").id, amount=1000, best_before="2020-02-02"))
    again = bring(node, kitchen.path)
    assert again.brought == {}
    assert [(one.what, one.count) for one in again.left if one.why is Why.BEFORE] == [
        ("stock movements", 1),
        ("list items", 1),
    ]
    kitchen.insert("shopping_list", product_id=GUMMY_BEARS, amount=2)
    assert bring(node, kitchen.path).brought == {"list items": 1}


def test_what_people_did_meanwhile_stays(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    first = bring(node, kitchen.path)
    live = node.find(first.circle)
    node.act(live, first.member, Consumed(product=named(live, "Cookies").id, amount=5000))
    kitchen.buy(COOKIES, 1)
    bring(node, kitchen.path)
    assert named(node.find(first.circle), "Cookies").stock == 8000


def test_what_was_taken_back_in_grocy_is_left_or_taken_back(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    kitchen.take_back_purchase(kitchen.buy(COOKIES, 3))
    later, (use,) = kitchen.buy(COOKIES, 2), kitchen.use(YOGURT, 1)
    first = bring(node, kitchen.path)
    assert [left.count for left in first.left if left.why is Why.UNDONE] == [1]
    kitchen.take_back_purchase(later)
    kitchen.take_back_use(use)
    assert bring(node, kitchen.path).brought == {"stock movements": 2}
    assert ours(node.find(first.circle)) == theirs(kitchen.path)
    assert bring(node, kitchen.path).brought == {}


def test_where_the_history_is_lost_the_stock_counts(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    kitchen.sql.execute("DELETE FROM stock_log WHERE product_id = ?", [YOGURT])
    kitchen.sql.execute("UPDATE stock SET amount = amount + 1 WHERE product_id = ? AND id % 2", [GUMMY_BEARS])
    kitchen.sql.execute("DELETE FROM stock WHERE product_id = ?", [COOKIES])
    report = bring(node, kitchen.path)
    live = node.find(report.circle)
    assert ours(live) == theirs(kitchen.path)
    names = [said.values["names"] for said in report.warnings if "names" in said.values]
    assert names == ["Cookies, Gummy bears, Yogurt"]


def test_into_a_circle_that_has_such_things_already(node: Node, tmp_path: Path) -> None:
    first = bring(node)
    kitchen = Kitchen(tmp_path / "other.db")
    kitchen.sql.execute("UPDATE migrations SET execution_time_timestamp = '2020-02-02 02:02:02'")
    again = bring(node, kitchen.path, circle=first.circle)
    assert again.already["products"] == 29
    assert (again.already["places"], again.already["shops"], again.already["aisles"]) == (5, 2, 7)
    assert again.brought["stock movements"] == 88
    live = node.find(first.circle)
    assert {name: lots.total() for name, lots in ours(live).items()} == {
        name: 2 * lots.total() for name, lots in theirs(FILE).items()
    }


def test_two_households_become_two_circles(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "other.db")
    kitchen.sql.execute("UPDATE migrations SET execution_time_timestamp = '2020-02-02 02:02:02'")
    assert bring(node).circle != bring(node, kitchen.path, unit="chf").circle
    assert node.find("other").circle.roots.unit == "chf"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "use", "spoil", "open", "move", "count", "edit", "back"]),
        st.sampled_from([GUMMY_BEARS, YOGURT, ICE_CREAM]),
        st.sampled_from([0.125, 0.5, 1, 2, 7]),
        st.sampled_from([FRIDGE, PANTRY, FREEZER]),
    ),
    max_size=12,
)


@given(steps=STEPS, pause=st.integers(0, 12))
@settings(max_examples=settings.default.max_examples // 4)  # each one is a whole import
def test_whatever_happened_the_stock_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, float, int]], pause: int
) -> None:
    folder = tmp_path_factory.mktemp("household")
    kitchen, node = Kitchen(folder / "grocy.db"), Node(folder / "data", load())
    uses: list[int] = []
    for number, (what, product, amount, place) in enumerate(steps):
        if number == pause:
            bring(node, kitchen.path)
        there = kitchen.entries(product)
        amount = min(amount, kitchen.stock(product)) if what in ("use", "spoil", "open", "move") else amount
        if what == "buy":
            kitchen.buy(product, amount, location_id=place, best_before_date=f"2026-12-{number + 10}")
        elif what in ("use", "spoil"):
            uses += kitchen.use(product, amount, spoiled=int(what == "spoil"))
        elif what == "open":
            kitchen.open(product, amount)
        elif what == "move" and there:
            kitchen.move(product, amount, there[0]["location_id"], place)
        elif what == "count":
            kitchen.count(product, amount)
        elif what == "edit" and there:
            kitchen.edit(there[0], amount=amount, location_id=place)
        elif what == "back" and uses:
            kitchen.take_back_use(uses.pop())
    report = bring(node, kitchen.path)
    live = node.find(report.circle)
    if pause >= len(steps):
        assert ours(live) == theirs(kitchen.path)
    assert {name: lots.total() for name, lots in ours(live).items()} == {
        name: lots.total() for name, lots in theirs(kitchen.path).items()
    }
    assert bring(node, kitchen.path).brought == {}
    node.close()
