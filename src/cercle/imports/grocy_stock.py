"""What Grocy's stock went through: each movement as an event, then, where these do not lead to the stock that the file
has, what is missing. Grocy edits lots without a trace (it joins and splits them, and opening one may shorten its date),
so its history alone cannot be trusted to the last lot.
"""

from collections import Counter
from collections.abc import Generator
from fractions import Fraction

import msgspec

from cercle.imports.bringing import act_of, digits
from cercle.imports.grocy_file import MARK, Household, Row, day_in, note_in, number_in, thousandths
from cercle.imports.report import Why, _
from cercle.modules.groceries import events
from cercle.modules.groceries.state import MOST_AMOUNT, Lot, Product, numbered

MOVEMENTS = "stock movements"
PARTNERS = {"transfer_from": "transfer_to", "stock-edit-old": "stock-edit-new"}

# The events of one movement, each answered with the short id of the entry that it became.
Steps = Generator[msgspec.Struct, str, None]
# Until when a lot keeps, where it is, since when it is open; "" for none.
Look = tuple[str, str, str]


class Stock(msgspec.Struct):
    """`lots`: the lots that came to be of one stock entry of Grocy's. `rounded`: how many prices were."""

    home: Household
    lots: dict[str, set[str]] = {}
    rounded: int = 0

    def product(self, row: Row) -> Product | None:
        return self.home.groceries.products.get(self.home.known("products", row["product_id"]) or "")

    def lots_of(self, product: str) -> list[Lot]:
        """As they are now: what was read before an event was written may be out of date."""
        return self.home.groceries.products[product].lots

    def place(self, row: Row, product: Product) -> str:
        return self.home.known("locations", row.get("location_id")) or product.place

    def look(self, row: Row, product: Product) -> Look:
        return day_in(row.get("best_before_date")) or "", self.place(row, product), day_in(row.get("opened_date")) or ""

    def lot(self, row: Row, product: Product) -> Lot | None:
        """The lot that a row speaks of: of the same stock entry if it is known, and looking the most alike."""
        known = self.lots.get(row["stock_id"], set())
        best_before, place, opened = self.look(row, product)
        bought = day_in(row.get("purchased_date"))

        def likeness(lot: Lot) -> tuple[bool, ...]:
            same = lot.best_before == best_before, lot.place == place, lot.day == bought
            return (lot.id in known, bool(lot.opened) == bool(opened), *same)

        alike = [lot for lot in product.lots if lot.id in known or lot.best_before == best_before]
        return max(alike, key=likeness, default=None)


def bring_stock(home: Household) -> None:
    """Brings the movements that are not there yet, in the order in which they were noted."""
    stock, into = Stock(home), home.into
    partners = {
        (row["transaction_type"], row["correlation_id"]): row
        for row in home.rows("stock_log")
        if row.get("correlation_id")
    }
    for row in home.rows("stock_log"):
        kind, partner = row["transaction_type"], None
        if kind in PARTNERS:
            partner = partners.get((PARTNERS[kind], row.get("correlation_id")))
        elif kind in PARTNERS.values():
            continue
        act = home.act("stock_log", row)
        if row.get("undone"):
            undo(home, row, act)
        elif home.was_left("stock_log", row):
            into.report.leave(MOVEMENTS, Why.BEFORE)
        elif into.brought(MOVEMENTS, act):
            pass
        elif (why := play(stock, row, partner, act)) is None:
            into.count(into.report.brought, MOVEMENTS)
        else:
            into.report.leave(MOVEMENTS, why)
        if act in into.there:
            entry = into.there[act]
            stock.lots.setdefault(row["stock_id"], set()).update((entry, numbered(entry, 0)))
    set_right(stock)
    if stock.rounded:
        into.report.warn(_("%(count)d prices were rounded to the smallest coin."), count=stock.rounded)
    if any(row.get("price") for row in home.rows("stock_log")) and into.report.new:
        currency = into.live.circle.roots.unit.upper()
        into.report.warn(_("Grocy’s file does not name its currency: prices were taken as %(unit)s."), unit=currency)


def undo(home: Household, row: Row, act: bytes) -> None:
    """What was taken back in Grocy is left; if it was brought before that, it is taken back here as well."""
    into, groceries = home.into, home.groceries
    entry, back = into.there.get(act), home.act("stock_log", row, "undone")
    if entry is None:
        into.report.leave(MOVEMENTS, Why.UNDONE)
        return
    done = groceries.purchases.get(entry) or groceries.wastes.get(entry) or groceries.moves.get(entry)
    if into.brought(MOVEMENTS, back):
        return
    if done is not None and not done.undone:
        into.bring(MOVEMENTS, back, events.Undone(entry=entry))
    else:
        into.report.leave(MOVEMENTS, Why.UNDONE_SINCE)


def play(stock: Stock, row: Row, partner: Row | None, act: bytes) -> Why | None:
    """Writes the events of one movement; the reason, where there are none."""
    product, amount = stock.product(row), number_in(row["amount"])
    if product is None:
        return Why.NO_PRODUCT
    if amount is None or abs(thousandths(amount)) > MOST_AMOUNT:
        return Why.NO_NUMBER
    steps = steps_of(stock, row, partner, product, thousandths(amount))
    if steps is None:
        return Why.MOVEMENT
    if not perform(stock, steps, act):
        return Why.NOTHING if thousandths(amount) == 0 else Why.NO_CHANGE
    return None


def perform(stock: Stock, steps: Steps, act: bytes) -> int:
    """Writes events, the first of them under `act`; how many there were."""
    number, entry = 0, ""
    while True:
        try:
            event = steps.send(entry) if number else next(steps)
        except StopIteration:
            return number
        entry = stock.home.into.write(event, act_of(MARK, act, number) if number else act)
        number += 1


def steps_of(stock: Stock, row: Row, partner: Row | None, product: Product, amount: int) -> Steps | None:
    kind = row["transaction_type"]
    if kind == "purchase" and amount >= 0:
        return bought(stock, row, product, amount)
    if kind in ("inventory-correction", "self-production") and amount >= 0:
        return arrived(stock, row, product, amount)
    if kind == "consume" and amount <= 0:
        return used(stock, row, product, -amount)
    if kind == "inventory-correction":
        return lowered(product, stock.lot(row, product), -amount, day_in(row.get("row_created_timestamp")))
    if kind == "product-opened":
        return opened(stock, row, product, amount)
    if kind == "transfer_from" and partner is not None:
        return changed(stock, row, partner, product, -amount)
    if kind == "stock-edit-old" and partner is not None:
        return edited(stock, row, partner, product, amount)
    return None


# --- the movements ---------------------------------------------------------------------------------------------------


def bought(stock: Stock, row: Row, product: Product, amount: int) -> Steps:
    if not amount:
        return
    home = stock.home
    price = price_of(stock, row, amount)
    line = events.Line(
        product=product.id,
        amount=amount,
        price=price,
        best_before=day_in(row.get("best_before_date")),
        place=stock.place(row, product) or None,
    )
    yield events.Bought(
        shop=home.known("shopping_locations", row.get("shopping_location_id")),
        day=day_in(row.get("purchased_date")) or day_in(row.get("row_created_timestamp")),
        unit=home.into.live.circle.roots.unit,
        total=price or 0,
        payer=home.known("users", row.get("user_id")),
        lines=[line],
        note=note_in(row.get("note")),
    )


def arrived(stock: Stock, row: Row, product: Product, amount: int) -> Steps:
    if amount:
        yield events.Stocked(
            product=product.id,
            amount=amount,
            place=stock.place(row, product) or None,
            best_before=day_in(row.get("best_before_date")),
            price=price_of(stock, row, amount),
            day=day_in(row.get("purchased_date")) or day_in(row.get("row_created_timestamp")),
            note=note_in(row.get("note")),
        )


def used(stock: Stock, row: Row, product: Product, amount: int) -> Steps:
    if not amount:
        return
    lot = stock.lot(row, product)
    identifier = lot.id if lot else None
    day = day_in(row.get("used_date")) or day_in(row.get("row_created_timestamp"))
    if row.get("spoiled"):
        yield events.Wasted(product=product.id, amount=amount, lot=identifier, why="spoiled", day=day)
    else:
        yield events.Consumed(product=product.id, amount=amount, lot=identifier, day=day)


def lowered(product: Product, lot: Lot | None, amount: int, day: str | None) -> Steps:
    """Somebody counted less. A count takes what is to be used first; where that is another lot, this one is used."""
    if not amount:
        return
    if lot is None or (product.lots[0] is lot and lot.amount >= amount and product.stock >= amount):
        yield events.Counted(product=product.id, amount=max(0, product.stock - amount), day=day)
    else:
        yield events.Consumed(product=product.id, amount=amount, lot=lot.id, day=day)


def opened(stock: Stock, row: Row, product: Product, amount: int) -> Steps:
    lot = stock.lot(row, product)
    if amount > 0 and lot is not None and not lot.opened:
        yield events.Opened(product=product.id, lot=lot.id, amount=amount, day=day_in(row.get("opened_date")))


def changed(stock: Stock, row: Row, to: Row, product: Product, amount: int) -> Steps:
    """So much of a lot looks otherwise from here on: it is in another place, keeps longer, is open."""
    lot = stock.lot(row, product)
    if lot is not None and amount > 0:
        yield from made_like(stock, product.id, lot, amount, stock.look(to, product))


def edited(stock: Stock, row: Row, to: Row, product: Product, amount: int) -> Steps:
    after, lot, look = number_in(to["amount"]), stock.lot(row, product), stock.look(to, product)
    if after is None or lot is None:
        return
    more = thousandths(after) - amount
    if more < 0:
        yield from lowered(product, lot, -more, day_in(row.get("row_created_timestamp")))
    elif more:
        yield from arrived(stock, to, product, more)
    for left in stock.lots_of(product.id):
        if left.id == lot.id:
            yield from made_like(stock, product.id, left, left.amount, look)
            break


def made_like(stock: Stock, product: str, lot: Lot, amount: int, look: Look) -> Steps:
    """A lot, or a part of it, takes on a look; what has it already is left alone."""
    best_before, place, opened = look
    identifier, before = lot.id, (lot.best_before, lot.opened)
    if lot.place != place or amount < lot.amount:
        entry = yield events.Moved(product=product, lot=identifier, place=place or None, amount=amount)
        if any(one.id == entry for one in stock.lots_of(product)):
            identifier = entry
    if before != (best_before, opened):
        yield events.LotChanged(product=product, lot=identifier, best_before=best_before or None, opened=opened or None)


def price_of(stock: Stock, row: Row, amount: int) -> int | None:
    """What so many thousandths cost, in the circle's minor units: Grocy has the price of one unit."""
    each = number_in(row.get("price"))
    if each is None or each < 0:
        return None
    exact = each * amount / 1000 * 10 ** digits(stock.home.into.live.circle.roots.unit)
    price = int(exact + Fraction(1, 2))
    stock.rounded += price != exact
    return price if price <= MOST_AMOUNT else None


# --- the stock as the file has it ------------------------------------------------------------------------------------


def set_right(stock: Stock) -> None:
    """Leads the stock of products that this import has brought to what the file says, lot by lot; nobody but the
    import has touched them yet."""
    home, names = stock.home, []
    rows: dict[str, list[Row]] = {product: [] for product in home.new}
    for row in home.rows("stock"):
        product = home.known("products", row["product_id"])
        if product in rows and number_in(row["amount"]):
            rows[product].append(row)
    for product, found in rows.items():
        known = home.groceries.products[product]
        wanted = Counter[Look]()
        for row in found:
            wanted[look_of_row(stock, known, row)] += amount_in_stock(row)
        if known.stock != wanted.total():
            names.append(home.into.live.name(known.words))
        perform(stock, righting(stock, product, wanted, found), act_of(MARK, home.file.origin, "stock", product))
    if names:
        home.into.report.warn(
            _("The movements in the file do not add up to its stock, which counts; products: %(names)s."),
            names=", ".join(names),
        )


def amount_in_stock(row: Row) -> int:
    return min(MOST_AMOUNT, max(0, thousandths(number_in(row["amount"]) or Fraction(0))))


def look_of_row(stock: Stock, product: Product, row: Row) -> Look:
    best_before, place, opened = stock.look(row, product)
    if not row.get("open"):
        return best_before, place, ""
    return best_before, place, opened or day_in(row.get("row_created_timestamp")) or ""


def look_of(lot: Lot) -> Look:
    return lot.best_before, lot.place, lot.opened


def righting(stock: Stock, product: str, wanted: Counter[Look], rows: list[Row]) -> Steps:
    """What is there in a wrong look takes on one that is missing; what is missing still comes in, the rest goes."""
    known = stock.home.groceries.products[product]
    if known.stock < 0:
        yield events.Counted(product=product, amount=0)
    there = Counter[Look]()
    for lot in stock.lots_of(product):
        there[look_of(lot)] += lot.amount
    surplus = there - wanted
    for look, missing in (wanted - there).items():
        for lot in list(stock.lots_of(product)):
            before = look_of(lot)
            part = min(missing, lot.amount, surplus[before])
            if part:
                surplus[before] -= part
                missing -= part
                yield from made_like(stock, product, lot, part, look)
        if missing:
            row = next(row for row in rows if look_of_row(stock, known, row) == look)
            yield from come_in(stock, product, row, look, missing)
    for lot in list(stock.lots_of(product)):
        part = min(lot.amount, surplus[look_of(lot)])
        if part:
            surplus[look_of(lot)] -= part
            yield events.Consumed(product=product, amount=part, lot=lot.id)


def come_in(stock: Stock, product: str, row: Row, look: Look, amount: int) -> Steps:
    best_before, place, opened = look
    entry = yield events.Stocked(
        product=product,
        amount=amount,
        place=place or None,
        best_before=best_before or None,
        price=price_of(stock, row, amount),
        day=day_in(row.get("purchased_date")),
    )
    if opened:
        yield events.LotChanged(product=product, lot=entry, best_before=best_before or None, opened=opened)
