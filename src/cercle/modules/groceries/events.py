"""What people do about the shopping list, the stock and what was bought."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from cercle.core.event import DECIDED, EVERYBODY, HOUSEHOLD, Amount, Code, Day, Id, Money, Words, event
from cercle.modules.accounts.events import Unit as Currency

Name = Annotated[str, Meta(min_length=1, max_length=200, extra={"kind": "words"}, description="a name, erasable")]
Aisle = Annotated[Code, Meta(description="a code such as dairy, or the id of an aisle of the circle's own")]
Unit = Annotated[Code, Meta(description="a code such as kg, or the id of a unit of the circle's own")]
Barcode = Annotated[str, Meta(pattern=r"^[0-9A-Za-z.-]{4,40}(?!\n)$", description="as the scanner reads it")]
PlaceKind = Literal["fridge", "freezer", "cupboard", "cellar", "other"]
Spoiling = Literal["spoiled", "expired", "broken", "other"]
Part = Annotated[int, Meta(ge=1, le=10**9)]
Weights = Annotated[
    dict[Id, Annotated[int, Meta(ge=1, le=1000)]],
    Meta(max_length=200, description="member: weight; equal weights share equally; empty: nobody owes"),
]


@event(
    "groceries.product_added",
    may=HOUSEHOLD | DECIDED,
    en="{by} added {name} to the products.",
    fr="{by} a ajouté « {name} » aux produits.",
)
class ProductAdded(Struct, frozen=True, kw_only=True):
    """A thing that the household buys or keeps. `unit` is what its stock is counted in, `minimum` how much of
    it should be at home, `place` and `shop` where it usually goes and comes from. `catalogue` is its code in
    the starter catalogue: two people who bring in one such thing apart have brought in one product."""

    aisle: Aisle = "other"
    unit: Unit = "piece"
    place: Id | None = None
    shop: Id | None = None
    minimum: Amount = 0
    catalogue: Code | None = None
    name: Name
    note: Words = ""


@event(
    "groceries.product_changed",
    may=HOUSEHOLD | DECIDED,
    en="{by} described {name} anew.",
    fr="{by} a modifié la fiche de « {name} ».",
)
class ProductChanged(Struct, frozen=True, kw_only=True):
    """All that is said of a product, anew. Its unit stays as it is once something was counted in it."""

    product: Id
    aisle: Aisle = "other"
    unit: Unit = "piece"
    place: Id | None = None
    shop: Id | None = None
    name: Name
    note: Words = ""


@event(
    "groceries.product_archived",
    may=HOUSEHOLD | DECIDED,
    en="{by} put {product} away: it is no longer offered.",
    fr="{by} a archivé « {product} ».",
)
class ProductArchived(Struct, frozen=True, kw_only=True):
    """A product is no longer offered, nor asked for by itself; what is left of it stays in stock."""

    product: Id


@event(
    "groceries.product_restored",
    may=HOUSEHOLD | DECIDED,
    en="{by} brought {product} back among the products.",
    fr="{by} a remis « {product} » parmi les produits.",
)
class ProductRestored(Struct, frozen=True, kw_only=True):
    """An archived product is offered again."""

    product: Id


@event(
    "groceries.minimum_set",
    may=HOUSEHOLD | DECIDED,
    en="{by} wants at least {minimum} of {product} at home.",
    fr="{by} veut avoir au moins {minimum} à la maison : « {product} ».",
)
class MinimumSet(Struct, frozen=True, kw_only=True):
    """How much of a product should be at home (0: no matter). Where there is less, the product goes on the
    list by itself, once until there has been enough again."""

    product: Id
    minimum: Amount
    unit: Unit | None = None


@event(
    "groceries.aisle_added",
    may=HOUSEHOLD | DECIDED,
    en="{by} added the aisle {name}.",
    fr="{by} a ajouté le rayon « {name} ».",
)
class AisleAdded(Struct, frozen=True, kw_only=True):
    """An aisle of the circle's own, after those that every circle has."""

    name: Name


@event(
    "groceries.unit_added",
    may=HOUSEHOLD | DECIDED,
    en="{by} added the unit {name}.",
    fr="{by} a ajouté l’unité « {name} ».",
)
class UnitAdded(Struct, frozen=True, kw_only=True):
    """A unit of the circle's own, with its word for one and for several."""

    name: Name
    plural: Words = ""


@event(
    "groceries.conversion_set",
    may=HOUSEHOLD | DECIDED,
    en="{by} noted what one {unit} is in {to}: {numerator}/{denominator}.",
    fr="{by} a noté une équivalence : 1 {unit} vaut {numerator}/{denominator} {to}.",
)
class ConversionSet(Struct, frozen=True, kw_only=True):
    """One `unit` is numerator/denominator `to`: for one product, or for all that say nothing else. A later
    conversion between the same two units takes the place of the earlier one."""

    product: Id | None = None
    unit: Unit
    to: Unit
    numerator: Part
    denominator: Part = 1


@event(
    "groceries.place_added",
    may=HOUSEHOLD | DECIDED,
    en="{by} added the place {name}.",
    fr="{by} a ajouté l’endroit « {name} ».",
)
class PlaceAdded(Struct, frozen=True, kw_only=True):
    """A place where things are kept."""

    kind: PlaceKind = "other"
    name: Name


@event(
    "groceries.shop_added",
    may=HOUSEHOLD | DECIDED,
    en="{by} added the shop {name}.",
    fr="{by} a ajouté le magasin « {name} ».",
)
class ShopAdded(Struct, frozen=True, kw_only=True):
    """A shop, a market, a farm: where things are bought."""

    name: Name


@event(
    "groceries.thing_renamed",
    may=HOUSEHOLD | DECIDED,
    en="{by} renamed something: it is now {name}.",
    fr="{by} a changé un nom : c’est maintenant « {name} ».",
)
class ThingRenamed(Struct, frozen=True, kw_only=True):
    """An aisle, a unit, a place or a shop has another name from here on."""

    thing: Id
    name: Name
    plural: Words = ""


@event(
    "groceries.thing_removed",
    may=HOUSEHOLD | DECIDED,
    en="{by} struck {thing} off.",
    fr="{by} a supprimé « {thing} ».",
)
class ThingRemoved(Struct, frozen=True, kw_only=True):
    """An aisle, a unit, a place or a shop is no longer offered; what refers to it goes on doing so."""

    thing: Id


@event(
    "groceries.barcode_set",
    may=HOUSEHOLD,
    en="{by} noted the barcode {barcode} of {product}.",
    fr="{by} a noté le code-barres {barcode} pour « {product} ».",
)
class BarcodeSet(Struct, frozen=True, kw_only=True):
    """A barcode stands for a product, and for that amount of it; it stood for another one before, maybe."""

    barcode: Barcode
    product: Id
    amount: Amount | None = None
    unit: Unit | None = None


@event(
    "groceries.barcode_removed",
    may=HOUSEHOLD,
    en="{by} struck the barcode {barcode} off.",
    fr="{by} a supprimé le code-barres {barcode}.",
)
class BarcodeRemoved(Struct, frozen=True, kw_only=True):
    """A barcode stands for nothing any more."""

    barcode: Barcode


@event(
    "groceries.listed",
    may=EVERYBODY | DECIDED,
    en="{by} put {product} on the list. {note}",
    fr="{by} a mis « {product} » sur la liste. {note}",
)
class Listed(Struct, frozen=True, kw_only=True):
    """A product is wanted: so much of it, from that shop or from any. It is on the list once."""

    product: Id
    amount: Amount | None = None
    unit: Unit | None = None
    shop: Id | None = None
    note: Words = ""


@event(
    "groceries.item_changed",
    may=EVERYBODY,
    en="{by} changed what the list says of {item}. {note}",
    fr="{by} a modifié « {item} » sur la liste. {note}",
)
class ItemChanged(Struct, frozen=True, kw_only=True):
    """All that the list says of one item, anew."""

    item: Id
    amount: Amount | None = None
    unit: Unit | None = None
    shop: Id | None = None
    note: Words = ""


@event(
    "groceries.ticked",
    may=EVERYBODY,
    en="{by} ticked {item}.",
    fr="{by} a coché « {item} ».",
)
class Ticked(Struct, frozen=True, kw_only=True):
    """An item is in the basket. It never comes back by itself."""

    item: Id


@event(
    "groceries.unticked",
    may=EVERYBODY,
    en="{by} put {item} back on the list.",
    fr="{by} a remis « {item} » sur la liste.",
)
class Unticked(Struct, frozen=True, kw_only=True):
    """A ticked item is wanted again, on purpose."""

    item: Id


@event(
    "groceries.unlisted",
    may=EVERYBODY | DECIDED,
    en="{by} took {item} off the list.",
    fr="{by} a retiré « {item} » de la liste.",
)
class Unlisted(Struct, frozen=True, kw_only=True):
    """An item is not wanted after all."""

    item: Id


@event(
    "groceries.stocked",
    may=HOUSEHOLD,
    en="{by} put {product} into the stock ({amount}). {note}",
    fr="{by} a rangé « {product} » ({amount}). {note}",
)
class Stocked(Struct, frozen=True, kw_only=True):
    """Something came in without being bought: found, given, grown. `price` is what it is worth, if anybody
    knows, in the circle's currency."""

    product: Id
    amount: Amount
    unit: Unit | None = None
    place: Id | None = None
    best_before: Day | None = None
    price: Money | None = None
    day: Day | None = None
    note: Words = ""


@event(
    "groceries.consumed",
    may=HOUSEHOLD,
    en="{by} used {product} ({amount}).",
    fr="{by} a pris « {product} » ({amount}).",
)
class Consumed(Struct, frozen=True, kw_only=True):
    """Something was eaten or used: from that lot, or else what is opened or expires first. It has happened,
    so more than there was leaves the product short, until the next arrival fills that."""

    product: Id
    amount: Amount
    unit: Unit | None = None
    lot: Id | None = None
    day: Day | None = None


@event(
    "groceries.wasted",
    may=HOUSEHOLD,
    en="{by} threw {product} away ({amount}, {why}). {note}",
    fr="{by} a jeté « {product} » ({amount}, {why}). {note}",
)
class Wasted(Struct, frozen=True, kw_only=True):
    """Something was thrown away. What it cost follows from what its lots cost."""

    product: Id
    amount: Amount
    unit: Unit | None = None
    lot: Id | None = None
    why: Spoiling = "other"
    day: Day | None = None
    note: Words = ""


@event(
    "groceries.moved",
    may=HOUSEHOLD,
    en="{by} moved {product} to {place}.",
    fr="{by} a déplacé « {product} » vers « {place} ».",
)
class Moved(Struct, frozen=True, kw_only=True):
    """A lot, or a part of it, is now in another place."""

    product: Id
    lot: Id
    place: Id | None = None
    amount: Amount | None = None
    unit: Unit | None = None


@event(
    "groceries.opened",
    may=HOUSEHOLD,
    en="{by} opened {product}.",
    fr="{by} a ouvert « {product} ».",
)
class Opened(Struct, frozen=True, kw_only=True):
    """A lot, or a part of it, is open, and keeps until `best_before` from then on. It is used up first."""

    product: Id
    lot: Id
    amount: Amount | None = None
    unit: Unit | None = None
    best_before: Day | None = None
    day: Day | None = None


@event(
    "groceries.lot_changed",
    may=HOUSEHOLD,
    en="{by} noted until when {product} keeps.",
    fr="{by} a noté jusqu’à quand se garde « {product} ».",
)
class LotChanged(Struct, frozen=True, kw_only=True):
    """Until when a lot keeps, and since when it is open, anew."""

    product: Id
    lot: Id
    best_before: Day | None = None
    opened: Day | None = None


@event(
    "groceries.counted",
    may=HOUSEHOLD,
    en="{by} counted {product}: {amount}.",
    fr="{by} a compté « {product} » : {amount}.",
)
class Counted(Struct, frozen=True, kw_only=True):
    """There is this much of a product, whatever the stock said before."""

    product: Id
    amount: Amount
    unit: Unit | None = None
    place: Id | None = None
    day: Day | None = None


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing on a receipt. `price` is for all of it; `item` is what it was on the list, where that is not
    the product's own item."""

    product: Id
    amount: Amount
    unit: Unit | None = None
    price: Money | None = None
    best_before: Day | None = None
    place: Id | None = None
    item: Id | None = None
    stocked: bool = True


@event(
    "groceries.bought",
    may=HOUSEHOLD,
    en="{by} noted a purchase of {total}, paid by {payer}. {note}",
    fr="{by} a noté un achat de {total}, payé par {payer}. {note}",
)
class Bought(Struct, frozen=True, kw_only=True):
    """A purchase: what was bought, what it cost in all (what the lines do not name included), who paid and
    for whom. Its lines come off the list and, where `stocked`, into the stock. A gift has no shares."""

    shop: Id | None = None
    day: Day | None = None
    unit: Currency
    total: Money = 0
    payer: Id | None = None
    shares: Weights = {}
    lines: Annotated[list[Line], Meta(max_length=200)] = []
    note: Words = ""


@event(
    "groceries.undone",
    may=HOUSEHOLD,
    en="{by} took back an entry of the stock. {why}",
    fr="{by} a annulé une écriture du stock. {why}",
)
class Undone(Struct, frozen=True, kw_only=True):
    """Takes back, once, what a purchase, an arrival, a use, a waste, a count or a move did: stock, money and
    figures. Ticks stay: the list is no record of what happened."""

    entry: Id
    why: Words = ""
