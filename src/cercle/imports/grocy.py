"""A household that was kept with Grocy (release 3 or later): its database, grocy.db.

Every row has an id there, and so is brought once; what was changed in Grocy after it had been brought stays here as it
is. The history of the stock is in grocy_stock.py, the chores are in grocy_chores.py.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from cercle.core.event import Refused
from cercle.imports import grocy_file
from cercle.imports.bringing import Source, Where, act_of, bringing, key_of
from cercle.imports.grocy_chores import bring_chores
from cercle.imports.grocy_file import MARK, File, Household, Row, name_in, note_in, number_in, thousandths, user_name
from cercle.imports.grocy_stock import bring_stock
from cercle.imports.report import Report, Why
from cercle.modules.groceries import events
from cercle.modules.groceries.quick_add import parse
from cercle.modules.groceries.state import Thing
from cercle.modules.groceries.units import factor
from cercle.store.node import Node

PARTS = ("list", "stock", "prices", "waste")
MOST_PART = 10**9

# Parts of names by which a place is known, in English, French and German, as Grocy is mostly used.
PLACES = {
    "fridge": ("fridge", "refrigerator", "frigo", "réfrigérateur", "kühlschrank"),
    "cellar": ("cellar", "cave", "keller"),
    "cupboard": ("cupboard", "pantry", "placard", "armoire", "schrank"),
}

# What is left: the name of it in reports, the table, and why.
NOT_BROUGHT = (
    ("tasks", "tasks", Why.NO_SUCH),
    ("batteries", "batteries", Why.NO_SUCH),
    ("battery charges", "battery_charge_cycles", Why.NO_SUCH),
    ("planned meals", "meal_plan", Why.NO_SUCH),
    ("pieces of equipment", "equipment", Why.NO_SUCH),
    ("own fields", "userfields", Why.NO_SUCH),
    ("own objects", "userobjects", Why.NO_SUCH),
)
# Rows of these tables are brought when they are first seen, or never.
ONCE = ("stock_log", "shopping_list")
NOT_OF_PRODUCTS = {
    "picture_file_name": "product pictures",
    "parent_product_id": "product parents",
    "calories": "calorie values",
    "enable_tare_weight_handling": "tare weights",
    "default_best_before_days": "usual best-before spans",
}


def bring(node: Node, path: Path, where: Where) -> Report:
    """Brings what a file holds and is not there yet, all of it or nothing. Raises `Refused`, `NotFound`."""
    report = Report()
    file = grocy_file.read(path)
    if not any(file.tables[table] for table in ("products", "shopping_list", "chores")):
        raise Refused(Why.EMPTY)
    with bringing(node, source_of(file), where, report) as into:
        mark = f"import {report.circle} {act_of(MARK, file.origin).hex()}"
        home = Household(into, file, msgspec.json.decode(into.node.setting(mark) or b"{}"))
        for user in home.rows("users"):
            home.ids["users", user["id"]] = into.person(user_name(user))
        bring_things(home)
        bring_products(home)
        bring_conversions(home)
        bring_barcodes(home)
        bring_stock(home)
        bring_list(home)
        put_away(home)
        bring_chores(home)
        for part in (*PARTS, "tasks") if home.rows("chores") else PARTS:
            into.turn_on(part)
        seen = {table: max((row["id"] for row in home.rows(table)), default=0) for table in ONCE}
        into.node.keep_setting(mark, msgspec.json.encode(seen))
    leave_the_rest(file, report)
    return report


def source_of(file: File) -> Source:
    rows = [(table, row) for table in ("products", *ONCE, "chores", "chores_log") for row in file.tables[table]]
    stamps = [(table, row["id"], row.get("row_created_timestamp")) for table, row in rows]
    return Source(
        mark=MARK,
        acts=frozenset(act_of(MARK, file.origin, *stamp) for stamp in stamps),
        people=[user_name(user) for user in file.tables["users"]],
        unit="eur",
        name=file.name,
    )


# --- units, aisles, places, shops ------------------------------------------------------------------------------------


def bring_things(home: Household) -> None:
    groceries = home.groceries
    bring_units(home)
    bring_named(home, "aisles", "product_groups", groceries.aisles, lambda row, name: events.AisleAdded(name=name))
    bring_named(
        home,
        "places",
        "locations",
        groceries.places,
        lambda row, name: events.PlaceAdded(kind=place_kind(row, name), name=name),
    )
    bring_named(home, "shops", "shopping_locations", groceries.shops, lambda row, name: events.ShopAdded(name=name))


def bring_units(home: Household) -> None:
    """A unit that every circle knows is that one; of two for which it could stand, the one that is called so."""
    rows, table = home.rows("quantity_units"), "quantity_units"
    codes = {row["id"]: unit_code(name_in(row["name"])) for row in rows}
    taken: set[str] = set()
    for row in sorted(rows, key=lambda row: name_in(row["name"]).casefold() != codes[row["id"]]):
        code = codes[row["id"]]
        if code and code not in taken:
            taken.add(code)
            home.ids[table, row["id"]] = code
            home.into.count(home.into.report.brought if home.into.report.new else home.into.report.already, "units")
    own = [row for row in rows if (table, row["id"]) not in home.ids]
    bring_named(
        home,
        "units",
        table,
        home.groceries.units,
        lambda row, name: events.UnitAdded(name=name, plural=name_in(row.get("name_plural"))),
        own,
    )


def unit_code(name: str) -> str:
    """The unit that every circle knows by this word, or ""."""
    read = parse(f"1 {name} x", "en")
    return read.unit or "" if read.amount == 1000 and read.name == "x" else ""


def bring_named(
    home: Household,
    what: str,
    table: str,
    things: dict[str, Thing],
    event: Callable[[Row, str], msgspec.Struct],
    rows: list[Row] | None = None,
) -> None:
    """Brings things that are known by their names, where the circle has none of that name yet."""
    into = home.into
    by_name = {key_of(into.live.name(one.words)): known for known, one in things.items() if not one.closed}
    for row in home.rows(table) if rows is None else rows:
        act, name = home.act(table, row), name_in(row["name"]) or "?"
        known = by_name.get(key_of(name))
        entry = into.brought(what, act)
        if entry is None and known is not None:
            into.count(into.report.already, what)
            entry = known
        home.ids[table, row["id"]] = entry or into.bring(what, act, event(row, name))


def place_kind(row: Row, name: str) -> Any:
    if row.get("is_freezer"):
        return "freezer"
    words = key_of(name)
    return next((kind for kind, parts in PLACES.items() if any(part in words for part in parts)), "other")


# --- products --------------------------------------------------------------------------------------------------------


def bring_products(home: Household) -> None:
    into = home.into
    products = home.groceries.products
    by_name = {
        (key_of(into.live.name(one.words)), one.unit): known for known, one in products.items() if not one.archived
    }
    for row in home.rows("products"):
        act, name = home.act("products", row), name_in(row["name"]) or "?"
        unit = home.known("quantity_units", row["qu_id_stock"])
        if unit is None:
            into.report.leave("products", Why.NO_UNIT, name)
            continue
        entry, known = into.brought("products", act), by_name.get((key_of(name), unit))
        if entry is None and known is not None:
            into.count(into.report.already, "products")
            entry = known
        if entry is None:
            entry = into.bring("products", act, added(home, row, name, unit))
            home.new.append(entry)
        home.ids["products", row["id"]] = entry


def added(home: Household, row: Row, name: str, unit: str) -> events.ProductAdded:
    minimum = number_in(row.get("min_stock_amount"))
    return events.ProductAdded(
        aisle=home.known("product_groups", row.get("product_group_id")) or "other",
        unit=unit,
        place=home.known("locations", row["location_id"]),
        shop=home.known("shopping_locations", row.get("shopping_location_id")),
        minimum=max(0, thousandths(minimum)) if minimum else 0,
        name=name,
        note=note_in(row.get("description")),
    )


def bring_conversions(home: Household) -> None:
    """Grocy keeps each conversion in both directions; the one with the larger factor is the exact one."""
    into = home.into
    pairs: dict[tuple[Any, frozenset[Any]], Row] = {}
    for row in home.rows("quantity_unit_conversions"):
        pair = row.get("product_id"), frozenset((row["from_qu_id"], row["to_qu_id"]))
        if pair not in pairs or (number_in(row["factor"]) or 0) > (number_in(pairs[pair]["factor"]) or 0):
            pairs[pair] = row
    for row in pairs.values():
        act = home.act("quantity_unit_conversions", row)
        event = conversion(home, row)
        if isinstance(event, Why):
            into.report.leave("conversions", event)
        elif not into.brought("conversions", act):
            into.bring("conversions", act, event)


def conversion(home: Household, row: Row) -> events.ConversionSet | Why:
    """The conversion that a row says, or why it cannot be brought."""
    unit, to = (home.known("quantity_units", row[end]) for end in ("from_qu_id", "to_qu_id"))
    product = home.known("products", row.get("product_id"))
    exact = number_in(row["factor"])
    if unit is None or to is None:
        return Why.NO_UNIT
    if row.get("product_id") is not None and product is None:
        return Why.NO_PRODUCT
    if exact is None or not 0 < exact.numerator <= MOST_PART or exact.denominator > MOST_PART:
        return Why.NO_NUMBER
    fixed = factor(unit, to)
    if fixed is not None:
        return Why.KNOWN if fixed == exact else Why.CONVERSION
    return events.ConversionSet(
        product=product, unit=unit, to=to, numerator=exact.numerator, denominator=exact.denominator
    )


def bring_barcodes(home: Household) -> None:
    into = home.into
    for row in home.rows("product_barcodes"):
        act = home.act("product_barcodes", row)
        if into.brought("barcodes", act):
            continue
        event = barcode(home, row)
        if isinstance(event, Why):
            into.report.leave("barcodes", event, name_in(row["barcode"]))
        else:
            into.bring("barcodes", act, event)


def barcode(home: Household, row: Row) -> events.BarcodeSet | Why:
    """What a barcode is to stand for, or why it cannot."""
    code, product = str(row["barcode"] or "").strip(), home.known("products", row["product_id"])
    if product is None:
        return Why.NO_PRODUCT
    if code in home.groceries.barcodes:
        return Why.TAKEN
    amount = number_in(row.get("amount"))
    unit = home.known("quantity_units", row.get("qu_id"))
    thousands = max(0, thousandths(amount)) or None if amount else None
    fields = {"barcode": code, "product": product, "amount": thousands, "unit": unit if amount else None}
    try:
        return msgspec.convert(fields, events.BarcodeSet)
    except msgspec.ValidationError:
        return Why.BARCODE


# --- the list, and the rest ------------------------------------------------------------------------------------------


def bring_list(home: Household) -> None:
    for row in home.rows("shopping_list"):
        act = home.act("shopping_list", row)
        if not home.into.brought("list items", act):
            why = Why.BEFORE if home.was_left("shopping_list", row) else put_on_list(home, row, act)
            if why is not None:
                home.into.report.leave("list items", why, note_in(row.get("note")))


def put_on_list(home: Household, row: Row, act: bytes) -> Why | None:
    """Puts it on the list, or says why not."""
    into, note, amount = home.into, note_in(row.get("note")), number_in(row.get("amount"))
    product = home.known("products", row.get("product_id"))
    if row.get("product_id") in (None, "") and note:
        product, note, amount = named_by_note(home, row, note), note.partition("\n")[2], None
    if product is None:
        return Why.NO_PRODUCT if row.get("product_id") else Why.NO_TEXT
    known = home.groceries.products[product]
    if known.archived:
        return Why.ARCHIVED
    asked = home.groceries.items.get(known.item)
    if asked is not None and asked.by:
        return Why.LISTED
    thousands = max(0, thousandths(amount)) or None if amount else None
    shop = known.shop or None
    if asked is not None:  # it came on the list by itself, as the stock was replayed
        item = known.item
        into.bring("list items", act, events.ItemChanged(item=item, amount=thousands, shop=shop, note=note))
    else:
        listed = events.Listed(product=product, amount=thousands, shop=shop, note=note)
        item = into.bring("list items", act, listed)
    if row.get("done"):
        into.write(events.Ticked(item=item))
    return None


def named_by_note(home: Household, row: Row, note: str) -> str:
    """Grocy lists bare words too; here everything on the list is a product, so they become one."""
    into, name = home.into, name_in(note.partition("\n")[0])
    act = home.act("shopping_list", row, "product")
    if act in into.there:
        return into.there[act]
    for one in home.groceries.products.values():
        if not one.archived and key_of(into.live.name(one.words)) == key_of(name):
            return one.id
    return into.write(events.ProductAdded(name=name), act)


def put_away(home: Household) -> None:
    """What is no longer in use in Grocy was needed for the history; now it is not offered here either."""
    into, groceries = home.into, home.groceries
    for row in home.rows("products"):
        act, product = home.act("products", row, "archived"), home.known("products", row["id"])
        if row.get("active") == 0 and product in home.new and not groceries.products[product].archived:
            into.write(events.ProductArchived(product=product), act)
    for table, things in (
        ("product_groups", groceries.aisles),
        ("quantity_units", groceries.units),
        ("locations", groceries.places),
        ("shopping_locations", groceries.shops),
    ):
        for row in home.rows(table):
            act, thing = home.act(table, row, "removed"), home.known(table, row["id"])
            brought_now = home.act(table, row) in into.there and act not in into.there
            if row.get("active") == 0 and brought_now and thing in things and not things[thing].closed:
                into.write(events.ThingRemoved(thing=thing), act)


def leave_the_rest(file: File, report: Report) -> None:
    for what, table, why in NOT_BROUGHT:
        if file.counts.get(table):
            report.leave(what, why, count=file.counts[table])
    recipes = [row for row in file.tables.get("recipes", []) if row.get("type") in (None, "normal")]
    if recipes:
        report.leave("recipes", Why.NO_SUCH, count=len(recipes))
    for field, what in NOT_OF_PRODUCTS.items():
        count = sum(row.get(field) not in (None, "", 0) for row in file.tables["products"])
        if count:
            report.leave(what, Why.NO_FIELD, count=count)
    lists = file.counts.get("shopping_lists", 1)
    if lists > 1:
        report.leave("further shopping lists", Why.ONE_LIST, count=lists - 1)
