"""The stock: what is at home, by place, and quick add into it; and how what was done by mistake is taken back."""

from typing import Any

from litestar import Response, get, post

from cercle.core.event import Refused
from cercle.modules.groceries import read
from cercle.modules.groceries.events import Bought, Stocked, Undone
from cercle.modules.groceries.quick_add import Quick
from cercle.modules.groceries.state import Groceries, Lot
from cercle.modules.groceries.stock import worth
from cercle.modules.groceries.web_list import refusal, suggestions
from cercle.modules.groceries.web_products import Do, Finder, named, read_lines, wrong_with
from cercle.page.visit import Form, Visit, local
from cercle.sentences import day, money

MOST_NAMED = 200  # entries that one link to the log names


@get("/c/{circle:str}/stock")
async def stock_page(visit: Visit, only: str = "") -> Response[Any]:
    return show(visit, only)


def show(visit: Visit, only: str = "", form: Form | None = None, status: int = 200) -> Response[Any]:
    """All of it, or only what runs "low", or what expires "soon"."""
    shelves = low_shelf(visit) if only == "low" else places(visit, only == "soon")
    return visit.render(
        "groceries/stock.html",
        visit.gettext("Stock"),
        "stock",
        status,
        form=form or Form(),
        suggestions=suggestions(visit),
        filters=filters(visit, only),
        places=shelves,
        worth=worth_of(visit),
        ways={
            "stock": f"{visit.home}/stock" if visit.may(Stocked) else None,
            "purchase": f"{visit.home}/purchase" if visit.may(Bought) else None,
            "purchases": f"{visit.home}/purchases" if visit.circle.groceries.purchases else None,
            "prices": f"{visit.home}/prices" if visit.is_on("prices") else None,
            "waste": f"{visit.home}/waste" if visit.is_on("waste") else None,
            "things": f"{visit.home}/groceries",
        },
        offer=visit.offer(),
    )


def filters(visit: Visit, only: str) -> list[dict[str, Any]]:
    labels = {"": visit.gettext("All"), "low": visit.gettext("Runs low"), "soon": visit.gettext("Expires soon")}
    here = f"{visit.home}/stock"
    return [
        {"label": label, "href": f"{here}?only={value}" if value else here, "current": value == only}
        for value, label in labels.items()
    ]


def places(visit: Visit, only_soon: bool) -> list[dict[str, Any]]:
    """The places with something in them, what expires first on top."""
    found = []
    for place in read.stock(visit.circle, visit.today()):
        things = [thing for thing in place.things if not only_soon or thing.state]
        if things:
            name = visit.name(place.words) if place.place else visit.gettext("Nowhere in particular")
            found.append({"name": name, "lines": [line(visit, thing, place.place) for thing in things]})
    return found


def line(visit: Visit, thing: read.Kept, place: str) -> dict[str, Any]:
    marks = {"past": visit.gettext("past its day"), "soon": visit.gettext("soon"), "low": visit.gettext("runs low")}
    state = thing.state or ("low" if thing.low else "")
    until = None
    if thing.best_before:
        until = visit.gettext("until %(day)s", day=day(thing.best_before, visit.language, visit.today()))
    return {
        "key": f"{thing.product}-{place}",
        "name": visit.name(thing.words),
        "amount": visit.amount(thing.amount, thing.unit),
        "href": f"{visit.home}/product/{thing.product}",
        "note": until if thing.amount >= 0 else visit.gettext("more was used than there was"),
        "state": state,
        "mark": marks.get(state),
    }


def low_shelf(visit: Visit) -> list[dict[str, Any]]:
    """What there is less of than there should be, as one shelf."""
    lines = [
        {
            "key": thing.product,
            "name": visit.name(thing.words),
            "amount": visit.amount(thing.stock, thing.unit),
            "href": f"{visit.home}/product/{thing.product}",
            "note": visit.gettext("at least %(amount)s", amount=visit.amount(thing.minimum, thing.unit)),
            "state": "low",
            "mark": visit.gettext("on the list") if thing.on_list else None,
        }
        for thing in read.low(visit.circle)
    ]
    return [{"name": visit.gettext("Runs low"), "lines": lines}] if lines else []


def worth_of(visit: Visit) -> dict[str, Any] | None:
    """What all that is at home had cost, as far as that is known."""
    products = visit.circle.groceries.products.values()
    lots = [lot for product in products for lot in product.lots if lot.per]
    costs = read.total({lot.currency: worth(lot, lot.amount)} for lot in lots)
    if not costs:
        return None
    return {"text": costs_text(visit, costs), "href": log_of(visit, entries_of(visit, lots))}


def costs_text(visit: Visit, costs: dict[str, int]) -> str:
    """Sums of several currencies as one text."""
    return " + ".join(money(amount, currency, visit.language) for currency, amount in costs.items())


def log_of(visit: Visit, entries: list[str]) -> str | None:
    """The page of the log with these very entries; None for none."""
    return f"{visit.home}/log?of={','.join(dict.fromkeys(entries[:MOST_NAMED]))}" if entries else None


def entries_of(visit: Visit, lots: list[Lot]) -> list[str]:
    """The entries that lots came with: a lot of a purchase is named by its beginning and a number."""
    groceries: Groceries = visit.circle.groceries
    purchases = {entry[:18]: entry for entry in groceries.purchases}
    return [lot.id if lot.id in groceries.moves else purchases.get(lot.id[:18], lot.id) for lot in lots]


@post("/c/{circle:str}/stock")
async def stocked(visit: Visit) -> Response[Any]:
    """Puts in what came in, one line or several: all of them, or none."""
    filled = await visit.form()
    text, act = filled.get("line", ""), filled.get("act", "")
    finder, quicks = Finder(visit), read_lines(visit, text)
    sentence = wrong_with(visit, quicks, finder)
    if sentence:
        return show(visit, "", refusal(text, sentence), 422)
    if visit.is_done(act):
        return visit.go(f"{visit.home}/stock")
    quick = quicks[0]
    try:
        with visit.tap(act) as do:
            for quick in quicks:
                put_in(visit, do, finder, quick)
    except Refused as refused:
        return show(visit, "", refusal(text, named(visit, quick.name, refused)), 409)
    return visit.go(f"{visit.home}/stock")


def put_in(visit: Visit, do: Do, finder: Finder, quick: Quick) -> None:
    """One of it, where no amount was said."""
    product, amount, unit = finder.bring_in(do, finder.with_amount(quick))
    do(Stocked(product=product.id, amount=amount or 1000, unit=unit, day=visit.today(), note=quick.note))


@post("/c/{circle:str}/undo")
async def undone(visit: Visit) -> Response[Any]:
    """Takes back, once, what an entry did; back to where its line stands."""
    filled = await visit.form()
    back = local(filled.get("back", ""))
    visit.act(Undone(entry=filled.get("entry", "")), act=filled.get("act", ""))
    return visit.go(back if back != "/" else f"{visit.home}/stock", visit.gettext("Taken back. It stays in the log."))


handlers = [stock_page, stocked, undone]
