"""What comes into the stock and leaves it, the first to expire first, and what that asks of the list."""

from bisect import insort

from msgspec.structs import replace

from cercle.core.fold import Act, Circle
from cercle.core.module import rule
from cercle.modules.groceries import events
from cercle.modules.groceries.state import (
    MOST_MOVES,
    Groceries,
    Item,
    Lot,
    Move,
    Product,
    Taken,
    Waste,
    check_day,
    check_place,
    day_of,
    lot_of,
    measured,
    more_than_nothing,
    product_of,
)


def order(lot: Lot) -> tuple[bool, str, str, str]:
    """What is used first: what is open, then what expires first, then what has been there longest."""
    return (lot.opened == "", lot.best_before or "~", lot.day, lot.id)


def put(product: Product, lot: Lot) -> None:
    """Brings a lot in; what the product is short of is filled from it first."""
    before = product.stock
    product.stock += lot.amount
    product.touched = True
    if before < 0:
        lot.amount += before
    if lot.amount > 0:
        insort(product.lots, lot, key=order)


def take(product: Product, amount: int, lot: str = "") -> Taken:
    """Takes so much out of the stock: from that lot while it lasts, then from what is to be used first."""
    taken = Taken(product.id)
    product.stock -= amount
    product.touched = True
    lots = product.lots
    at = next((place for place, one in enumerate(lots) if one.id == lot), 0) if lot else 0
    while amount and lots:
        one = lots[at]
        if one.amount > amount:
            one.amount -= amount
            taken.lots.append(replace(one, amount=amount))
            return taken
        amount -= one.amount
        taken.lots.append(lots.pop(at))
        at = 0
    taken.beyond = amount
    return taken


def give_back(product: Product, taken: Taken, entry: str, day: str) -> None:
    """Undoes `take`. What had gone beyond the stock may have been filled since: then it is a lot, `entry`."""
    if taken.beyond:
        put(product, Lot(entry, taken.beyond, day, product.place))
    for lot in taken.lots:
        there = next((one for one in product.lots if one.id == lot.id), None)
        if there is None:
            put(product, lot)
        else:
            there.amount += lot.amount
            product.stock += lot.amount
    # The lots are the product's again, and no longer how they were.
    taken.lots, taken.beyond = [], 0


def mind(groceries: Groceries, product: Product, item: str = "") -> None:
    """What the stock asks of the list. Below its minimum a product comes on it by itself, as `item`, once
    until there has been enough again; then it goes by itself, unless somebody has touched the item."""
    wanted = 0 if product.archived else product.minimum
    missing = wanted - product.stock
    on_list = groceries.items.get(product.item)
    if not wanted or missing <= 0:
        product.asked = False
        if on_list is not None and not on_list.by:
            del groceries.items[product.item]
            product.item = ""
    elif on_list is not None:
        product.asked = True
        if not on_list.by:
            on_list.amount = missing
    elif item and not product.asked:
        product.asked = True
        product.item = item
        groceries.items[item] = Item(product.id, "", missing, product.unit, product.shop, "")


def remember(groceries: Groceries, entry: str, move: Move) -> None:
    """Keeps what can be taken back, the latest `MOST_MOVES`."""
    moves = groceries.moves
    moves[entry] = move
    if len(moves) > MOST_MOVES:
        del moves[next(iter(moves))]


@rule(events.Stocked)
def stocked(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    product = product_of(groceries, event.product)
    amount = more_than_nothing(groceries, product, event.amount, event.unit)
    check_place(groceries, event.place)
    check_day(event.best_before)
    lot = Lot(act.id, amount, day_of(act), event.place or product.place, event.best_before or "")
    if event.price is not None:
        lot.price, lot.per, lot.currency = event.price, amount, circle.roots.unit
    put(product, lot)
    mind(groceries, product)
    remember(groceries, act.id, Move(product.id, amount=amount, lot=act.id))


@rule(events.Consumed)
def consumed(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    product = product_of(groceries, event.product)
    amount = more_than_nothing(groceries, product, event.amount, event.unit)
    month = day_of(act)[:7]
    taken = take(product, amount, event.lot or "")
    product.used[month] = product.used.get(month, 0) + amount
    mind(groceries, product, act.id)
    remember(groceries, act.id, Move(product.id, taken, month, amount))


@rule(events.Wasted)
def wasted(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    product = product_of(groceries, event.product)
    amount = more_than_nothing(groceries, product, event.amount, event.unit)
    day = day_of(act)
    taken = take(product, amount, event.lot or "")
    groceries.wastes.put(act.id, Waste(product.id, amount, day, event.why, costs(product, taken)))
    mind(groceries, product, act.id)
    remember(groceries, act.id, Move(product.id, taken))


def costs(product: Product, taken: Taken) -> dict[str, int]:
    """What had been paid for what was taken: currency, minor units. A lot's parts add up to its price."""
    found: dict[str, int] = {}
    for lot in taken.lots:
        if lot.per:
            left = next((one.amount for one in product.lots if one.id == lot.id), 0)
            cost = worth(lot, left + lot.amount) - worth(lot, left)
            found[lot.currency] = found.get(lot.currency, 0) + cost
    return found


def worth(lot: Lot, amount: int) -> int:
    """What so much of a lot with a price had cost, in minor units, a half rounded up."""
    return (2 * lot.price * amount + lot.per) // (2 * lot.per)


@rule(events.Moved)
def moved(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    product = product_of(groceries, event.product)
    lot = lot_of(product, event.lot)
    amount = part_of(groceries, product, lot, event.amount, event.unit)
    check_place(groceries, event.place)
    move = Move(product.id, origin=lot.id, place=lot.place)
    lot = apart(product, lot, amount, act.id)
    lot.place = event.place or ""
    insort(product.lots, lot, key=order)
    move.lot = lot.id
    remember(groceries, act.id, move)


@rule(events.Opened)
def opened(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    product = product_of(groceries, event.product)
    lot = lot_of(product, event.lot)
    amount = part_of(groceries, product, lot, event.amount, event.unit)
    check_day(event.best_before)
    day = day_of(act)
    lot = apart(product, lot, amount, act.id)
    lot.opened = day
    lot.best_before = event.best_before or lot.best_before
    insort(product.lots, lot, key=order)


@rule(events.LotChanged)
def lot_changed(circle: Circle, act: Act) -> None:
    event = act.event
    product = product_of(circle.groceries, event.product)
    lot = lot_of(product, event.lot)
    check_day(event.best_before)
    check_day(event.opened)
    product.lots.remove(lot)
    lot.best_before, lot.opened = event.best_before or "", event.opened or ""
    insort(product.lots, lot, key=order)


def part_of(groceries: Groceries, product: Product, lot: Lot, amount: int | None, unit: str | None) -> int:
    """How much of a lot is meant: all of it, where nothing or too much is said. Raises `Refused`."""
    if amount is None:
        return lot.amount
    return min(lot.amount, more_than_nothing(groceries, product, amount, unit))


def apart(product: Product, lot: Lot, amount: int, entry: str) -> Lot:
    """Takes a lot out, to be put back changed; or a part of it, which is the lot `entry` from here on."""
    if amount == lot.amount:
        product.lots.remove(lot)
        return lot
    lot.amount -= amount
    return replace(lot, id=entry, amount=amount)


@rule(events.Counted)
def counted(circle: Circle, act: Act) -> None:
    groceries, event = circle.groceries, act.event
    product = product_of(groceries, event.product)
    amount = measured(groceries, product, event.amount, event.unit)
    check_place(groceries, event.place)
    day = day_of(act)
    more = amount - product.stock
    if more > 0:
        put(product, Lot(act.id, more, day, event.place or product.place))
        move = Move(product.id, amount=more, lot=act.id)
    else:
        move = Move(product.id, take(product, -more))
    mind(groceries, product, act.id)
    remember(groceries, act.id, move)
