"""What belongs to the groceries: shops, places, aisles and units of the circle's own, how units compare, and files."""

from typing import Any, get_args

from litestar import Response, get, post
from msgspec import Struct

from cercle.core.event import Refused
from cercle.modules.groceries.events import (
    AisleAdded,
    ConversionSet,
    PlaceAdded,
    PlaceKind,
    ProductAdded,
    ShopAdded,
    ThingRemoved,
    ThingRenamed,
    UnitAdded,
)
from cercle.modules.groceries.state import Groceries, Thing
from cercle.modules.groceries.web_filled import Filled, choices, thing_called, unit_called, unit_choices
from cercle.modules.groceries.web_product import told_conversions
from cercle.modules.groceries.web_product_forms import conversion
from cercle.page.visit import Form, Visit

KINDS = ("shop", "place", "aisle", "unit")
PLACE_KINDS = get_args(PlaceKind)


@get("/c/{circle:str}/groceries")
async def things_page(visit: Visit) -> Response[Any]:
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200, report: dict[str, Any] | None = None) -> Response[Any]:
    here, with_stock = f"{visit.home}/groceries", visit.is_on("stock")
    return visit.render(
        "groceries/things.html",
        visit.gettext("Places, shops and files") if with_stock else visit.gettext("Shops, aisles and files"),
        "stock" if with_stock else "list",
        status,
        form=form,
        kinds=kinds(visit),
        place_kinds=choices(dict(zip(PLACE_KINDS, place_words(visit), strict=True))),
        units=unit_choices(visit),
        conversions=told_conversions(visit, visit.circle.groceries.conversions),
        files=files(visit),
        whats=choices({"list": visit.gettext("The list"), **of_stock(visit)}),
        report=report,
        ways={
            "things": here if visit.may(ThingRenamed) else None,
            "conversions": f"{here}/units" if visit.may(ConversionSet) else None,
            "files": f"{here}.csv" if visit.may(ProductAdded) else None,
        },
    )


def of_stock(visit: Visit) -> dict[str, str]:
    """What else there is a file of, where the circle uses it."""
    labels = {"products": visit.gettext("The products"), "stock": visit.gettext("The stock")}
    return labels if visit.is_on("stock") else {"products": labels["products"]}


def files(visit: Visit) -> list[dict[str, str]]:
    sentences = {
        "list": visit.gettext("What is to be bought, with how much of it and where."),
        "products": visit.gettext("Every product, with its aisle, unit, minimum and barcodes."),
        "stock": visit.gettext("What is at home, with its place and its best-before date."),
    }
    labels = {"list": visit.gettext("The list"), **of_stock(visit)}
    address = f"{visit.home}/groceries.csv?what="
    return [
        {"what": what, "label": label, "sentence": sentences[what], "href": address + what}
        for what, label in labels.items()
    ]


def place_words(visit: Visit) -> tuple[str, ...]:
    """The kinds of a place, in the order in which the event has them."""
    return (
        visit.gettext("A fridge"),
        visit.gettext("A freezer"),
        visit.gettext("A cupboard"),
        visit.gettext("A cellar"),
        visit.gettext("Something else"),
    )


def things_of(groceries: Groceries, kind: str) -> dict[str, Thing]:
    return {"shop": groceries.shops, "place": groceries.places, "aisle": groceries.aisles, "unit": groceries.units}[
        kind
    ]


def kinds(visit: Visit) -> list[dict[str, Any]]:
    told = {
        "shop": (visit.gettext("Shops"), visit.gettext("Where things are bought."), visit.gettext("A shop")),
        "place": (visit.gettext("Places"), visit.gettext("Where things are kept at home."), visit.gettext("A place")),
        "aisle": (
            visit.gettext("Aisles"),
            visit.gettext("Beside those that every list has."),
            visit.gettext("An aisle"),
        ),
        "unit": (
            visit.gettext("Units"),
            visit.gettext("Beside kilos, litres, packs and the like."),
            visit.gettext("A unit"),
        ),
    }
    shown = [kind for kind in KINDS if kind != "place" or visit.is_on("stock")]
    return [
        {
            "kind": kind,
            "title": told[kind][0],
            "sentence": told[kind][1],
            "label": told[kind][2],
            "things": [
                thing_line(visit, identifier, thing)
                for identifier, thing in things_of(visit.circle.groceries, kind).items()
                if not thing.closed
            ],
        }
        for kind in shown
    ]


def thing_line(visit: Visit, identifier: str, thing: Thing) -> dict[str, str]:
    return {
        "key": identifier,
        "name": visit.name(thing.words),
        "plural": visit.here.words(thing.words).get("plural", ""),
        "log": f"{visit.home}/log/{thing.words}",
    }


@post("/c/{circle:str}/groceries")
async def things_changed(visit: Visit) -> Response[Any]:
    """Adds a shop, a place, an aisle or a unit, gives it another name, or strikes it off."""
    filled = Filled(visit, await visit.form())
    return answer(visit, filled, change(visit, filled))


def answer(visit: Visit, filled: Filled, event: Struct | None) -> Response[Any]:
    """Does what the form says, or shows it again as it was filled in."""
    if filled.errors or event is None:
        return show(visit, filled.form(), 422)
    try:
        visit.act(event, act=filled.text("act"))
    except Refused as refusal:
        return show(visit, filled.refused(refusal), 409)
    return visit.go(f"{visit.home}/groceries")


def change(
    visit: Visit, filled: Filled
) -> ThingRemoved | ThingRenamed | ShopAdded | PlaceAdded | AisleAdded | UnitAdded | None:
    if filled.text("remove"):
        return ThingRemoved(thing=filled.text("remove")[:40])
    thing, kind = filled.text("rename")[:40], filled.text("kind")
    key = thing or kind
    if not thing and kind not in KINDS:
        return None
    name, plural = filled.name(f"name-{key}"), filled.name(f"plural-{key}", needed=False)
    if is_taken(visit, name, thing, kind):
        filled.errors[f"name-{key}"] = visit.gettext("There is one of that name already.")
    if thing:
        return ThingRenamed(thing=thing, name=name, plural=plural)
    if kind == "unit":
        return UnitAdded(name=name, plural=plural)
    if kind == "place":
        place_kind: Any = filled.choice("place_kind", PLACE_KINDS) or "other"
        return PlaceAdded(kind=place_kind, name=name)
    return ShopAdded(name=name) if kind == "shop" else AisleAdded(name=name)


def is_taken(visit: Visit, name: str, thing: str, kind: str) -> bool:
    """Whether another one of its kind is called so."""
    groceries: Groceries = visit.circle.groceries
    kind = kind or next((one for one in KINDS if thing in things_of(groceries, one)), "")
    if not name or not kind:
        return False
    same = unit_called(visit, name) if kind == "unit" else thing_called(visit, things_of(groceries, kind), name)
    return same not in (None, thing)


@post("/c/{circle:str}/groceries/units")
async def units_compared(visit: Visit) -> Response[Any]:
    """What one of a unit is, for all products that say nothing else."""
    filled = Filled(visit, await visit.form())
    return answer(visit, filled, conversion(visit, filled, None))


handlers = [things_page, things_changed, units_compared]
