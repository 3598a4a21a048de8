"""What the forms on a product's page do."""

import re
from math import gcd
from typing import Any

from litestar import Response, post

from cercle.core.event import Refused
from cercle.modules.groceries import catalogue
from cercle.modules.groceries.events import (
    BarcodeRemoved,
    BarcodeSet,
    Consumed,
    ConversionSet,
    Counted,
    ItemChanged,
    Listed,
    LotChanged,
    MinimumSet,
    Moved,
    Opened,
    ProductArchived,
    ProductChanged,
    ProductRestored,
    Stocked,
    Unlisted,
    Wasted,
)
from cercle.modules.groceries.read import Story
from cercle.modules.groceries.state import Groceries, Lot, Product, measured
from cercle.modules.groceries.units import AISLES, UNITS
from cercle.modules.groceries.web_filled import Filled, offered
from cercle.modules.groceries.web_product import SPOILING, show, story_of
from cercle.modules.groceries.web_products import Do, Finder, place_of
from cercle.page.visit import Visit

BARCODE = re.compile(r"[0-9A-Za-z.-]{4,40}", re.ASCII)


async def filled_form(visit: Visit) -> Filled:
    return Filled(visit, await visit.form())


def done(visit: Visit, story: Story, notice: str = "") -> Response[Any]:
    return visit.go(f"{visit.home}/product/{story.product.id}", notice)


# --- the list ----------------------------------------------------------------------------------------------------


@post("/c/{circle:str}/product/{product:str}/list")
async def listed(visit: Visit, product: str) -> Response[Any]:
    """Puts it on the list, says anew what the list says of it, or takes it off."""
    filled, story = await filled_form(visit), story_of(visit, product)
    groceries: Groceries = visit.circle.groceries
    wanted = filled.amount("amount", needed=False)
    shop, note = filled.choice("shop", groceries.shops), filled.note("note")
    amount, unit = (wanted.amount, wanted.unit) if wanted else (None, None)
    if filled.errors:
        return show(visit, story, filled.form(), 422)
    event: Listed | ItemChanged | Unlisted
    if filled.text("do") == "drop":
        event = Unlisted(item=story.product.item)
    elif story.product.item:
        event = ItemChanged(item=story.product.item, amount=amount, unit=unit, shop=shop, note=note)
    else:
        event = Listed(product=story.product.id, amount=amount, unit=unit, shop=shop, note=note)
    try:
        visit.act(event, act=filled.text("act"))
    except Refused as refusal:
        return show(visit, story, filled.refused(refusal, "amount"), 409)
    return done(visit, story)


# --- the stock ---------------------------------------------------------------------------------------------------


@post("/c/{circle:str}/product/{product:str}/stock")
async def stock_changed(visit: Visit, product: str) -> Response[Any]:
    """Used, opened, thrown away, moved, counted, put in, or until when it keeps."""
    filled, story = await filled_form(visit), story_of(visit, product)
    field, change = CHANGES.get(filled.text("use"), CHANGES["used"])
    if visit.is_done(filled.text("act")):
        return done(visit, story)
    try:
        with visit.tap(filled.text("act")) as do:
            change(visit, do, filled, story.product)
            if filled.errors:
                raise Unread
    except Unread:
        return show(visit, story_of(visit, product), filled.form(), 422)
    except Refused as refusal:
        return show(visit, story_of(visit, product), filled.refused(refusal, field), 409)
    return done(visit, story, visit.gettext("Written down."))


class Unread(Exception):
    """Something in the form says nothing: what was done on the way is not done."""


def used(visit: Visit, do: Do, filled: Filled, product: Product) -> None:
    taken = filled.amount("taken")
    if taken:
        lot = filled.choice("lot", lots_of(product))
        do(Consumed(product=product.id, amount=taken.amount, unit=taken.unit, lot=lot, day=visit.today()))


def opened(visit: Visit, do: Do, filled: Filled, product: Product) -> None:
    taken, lot = filled.amount("taken"), lot_meant(visit, filled, "lot", product)
    if taken and lot:
        do(Opened(product=product.id, lot=lot.id, amount=taken.amount, unit=taken.unit, day=visit.today()))


def wasted(visit: Visit, do: Do, filled: Filled, product: Product) -> None:
    amount, note = filled.amount("wasted"), filled.note("wasted_note")
    why: Any = filled.choice("why", SPOILING) or "other"
    lot, before = filled.choice("wasted_lot", lots_of(product)), product.stock
    if amount and not filled.errors:
        do(
            Wasted(
                product=product.id,
                amount=amount.amount,
                unit=amount.unit,
                lot=lot,
                why=why,
                day=visit.today(),
                note=note,
            )
        )
        if before > 0 > visit.circle.groceries.products[product.id].stock:  # 50 is soon typed where 50 ml are meant
            there = visit.amount(before, product.unit)
            filled.errors["wasted"] = visit.gettext("Only %(amount)s of it is there.", amount=there)


def moved(visit: Visit, do: Do, filled: Filled, product: Product) -> None:
    amount, place = filled.amount("moved", needed=False), filled.name("to")
    lot = lot_meant(visit, filled, "moved_lot", product)
    if lot and not filled.errors:
        to = place_of(visit, do, place)
        how_much, unit = (amount.amount, amount.unit) if amount else (None, None)
        do(Moved(product=product.id, lot=lot.id, place=to, amount=how_much, unit=unit))


def kept(visit: Visit, do: Do, filled: Filled, product: Product) -> None:
    day, lot = filled.day("until"), lot_meant(visit, filled, "moved_lot", product)
    if lot and not filled.errors:
        do(LotChanged(product=product.id, lot=lot.id, best_before=day, opened=lot.opened or None))


def counted(visit: Visit, do: Do, filled: Filled, product: Product) -> None:
    there = filled.amount("counted", may_be_none=True)
    if there:
        do(Counted(product=product.id, amount=there.amount, unit=there.unit, day=visit.today()))


def added(visit: Visit, do: Do, filled: Filled, product: Product) -> None:
    amount, place = filled.amount("added"), filled.name("place", needed=False)
    day, price = filled.day("best_before"), filled.money("price", visit.circle.roots.unit)
    if amount and not filled.errors:
        do(
            Stocked(
                product=product.id,
                amount=amount.amount,
                unit=amount.unit,
                place=place_of(visit, do, place),
                best_before=day,
                price=price,
                day=visit.today(),
            )
        )


# What a button says: the field of its amount, and what it does.
CHANGES = {
    "used": ("taken", used),
    "opened": ("taken", opened),
    "wasted": ("wasted", wasted),
    "moved": ("moved", moved),
    "kept": ("until", kept),
    "counted": ("counted", counted),
    "added": ("added", added),
}


def lots_of(product: Product) -> dict[str, Lot]:
    return {lot.id: lot for lot in product.lots}


def lot_meant(visit: Visit, filled: Filled, field: str, product: Product) -> Lot | None:
    """The lot that was chosen, or the one that is used first."""
    lots = lots_of(product)
    chosen = filled.choice(field, lots)
    if chosen is None and not filled.errors and not lots:
        filled.errors[""] = visit.gettext("There is nothing of it in stock.")
    return lots[chosen] if chosen else next(iter(product.lots), None)


# --- about it ----------------------------------------------------------------------------------------------------


@post("/c/{circle:str}/product/{product:str}")
async def described(visit: Visit, product: str) -> Response[Any]:
    """Its name, aisle, unit, usual place and shop, note and minimum; only what is new is written."""
    filled, story = await filled_form(visit), story_of(visit, product)
    try:
        events = described_anew(visit, filled, story.product)
        if filled.errors:
            return show(visit, story, filled.form(), 422)
        if events:
            visit.act(*events, act=filled.text("act"))
    except Refused as refusal:
        return show(visit, story, filled.refused(refusal, "minimum"), 409)
    return done(visit, story, visit.gettext("Kept."))


def described_anew(visit: Visit, filled: Filled, product: Product) -> list[ProductChanged | MinimumSet]:
    """Raises `Refused`."""
    groceries: Groceries = visit.circle.groceries
    change = ProductChanged(
        product=product.id,
        aisle=filled.choice("aisle", {*AISLES, *groceries.aisles}) or product.aisle,
        unit=filled.choice("unit", {*UNITS, *groceries.units}) or product.unit,
        place=usual(filled, "usual_place", groceries.places, product.place),
        shop=usual(filled, "usual_shop", groceries.shops, product.shop),
        name=filled.name("name"),
        note=filled.note("about_note"),
    )
    same = Finder(visit).by_name.get(catalogue.folded(change.name), product.id)
    if same != product.id and not groceries.products[same].archived:
        filled.errors["name"] = visit.gettext("Another product is called that already.")
    words = visit.here.words(product.words)
    before = (product.aisle, product.unit, product.place, product.shop, words.get("name"), words.get("note", ""))
    after = (change.aisle, change.unit, change.place or "", change.shop or "", change.name, change.note)
    return ([change] if before != after else []) + minimum_set(filled, groceries, product, change.unit)


def usual(filled: Filled, field: str, things: dict[str, Any], before: str) -> str | None:
    """What was chosen, which may be nothing; as before, where the form did not ask."""
    return filled.choice(field, things) if field in filled.sent else before or None


def minimum_set(filled: Filled, groceries: Groceries, product: Product, unit: str) -> list[MinimumSet]:
    """Raises `Refused`, where nobody has said how the units compare."""
    if "minimum" not in filled.sent:
        return []
    wanted = filled.amount("minimum", needed=False, may_be_none=True)
    if filled.errors:
        return []
    amount = wanted.amount if wanted else 0
    if unit == product.unit and wanted is not None:
        amount = measured(groceries, product, wanted.amount, wanted.unit)
    if amount == product.minimum and unit == product.unit:
        return []
    said = wanted.unit if wanted and unit != product.unit else None
    return [MinimumSet(product=product.id, minimum=amount, unit=said)] if amount or product.minimum else []


@post("/c/{circle:str}/product/{product:str}/barcodes")
async def barcodes_changed(visit: Visit, product: str) -> Response[Any]:
    filled, story = await filled_form(visit), story_of(visit, product)
    event: BarcodeRemoved | BarcodeSet
    if filled.text("remove"):
        event = BarcodeRemoved(barcode=filled.text("remove")[:40])
    else:
        code = "".join(filled.text("barcode").split())
        stands_for = filled.amount("barcode_amount", needed=False)
        if not BARCODE.fullmatch(code):
            filled.errors["barcode"] = visit.gettext("A barcode has 4 to 40 digits or letters.")
        if filled.errors:
            return show(visit, story, filled.form(), 422)
        amount, unit = (stands_for.amount, stands_for.unit) if stands_for else (None, None)
        event = BarcodeSet(barcode=code, product=story.product.id, amount=amount, unit=unit)
    try:
        visit.act(event, act=filled.text("act"))
    except Refused as refusal:
        return show(visit, story, filled.refused(refusal), 409)
    return done(visit, story)


@post("/c/{circle:str}/product/{product:str}/units")
async def units_compared(visit: Visit, product: str) -> Response[Any]:
    """What one of a unit is, for this product."""
    filled, story = await filled_form(visit), story_of(visit, product)
    event = conversion(visit, filled, story.product.id)
    if event is None:
        return show(visit, story, filled.form(), 422)
    try:
        visit.act(event, act=filled.text("act"))
    except Refused as refusal:
        return show(visit, story, filled.refused(refusal), 409)
    return done(visit, story)


def conversion(visit: Visit, filled: Filled, product: str | None) -> ConversionSet | None:
    """ "One pack is 6", "one pack is 500 g": None with the error noted, where it says nothing."""
    unit = filled.choice("one", {*UNITS, *offered(visit, visit.circle.groceries.units)})
    amount = filled.amount("is")
    if unit is None:
        filled.errors.setdefault("one", visit.gettext("Choose one."))
    if filled.errors or unit is None or amount is None:
        return None
    common = gcd(amount.amount, 1000)
    return ConversionSet(
        product=product,
        unit=unit,
        to=amount.unit or "piece",
        numerator=amount.amount // common,
        denominator=1000 // common,
    )


@post("/c/{circle:str}/product/{product:str}/archive")
async def archived(visit: Visit, product: str) -> Response[Any]:
    """Out of use, or in use again."""
    filled, story = await filled_form(visit), story_of(visit, product)
    archives = filled.text("do") == "archive"
    event = ProductArchived(product=story.product.id) if archives else ProductRestored(product=story.product.id)
    try:
        visit.act(event, act=filled.text("act"))
    except Refused as refusal:
        return show(visit, story, filled.refused(refusal), 409)
    return done(visit, story)


handlers = [listed, stock_changed, described, barcodes_changed, units_compared, archived]
