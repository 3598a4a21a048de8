"""The list, the products and the stock as tables for a spreadsheet (CSV, RFC 4180), out and in."""

import csv
import io
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import NotFoundException

from cercle.modules.groceries import read
from cercle.modules.groceries.state import Groceries, Lot, Product
from cercle.modules.groceries.stock import worth
from cercle.modules.groceries.web_bringing import Unreadable, bring, table_of
from cercle.modules.groceries.web_filled import Filled
from cercle.modules.groceries.web_list import aisle_name
from cercle.modules.groceries.web_product import unit_word
from cercle.modules.groceries.web_table import COLUMNS, header, one_line, safe
from cercle.modules.groceries.web_things import show
from cercle.page.typed import plain_sum
from cercle.page.visit import Visit

MOST_BYTES = 1_000_000


@get("/c/{circle:str}/groceries.csv")
async def file_out(visit: Visit, what: str = "list") -> Response[bytes]:
    """A file in the page's language, as a spreadsheet of that language opens it."""
    if what not in COLUMNS:
        raise NotFoundException
    rows = {"list": list_rows, "products": product_rows, "stock": stock_rows}[what](visit)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if visit.language == "fr" else ",")
    writer.writerow(header(column, visit.language) for column in COLUMNS[what])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return Response(
        text.getvalue().encode("utf-8-sig"),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="cercle-{what}-{visit.today()}.csv"'},
    )


def figure(visit: Visit, thousandths: int) -> str:
    """A quantity without its unit, "1.5", « 1,5 »."""
    whole, part = divmod(thousandths, 1000)
    sign = "," if visit.language == "fr" else "."
    return f"{whole}{sign}{part:03}".rstrip("0") if part else str(whole)


def name_of(visit: Visit, things: dict[str, Any], identifier: str) -> str:
    return visit.name(things[identifier].words) if identifier in things else ""


def list_rows(visit: Visit) -> list[list[str]]:
    groceries: Groceries = visit.circle.groceries
    return [
        [
            visit.name(item.words),
            figure(visit, item.amount) if item.amount else "",
            unit_word(visit, item.unit) if item.amount else "",
            name_of(visit, groceries.shops, item.shop),
            one_line(visit.here.words(item.note).get("note", "")) if item.note else "",
        ]
        for aisle in read.shopping_list(visit.circle)
        for item in aisle.items
    ]


def in_use(visit: Visit) -> list[Product]:
    products = [product for product in visit.circle.groceries.products.values() if not product.archived]
    return sorted(products, key=lambda product: visit.name(product.words).casefold())


def product_rows(visit: Visit) -> list[list[str]]:
    groceries: Groceries = visit.circle.groceries
    barcodes: dict[str, list[str]] = {}
    for code, one in groceries.barcodes.items():
        barcodes.setdefault(one.product, []).append(code)
    return [
        [
            visit.name(product.words),
            aisle_name(visit, product.aisle, groceries.aisles[product.aisle].words)
            if product.aisle in groceries.aisles
            else aisle_name(visit, product.aisle, ""),
            unit_word(visit, product.unit),
            figure(visit, product.minimum) if product.minimum else "",
            name_of(visit, groceries.places, product.place),
            name_of(visit, groceries.shops, product.shop),
            " ".join(barcodes.get(product.id, ())),
            one_line(visit.here.words(product.words).get("note", "")),
        ]
        for product in in_use(visit)
    ]


def stock_rows(visit: Visit) -> list[list[str]]:
    return [lot_row(visit, product, lot) for product in in_use(visit) for lot in product.lots]


def lot_row(visit: Visit, product: Product, lot: Lot) -> list[str]:
    own = lot.per and lot.currency == visit.circle.roots.unit
    return [
        visit.name(product.words),
        figure(visit, lot.amount),
        unit_word(visit, product.unit),
        name_of(visit, visit.circle.groceries.places, lot.place),
        lot.best_before,
        plain_sum(worth(lot, lot.amount), lot.currency, visit.language) if own else "",
    ]


@post("/c/{circle:str}/groceries.csv")
async def file_in(visit: Visit) -> Response[Any]:
    """Brings in what a file says, and tells what was brought and what was left."""
    filled = Filled(visit, await visit.form())
    sent = (await visit.request.form()).get("file")
    what = filled.text("what") if filled.text("what") in COLUMNS else "list"
    raw = await sent.read(MOST_BYTES + 1) if isinstance(sent, UploadFile) else b""
    try:
        rows = table_of(visit, raw[: MOST_BYTES + 1], what, MOST_BYTES)
    except Unreadable as error:
        filled.errors["file"] = error.sentence
        return show(visit, filled.form(), 422)
    return show(visit, filled.form(what=what), report=bring(visit, what, rows, filled.text("act")))


handlers = [file_out, file_in]
