"""A receipt as people fill it in: read field by field, then written as one act with the shop, places and products that
come in with it."""

import re
from typing import Any

import msgspec

from cercle.core.event import Refused
from cercle.modules.groceries.events import Bought, Line, Undone
from cercle.modules.groceries.quick_add import Quick, parse
from cercle.modules.groceries.state import Groceries, Why, measured, product_of
from cercle.modules.groceries.web_filled import Filled, Quantity
from cercle.modules.groceries.web_products import (
    LONGEST_PASTE,
    Do,
    Finder,
    as_said,
    named,
    place_of,
    shop_of,
    with_own_unit,
    wrong_with,
)
from cercle.page.typed import minor
from cercle.page.visit import Visit

# A sum at the end of a line: with a sign, or with two digits after the point.
_PRICED = re.compile(
    r"(?P<rest>.*?)[\s=:]+"
    r"(?P<sum>[€$£]\s?\d{1,9}(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?\s?(?:[€$£]|eur|euros?)|\d{1,9}[.,]\d{2})",
    re.IGNORECASE,
)
LONGEST_LINE = 300


class Old(msgspec.Struct, frozen=True):
    """A purchase that is entered anew: its entry, what it said, and its day."""

    entry: str
    said: Any
    day: str


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the form: of which product, for which item of the list, and the texts that stand in its boxes."""

    key: str
    product: str
    item: str
    name: str
    amount: str
    price: str = ""
    place: str = ""
    best_before: str = ""
    stocked: bool = True


class Taken(msgspec.Struct, frozen=True):
    """A line that was chosen, as it was filled in; `place` is a name."""

    slot: Slot
    quantity: Quantity
    price: int | None
    place: str
    best_before: str | None


class Extra(msgspec.Struct, frozen=True):
    """Something that was bought and had not been on the list."""

    quick: Quick
    price: int | None


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """A whole receipt, read: `shop` is a name, `shares` are weights by member."""

    shop: str
    day: str
    unit: str
    total: int
    payer: str | None
    shares: dict[str, int]
    lines: list[Taken]
    more: list[Extra]
    note: str


def read_receipt(visit: Visit, filled: Filled, slots: list[Slot], people: list[str], old: Old | None) -> Filing:
    """What was filled in; where `filled.errors` has anything, it must not be written."""
    unit = old.said.unit if old else visit.circle.roots.unit
    lines = [read_line(visit, filled, slot, unit) for slot in slots if slot.key in filled.sent["line"]]
    if len(lines) < len(filled.sent["line"]):
        filled.errors[""] = visit.gettext("Somebody put some of this away meanwhile: look again.")
    extras = read_more(visit, filled, unit)
    taken = [line for line in lines if line is not None]
    total = total_of(visit, filled, unit, [*taken, *extras])
    weights = old.said.shares if old else {}
    with_money = visit.is_on("money")
    sharers = [member for member in filled.sent["for"] if member in people] if len(people) > 1 else people
    return Filing(
        shop=filled.name("shop", needed=False),
        day=filled.day("day") or visit.today(),
        unit=unit,
        total=total,
        payer=filled.choice("payer", people) or visit.member if with_money else None,
        shares={member: weights.get(member, 1) for member in sharers} if with_money else {},
        lines=taken,
        more=extras,
        note=filled.note("note"),
    )


def read_line(visit: Visit, filled: Filled, slot: Slot, unit: str) -> Taken | None:
    amount_field = f"amount-{slot.key}"
    quantity, price = filled.amount(amount_field), filled.money(f"price-{slot.key}", unit)
    place, best_before = filled.name(f"place-{slot.key}", needed=False), filled.day(f"best-{slot.key}")
    if quantity is None:
        return None
    try:
        compare(visit, slot.product, quantity)
    except Refused as refusal:
        filled.errors[amount_field] = named(visit, slot.name, refusal)
    return Taken(slot, quantity, price, place, best_before)


def compare(visit: Visit, product: str, quantity: Quantity) -> None:
    """Raises `Refused` where the product is counted in something that this amount does not compare with."""
    groceries: Groceries = visit.circle.groceries
    measured(groceries, product_of(groceries, product), quantity.amount, quantity.unit)


def read_more(visit: Visit, filled: Filled, unit: str) -> list[Extra]:
    """One thing a line, in the words of a quick add, with its price at the end."""
    rows = [" ".join(row.split()) for row in filled.text("more")[:LONGEST_PASTE].splitlines()]
    extras = [read_extra(visit, row[:LONGEST_LINE], unit) for row in rows if row]
    finder = Finder(visit)
    sentence = wrong_with(visit, [extra.quick for extra in extras], finder) if extras else ""
    for extra in extras if not sentence else ():
        product = finder.find(extra.quick.name)
        amount, measure = as_said(finder.with_amount(extra.quick), product) if product else (None, None)
        try:
            if product is not None and amount is not None:
                compare(visit, product.id, Quantity(amount, measure))
        except Refused as refusal:
            sentence = named(visit, extra.quick.name, refusal)
    if sentence:
        filled.errors["more"] = sentence
    return extras


def read_extra(visit: Visit, row: str, unit: str) -> Extra:
    """ "2 L milk 2.40", « beurre 3 € », "eggs: 3,20"."""
    found = _PRICED.fullmatch(row)
    price = minor(found["sum"], unit, visit.language) if found else None
    rest = found["rest"] if found and price is not None else row
    return Extra(with_own_unit(visit, parse(rest, visit.language)), price)


def total_of(visit: Visit, filled: Filled, unit: str, lines: list[Any]) -> int:
    """What was paid in all: as it was filled in, or else what the lines come to."""
    said, prices = filled.money("total", unit), sum(line.price or 0 for line in lines)
    if not lines and not said:
        filled.errors.setdefault("", visit.gettext("Write what was bought, or what it cost in all."))
    if said is not None and said < prices:
        filled.errors["total"] = visit.gettext(Why.OVER_TOTAL.sentence)
    return prices if said is None else said


def write_receipt(visit: Visit, do: Do, receipt: Filing, old: Old | None) -> None:
    """Raises `Refused`."""
    if old is not None:
        do(Undone(entry=old.entry))
    finder, shop = Finder(visit), shop_of(visit, do, receipt.shop)
    lines = [
        Line(
            product=line.slot.product,
            amount=line.quantity.amount,
            unit=line.quantity.unit,
            price=line.price,
            best_before=line.best_before,
            place=place_of(visit, do, line.place),
            item=line.slot.item,
            stocked=line.slot.stocked,
        )
        for line in receipt.lines
    ]
    waiting = {item.product: key for key, item in visit.circle.groceries.done.items()}
    for extra in receipt.more:
        product, amount, measure = finder.bring_in(do, finder.with_amount(extra.quick))
        lines.append(
            Line(
                product=product.id,
                amount=amount or 1000,
                unit=measure,
                price=extra.price,
                item=waiting.get(product.id),
                stocked=visit.is_on("stock"),
            )
        )
    do(
        Bought(
            shop=shop,
            day=receipt.day,
            unit=receipt.unit,
            total=receipt.total,
            payer=receipt.payer,
            shares=receipt.shares if receipt.total else {},
            lines=lines,
            note=receipt.note,
        )
    )
