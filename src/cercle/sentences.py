"""What an entry says, as one sentence in French or English; and how money, amounts, days and moments are written.

Babel is imported where it is used: most commands tell nothing that it is needed for.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

from cercle.core.event import CIRCLE, Event, Refused, kind_of
from cercle.modules.accounts.rules import RESERVED
from cercle.modules.groceries.catalogue import unit_name
from cercle.modules.groceries.state import product_of
from cercle.modules.groceries.units import UNITS
from cercle.page.languages import marked, translations
from cercle.store.live import Live

LONGEST = 200
HALF_A_YEAR = timedelta(days=182)
FIGURES_REMEMBERED = 4096  # to write one takes as long as to read it, and a page has hundreds of them
# English as it is written in Europe: day before month, no comma before "and".
_LOCALES = {"fr": "fr", "en": "en_GB"}
_LARGER = {"g": "kg", "ml": "l"}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_LAST_WORDS = re.compile(r"(?<=[.!?]) ?\{(\w+)\}$")
_QUOTED = re.compile(r"[«“]\s*$")
_SPACES = re.compile(r"[ \t\r\n\x0b\x0c\x85\u2028\u2029]+")
_JOINERS = "\u200c\u200d"  # they hold letters and emoji together, and move nothing


# --- figures -----------------------------------------------------------------------------------------------------


def locale(language: str) -> str:
    """Babel's name for one of our languages."""
    return _LOCALES.get(language, "en_GB")


@cache
def digits(unit: str) -> int:
    """How many digits of an amount in minor units stand after the point: 2 for eur and where nobody knows, 0 for jpy,
    merit and hours. Source: ISO 4217, as Unicode's CLDR has it."""
    from babel.numbers import get_currency_precision

    return 0 if unit in RESERVED else get_currency_precision(unit.upper())


@lru_cache(FIGURES_REMEMBERED)
def money(amount: int, unit: str, language: str) -> str:
    """Minor units of `unit` as people write them: "€12.50", « 12,50 € », "3 merit"."""
    from babel.numbers import format_currency, format_decimal, is_currency

    exact = Decimal(amount).scaleb(-digits(unit))
    if is_currency(unit.upper()):
        return format_currency(exact, unit.upper(), locale=locale(language))
    return f"{format_decimal(exact, locale=locale(language))}\u00a0{plain(unit)}"


def symbol(unit: str, language: str) -> str:
    """The sign of a currency, such as €; of anything else its own name."""
    from babel.numbers import get_currency_symbol, is_currency

    return get_currency_symbol(unit.upper(), locale=locale(language)) if is_currency(unit.upper()) else plain(unit)


@lru_cache(FIGURES_REMEMBERED)
def number(value: int, language: str) -> str:
    from babel.numbers import format_decimal

    return format_decimal(value, locale=locale(language))


@lru_cache(FIGURES_REMEMBERED)
def amount(thousandths: int, unit: str, language: str) -> str:
    """A quantity with its unit's word: "1.5 kg" (also for 1500 g), « 6 », "2 bottles". A unit of the circle's own is
    given by its name, in the right number already (`Narrator.amount` does that)."""
    from babel.numbers import format_decimal

    if unit in _LARGER and abs(thousandths) >= 1_000_000 and not thousandths % 1000:
        return amount(thousandths // 1000, _LARGER[unit], language)
    figure = format_decimal(Decimal(thousandths).scaleb(-3), format="#,##0.###", locale=locale(language))
    if unit in ("", "piece"):
        return figure
    return f"{figure}\u00a0{plain(unit_name(unit, translations(language).ngettext, abs(thousandths)))}"


def day(iso: str, language: str, today: str = "") -> str:
    """A day such as 2026-05-03 in words; what is no day, as it is. Where `today` is given, a day within half a year
    of it is said in short: "3 May"."""
    try:
        when = date.fromisoformat(iso)
        is_near = bool(today) and abs(when - date.fromisoformat(today)) < HALF_A_YEAR
        return marked(_long(when, language, is_near), language)
    except ValueError:
        return plain(iso)


@lru_cache(FIGURES_REMEMBERED)
def _long(when: date, language: str, is_near: bool = False) -> str:
    """A date in words. French says « 1er mai » and « 2 mai », where Unicode's CLDR has « 1 mai »."""
    from babel.dates import format_date, format_skeleton

    where = locale(language)
    if is_near:
        told = str(format_skeleton("MMMd", when, locale=where)).replace(" ", "\u00a0")  # too short to be parted
    else:
        told = str(format_date(when, "long", locale=where))
    return f"1er{told[1:]}" if language == "fr" and when.day == 1 else told


def month_name(iso: str, language: str) -> str:
    """A month such as 2026-05: "May 2026", « mai 2026 »."""
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMMM", date.fromisoformat(f"{iso}-01"), locale=locale(language)))


def moment(time: int, language: str, zone: ZoneInfo | None = None) -> str:
    """A time in ms since 1970, by the clocks of `zone` or, without one, of this machine."""
    from babel.dates import format_time

    try:
        when = datetime.fromtimestamp(time / 1000, UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return str(time)
    return marked(f"{_long(when.date(), language)}, {format_time(when, 'short', locale=locale(language))}", language)


def plain(text: str) -> str:
    """One line of text without control signs and without those that turn the direction of what stands around
    them. Text that is written from right to left is kept apart from the sentence by isolates."""
    kept = [sign for sign in _SPACES.sub(" ", text) if sign in _JOINERS or not _is_hidden(sign)]
    turned = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in kept)
    line = "".join(kept).strip()
    return f"\u2068{line}\u2069" if turned else line


def _is_hidden(sign: str) -> bool:
    # Signs past U+E0000 are parts of flags.
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs") and sign < "\U000e0000"


def short_of(text: str) -> str:
    """`plain`, cut where a line grows unreadable; the whole words stand on the entry's own page."""
    return plain(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")


# --- sentences ---------------------------------------------------------------------------------------------------


class Narrator:
    """Tells the entries of one circle in one language. Made for one page or one command: it remembers who is who."""

    def __init__(self, live: Live, language: str) -> None:
        self.live = live
        self.language = language
        self._ = translations(language).gettext
        self.naming: dict[str, str] = {}
        for name in live.circle.states:
            names = live.modules.by_name[name].names
            if names is not None:
                self.naming.update(names(live.circle))

    def name(self, identifier: str, otherwise: str = "") -> str:
        """The name of a person or thing; where it was erased or never given, the circle's way to say so."""
        found = short_of(self.live.name(self.naming.get(identifier) or self._behind(identifier)))
        if found:
            return found
        return self._("somebody") if identifier in self.live.circle.roots.members else otherwise or self._("something")

    def _behind(self, identifier: str) -> str:
        """What names an item that the state has forgotten, such as one ticked long ago: its entry says of which
        product it was."""
        entry = None if identifier in self.naming else self.live.entry(identifier)
        product = entry.kept.get("product") if entry is not None else None
        return self.naming.get(product, "") if isinstance(product, str) else ""

    def sentence(self, event: str, kept: dict[str, Any], words: dict[str, Any], by: str) -> str:
        """What an entry says; `by` is the member whose device wrote it, "" for a stranger's. It never fails, as
        entries that a rule refused are told too, whatever their fields hold."""
        declared = self.live.modules.events.get(event)
        if declared is None:
            sentence = self._("%(by)s wrote something that is not known here: %(event)s.")
            return self._begun(sentence % {"by": self._person(by), "event": plain(event)})
        template = declared.sentences.get(self.language, declared.sentences["en"])
        last = _LAST_WORDS.search(template)
        if last is not None and not self._words(words, last[1]):
            template = template[: last.start()]

        def fill(found: re.Match[str]) -> str:
            field = found[1]
            if field == "by":
                return self._person(by)
            if field in declared.words:
                return self._said(declared, field, words, is_quoted=bool(_QUOTED.search(template[: found.start()])))
            return self._field(declared, field, kept)

        return marked(self._begun(_PLACEHOLDER.sub(fill, template)), self.language)

    def pattern(self, declared: Event) -> str:
        """What such an event says, whoever does it and whatever it is about: "Somebody put … into the purse …"."""
        template = _LAST_WORDS.sub("", declared.sentences.get(self.language, declared.sentences["en"]))
        people = ("by", "member", "payer")
        told = _PLACEHOLDER.sub(lambda found: self._("somebody") if found[1] in people else "…", template)
        return marked(self._begun(told).replace("… …", "…").replace("….", "…"), self.language)

    def _begun(self, sentence: str) -> str:
        """With a capital, where it begins with a word of ours; a name stays as its person writes it."""
        ours = sentence.startswith((self._("somebody"), self._("something"), self._("the circle")))
        return sentence[0].upper() + sentence[1:] if ours else sentence

    def amount(self, thousandths: int, unit: str) -> str:
        """A quantity, whether its unit is one that every circle knows or one of the circle's own."""
        if unit in UNITS or unit not in self.naming:
            return amount(thousandths, unit, self.language)
        words = self.live.words(self.naming[unit])
        several = words.get("plural") if abs(thousandths) > 1000 else ""
        return amount(thousandths, str(several or words.get("name") or self._("units")), self.language)

    def _person(self, member: str) -> str:
        return self._("the circle") if member == CIRCLE else self.name(member, self._("somebody"))

    @staticmethod
    def _words(words: dict[str, Any], field: str) -> str:
        value = words.get(field, "")
        return short_of(value) if isinstance(value, str) else ""

    def _said(self, declared: Event, field: str, words: dict[str, Any], is_quoted: bool) -> str:
        """Words of the entry: a name as it is, anything else in quotation marks where the sentence has none."""
        text = self._words(words, field)
        if not text:
            nameless = declared.module == "people" and field == "name"
            return self._("somebody") if nameless else self._("something")
        if is_quoted or field == "name":
            return text
        return f"«\u202f{text}\u202f»" if self.language == "fr" else f"“{text}”"

    def _field(self, declared: Event, field: str, kept: dict[str, Any]) -> str:
        value = kept.get(field, dict(declared.fields).get(field))
        kind = _kinds(declared.type).get(field, "")
        if isinstance(value, dict | list):
            return self._several(value)
        if isinstance(value, int) and not isinstance(value, bool):
            if kind == "money":
                return money(value, self._unit(kept, self.live.circle.roots.unit), self.language)
            if kind == "amount":
                return self.amount(value, self._unit(kept, self._unit_of_product(kept)))
            return number(value, self.language)
        if not isinstance(value, str):
            return self._otherwise(field)
        if kind == "day":
            return day(value, self.language)
        if kind == "id" or value in self.naming:
            return self.name(value, self._otherwise(field))
        return self._code(field, value)

    def _otherwise(self, field: str) -> str:
        if field == "place":
            return self._("somewhere")
        return self._("somebody") if field in ("payer", "member") else self._("something")

    def _several(self, values: dict[Any, Any] | list[Any]) -> str:
        from babel.lists import format_list

        if not all(isinstance(value, str) for value in values):
            return number(len(values), self.language)
        known = list(self.live.circle.roots.members)
        ordered = sorted(values, key=lambda value: known.index(value) if value in known else len(known))
        told = [self.name(value, self._("somebody")) for value in ordered]
        if isinstance(values, dict) and len(set(map(str, values.values()))) > 1:
            told = [f"{name} (×{plain(str(values[value]))})" for name, value in zip(told, ordered, strict=True)]
        return format_list(told, locale=locale(self.language)) if told else self._("nobody")

    @staticmethod
    def _unit(kept: dict[str, Any], otherwise: str) -> str:
        unit = kept.get("unit")
        return unit if isinstance(unit, str) else otherwise

    def _unit_of_product(self, kept: dict[str, Any]) -> str:
        """What a product is counted in, where the entry names no unit."""
        product = kept.get("product")
        if not isinstance(product, str) or "groceries" not in self.live.circle.states:
            return ""
        try:
            return product_of(self.live.circle.groceries, product).unit
        except Refused:
            return ""

    def _code(self, field: str, code: str) -> str:
        if code in UNITS and field in ("unit", "to"):
            return unit_name(code, translations(self.language).ngettext)
        if field == "part":
            for module in self.live.modules:
                for part in module.parts:
                    if part.code == code and part.label:
                        return self._(part.label)
        return _codes(self._).get(code) or plain(code)


@cache
def _kinds(event: type[Any]) -> dict[str, str]:
    """The kind of each field: words, id, code, amount, money, day or ""."""
    hints = get_type_hints(event, include_extras=True)
    return {field: kind_of(hint) for field, hint in hints.items()}


def _codes(_: Callable[[str], str]) -> dict[str, str]:
    """The codes that sentences name, in words."""
    return {
        "adult": _("an adult"),
        "child": _("a child"),
        "guest": _("a guest"),
        "spoiled": _("spoiled"),
        "expired": _("out of date"),
        "broken": _("broken"),
        "other": _("another reason"),
        "yes": _("yes"),
        "no": _("no"),
        "maybe": _("perhaps"),
    }


def heard(name: str) -> str:
    """A name without what people do not hear: by it, two are the same."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
