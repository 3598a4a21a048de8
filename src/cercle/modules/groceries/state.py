"""What the circle knows of its groceries, and what the rules ask of it before they change anything."""

from struct import Struct as Packing

from msgspec import Struct, field

from cercle.core.event import Reason, Refused, is_day, utc_day
from cercle.core.fold import Act
from cercle.core.shelf import Shelf
from cercle.modules.groceries.units import UNITS, Conversions, factor, rounded

MOST_TICKED = 50
MOST_MOVES = 500
MOST_AMOUNT = 10**12
MOST_STOCK = 10**15


class Why(Reason):
    NO_PRODUCT = ("groceries.no_product", "There is no such product.")
    NO_AISLE = ("groceries.no_aisle", "There is no such aisle.")
    NO_UNIT = ("groceries.no_unit", "There is no such unit.")
    NO_PLACE = ("groceries.no_place", "There is no such place.")
    NO_SHOP = ("groceries.no_shop", "There is no such shop.")
    NO_THING = ("groceries.no_thing", "There is no such aisle, unit, place or shop.")
    NO_BARCODE = ("groceries.no_barcode", "Nothing has this barcode.")
    NO_ITEM = ("groceries.no_item", "This is not on the list.")
    NO_LOT = ("groceries.no_lot", "This is not in stock any more.")
    NO_DAY = ("groceries.no_day", "There is no such day in the calendar.")
    NO_PAYER = ("groceries.no_payer", "A purchase that is shared says who paid.")
    NO_CONVERSION = ("groceries.no_conversion", "Nobody has said yet how these two units compare.")
    SAME = ("groceries.same", "It is so already.")
    SAME_UNIT = ("groceries.same_unit", "How these two units compare is known exactly.")
    UNIT_FIXED = ("groceries.unit_fixed", "A unit stays as it is once something was counted in it.")
    ARCHIVED = ("groceries.archived", "This product was archived.")
    NOT_ARCHIVED = ("groceries.not_archived", "This product is in use.")
    NOTHING = ("groceries.nothing", "An amount is more than nothing.")
    TOO_MUCH = ("groceries.too_much", "This is more than anybody can count.")
    EMPTY = ("groceries.empty", "A purchase has a total, or something that was bought.")
    OVER_TOTAL = ("groceries.over_total", "The prices add up to more than the total.")
    LISTED = ("groceries.listed_already", "This is on the list already.")
    TICKED = ("groceries.ticked_already", "This was ticked already.")
    NOT_TICKED = ("groceries.not_ticked", "This was not ticked, or too long ago.")
    UNDONE = ("groceries.undone_already", "This was taken back already.")
    IS_UNDO = ("groceries.is_undo", "What was taken back is not taken back again: do it anew.")
    NO_ENTRY = ("groceries.no_entry", "There is nothing here to take back, or it is too long ago.")


class Lot(Struct, array_like=True, gc=False):
    """What came in together and is still there: `amount`, in thousandths of the product's unit. When it came
    in, `per` of it had cost `price` (minor units of `currency`); 0 where nobody knows. No day is ""."""

    id: str
    amount: int
    day: str
    place: str = ""
    best_before: str = ""
    opened: str = ""
    price: int = 0
    per: int = 0
    currency: str = ""


class Product(Struct, omit_defaults=True):
    """`words` is the entry that names it. `stock` is the sum of its lots, which stand in the order of use, or
    below zero what it is short of: never both. `item` is its open item; `asked`: it was on the list since
    there last was enough. `touched`: something was counted in its unit. `used`: month, amount."""

    id: str
    words: str
    aisle: str
    unit: str
    place: str = ""
    shop: str = ""
    minimum: int = 0
    catalogue: str = ""
    archived: bool = False
    touched: bool = False
    asked: bool = False
    item: str = ""
    stock: int = 0
    lots: list[Lot] = []
    used: dict[str, int] = {}
    conversions: Conversions = {}


class Item(Struct, array_like=True, gc=False):
    """Something wanted. `words` is the entry with its note; an amount of 0 says nothing; `by` is "" where it
    is on the list by itself."""

    product: str
    words: str
    amount: int
    unit: str
    shop: str
    by: str


class Thing(Struct, omit_defaults=True):
    """An aisle, a unit, a place (which has a kind) or a shop; `words` is the entry that names it."""

    words: str
    kind: str = ""
    closed: bool = False


class Barcode(Struct, omit_defaults=True):
    """What a barcode stands for; an amount of 0 says nothing."""

    product: str
    amount: int = 0
    unit: str = ""


class BoughtLine(Struct, frozen=True, gc=False):
    """One thing of a purchase, in thousandths of the product's unit; `price` is for all of it."""

    product: str
    amount: int
    price: int | None
    stocked: bool


class Purchase(Struct, frozen=True, array_like=True, gc=False):
    """Minor units of `unit`. `packed` are its lines: a circle may have tens of thousands, kept for their prices."""

    day: str
    unit: str
    total: int
    shop: str
    packed: bytes
    undone: bool = False

    @property
    def lines(self) -> list[BoughtLine]:
        return [
            BoughtLine(product.hex(), amount, price - 1 if price else None, stocked)
            for product, amount, price, stocked in _LINE.iter_unpack(self.packed)
        ]


# A product's id, an amount, a price and one (0: none was said), whether it went into the stock.
_LINE = Packing(">10sQQ?")


def packed(product: Product, amount: int, price: int | None, stocked: bool) -> bytes:
    """One line of a purchase, 27 bytes."""
    return _LINE.pack(bytes.fromhex(product.id), amount, 0 if price is None else price + 1, stocked)


class Taken(Struct, omit_defaults=True):
    """What left a product's stock: out of lots, as they were, and `beyond` what there was."""

    product: str
    lots: list[Lot] = []
    beyond: int = 0


class Waste(Struct, frozen=True, array_like=True, gc=False):
    """`costs`: currency, minor units, as far as anybody knows what it had cost."""

    product: str
    amount: int
    day: str
    why: str
    costs: dict[str, int]
    undone: bool = False


class Move(Struct, omit_defaults=True):
    """What an entry did to a product's stock, for as long as it can be taken back: what was `taken` (and used,
    so much in that month); or the `amount` that the `lot` came with; or the `lot` that was moved from `place`,
    and the one of which it had been a part, `origin`. `undo`: it took something back itself."""

    product: str = ""
    taken: Taken | None = None
    month: str = ""
    amount: int = 0
    lot: str = ""
    origin: str = ""
    place: str = ""
    undo: bool = False
    undone: bool = False


class Purchases(Shelf[Purchase]):
    kind = Purchase


class Wastes(Shelf[Waste]):
    kind = Waste


class Groceries(Struct):
    """`catalogue`: code, product; `same`: a product that somebody brought in once more, the one that it is.
    `done`: the items ticked last, and not on a receipt yet; `purchases`, `wastes`, `moves`: by entry."""

    products: dict[str, Product] = {}
    catalogue: dict[str, str] = {}
    same: dict[str, str] = {}
    items: dict[str, Item] = {}
    done: dict[str, Item] = {}
    aisles: dict[str, Thing] = {}
    units: dict[str, Thing] = {}
    places: dict[str, Thing] = {}
    shops: dict[str, Thing] = {}
    conversions: Conversions = {}
    barcodes: dict[str, Barcode] = {}
    purchases: Purchases = field(default_factory=Purchases)
    wastes: Wastes = field(default_factory=Wastes)
    moves: dict[str, Move] = {}


def numbered(entry: str, number: int) -> str:
    """The id of one of several things that an entry brought: 72 bits of its own id, and the number."""
    return f"{entry[:18]}{number:02x}"


def product_of(groceries: Groceries, identifier: str) -> Product:
    """Raises `Refused`."""
    product = groceries.products.get(identifier)
    if product is None:
        product = groceries.products.get(groceries.same.get(identifier, ""))
        if product is None:
            raise Refused(Why.NO_PRODUCT)
    return product


def lot_of(product: Product, identifier: str) -> Lot:
    """Raises `Refused`."""
    for lot in product.lots:
        if lot.id == identifier:
            return lot
    raise Refused(Why.NO_LOT)


def measured(groceries: Groceries, product: Product, amount: int, unit: str | None) -> int:
    """The amount in thousandths of the product's own unit, a half rounded up. Raises `Refused`."""
    if unit is None or unit == product.unit:
        return amount
    check_unit(groceries, unit)
    # What was said of this product counts before what was said of all.
    ratio = factor(unit, product.unit, product.conversions)
    if ratio is None:
        ratio = factor(unit, product.unit, product.conversions, groceries.conversions)
    if ratio is None:
        raise Refused(Why.NO_CONVERSION)
    amount = rounded(amount * ratio)
    if amount > MOST_AMOUNT:
        raise Refused(Why.TOO_MUCH)
    return amount


def more_than_nothing(groceries: Groceries, product: Product, amount: int, unit: str | None) -> int:
    """`measured`, for an amount that comes or goes. Raises `Refused`."""
    amount = measured(groceries, product, amount, unit)
    if amount == 0:
        raise Refused(Why.NOTHING)
    if not -MOST_STOCK <= product.stock <= MOST_STOCK:
        raise Refused(Why.TOO_MUCH)
    return amount


def check_unit(groceries: Groceries, unit: str | None) -> None:
    if unit is not None and unit not in UNITS and unit not in groceries.units:
        raise Refused(Why.NO_UNIT)


def check_place(groceries: Groceries, place: str | None) -> None:
    if place is not None and place not in groceries.places:
        raise Refused(Why.NO_PLACE)


def check_shop(groceries: Groceries, shop: str | None) -> None:
    if shop is not None and shop not in groceries.shops:
        raise Refused(Why.NO_SHOP)


def check_day(day: str | None) -> None:
    if day is not None and not is_day(day):
        raise Refused(Why.NO_DAY)


def day_of(act: Act) -> str:
    """The day that the event says, else the one that the device's clock claimed. Raises `Refused`."""
    day: str | None = act.event.day
    if day is None:
        return utc_day(act.time)
    check_day(day)
    return day
