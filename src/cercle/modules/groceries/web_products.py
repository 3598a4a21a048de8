"""Which product people mean by a name, and how a new one comes in with the first word about it."""

from collections.abc import Callable
from typing import Any

import msgspec

from cercle.core.event import Refused
from cercle.modules.groceries import catalogue
from cercle.modules.groceries.events import PlaceAdded, ProductAdded, ProductRestored, ShopAdded
from cercle.modules.groceries.quick_add import Quick, parse_lines
from cercle.modules.groceries.state import Groceries, Product, product_of
from cercle.modules.groceries.units import counted_in
from cercle.modules.groceries.web_filled import NAME_LIMIT, thing_called, unit_called
from cercle.page.visit import Visit

MEASURES = ("g", "ml")
SMALL = ("g", "ml", "cl")
MOST_AT_ONCE = 50
LONGEST_PASTE = 10_000

Do = Callable[[msgspec.Struct], str]


class Finder:
    """Finds the circle's products by name. Made for one request: it remembers what the request brings in."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.by_name: dict[str, str] = visit.remembered("products by name", lambda: by_name(visit)).copy()

    def find(self, name: str) -> Product | None:
        """The product of that name, in use if there is one, or the one that stands for the same in the catalogue."""
        groceries: Groceries = self.visit.circle.groceries
        item = catalogue.find(name, self.visit.language)
        alike = groceries.catalogue.get(item.code) if item else None
        found = self.by_name.get(catalogue.folded(name)) or alike
        return product_of(groceries, found) if found else None

    def bring_in(self, do: Do, quick: Quick) -> tuple[Product, int | None, str | None]:
        """The product that a line is about, and how much of it. Raises `Refused`."""
        unit = "piece" if quick.amount is not None and quick.unit is None else quick.unit
        found = product_of(self.visit.circle.groceries, self.bring(do, quick.name, unit))
        return found, *as_said(quick, found)

    def with_amount(self, quick: Quick) -> Quick:
        """A line without an amount is about one of it: one litre, one pack; of what is counted in grams, one piece."""
        if quick.amount is not None:
            return quick
        product, item = self.find(quick.name), catalogue.find(quick.name, self.visit.language)
        unit = product.unit if product else item.unit if item else "piece"
        return msgspec.structs.replace(quick, amount=1000, unit="piece" if unit in SMALL else unit)

    def unknown(self, names: list[str]) -> str | None:
        """The first name that is new to the circle or archived."""
        for name in names:
            found = self.find(name)
            if found is None or found.archived:
                return name
        return None

    def bring(self, do: Do, name: str, unit: str | None = None, described: dict[str, Any] | None = None) -> str:
        """The product of that name: brought in with what the catalogue knows of it, or out of the archive, where there
        is none in use. `unit` is what it is spoken of in, `described` says more of a new one. Raises `Refused`."""
        found = self.find(name)
        if found is not None:
            if found.archived:
                do(ProductRestored(product=found.id))
            return found.id
        item = catalogue.find(name, self.visit.language)
        known: dict[str, Any] = {"unit": unit or "piece"}
        if item is not None:
            compares = unit is None or counted_in(unit)[0] == counted_in(item.unit)[0]
            known = {"aisle": item.aisle, "unit": item.unit if compares else unit, "catalogue": item.code}
        brought = do(ProductAdded(name=name, **(known | (described or {}))))
        self.by_name[catalogue.folded(name)] = brought
        return brought


def as_said(quick: Quick, product: Product) -> tuple[int | None, str | None]:
    """How much a line says: a bare number counts pieces of what is counted in kilos or litres."""
    in_pieces = quick.amount is not None and quick.unit is None and counted_in(product.unit)[0] in MEASURES
    return quick.amount, "piece" if in_pieces else quick.unit


def by_name(visit: Visit) -> dict[str, str]:
    """Every product by its folded name; of several, one that is in use."""
    found: dict[str, str] = {}
    groceries: Groceries = visit.circle.groceries
    for product in sorted(groceries.products.values(), key=lambda product: not product.archived):
        found.setdefault(catalogue.folded(visit.here.name(product.words)[:NAME_LIMIT]), product.id)
    found.pop("", None)
    return found


def read_lines(visit: Visit, text: str) -> list[Quick]:
    """What a quick add or a paste asks for, in the units meant where the catalogue or the circle knows better."""
    quicks = parse_lines(text[:LONGEST_PASTE], visit.language)
    return [with_own_unit(visit, quick) for quick in quicks]


def with_own_unit(visit: Visit, quick: Quick) -> Quick:
    if quick.unit is not None:
        unit = catalogue.unit_as_bought(quick.unit, catalogue.find(quick.name, visit.language))
        return msgspec.structs.replace(quick, unit=unit)
    first, _, rest = quick.name.partition(" ")
    own = unit_called(visit, first) if quick.amount is not None and rest else None
    if own is None or own not in visit.circle.groceries.units:
        return quick
    for article in ("de ", "d’", "d'", "of "):
        rest = rest.removeprefix(article)
    return msgspec.structs.replace(quick, unit=own, name=rest)


def wrong_with(visit: Visit, quicks: list[Quick], finder: Finder) -> str:
    """Why these lines cannot be done, in one sentence; "" where they can."""
    if not quicks or any(not catalogue.folded(quick.name) for quick in quicks):
        return visit.gettext("Of what? A name is missing.")
    if len(quicks) > MOST_AT_ONCE or any(len(quick.name) > NAME_LIMIT for quick in quicks):
        return visit.gettext("That is too much for one line.")
    new = None if visit.may(ProductAdded) else finder.unknown([quick.name for quick in quicks])
    if new is not None:
        return visit.gettext("%(name)s is new here: somebody of the household has to add it first.", name=new)
    return ""


def place_of(visit: Visit, do: Do, name: str) -> str | None:
    """The place of that name, brought in where there is none; None for no name."""
    found = thing_called(visit, visit.circle.groceries.places, name)
    return found or (do(PlaceAdded(name=name)) if name else None)


def shop_of(visit: Visit, do: Do, name: str) -> str | None:
    """The shop of that name, brought in where there is none; None for no name."""
    found = thing_called(visit, visit.circle.groceries.shops, name)
    return found or (do(ShopAdded(name=name)) if name else None)


def named(visit: Visit, name: str, refusal: Refused) -> str:
    """A refusal that one of several lines met, with its name before it."""
    return visit.gettext("%(name)s: %(reason)s", name=name, reason=visit.reason(refusal))
