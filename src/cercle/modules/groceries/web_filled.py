"""What people fill into the forms of the groceries: read field by field, with a sentence for each that says nothing."""

import re
from typing import Any

import msgspec

from cercle.core.event import Refused
from cercle.modules.groceries import catalogue, quick_add
from cercle.modules.groceries.read import aisle_ranks
from cercle.modules.groceries.state import MOST_AMOUNT, Groceries, Thing, Why
from cercle.modules.groceries.units import UNITS
from cercle.page.languages import translations
from cercle.page.typed import day_in, minor
from cercle.page.visit import Form, Visit, name_in

NAME_LIMIT = 120
NOTE_LIMIT = 200
_OWN = re.compile(r"(.*?\d)\s*([^\d\s].*)")
_ZERO = re.compile(r"0(?:[.,]0+)?(?:\s*[^\d\s]+)?")
# Whose refusal belongs beside the amount that was typed.
_OF_AMOUNTS = (Why.NO_CONVERSION, Why.NOTHING, Why.TOO_MUCH)


class Quantity(msgspec.Struct, frozen=True):
    """Thousandths of `unit`; None where none was said."""

    amount: int
    unit: str | None


class Filled:
    """A form that was sent. Each method reads one field, and notes in `errors` what is wrong with it."""

    def __init__(self, visit: Visit, sent: dict[str, str]) -> None:
        self.visit = visit
        self.sent: dict[str, Any] = dict(sent)
        self.errors: dict[str, str] = {}

    def text(self, field: str) -> str:
        return str(self.sent.get(field, "")).strip()

    def form(self, **more: Any) -> Form:
        return Form(self.sent | more, self.errors)

    def refused(self, refusal: Refused, amount: str = "") -> Form:
        """The form again, with the reason beside the field `amount` where it is about an amount."""
        self.errors[amount if refusal.reason in _OF_AMOUNTS else ""] = self.visit.reason(refusal)
        return self.form()

    def name(self, field: str, needed: bool = True) -> str:
        """A name on one line; "" where there is none."""
        text = self.text(field)
        name = name_in(text, NAME_LIMIT)
        if not name and (text or needed):
            self.errors[field] = self.visit.gettext("A name has 1 to %(most)s letters.", most=NAME_LIMIT)
        return name

    def note(self, field: str) -> str:
        text = " ".join(self.text(field).split())
        if len(text) > NOTE_LIMIT:
            self.errors[field] = self.visit.gettext("A note has up to %(most)s letters.", most=NOTE_LIMIT)
        return text

    def amount(self, field: str, needed: bool = True, may_be_none: bool = False) -> Quantity | None:
        """An amount such as "1.5 kg"; `may_be_none`: 0 is one too. None where the box is empty."""
        text = self.text(field)
        if not text and not needed:
            return None
        found = quantity(self.visit, text)
        if found is None and may_be_none and _ZERO.fullmatch(text):
            found = Quantity(0, None)
        if found is None or found.amount > MOST_AMOUNT:
            self.errors[field] = self.visit.gettext("An amount looks like 6, 1.5 kg or 2 bottles.")
            return None
        return found

    def money(self, field: str, unit: str) -> int | None:
        """Minor units; None where the box is empty."""
        text = self.text(field)
        if not text:
            return None
        found = minor(text, unit, self.visit.language)
        if found is None:
            self.errors[field] = self.visit.gettext("A price looks like 12.50.")
        return found

    def day(self, field: str) -> str | None:
        """YYYY-MM-DD; None where the box is empty."""
        text = self.text(field)
        if not text:
            return None
        found = day_in(text)
        if found is None:
            self.errors[field] = self.visit.gettext("A day looks like 2026-12-31.")
        return found

    def choice(self, field: str, among: Any) -> str | None:
        """One of what was offered; None where nothing was chosen."""
        chosen = self.text(field)
        if chosen and chosen not in among:
            self.errors[field] = self.visit.gettext("Choose one.")
        return chosen if chosen in among else None


def quantity(visit: Visit, text: str) -> Quantity | None:
    """An amount with a unit that every circle knows, or with one of the circle's own."""
    found = quick_add.amount(text, visit.language)
    if found is not None:
        return Quantity(*found)
    apart = _OWN.fullmatch(" ".join(text.split())[:NOTE_LIMIT])
    unit = unit_called(visit, apart[2]) if apart else None
    bare = quick_add.amount(apart[1], visit.language) if apart and unit else None
    return Quantity(bare[0], unit) if bare and bare[1] is None else None


def unit_called(visit: Visit, word: str) -> str | None:
    """The unit that people call so, in either number: one that every circle knows, or one of the circle's own."""
    if word in UNITS:
        return word
    known = quick_add.amount(f"1 {word}", visit.language)
    if known is not None and known[0] == 1000:
        return known[1]
    wanted = catalogue.folded(word[:NAME_LIMIT])
    units: dict[str, Thing] = visit.circle.groceries.units
    for identifier, unit in units.items():
        words = visit.here.words(unit.words)
        called = {catalogue.folded(str(words.get(key, ""))) for key in ("name", "plural")}
        if wanted and not unit.closed and wanted in called:
            return identifier
    return None


def thing_called(visit: Visit, things: dict[str, Thing], name: str) -> str | None:
    """The place, shop or aisle of that name which is still offered; None where there is none."""
    wanted = catalogue.folded(name)
    for identifier, thing in things.items():
        if not thing.closed and catalogue.folded(visit.here.name(thing.words)) == wanted:
            return identifier
    return None


def offered(visit: Visit, things: dict[str, Thing]) -> dict[str, str]:
    """Those that are still offered, with their names."""
    return {identifier: visit.name(thing.words) for identifier, thing in things.items() if not thing.closed}


def unit_choices(visit: Visit) -> list[dict[str, str]]:
    groceries: Groceries = visit.circle.groceries
    ngettext = translations(visit.language).ngettext
    known = {unit: catalogue.unit_name(unit, ngettext) for unit in UNITS}
    return choices(known | offered(visit, groceries.units))


def aisle_choices(visit: Visit) -> list[dict[str, str]]:
    groceries: Groceries = visit.circle.groceries
    own = offered(visit, groceries.aisles)
    ranked = [aisle for aisle in aisle_ranks(groceries) if aisle not in groceries.aisles or aisle in own]
    return choices({aisle: own.get(aisle) or catalogue.aisle_name(aisle, visit.gettext) for aisle in ranked})


def choices(labels: dict[str, str]) -> list[dict[str, str]]:
    """What a select box expects."""
    return [{"value": value, "label": label} for value, label in labels.items()]
