"""What pages need of the groceries. Names are words: `words` is the short id of the entry with the name."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from cercle.core.event import Refused
from cercle.core.fold import Circle
from cercle.modules.groceries.state import (
    BoughtLine,
    Groceries,
    Item,
    Lot,
    Product,
    Purchase,
    Thing,
    product_of,
)
from cercle.modules.groceries.stock import worth
from cercle.modules.groceries.units import AISLES, PRICED_IN, counted_in, rounded

SOON = 4


class Wanted(Struct, frozen=True):
    """An item. `note` is the entry with its note; an amount of 0 says nothing; `by` is "" where it is on the
    list by itself."""

    id: str
    product: str
    words: str
    note: str
    amount: int
    unit: str
    shop: str
    by: str


class AisleOfList(Struct, frozen=True):
    """`aisle` is a code, or an id whose name `words` leads to."""

    aisle: str
    words: str
    items: list[Wanted]


class Low(Struct, frozen=True):
    """A product of which there is less than its minimum; amounts in thousandths of its unit."""

    product: str
    words: str
    stock: int
    minimum: int
    unit: str
    on_list: bool


class Kept(Struct, frozen=True):
    """What there is of a product in one place: its lots in the order of use; or, below zero, what it is short
    of. `state` is "past" or "soon" after the `best_before` that comes first, else ""."""

    product: str
    words: str
    amount: int
    unit: str
    lots: list[Lot]
    best_before: str
    state: str
    low: bool


class PlaceOfStock(Struct, frozen=True):
    """`place` is "" for what stands nowhere in particular."""

    place: str
    words: str
    kind: str
    things: list[Kept]


class Point(Struct, frozen=True):
    """What a product cost one day: `price` for `amount` of it, in minor units of `currency`; `each` is for
    one `unit`, the one in which people compare prices."""

    entry: str
    day: str
    shop: str
    price: int
    amount: int
    currency: str
    each: int
    unit: str


class Story(Struct, frozen=True):
    """All about one product. `used`: (month, amount), the oldest first; `worth`: what its lots had cost,
    currency and minor units."""

    product: Product
    item: Wanted | None
    points: list[Point]
    used: list[tuple[str, int]]
    barcodes: list[str]
    low: bool
    worth: dict[str, int]


class Price(Struct, frozen=True):
    """A product's last price, the one before it, and how many there are."""

    product: str
    words: str
    last: Point
    before: Point | None
    count: int


class Receipt(Struct, frozen=True):
    """A purchase, in minor units of `unit`; `payer` is "" where nobody owes anything for it."""

    entry: str
    day: str
    shop: str
    total: int
    unit: str
    payer: str
    undone: bool


class Wasted(Struct, frozen=True):
    """One entry about waste, or the sum of a product's: then `entry`, `day` and `why` are ""."""

    product: str
    words: str
    amount: int
    unit: str
    costs: dict[str, int]
    entry: str = ""
    day: str = ""
    why: str = ""


class WasteOfMonth(Struct, frozen=True):
    """`month` is YYYY-MM; `costs`: currency, minor units."""

    month: str
    costs: dict[str, int]
    products: list[Wasted]


def shopping_list(circle: Circle, shop: str | None = None) -> list[AisleOfList]:
    """What is wanted, aisle by aisle; of one shop: what is wanted from it, or from any."""
    groceries: Groceries = circle.groceries
    aisles: dict[str, list[Wanted]] = {}
    for identifier, item in groceries.items.items():
        if shop is None or item.shop in ("", shop):
            aisle = groceries.products[item.product].aisle
            aisles.setdefault(aisle, []).append(wanted(groceries, identifier, item))
    ranks = aisle_ranks(groceries)
    return [
        AisleOfList(aisle, groceries.aisles[aisle].words if aisle in groceries.aisles else "", aisles[aisle])
        for aisle in sorted(aisles, key=lambda aisle: ranks[aisle])
    ]


def aisle_ranks(groceries: Groceries) -> dict[str, int]:
    """The circle's own aisles come before what fits nowhere, as they were added."""
    rest = AISLES.index("other")
    order = (*AISLES[:rest], *groceries.aisles, *AISLES[rest:])
    return {aisle: rank for rank, aisle in enumerate(order)}


def wanted(groceries: Groceries, identifier: str, item: Item) -> Wanted:
    words = groceries.products[item.product].words
    return Wanted(identifier, item.product, words, item.words, item.amount, item.unit, item.shop, item.by)


def ticked(circle: Circle) -> list[Wanted]:
    """What was ticked lately, the last first."""
    groceries: Groceries = circle.groceries
    return [wanted(groceries, identifier, item) for identifier, item in reversed(groceries.done.items())]


def low(circle: Circle) -> list[Low]:
    groceries: Groceries = circle.groceries
    return [
        Low(product.id, product.words, product.stock, product.minimum, product.unit, bool(product.item))
        for product in groceries.products.values()
        if is_low(product)
    ]


def is_low(product: Product) -> bool:
    return product.stock < product.minimum and not product.archived


def stock(circle: Circle, today: str) -> list[PlaceOfStock]:
    """What is at home, place by place, what expires first on top; "soon" is within `SOON` days of `today`."""
    groceries: Groceries = circle.groceries
    places: dict[str, list[Kept]] = {}
    for product in groceries.products.values():
        for place, lots in by_place(product).items():
            places.setdefault(place, []).append(kept(product, lots, today))
    found = []
    for place in (*groceries.places, ""):
        things = sorted(places.get(place, ()), key=lambda thing: thing.best_before or "~")
        known = groceries.places.get(place, Thing(""))
        if things or (place and not known.closed):
            found.append(PlaceOfStock(place, known.words, known.kind, things))
    return found


def by_place(product: Product) -> dict[str, list[Lot]]:
    """Its lots by place; what it is short of has none, in its usual place."""
    places: dict[str, list[Lot]] = {product.place: []} if product.stock < 0 else {}
    for lot in product.lots:
        places.setdefault(lot.place, []).append(lot)
    return places


def kept(product: Product, lots: list[Lot], today: str) -> Kept:
    amount = sum(lot.amount for lot in lots) if lots else product.stock
    first = min((lot.best_before for lot in lots if lot.best_before), default="")
    return Kept(product.id, product.words, amount, product.unit, lots, first, freshness(first, today), is_low(product))


def freshness(best_before: str, today: str) -> str:
    """ "past", "soon" (within `SOON` days of `today`) or ""."""
    soon = (date.fromisoformat(today) + timedelta(days=SOON)).isoformat()
    return "" if not best_before or best_before > soon else "past" if best_before < today else "soon"


def product(circle: Circle, identifier: str) -> Story | None:
    """None where there is no such product."""
    groceries: Groceries = circle.groceries
    try:
        found = product_of(groceries, identifier)
    except Refused:
        return None
    on_list = groceries.items.get(found.item)
    return Story(
        product=found,
        item=None if on_list is None else wanted(groceries, found.item, on_list),
        points=[point(*one) for one in bought(groceries, product=found).get(found.id, ())],
        used=sorted(found.used.items()),
        barcodes=sorted(code for code, one in groceries.barcodes.items() if one.product == found.id),
        low=is_low(found),
        worth=total({lot.currency: worth(lot, lot.amount)} for lot in found.lots if lot.per),
    )


def bought(
    groceries: Groceries, product: Product | None = None, shop: str | None = None
) -> dict[str, list[tuple[str, Purchase, BoughtLine, str]]]:
    """Each product's lines with a price, and its unit, the oldest first: of one product or shop, where one is named."""
    found: dict[str, list[tuple[str, Purchase, BoughtLine, str]]] = {}
    for entry, purchase in sorted(groceries.purchases.items(), key=lambda one: one[1].day):
        if purchase.undone or (shop is not None and purchase.shop != shop):
            continue
        if product is not None and bytes.fromhex(product.id) not in purchase.packed:
            continue
        for line in purchase.lines:
            if line.price is not None and (product is None or line.product == product.id):
                unit = groceries.products[line.product].unit
                found.setdefault(line.product, []).append((entry, purchase, line, unit))
    return found


def point(entry: str, purchase: Purchase, line: BoughtLine, unit: str) -> Point:
    base, size = counted_in(unit)
    asked = PRICED_IN.get(base, unit)
    price = line.price or 0
    each = rounded(Fraction(1000 * price * counted_in(asked)[1], line.amount * size))
    return Point(entry, purchase.day, purchase.shop, price, line.amount, purchase.unit, each, asked)


def prices(circle: Circle, shop: str | None = None) -> list[Price]:
    """The last price of each product, the latest first; of one shop, where one is named."""
    groceries: Groceries = circle.groceries
    found = []
    for identifier, known in bought(groceries, shop=shop).items():
        before = point(*known[-2]) if len(known) > 1 else None
        words = groceries.products[identifier].words
        found.append(Price(identifier, words, point(*known[-1]), before, len(known)))
    return sorted(found, key=lambda price: price.last.day, reverse=True)


def purchases(circle: Circle) -> list[Receipt]:
    """The latest first, those that were taken back too."""
    payers = {entry: move.payer for entry, move in circle.accounts.moves.items() if move.module == "groceries"}
    found = []
    for entry, one in sorted(circle.groceries.purchases.items(), key=lambda one: one[1].day, reverse=True):
        found.append(Receipt(entry, one.day, one.shop, one.total, one.unit, payers.get(entry, ""), one.undone))
    return found


def wastes(circle: Circle) -> list[Wasted]:
    """Each entry about waste that was not taken back, the latest first."""
    groceries: Groceries = circle.groceries
    found = [
        Wasted(
            product=one.product,
            words=groceries.products[one.product].words,
            amount=one.amount,
            unit=groceries.products[one.product].unit,
            costs=one.costs,
            entry=entry,
            day=one.day,
            why=one.why,
        )
        for entry, one in groceries.wastes.items()
        if not one.undone
    ]
    return sorted(found, key=lambda one: one.day, reverse=True)


def waste(circle: Circle) -> list[WasteOfMonth]:
    """What was wasted and what it had cost, by month, the latest first, and by product, the dearest first."""
    months: dict[str, dict[str, list[Wasted]]] = {}
    for one in wastes(circle):
        months.setdefault(one.day[:7], {}).setdefault(one.product, []).append(one)
    found = []
    for month in sorted(months, reverse=True):
        products = [sum_of(group) for group in months[month].values()]
        products.sort(key=lambda one: max(one.costs.values(), default=0), reverse=True)
        found.append(WasteOfMonth(month, total(one.costs for one in products), products))
    return found


def sum_of(group: list[Wasted]) -> Wasted:
    first = group[0]
    amount = sum(one.amount for one in group)
    return Wasted(first.product, first.words, amount, first.unit, total(one.costs for one in group))


def total(costs: Iterable[dict[str, int]]) -> dict[str, int]:
    """The sum of costs, currency by currency."""
    found: dict[str, int] = {}
    for cost in costs:
        for currency, amount in cost.items():
            found[currency] = found.get(currency, 0) + amount
    return found


def names(circle: Circle) -> dict[str, str]:
    """Of everything that the groceries brought, the entry whose words name it; of an item, its product's."""
    groceries: Groceries = circle.groceries
    products = groceries.products
    found = {identifier: product.words for identifier, product in products.items()}
    found |= {identifier: products[known].words for identifier, known in groceries.same.items()}
    for things in (groceries.aisles, groceries.units, groceries.places, groceries.shops):
        found |= {identifier: thing.words for identifier, thing in things.items()}
    for items in (groceries.done, groceries.items):
        found |= {identifier: products[item.product].words for identifier, item in items.items()}
    return found


def show(circle: Circle) -> dict[str, Any]:
    """`products` (those in use) and, by id, `list`, `stock`, `places`, `shops`, `aisles` and `units`; amounts
    in thousandths, prices in minor units."""
    groceries: Groceries = circle.groceries
    products = [product for product in groceries.products.values() if not product.archived]
    return {
        "products": {
            one.id: {"aisle": one.aisle, "unit": one.unit, "stock": one.stock, "minimum": one.minimum}
            for one in products
        },
        "list": {identifier: by_name(item) for identifier, item in groceries.items.items()},
        "stock": {one.id: [asdict(lot) for lot in one.lots] for one in products if one.lots},
        "places": offered(groceries.places),
        "shops": offered(groceries.shops),
        "aisles": offered(groceries.aisles),
        "units": offered(groceries.units),
        "barcodes": {code: one.product for code, one in groceries.barcodes.items()},
    }


def by_name(item: Item) -> dict[str, Any]:
    return {name: value for name, value in asdict(item).items() if name != "words"}


def offered(things: dict[str, Thing]) -> dict[str, str]:
    """Those that are still offered, with the kind of a place."""
    return {identifier: thing.kind for identifier, thing in things.items() if not thing.closed}
