"""What may stand in a file that somebody takes for a Grocy household, and that none of it does harm."""

import random
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cercle.core.event import Refused
from cercle.imports import Why
from cercle.imports.grocy_file import NEEDED, SINCE_RELEASE_3, day_in, note_in, number_in
from cercle.modules import load
from cercle.store.node import Node
from tests.imports.kitchen import FILE, Kitchen
from tests.imports.test_grocy import COOKIES, YOGURT, bring, named

FEW = settings.default.max_examples // 4  # each one is a whole import
TABLES = sorted(NEEDED | SINCE_RELEASE_3)
STRANGE = st.sampled_from(
    [None, "", "x", b"\xff\x00", 0, -1, 10**18, 1e300, -0.001, "1e999999999", "2026-02-30", "é" * 5000, "2999-12-31"]
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Why.NOT_GROCY),
        (b"[]", Why.NOT_GROCY),
        (b"SQLite format 3\0", Why.BROKEN),
        (FILE.read_bytes()[:20_000], Why.BROKEN),
        (FILE.read_bytes()[:100] + bytes(500_000), Why.BROKEN),
    ],
)
def test_what_is_no_database_is_refused_in_a_sentence(node: Node, tmp_path: Path, content: bytes, why: Why) -> None:
    path = tmp_path / "grocy.db"
    path.write_bytes(content)
    with pytest.raises(Refused) as refusal:
        bring(node, path)
    assert refusal.value.reason is why
    assert node.numbers() == {}


def test_another_database_is_refused(node: Node, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE products (id, name)")
    with pytest.raises(Refused) as refusal:
        bring(node, path)
    assert refusal.value.reason is Why.NOT_GROCY
    with pytest.raises(Refused) as refusal:
        bring(node, node.data / "cercle.db")
    assert refusal.value.reason is Why.NOT_GROCY


def test_a_database_of_long_ago_or_with_nothing_in_it_is_refused(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    for table in ("products", "shopping_list", "chores"):
        kitchen.sql.execute(f"DELETE FROM {table}")
    with pytest.raises(Refused) as refusal:
        bring(node, kitchen.path)
    assert refusal.value.reason is Why.EMPTY
    kitchen.sql.execute("DROP TABLE product_barcodes")
    with pytest.raises(Refused) as refusal:
        bring(node, kitchen.path)
    assert refusal.value.reason is Why.OLD_GROCY


def test_a_file_that_cannot_be_read_is_refused(node: Node, tmp_path: Path) -> None:
    large = tmp_path / "large.db"
    with large.open("wb") as file:
        file.truncate(10**8 + 1)
    for path, why in ((tmp_path / "none.db", Why.NO_FILE), (tmp_path, Why.NO_FILE), (large, Why.TOO_LARGE)):
        with pytest.raises(Refused) as refusal:
            bring(node, path)
        assert refusal.value.reason is why


def test_what_cannot_be_brought_is_left_with_its_reason(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    kitchen.insert("product_barcodes", product_id=COOKIES, barcode="x")
    kitchen.insert("product_barcodes", product_id=COOKIES, barcode=" 42141099")
    kitchen.insert("product_barcodes", product_id=999, barcode="12345678")
    kitchen.insert("products", name="Odd", location_id=2, qu_id_purchase=77, qu_id_stock=77)
    kitchen.insert("quantity_unit_conversions", from_qu_id=13, to_qu_id=8, factor=900, product_id=COOKIES)
    kitchen.insert("quantity_unit_conversions", from_qu_id=13, to_qu_id=2, factor=0, product_id=COOKIES)
    kitchen.insert("shopping_list", product_id=3, amount=1, shopping_list_id=2)
    kitchen.insert("shopping_list", product_id=None, note="<p> </p>", amount=1)
    kitchen.insert("shopping_lists", name="Holidays")
    kitchen.buy(YOGURT, 0)
    kitchen.buy(YOGURT, 1, "magic")
    kitchen.sql.execute("UPDATE stock_log SET amount = 'many' WHERE id = 1")
    kitchen.log(kitchen.entries(YOGURT)[-1], "transfer_from", -1)
    report = bring(node, kitchen.path)
    left = {(one.what, one.why): (one.count, one.examples) for one in report.left}
    assert left["barcodes", Why.BARCODE] == (1, ("x",))
    assert left["barcodes", Why.TAKEN] == (1, ("42141099",))
    assert left["barcodes", Why.NO_PRODUCT] == (1, ("12345678",))
    assert left["products", Why.NO_UNIT] == (1, ("Odd",))
    assert left["conversions", Why.CONVERSION][0] == 1
    assert left["conversions", Why.NO_NUMBER][0] == 1
    assert left["list items", Why.LISTED][0] == 1
    assert left["list items", Why.NO_TEXT][0] == 1
    assert left["further shopping lists", Why.ONE_LIST][0] == 1
    assert left["stock movements", Why.NOTHING][0] == 1
    assert left["stock movements", Why.NO_NUMBER][0] == 1
    assert left["stock movements", Why.MOVEMENT][0] == 2


def test_list_items_that_are_words_or_done(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    kitchen.insert("shopping_list", product_id=None, note="<p>Candles</p><p>red &amp; long</p>", amount=2)
    kitchen.insert("shopping_list", product_id=None, note="yogurt", amount=1)
    kitchen.insert("shopping_list", product_id=COOKIES, note="the round ones", amount=0.5, done=1)
    live = node.find(bring(node, kitchen.path).circle)
    groceries = live.circle.groceries
    candles = groceries.items[named(live, "Candles").item]
    assert (candles.amount, live.words(candles.words)) == (0, {"note": "red & long"})
    assert named(live, "Yogurt").item in groceries.items
    (cookies,) = groceries.done.values()
    assert (cookies.product, cookies.amount) == (named(live, "Cookies").id, 500)
    assert live.words(cookies.words) == {"note": "the round ones"}


def test_what_is_out_of_use_in_grocy_is_not_offered(node: Node, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "grocy.db")
    kitchen.sql.execute("UPDATE products SET active = 0 WHERE id = ?", [COOKIES])
    for table in ("locations", "product_groups", "quantity_units", "shopping_locations"):
        kitchen.sql.execute(f"UPDATE {table} SET active = 0")
    live = node.find(bring(node, kitchen.path).circle)
    groceries = live.circle.groceries
    assert named(live, "Cookies").archived
    assert named(live, "Cookies").stock == 12_000
    for things in (groceries.places, groceries.aisles, groceries.units, groceries.shops):
        assert things
        assert all(thing.closed for thing in things.values())


def test_values_as_people_mean_them() -> None:
    assert [str(number_in(value)) for value in (1, 0.1, 4.7475, "2.50", "-3", 1e-05)] == [
        "1",
        "1/10",
        "1899/400",
        "5/2",
        "-3",
        "1/100000",
    ]
    for value in (None, "", "x", b"1", True, float("nan"), float("inf"), 10**9, "1e999", "1e-99999999", "1" * 50):
        assert number_in(value) is None, value
    assert day_in("2026-12-24 10:00:00") == "2026-12-24"
    assert [day_in(value) for value in (None, "", "2999-12-31", "2888-12-31", "2026-02-30", 20261224)] == [None] * 6
    assert note_in("<ul><li>one&nbsp;&lt;two&gt;</li><li> three </li></ul><script>x") == "one <two>\nthree\nx"


@given(st.data())
@settings(max_examples=FEW)
def test_strange_values_are_brought_or_left_but_never_a_mistake(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("household")
    kitchen, node = Kitchen(folder / "grocy.db"), Node(folder / "data", load())
    for _ in range(6):
        table = data.draw(st.sampled_from(TABLES))
        columns = [row[1] for row in kitchen.sql.execute(f"PRAGMA table_info({table})") if row[1] != "id"]
        column, value = data.draw(st.sampled_from(columns)), data.draw(STRANGE)
        each = data.draw(st.sampled_from([1, 2, 7]))
        with suppress(sqlite3.IntegrityError):  # the file itself does not take everything
            kitchen.sql.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE rowid % ? = 0", [value, each])
    report = bring(node, kitchen.path)
    assert report.brought.get("products", 0) + sum(one.count for one in report.left if one.what == "products") == 29
    assert bring(node, kitchen.path).brought == {}
    kitchen.sql.close()
    node.close()


@given(seed=st.integers(0, 10**9))
@settings(max_examples=FEW)
def test_a_damaged_file_is_refused_or_read(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    folder, chance = tmp_path_factory.mktemp("household"), random.Random(seed)
    raw = bytearray(FILE.read_bytes())
    for _ in range(chance.choice([1, 10, 200])):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    (folder / "grocy.db").write_bytes(raw)
    node = Node(folder / "data", load())
    reason = None
    try:
        bring(node, folder / "grocy.db")
    except Refused as refusal:
        reason = refusal.reason
    assert reason in (None, Why.BROKEN, Why.NOT_GROCY, Why.OLD_GROCY)
    assert (node.numbers() == {}) == (reason is not None)
    node.close()
