"""The starter catalogue: what a household usually buys, with its aisle and the unit it is bought in.

Pages and commands offer it; no rule ever reads it, since `find` and `suggest` read a file.
"""

import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

# Longer names are not looked for: putting a run of accents in order takes the square of its length.
_LONGEST = 200
NAMES_REMEMBERED = 4096


class Item(msgspec.Struct, frozen=True):
    """One line of the catalogue; `aisle` and `unit` are codes that every circle knows, `*_also` synonyms."""

    code: str
    aisle: str
    unit: str
    fr: str
    en: str
    fr_also: tuple[str, ...]
    en_also: tuple[str, ...]


@cache
def items() -> tuple[Item, ...]:
    """Every item, in the order of the file."""
    lines = files("cercle.modules.groceries").joinpath("catalogue.csv").read_text("utf-8").splitlines()
    return tuple(_item(*line.split(",")) for line in lines[1:])  # no name has a comma in it


def find(name: str, language: str) -> Item | None:
    """The item that somebody means by `name`, in either language, that of the page first.

    Case, accents, œ, apostrophes and hyphens do not matter, nor does the plural; where they tell two items
    apart (« pâtes », « pâté ») the spelling decides.
    """
    if len(name) > _LONGEST:
        return None
    keys = (_exact(name), folded(name), _singular(folded(name)))
    found = _catalogue().found
    for spoken in _languages(language):
        for key in keys:
            if key in found[spoken]:
                return found[spoken][key]
    return None


def suggest(prefix: str, language: str, limit: int) -> list[Item]:
    """Up to `limit` items with a name that begins with `prefix`, then those where a later word does.

    The page's language comes first, names before synonyms, fewer words before more: milk, milk rolls.
    """
    start = folded(prefix[:_LONGEST])
    if not start:
        return []
    ranked: dict[str, tuple[int, int, int, Item]] = {}
    for order, spoken in enumerate(_languages(language)):
        for place, (item, name, also) in enumerate(_catalogue().spellings[spoken]):
            rank = _rank(start, name, also)
            if rank is not None and item.code not in ranked:
                ranked[item.code] = (order * 4 + rank, name.count(" "), place, item)
    return [found[3] for found in sorted(ranked.values(), key=lambda found: found[:3])[:limit]]


def unit_as_bought(unit: str, item: Item | None) -> str:
    """The unit meant by the code that a quick add gave: « boîte » is a tin where the item comes in tins."""
    return "can" if unit == "box" and item is not None and item.unit == "can" else unit


@lru_cache(NAMES_REMEMBERED)
def folded(text: str) -> str:
    """`text` for comparing: lower case, no accents, œ as oe, only letters and digits with single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    kept = (letter if letter.isalnum() or letter == "%" else " " for letter in letters)
    return " ".join("".join(kept).split())


class _Catalogue(NamedTuple):
    found: dict[str, dict[str, Item]]  # language: any spelling of a name: item
    spellings: dict[str, list[tuple[Item, str, list[str]]]]  # language: item, folded name, folded synonyms


@cache
def _catalogue() -> _Catalogue:
    found: dict[str, dict[str, Item]] = {}
    spellings: dict[str, list[tuple[Item, str, list[str]]]] = {}
    for language in ("fr", "en"):
        named = [(item, [(_exact(name), folded(name)) for name in _names(item, language)]) for item in items()]
        found[language] = _index(named)
        spellings[language] = [(item, names[0][1], [plain for _, plain in names[1:]]) for item, names in named]
    return _Catalogue(found, spellings)


def _index(named: list[tuple[Item, list[tuple[str, str]]]]) -> dict[str, Item]:
    """Spelling to item; a closer spelling of any item goes before a looser one, a name before a synonym."""
    spelled = [
        (closeness, place > 0, spelling, item)
        for item, names in named
        for place, (exact, plain) in enumerate(names)
        for closeness, spelling in enumerate((exact, plain, _singular(plain)))
    ]
    index: dict[str, Item] = {}
    for _, _, spelling, item in sorted(spelled, key=lambda each: each[:2]):
        index.setdefault(spelling, item)
    return index


def _item(code: str, aisle: str, unit: str, fr: str, en: str, fr_also: str, en_also: str) -> Item:
    return Item(code, aisle, unit, fr, en, _several(fr_also), _several(en_also))


def _names(item: Item, language: str) -> tuple[str, ...]:
    return (item.fr, *item.fr_also) if language == "fr" else (item.en, *item.en_also)


def _several(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _languages(first: str) -> tuple[str, str]:
    return ("fr", "en") if first == "fr" else ("en", "fr")


def _exact(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.casefold().replace("'", "’").split()))


def _singular(name: str) -> str:
    return " ".join(_stem(word) for word in name.split())


def _stem(word: str) -> str:
    """What a word's singular and plural have in common, in French and English, roughly."""
    word = word[:-1] if word.endswith("ux") else word.rstrip("s")
    if len(word) < 4:
        return word
    word = word.removesuffix("e").rstrip("s")
    return word[:-1] + "i" if word.endswith("y") else word


def _rank(start: str, name: str, also: list[str]) -> int | None:
    if name.startswith(start):
        return 0
    if any(other.startswith(start) for other in also):
        return 1
    if f" {start}" in name:
        return 2
    return 3 if any(f" {start}" in other for other in also) else None


def aisle_name(aisle: str, _: Callable[[str], str]) -> str:
    """The name of an aisle in the page's language; `_` is its gettext."""
    match aisle:
        case "produce":
            return _("Fruit and vegetables")
        case "bakery":
            return _("Bakery")
        case "delicatessen":
            return _("Delicatessen")
        case "meat":
            return _("Meat")
        case "fish":
            return _("Fish and seafood")
        case "dairy":
            return _("Dairy and eggs")
        case "pantry":
            return _("Pasta, rice, tins and baking")
        case "seasoning":
            return _("Oils, sauces and spices")
        case "breakfast":
            return _("Breakfast, coffee and tea")
        case "snacks":
            return _("Biscuits and snacks")
        case "drinks":
            return _("Drinks")
        case "household":
            return _("Cleaning and household")
        case "hygiene":
            return _("Toiletries")
        case "baby":
            return _("Baby")
        case "pharmacy":
            return _("Pharmacy")
        case "pets":
            return _("Pets")
        case "frozen":
            return _("Frozen food")
    return _("Everything else")


def unit_name(unit: str, ngettext: Callable[[str, str, int], str], amount: int = 1000) -> str:
    """The word for a unit after `amount` thousandths of it, in the page's language: "bottle", "bouteilles".

    French and English agree up to one and from two on; between them the plural reads better.
    """
    n = 1 if amount <= 1000 else 2
    match unit:
        case "l":
            return "L"  # a small l is easily read as a one
        case "piece":
            return ngettext("piece", "pieces", n)
        case "pack":
            return ngettext("pack", "packs", n)
        case "bottle":
            return ngettext("bottle", "bottles", n)
        case "can":
            return ngettext("can", "cans", n)
        case "jar":
            return ngettext("jar", "jars", n)
        case "box":
            return ngettext("box", "boxes", n)
        case "bag":
            return ngettext("bag", "bags", n)
        case "carton":
            return ngettext("carton", "cartons", n)
        case "tray":
            return ngettext("punnet", "punnets", n)
        case "bunch":
            return ngettext("bunch", "bunches", n)
        case "head":
            return ngettext("head", "heads", n)
        case "slice":
            return ngettext("slice", "slices", n)
        case "roll":
            return ngettext("roll", "rolls", n)
        case "tube":
            return ngettext("tube", "tubes", n)
        case "tablet":
            return ngettext("bar", "bars", n)
    return unit
