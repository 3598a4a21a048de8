"""What was bought: put away from what is ticked, or from a receipt; later looked at, entered anew, taken back."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from cercle.core.event import Refused, known
from cercle.modules.groceries import read
from cercle.modules.groceries.events import Bought, Undone
from cercle.modules.groceries.read import Receipt, Wanted
from cercle.modules.groceries.state import Groceries
from cercle.modules.groceries.web_filled import Filled, Quantity, offered
from cercle.modules.groceries.web_receipt import Old, Slot, compare, read_receipt, write_receipt
from cercle.page.typed import plain_sum
from cercle.page.visit import Form, Visit
from cercle.sentences import day, money, symbol

PAGE = 50


@get("/c/{circle:str}/purchase")
async def purchase_page(visit: Visit) -> Response[Any]:
    return show(visit, None) if visit.may(Bought) else visit.go(f"{visit.home}/list")


@get("/c/{circle:str}/purchase/{entry:str}")
async def purchase_again(visit: Visit, entry: str) -> Response[Any]:
    """A purchase of before, to be looked at and entered anew; one that was taken back is only in the log."""
    old = old_purchase(visit, entry)
    may = visit.may(Bought) and visit.may(Undone)
    return show(visit, old) if old and may else visit.go(f"{visit.home}/log/{entry}")


def old_purchase(visit: Visit, entry: str) -> Old | None:
    """None where it was taken back. Raises `NotFoundException`."""
    groceries: Groceries = visit.circle.groceries
    told = visit.here.entry(entry)
    if entry not in groceries.purchases or told is None:
        raise NotFoundException
    said: Any = msgspec.convert(told.kept, known(Bought).kept)
    return None if groceries.purchases[entry].undone else Old(entry, said, groceries.purchases[entry].day)


def show(visit: Visit, old: Old | None, form: Form | None = None, status: int = 200) -> Response[Any]:
    form = form or Form()
    groceries: Groceries = visit.circle.groceries
    people = people_of(visit, old)
    unit = old.said.unit if old else visit.circle.roots.unit
    everybody = [one["key"] for one in visit.everybody()]
    payer = old.said.payer if old and old.said.payer else visit.member
    slots = slots_of(visit, old)
    taken = form.filled.get("line", [slot.key for slot in slots])
    here = f"{visit.home}/purchase"
    return visit.render(
        "groceries/purchase.html",
        visit.gettext("A purchase"),
        "stock",
        status,
        form=form,
        is_new=old is None,
        lines=[msgspec.structs.asdict(slot) | {"taken": slot.key in taken} for slot in slots],
        before=before(visit, old),
        day=old.day if old else visit.today(),
        unit=symbol(unit, visit.language),
        people=people,
        payers=[{"value": one["key"], "label": one["name"]} for one in people],
        payer=form.filled.get("payer", payer),
        chosen=form.filled.get("for", list(old.said.shares) if old else everybody),
        shops=list(offered(visit, groceries.shops).values()),
        places=list(offered(visit, groceries.places).values()),
        show_money=visit.is_on("money"),
        show_stock=visit.is_on("stock"),
        entry=old.entry if old else "",
        ways={
            "purchase": f"{here}/{old.entry}" if old else here,
            "undo": f"{visit.home}/undo" if old else None,
            "back": f"{visit.home}/purchases",
            "log": f"{visit.home}/log/{old.entry}" if old else None,
        },
    )


def people_of(visit: Visit, old: Old | None) -> list[dict[str, Any]]:
    """Who is here, and whoever the purchase of before names."""
    people = visit.everybody()
    here = {one["key"] for one in people}
    named = [member for member in (old.said.payer, *old.said.shares) if member] if old else []
    return people + [visit.person_of(member) for member in dict.fromkeys(named) if member not in here]


def before(visit: Visit, old: Old | None) -> dict[str, str]:
    if old is None:
        return {"shop": "", "total": "", "note": ""}
    shop = visit.circle.groceries.shops.get(old.said.shop or "")
    return {
        "shop": visit.name(shop.words) if shop else "",
        "total": plain_sum(old.said.total, old.said.unit, visit.language),
        "note": visit.here.words(old.entry).get("note", ""),
    }


def slots_of(visit: Visit, old: Old | None) -> list[Slot]:
    """A line for all that is ticked and was on no receipt yet; or those of the purchase that is entered anew."""
    groceries: Groceries = visit.circle.groceries
    places = {identifier: visit.name(place.words) for identifier, place in groceries.places.items()}
    if old is None:
        return [ticked_slot(visit, item, places) for item in read.ticked(visit.circle)]
    found = []
    for number, line in enumerate(old.said.lines):
        product = groceries.products[groceries.same.get(line.product, line.product)]
        price = "" if line.price is None else plain_sum(line.price, old.said.unit, visit.language)
        found.append(
            Slot(
                key=f"line{number}",
                product=product.id,
                item=line.item or old.entry,  # what is on the list today was asked for since
                name=visit.name(product.words),
                amount=visit.amount(line.amount, line.unit or product.unit),
                price=price,
                place=places.get(line.place or "", ""),
                best_before=line.best_before or "",
                stocked=line.stocked,
            )
        )
    return found


def ticked_slot(visit: Visit, item: Wanted, places: dict[str, str]) -> Slot:
    """How much is left open, where the list says it in something that the product is not counted in."""
    product = visit.circle.groceries.products[item.product]
    wanted = Quantity(item.amount or 1000, item.unit)
    name, amount = visit.name(item.words), visit.amount(wanted.amount, item.unit)
    try:
        compare(visit, item.product, wanted)
    except Refused:
        name, amount = f"{name} ({amount})", ""
    return Slot(
        key=item.id,
        product=item.product,
        item=item.id,
        name=name,
        amount=amount,
        place=places.get(product.place, ""),
        stocked=visit.is_on("stock"),
    )


@post("/c/{circle:str}/purchase")
async def bought(visit: Visit) -> Response[Any]:
    return await put_away(visit, None)


@post("/c/{circle:str}/purchase/{entry:str}")
async def bought_anew(visit: Visit, entry: str) -> Response[Any]:
    """Takes the purchase of before back and enters it anew, in one act."""
    sent = await visit.form()
    if visit.is_done(sent.get("act", "")):
        return visit.go(f"{visit.home}/purchases")
    old = old_purchase(visit, entry)
    return await put_away(visit, old) if old else visit.go(f"{visit.home}/log/{entry}")


async def put_away(visit: Visit, old: Old | None) -> Response[Any]:
    filled = Filled(visit, await visit.form())
    filled.sent |= {"line": await visit.all_of("line"), "for": await visit.all_of("for")}
    act, home = filled.text("act"), visit.home
    then = f"{home}/purchases" if old else f"{home}/stock" if visit.is_on("stock") else f"{home}/list"
    if visit.is_done(act):
        return visit.go(then)
    people = [one["key"] for one in people_of(visit, old)]
    receipt = read_receipt(visit, filled, slots_of(visit, old), people, old)
    if filled.errors:
        return show(visit, old, filled.form(), 422)
    try:
        with visit.tap(act) as do:
            write_receipt(visit, do, receipt, old)
    except Refused as refusal:
        return show(visit, old, filled.refused(refusal), 409)
    if visit.is_on("money") and not receipt.shares:
        return visit.go(then, visit.gettext("Written down. Nobody owes anything for it."))
    return visit.go(then, visit.gettext("Written down."))


# --- all of them -------------------------------------------------------------------------------------------------


@get("/c/{circle:str}/purchases")
async def purchases_page(visit: Visit, after: str = "") -> Response[Any]:
    """Every purchase, the latest first."""
    skipped = int(after) if after.isdecimal() and len(after) < 9 else 0
    receipts = read.purchases(visit.circle)
    here = f"{visit.home}/purchases"
    return visit.render(
        "groceries/purchases.html",
        visit.gettext("Purchases"),
        "stock",
        lines=[receipt_line(visit, receipt) for receipt in receipts[skipped : skipped + PAGE]],
        ways={"purchase": f"{visit.home}/purchase" if visit.may(Bought) else None},
        older=f"{here}?after={skipped + PAGE}" if len(receipts) > skipped + PAGE else None,
    )


def receipt_line(visit: Visit, receipt: Receipt) -> dict[str, Any]:
    groceries: Groceries = visit.circle.groceries
    shop = groceries.shops.get(receipt.shop)
    things = len(groceries.purchases[receipt.entry].lines)
    parts = [
        day(receipt.day, visit.language),
        visit.ngettext("%(num)s thing", "%(num)s things", things) if things else "",
        visit.gettext("paid by %(name)s", name=visit.person_of(receipt.payer)["name"]) if receipt.payer else "",
    ]
    return {
        "key": receipt.entry,
        "title": visit.name(shop.words) if shop else visit.gettext("A purchase"),
        "line": "\u00a0· ".join(filter(None, parts)),
        "text": money(receipt.total, receipt.unit, visit.language),
        "href": f"{visit.home}/purchase/{receipt.entry}",
        "log": f"{visit.home}/log/{receipt.entry}",
        "undone": receipt.undone,
    }


handlers = [purchase_page, purchase_again, bought, bought_anew, purchases_page]
