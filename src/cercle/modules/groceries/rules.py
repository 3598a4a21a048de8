"""What may be said of products, of the list and of purchases; the rules of the stock are in stock.py."""

from msgspec.structs import replace

from cercle.core.event import Refused, utc_day
from cercle.core.fold import Act, Circle
from cercle.core.module import rule
from cercle.modules.accounts.rules import check, check_shares, share, take_back
from cercle.modules.groceries import events
from cercle.modules.groceries.state import (
    MOST_TICKED,
    Barcode,
    Groceries,
    Item,
    Lot,
    Move,
    Product,
    Purchase,
    Thing,
    Why,
    check_day,
    check_place,
    check_shop,
    check_unit,
    day_of,
    measured,
    more_than_nothing,
    numbered,
    packed,
    product_of,
)
from cercle.modules.groceries.stock import give_back, mind, put, remember, take
from cercle.modules.groceries.units import AISLES, counted_in, set_conversion


@rule(events.ProductAdded)
def product_added(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    check_described(groceries, event)
    if event.catalogue is not None:
        known = groceries.catalogue.get(event.catalogue)
        if known is not None and not groceries.products[known].archived:
            groceries.same[act.id] = known
            return
        groceries.catalogue[event.catalogue] = act.id
    product = Product(act.id, act.id, event.aisle, event.unit, event.place or "", event.shop or "")
    product.minimum, product.catalogue = event.minimum, event.catalogue or ""
    groceries.products[act.id] = product


@rule(events.ProductChanged)
def product_changed(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    product = product_of(groceries, event.product)
    check_described(groceries, event)
    if event.unit != product.unit and (product.touched or product.minimum):
        raise Refused(Why.UNIT_FIXED)
    product.words, product.aisle, product.unit = act.id, event.aisle, event.unit
    product.place, product.shop = event.place or "", event.shop or ""


def check_described(groceries: Groceries, event: events.ProductAdded | events.ProductChanged) -> None:
    if event.aisle not in AISLES and event.aisle not in groceries.aisles:
        raise Refused(Why.NO_AISLE)
    check_unit(groceries, event.unit)
    check_place(groceries, event.place)
    check_shop(groceries, event.shop)


@rule(events.ProductArchived)
def product_archived(circle: Circle, act: Act) -> None:
    product = in_use(circle.groceries, act.event.product)
    product.archived = True
    mind(circle.groceries, product)


@rule(events.ProductRestored)
def product_restored(circle: Circle, act: Act) -> None:
    product = product_of(circle.groceries, act.event.product)
    if not product.archived:
        raise Refused(Why.NOT_ARCHIVED)
    product.archived = False
    mind(circle.groceries, product, act.id)


def in_use(groceries: Groceries, identifier: str) -> Product:
    """A product that is not archived. Raises `Refused`."""
    product = product_of(groceries, identifier)
    if product.archived:
        raise Refused(Why.ARCHIVED)
    return product


@rule(events.MinimumSet)
def minimum_set(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    product = in_use(groceries, event.product)
    minimum = measured(groceries, product, event.minimum, event.unit)
    if minimum == product.minimum:
        raise Refused(Why.SAME)
    product.minimum = minimum
    mind(groceries, product, act.id)


@rule(events.AisleAdded)
def aisle_added(circle: Circle, act: Act) -> None:
    circle.groceries.aisles[act.id] = Thing(act.id)


@rule(events.UnitAdded)
def unit_added(circle: Circle, act: Act) -> None:
    circle.groceries.units[act.id] = Thing(act.id)


@rule(events.PlaceAdded)
def place_added(circle: Circle, act: Act) -> None:
    circle.groceries.places[act.id] = Thing(act.id, act.event.kind)


@rule(events.ShopAdded)
def shop_added(circle: Circle, act: Act) -> None:
    circle.groceries.shops[act.id] = Thing(act.id)


@rule(events.ConversionSet)
def conversion_set(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    conversions = groceries.conversions
    if event.product is not None:
        conversions = product_of(groceries, event.product).conversions
    check_unit(groceries, event.unit)
    check_unit(groceries, event.to)
    if counted_in(event.unit)[0] == counted_in(event.to)[0]:
        raise Refused(Why.SAME_UNIT)
    set_conversion(conversions, event.unit, event.to, event.numerator, event.denominator)


@rule(events.ThingRenamed)
def thing_renamed(circle: Circle, act: Act) -> None:
    thing_of(circle.groceries, act.event.thing).words = act.id


@rule(events.ThingRemoved)
def thing_removed(circle: Circle, act: Act) -> None:
    thing_of(circle.groceries, act.event.thing).closed = True


def thing_of(groceries: Groceries, identifier: str) -> Thing:
    """An aisle, unit, place or shop that is still offered. Raises `Refused`."""
    for things in (groceries.aisles, groceries.units, groceries.places, groceries.shops):
        thing = things.get(identifier)
        if thing is not None and not thing.closed:
            return thing
    raise Refused(Why.NO_THING)


@rule(events.BarcodeSet)
def barcode_set(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    product = product_of(groceries, event.product)
    check_unit(groceries, event.unit)
    barcode = Barcode(product.id)
    if event.amount:
        barcode.amount, barcode.unit = event.amount, event.unit or product.unit
    if groceries.barcodes.get(event.barcode) == barcode:
        raise Refused(Why.SAME)
    groceries.barcodes[event.barcode] = barcode


@rule(events.BarcodeRemoved)
def barcode_removed(circle: Circle, act: Act) -> None:
    if circle.groceries.barcodes.pop(act.event.barcode, None) is None:
        raise Refused(Why.NO_BARCODE)


@rule(events.Listed)
def listed(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    product = in_use(groceries, event.product)
    if product.item:
        raise Refused(Why.LISTED)
    groceries.items[act.id] = wanted(groceries, product, act)
    product.item = act.id


@rule(events.ItemChanged)
def item_changed(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    before = open_item(groceries, event.item)
    groceries.items[event.item] = wanted(groceries, groceries.products[before.product], act)


def wanted(groceries: Groceries, product: Product, act: Act) -> Item:
    """What an event says of an item. Raises `Refused`."""
    event = act.event
    check_unit(groceries, event.unit)
    check_shop(groceries, event.shop)
    if event.amount == 0:
        raise Refused(Why.NOTHING)
    return Item(product.id, act.id, event.amount or 0, event.unit or product.unit, event.shop or "", act.by)


def open_item(groceries: Groceries, identifier: str) -> Item:
    """Raises `Refused`."""
    item = groceries.items.get(identifier)
    if item is None:
        raise Refused(Why.TICKED if identifier in groceries.done else Why.NO_ITEM)
    return item


@rule(events.Ticked)
def ticked(circle: Circle, act: Act) -> None:
    open_item(circle.groceries, act.event.item)
    tick(circle.groceries, act.event.item)


def tick(groceries: Groceries, identifier: str) -> None:
    """An open item is done with; the last `MOST_TICKED` are kept, to be put back on purpose."""
    item = groceries.items.pop(identifier)
    groceries.products[item.product].item = ""
    groceries.done[identifier] = item
    if len(groceries.done) > MOST_TICKED:
        del groceries.done[next(iter(groceries.done))]


@rule(events.Unticked)
def unticked(circle: Circle, act: Act) -> None:
    groceries, identifier = circle.groceries, act.event.item
    item = groceries.done.get(identifier)
    if item is None:
        raise Refused(Why.NOT_TICKED)
    product = in_use(groceries, item.product)
    if product.item:
        raise Refused(Why.LISTED)
    del groceries.done[identifier]
    item.by = act.by
    groceries.items[identifier] = item
    product.item = identifier


@rule(events.Unlisted)
def unlisted(circle: Circle, act: Act) -> None:
    groceries, identifier = circle.groceries, act.event.item
    item = open_item(groceries, identifier)
    del groceries.items[identifier]
    groceries.products[item.product].item = ""


@rule(events.Bought)
def bought(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    day = day_of(act)
    check_shop(groceries, event.shop)
    lines = [check_line(groceries, line) for line in event.lines]
    check_money(circle, event)
    entry, receipt = act.id, []
    for number, (line, product, amount) in enumerate(lines):
        product.touched = True
        receipt.append(packed(product, amount, line.price, line.stocked))
        item = product.item if line.item is None else line.item
        if item in groceries.items:
            tick(groceries, item)
        groceries.done.pop(item, None)
        if line.stocked:
            place = line.place or product.place
            lot = Lot(numbered(entry, number), amount, day, place, line.best_before or "")
            if line.price is not None:
                lot.price, lot.per, lot.currency = line.price, amount, event.unit
            put(product, lot)
            mind(groceries, product)
    groceries.purchases.put(entry, Purchase(day, event.unit, event.total, event.shop or "", b"".join(receipt)))
    if event.total and event.shares:
        share(circle, entry, event.unit, event.total, event.payer, event.shares, "groceries")


def check_line(groceries: Groceries, line: events.Line) -> tuple[events.Line, Product, int]:
    """The line, its product, and how much of it in its own unit. Raises `Refused`."""
    product = product_of(groceries, line.product)
    check_place(groceries, line.place)
    check_day(line.best_before)
    return line, product, more_than_nothing(groceries, product, line.amount, line.unit)


def check_money(circle: Circle, event: events.Bought) -> None:
    if not event.total and not event.lines:
        raise Refused(Why.EMPTY)
    if sum(line.price or 0 for line in event.lines) > event.total:
        raise Refused(Why.OVER_TOTAL)
    people = [*event.shares] if event.payer is None else [event.payer, *event.shares]
    check(circle, event.unit, max(event.total, 1), None, people)
    if event.shares:
        if event.payer is None:
            raise Refused(Why.NO_PAYER)
        check_shares(event.shares)


@rule(events.Undone)
def undone(circle: Circle, act: Act) -> None:
    groceries, entry = circle.groceries, act.event.entry
    found = groceries.purchases.get(entry) or groceries.moves.get(entry)
    if found is None:
        raise Refused(Why.NO_ENTRY)
    if found.undone:
        raise Refused(Why.UNDONE)
    if isinstance(found, Purchase):
        undo_purchase(circle, act, found)
        groceries.purchases.change(entry, replace(found, undone=True))
    else:
        undo_move(groceries, act, found)
        found.undone = True
    remember(groceries, act.id, Move(undo=True))


def undo_purchase(circle: Circle, act: Act, purchase: Purchase) -> None:
    groceries, entry = circle.groceries, act.event.entry
    posted = circle.accounts.moves.get(entry)
    if posted is not None and not posted.corrected:
        take_back(circle, entry, act.id, "groceries")
    for number, line in enumerate(purchase.lines):
        if line.stocked:
            product = groceries.products[line.product]
            take(product, line.amount, numbered(entry, number))
            mind(groceries, product, numbered(act.id, number))


def undo_move(groceries: Groceries, act: Act, move: Move) -> None:
    if move.undo:
        raise Refused(Why.IS_UNDO)
    product = groceries.products[move.product]
    if move.origin:
        put_back(product, move)
    elif move.lot:
        take(product, move.amount, move.lot)
    elif move.taken is not None:
        give_back(product, move.taken, act.id, utc_day(act.time))
    if move.month:
        left = product.used.pop(move.month) - move.amount
        if left:
            product.used[move.month] = left
    waste = groceries.wastes.get(act.event.entry)
    if waste is not None:
        groceries.wastes.change(act.event.entry, replace(waste, undone=True))
    mind(groceries, product, act.id)


def put_back(product: Product, move: Move) -> None:
    """What was moved and is still there goes back to its place, and to the lot that it was a part of."""
    lots = {lot.id: lot for lot in product.lots}
    lot, origin = lots.get(move.lot), lots.get(move.origin)
    if lot is None:
        return
    lot.place = move.place
    if origin is not None and origin is not lot:
        product.lots.remove(lot)
        origin.amount += lot.amount
