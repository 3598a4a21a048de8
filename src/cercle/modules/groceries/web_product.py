"""One product's page: on the list, in stock, what it has cost, and all that is said about it."""

from fractions import Fraction
from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException

from cercle.core.entry import Entry
from cercle.modules.groceries import catalogue, read
from cercle.modules.groceries.events import (
    BarcodeSet,
    Consumed,
    ConversionSet,
    Listed,
    ProductArchived,
    ProductChanged,
    ProductRestored,
    Undone,
)
from cercle.modules.groceries.read import Story, freshness
from cercle.modules.groceries.state import Groceries, Lot, Product
from cercle.modules.groceries.stock import worth
from cercle.modules.groceries.units import Conversions, rounded
from cercle.modules.groceries.web_filled import aisle_choices, choices, offered, unit_choices
from cercle.modules.groceries.web_list import aisle_name
from cercle.modules.groceries.web_prices import by_shop, chart, price_row
from cercle.modules.groceries.web_stock import costs_text, entries_of, log_of
from cercle.page.languages import translations
from cercle.page.visit import Form, Visit
from cercle.sentences import day, money, month_name

LATEST = 8
MONTHS = 12
SPOILING = ("spoiled", "expired", "broken", "other")


@get("/c/{circle:str}/product/{product:str}")
async def product_page(visit: Visit, product: str) -> Response[Any]:
    return show(visit, story_of(visit, product))


def story_of(visit: Visit, product: str) -> Story:
    """Raises `NotFoundException`."""
    story = read.product(visit.circle, product)
    if story is None:
        raise NotFoundException
    return story


def show(visit: Visit, story: Story, form: Form | None = None, status: int = 200) -> Response[Any]:
    product, shown_stock = story.product, visit.is_on("stock")
    places = offered(visit, visit.circle.groceries.places)
    return visit.render(
        "groceries/product.html",
        visit.name(product.words),
        "list",
        status,
        form=form or Form(),
        product=about(visit, story),
        item=item_of(visit, story),
        show_stock=shown_stock,
        count=visit.amount(product.stock, product.unit),
        count_log=log_of(visit, entries_of(visit, product.lots)),
        worth=costs_text(visit, story.worth) if story.worth else None,
        lots=[lot_line(visit, product, lot) for lot in product.lots],
        lot_choices=lot_choices(visit, product),
        whys=choices(dict(zip(SPOILING, spoiling(visit), strict=True))),
        used=used(visit, story),
        latest=latest(visit, product),
        chart=chart(visit, story.points),
        shops_prices=by_shop(visit, story.points),
        prices=[price_row(visit, point, product.unit) for point in reversed(story.points)],
        aisles=aisle_choices(visit),
        units=unit_choices(visit),
        places=list(places.values()),
        place_choices=choices({"": visit.gettext("none in particular")} | places),
        shop_choices=choices({"": visit.gettext("any")} | offered(visit, visit.circle.groceries.shops)),
        barcodes=story.barcodes,
        conversions=conversions(visit, product),
        ways=ways(visit, product),
    )


def ways(visit: Visit, product: Product) -> dict[str, str | None]:
    """Addresses that the forms post to; None for what the visitor may not do."""
    here = f"{visit.home}/product/{product.id}"
    in_use = not product.archived
    offered_here = {
        "item": (visit.may(Listed) and in_use, f"{here}/list"),
        "stock": (visit.may(Consumed), f"{here}/stock"),
        "product": (visit.may(ProductChanged), here),
        "barcodes": (visit.may(BarcodeSet), f"{here}/barcodes"),
        "conversions": (visit.may(ConversionSet), f"{here}/units"),
        "archive": (visit.may(ProductArchived) and in_use, f"{here}/archive"),
        "restore": (visit.may(ProductRestored) and not in_use, f"{here}/archive"),
        "undo": (visit.may(Undone), f"{visit.home}/undo"),
        "back": (True, here),
    }
    return {name: href if may else None for name, (may, href) in offered_here.items()}


def about(visit: Visit, story: Story) -> dict[str, Any]:
    product: Product = story.product
    groceries: Groceries = visit.circle.groceries
    own = groceries.aisles.get(product.aisle)
    name = visit.name(product.words)
    return {
        "aisle": product.aisle,
        "aisle_name": aisle_name(visit, product.aisle, own.words if own else ""),
        "unit": product.unit,
        "unit_name": unit_word(visit, product.unit),
        "unit_fixed": product.touched or bool(product.minimum),
        "place": product.place,
        "shop": product.shop,
        "note": visit.here.words(product.words).get("note", ""),
        "minimum": visit.amount(product.minimum, product.unit) if product.minimum else "",
        "low": story.low,
        "archived": product.archived,
        "log": f"{visit.home}/log?module=groceries&words={name}",
        "entry": f"{visit.home}/log/{product.words}",
    }


def unit_word(visit: Visit, unit: str) -> str:
    """A unit's own name, in the singular."""
    own = visit.circle.groceries.units.get(unit)
    return visit.name(own.words) if own else catalogue.unit_name(unit, translations(visit.language).ngettext)


def item_of(visit: Visit, story: Story) -> dict[str, Any] | None:
    """What the list says of it, where it is on the list."""
    item = story.item
    if item is None:
        return None
    entry = item.note or item.id
    told = visit.here.entry(entry)
    when = day(visit.day_of(told.time), visit.language) if told else ""
    shop = visit.circle.groceries.shops.get(item.shop)
    return {
        "key": item.id,
        "amount": visit.amount(item.amount, item.unit) if item.amount else "",
        "note": visit.here.words(item.note).get("note", "") if item.note else "",
        "shop": item.shop,
        "shop_name": visit.name(shop.words) if shop else "",
        "by": visit.person_of(item.by) if item.by else None,
        "at": when,
        "log": log_of(visit, [item.id, item.note]) if item.note else None,
    }


def lot_line(visit: Visit, product: Product, lot: Lot) -> dict[str, Any]:
    place = visit.circle.groceries.places.get(lot.place)
    until, opened = lot.best_before, lot.opened
    return {
        "key": lot.id,
        "amount": visit.amount(lot.amount, product.unit),
        "place": visit.name(place.words) if place else "",
        "best_before": visit.gettext("until %(day)s", day=day(until, visit.language)) if until else None,
        "state": freshness(until, visit.today()),
        "opened": visit.gettext("opened on %(day)s", day=day(opened, visit.language)) if opened else None,
        "price": money(worth(lot, lot.amount), lot.currency, visit.language) if lot.per else None,
        "log": log_of(visit, entries_of(visit, [lot])),
    }


def lot_choices(visit: Visit, product: Product) -> list[dict[str, str]]:
    labels = {"": visit.gettext("what is used first")}
    for lot in product.lots:
        told = lot_line(visit, product, lot)
        labels[lot.id] = ", ".join(filter(None, (told["amount"], told["place"], told["best_before"], told["opened"])))
    return choices(labels)


def used(visit: Visit, story: Story) -> list[dict[str, Any]]:
    """How much of it was used in each of the last months, and the entries that still say so."""
    moves, product = visit.circle.groceries.moves.items(), story.product
    return [
        {
            "month": month_name(month, visit.language),
            "text": visit.amount(amount, product.unit),
            "log": log_of(visit, [e for e, move in moves if move.product == product.id and move.month == month]),
        }
        for month, amount in story.used[: -MONTHS - 1 : -1]
    ]


def spoiling(visit: Visit) -> tuple[str, ...]:
    """Why something is thrown away, in the order of `SPOILING`."""
    return (
        visit.gettext("spoiled"),
        visit.gettext("out of date"),
        visit.gettext("broken"),
        visit.gettext("another reason"),
    )


def latest(visit: Visit, product: Product) -> list[dict[str, Any]]:
    """What happened to it lately, newest first, each as the log tells it."""
    groceries: Groceries = visit.circle.groceries
    moves = [entry for entry, move in reversed(groceries.moves.items()) if move.product == product.id][:LATEST]
    named = bytes.fromhex(product.id)
    bought = [entry for entry, one in reversed(groceries.purchases.items()) if named in one.packed][:LATEST]
    found = [(entry, told) for entry in moves + bought if (told := visit.here.entry(entry)) is not None]
    found.sort(key=lambda one: one[1].time, reverse=True)
    return [happened(visit, entry, told) for entry, told in found[:LATEST]]


def happened(visit: Visit, entry: str, told: Entry) -> dict[str, Any]:
    groceries: Groceries = visit.circle.groceries
    device = visit.circle.roots.devices.get(told.device.hex())
    by = device.member if device else ""
    is_purchase = entry in groceries.purchases
    gone = (groceries.purchases if is_purchase else groceries.moves)[entry].undone
    return {
        "key": entry,
        "said": visit.narrator.sentence(told.event, told.kept, visit.here.words(entry), by),
        "at": day(visit.day_of(told.time), visit.language),
        "log": f"{visit.home}/log/{entry}",
        "undone": gone,
        "edit": f"{visit.home}/purchase/{entry}" if is_purchase and not gone else None,
        "undo": not is_purchase and not gone,
    }


def conversions(visit: Visit, product: Product) -> list[str]:
    """What was said of this product's units, each once: "1 pack = 6 pieces"."""
    return told_conversions(visit, product.conversions)


def told_conversions(visit: Visit, table: Conversions) -> list[str]:
    told = []
    for unit, others in table.items():
        for to, (numerator, denominator) in others.items():
            ratio = Fraction(numerator, denominator)
            if ratio > 1 or (ratio == 1 and unit < to):
                several = rounded(1000 * ratio)
                pieces = catalogue.unit_name("piece", translations(visit.language).ngettext, several)
                text = visit.amount(several, to) + (f" {pieces}" if to == "piece" else "")
                told.append(f"1 {unit_word(visit, unit)} = {text}")
    return told


handlers = [product_page]
