"""What a file of the groceries says, brought into the circle: each row as far as it goes, and what was left by name."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from cercle.core.event import Refused
from cercle.modules.groceries import catalogue
from cercle.modules.groceries.events import (
    AisleAdded,
    BarcodeSet,
    Counted,
    ItemChanged,
    Listed,
    Stocked,
)
from cercle.modules.groceries.state import Groceries, Product, measured, product_of
from cercle.modules.groceries.units import AISLES
from cercle.modules.groceries.web_filled import NAME_LIMIT, NOTE_LIMIT, Quantity, quantity, thing_called, unit_called
from cercle.modules.groceries.web_product_forms import BARCODE
from cercle.modules.groceries.web_products import Do, Finder, place_of, shop_of
from cercle.modules.groceries.web_table import COLUMNS, column_called, one_line, unsafe
from cercle.page.languages import LANGUAGES, translations
from cercle.page.typed import day_in, minor
from cercle.page.visit import Visit
from cercle.store.database import transaction

MOST_ROWS = 2000
MOST_TOLD = 20
SEPARATORS = (";", ",", "\t")

Row = dict[str, str]


class Unreadable(Exception):
    """A file that is no table of ours; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Left(Exception):
    """A row that cannot be brought; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Carrier(msgspec.Struct):
    """What the rows are brought with; `counts`: how many were "brought", "changed" or there "already"."""

    visit: Visit
    do: Do
    finder: Finder
    counts: Counter[str] = msgspec.field(default_factory=Counter)


# --- reading -----------------------------------------------------------------------------------------------------


def table_of(visit: Visit, raw: bytes, what: str, most: int) -> list[Row]:
    """The rows of a file, each column to its text. Raises `Unreadable`."""
    if not raw.strip():
        raise Unreadable(visit.gettext("This file is empty."))
    if len(raw) > most:
        raise Unreadable(visit.gettext("This file is too large: a table of groceries has less than a megabyte."))
    text = decoded(raw)
    first = text.lstrip().splitlines()[0] if text.strip() else ""
    separator = max(SEPARATORS, key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise Unreadable(visit.gettext("This file is no table: save it as CSV first.")) from error
    headings = [column_called(cell) for cell in lines[0]] if lines else []
    if "product" not in headings or "\0" in text:
        sentence = visit.gettext("The first line of the file names its columns, and one of them is “product”.")
        raise Unreadable(sentence)
    if len(lines) > MOST_ROWS + 1:
        raise Unreadable(visit.gettext("This file has more than %(most)s rows.", most=MOST_ROWS))
    wanted = [column if column in COLUMNS[what] else None for column in headings]
    return [row_of(wanted, cells) for cells in lines[1:] if any(cell.strip() for cell in cells)]


def decoded(raw: bytes) -> str:
    """Text in UTF-8 or UTF-16, as their marks say, or else as older spreadsheets write it."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def row_of(columns: list[str | None], cells: list[str]) -> Row:
    found: Row = {}
    for column, cell in zip(columns, cells, strict=False):
        if column is not None:
            found.setdefault(column, one_line(unsafe(cell.strip())))
    return found


# --- bringing ----------------------------------------------------------------------------------------------------


def bring(visit: Visit, what: str, rows: list[Row], act: str) -> dict[str, Any]:
    """Brings every row that can be brought, in one transaction, and tells what came of it."""
    left: list[tuple[str, str]] = []
    groups = by_product(rows) if what == "stock" else [[row] for row in rows]
    counts: Counter[str] = Counter()
    if not visit.is_done(act):
        with visit.tap(act) as do:
            carrier = Carrier(visit, do, Finder(visit), counts)
            for group in groups:
                try:
                    with transaction(visit.node.connection):
                        BRINGING[what](carrier, group)
                except (Left, Refused) as error:
                    sentence = error.sentence if isinstance(error, Left) else visit.reason(error)
                    left.append((group[0].get("product", ""), sentence))
                    carrier.finder = Finder(visit)
    return report(visit, counts, left)


def report(visit: Visit, counts: Counter[str], left: list[tuple[str, str]]) -> dict[str, Any]:
    labels = {
        "brought": visit.gettext("Brought in"),
        "changed": visit.gettext("Changed"),
        "already": visit.gettext("There already"),
    }
    lines = [{"label": labels[kind], "text": str(counts[kind]), "why": ""} for kind in labels if counts[kind]]
    told = [
        {"label": name or visit.gettext("a row without a name"), "text": "", "why": why}
        for name, why in left[:MOST_TOLD]
    ]
    if left:
        told.insert(0, {"label": visit.gettext("Left out"), "text": str(len(left)), "why": ""})
    title = visit.gettext("The file was read") if lines or left else visit.gettext("There was nothing to bring in")
    return {"title": title, "lines": lines + told}


def by_product(rows: list[Row]) -> list[list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(catalogue.folded(row.get("product", "")[:NAME_LIMIT]), []).append(row)
    return list(groups.values())


def name_in_row(visit: Visit, row: Row) -> str:
    """Raises `Left`."""
    name = row.get("product", "")
    if not catalogue.folded(name[:NAME_LIMIT]):
        raise Left(visit.gettext("Of what? A name is missing."))
    if len(name) > NAME_LIMIT:
        raise Left(visit.gettext("A name has 1 to %(most)s letters.", most=NAME_LIMIT))
    return name


def amount_in_row(visit: Visit, row: Row, column: str = "amount") -> Quantity | None:
    """Raises `Left`."""
    text, unit = row.get(column, ""), row.get("unit", "")
    if not text:
        return None
    found = quantity(visit, f"{text} {unit}" if unit else text) or quantity(visit, text)
    if found is None or (unit and unit_called(visit, unit) is None):
        raise Left(visit.gettext("An amount looks like 6, 1.5 kg or 2 bottles."))
    return found


def note_in_row(row: Row) -> str:
    return row.get("note", "")[:NOTE_LIMIT]


def bring_item(carrier: Carrier, group: list[Row]) -> None:
    """A row of the list: what is there already is changed, where the row says something else."""
    visit, row = carrier.visit, group[0]
    groceries: Groceries = visit.circle.groceries
    name, wanted, note = name_in_row(visit, row), amount_in_row(visit, row), note_in_row(row)
    product = product_of(groceries, carrier.finder.bring(carrier.do, name, wanted.unit if wanted else None))
    shop = shop_of(visit, carrier.do, row.get("shop", "")[:NAME_LIMIT])
    amount, unit = (wanted.amount, wanted.unit or product.unit) if wanted else (None, None)
    if not product.item:
        carrier.do(Listed(product=product.id, amount=amount, unit=unit, shop=shop, note=note))
        carrier.counts["brought"] += 1
        return
    item = groceries.items[product.item]
    said = one_line(visit.here.words(item.words).get("note", ""))
    there = (item.amount, item.unit if item.amount else None, item.shop, said)
    if there == (amount or 0, unit, shop or "", note):
        carrier.counts["already"] += 1
        return
    carrier.do(ItemChanged(item=product.item, amount=amount, unit=unit, shop=shop, note=note))
    carrier.counts["changed"] += 1


def bring_product(carrier: Carrier, group: list[Row]) -> None:
    """A row of the products: one that is there already stays as it is, but for barcodes that nothing has yet."""
    visit, row, do = carrier.visit, group[0], carrier.do
    name = name_in_row(visit, row)
    found = carrier.finder.find(name)
    if found is None or found.archived:
        product = carrier.finder.bring(do, name, described=described_in_row(carrier, row))
        carrier.counts["brought"] += 1
    else:
        product = found.id
        carrier.counts["already"] += 1
    for code in row.get("barcodes", "").replace(",", " ").replace("|", " ").split():
        if BARCODE.fullmatch(code) and code not in visit.circle.groceries.barcodes:
            do(BarcodeSet(barcode=code, product=product))


def described_in_row(carrier: Carrier, row: Row) -> dict[str, Any]:
    """What a row says of a new product. Raises `Left`."""
    visit = carrier.visit
    unit = row.get("unit", "")
    known = unit_called(visit, unit) if unit else None
    if unit and known is None:
        raise Left(visit.gettext("Nothing is known of this unit: %(unit)s.", unit=unit[:40]))
    minimum = amount_in_row(visit, row, "minimum")
    found = {
        "aisle": aisle_called(carrier, row.get("aisle", "")[:NAME_LIMIT]),
        "unit": known,
        "minimum": minimum.amount if minimum else None,
        "place": place_of(visit, carrier.do, row.get("place", "")[:NAME_LIMIT]),
        "shop": shop_of(visit, carrier.do, row.get("shop", "")[:NAME_LIMIT]),
        "note": note_in_row(row),
    }
    return {field: value for field, value in found.items() if value}


def aisle_called(carrier: Carrier, name: str) -> str | None:
    """The aisle of that name, in either language or of the circle's own; brought in where there is none."""
    wanted = catalogue.folded(name)
    if not wanted:
        return None
    if name in AISLES:
        return name
    for language in LANGUAGES:
        for aisle in AISLES:
            if catalogue.folded(catalogue.aisle_name(aisle, translations(language).gettext)) == wanted:
                return aisle
    own = thing_called(carrier.visit, carrier.visit.circle.groceries.aisles, name)
    return own or carrier.do(AisleAdded(name=name))


def bring_stock(carrier: Carrier, group: list[Row]) -> None:
    """All rows of one product say how much of it there is: put in where there was none, else counted."""
    visit, do = carrier.visit, carrier.do
    groceries: Groceries = visit.circle.groceries
    name = name_in_row(visit, group[0])
    amounts = [amount_in_row(visit, row) for row in group]
    if None in amounts:
        raise Left(visit.gettext("How much of it there is, is not said."))
    unit = next((amount.unit for amount in amounts if amount and amount.unit), None)
    product = product_of(groceries, carrier.finder.bring(do, name, unit))
    there = [measured(groceries, product, amount.amount, amount.unit) for amount in amounts if amount]
    if sum(there) == product.stock:
        carrier.counts["already"] += 1
    elif product.stock:
        do(Counted(product=product.id, amount=sum(there), day=visit.today()))
        carrier.counts["changed"] += 1
    else:
        for row, amount in zip(group, there, strict=True):
            do(put_in(carrier, product, row, amount))
        carrier.counts["brought"] += 1


def put_in(carrier: Carrier, product: Product, row: Row, amount: int) -> Stocked:
    """Raises `Left`."""
    visit = carrier.visit
    until, price = row.get("best_before", ""), row.get("price", "")
    best_before = day_in(until) if until else None
    if until and best_before is None:
        raise Left(visit.gettext("A day looks like 2026-12-31."))
    worth = minor(price, visit.circle.roots.unit, visit.language) if price else None
    if price and worth is None:
        raise Left(visit.gettext("A price looks like 12.50."))
    return Stocked(
        product=product.id,
        amount=amount,
        place=place_of(visit, carrier.do, row.get("place", "")[:NAME_LIMIT]),
        best_before=best_before,
        price=worth,
        day=visit.today(),
    )


BRINGING: dict[str, Callable[[Carrier, list[Row]], None]] = {
    "list": bring_item,
    "products": bring_product,
    "stock": bring_stock,
}
