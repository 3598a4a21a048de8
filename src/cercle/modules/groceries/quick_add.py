"""Quick add: a line as people write it on a shopping list, taken apart into a name and how much of it.

French and English are both understood whatever the page's language, which decides only what means two
things: "1,500 g" is a kilo and a half in English, a gram and a half in French; "the" is an article, or tea.
"""

import re
import unicodedata
from itertools import groupby
from typing import NamedTuple

from msgspec import Struct, structs


class Quick(Struct, frozen=True):
    """What a line asks for: `amount` in thousandths of the unit, None where none was said.

    `unit` is a code of the catalogue, None where only a number was said ("6 eggs"). `name` is as typed,
    without amount and article, and empty where only an amount was typed. `note` is what was said beside: in
    brackets, or about the packing.
    """

    name: str
    amount: int | None = None
    unit: str | None = None
    note: str = ""


class _Token(NamedTuple):
    text: str  # lower case, no accents
    start: int  # where it stands in the line: from this letter up to, not including, `end`
    end: int


class _Amount(NamedTuple):
    thousandths: int
    unit: str | None
    start: int
    end: int
    packing: int | None = None  # where the words begin that say how it is packed; they go on to `end`


_MEASURES = {"g", "kg", "ml", "cl", "l"}
# word: (unit, how many of it the word means)
_UNITS: dict[str, tuple[str, int]] = {
    word: (unit, times)
    for unit, times, words in (
        ("g", 1, "g gr gramme grammes gram grams"),
        ("kg", 1, "kg kgs kilo kilos kilogramme kilogrammes kilogram kilograms"),
        ("ml", 1, "ml millilitre millilitres milliliter milliliters"),
        ("cl", 1, "cl centilitre centilitres centiliter centiliters"),
        ("ml", 100, "dl decilitre decilitres deciliter deciliters"),
        ("l", 1, "l litre litres liter liters"),
        ("piece", 1, "piece pieces pc pcs loaf loaves"),
        ("piece", 2, "couple"),
        ("piece", 10, "dizaine dizaines"),
        ("piece", 12, "dozen dozens douzaine douzaines"),
        ("pack", 1, "pack packs packet packets paquet paquets plaquette plaquettes"),
        ("bottle", 1, "bottle bottles bouteille bouteilles flacon flacons"),
        ("can", 1, "can cans tin tins canette canettes conserve conserves"),
        ("jar", 1, "jar jars pot pots bocal bocaux"),
        ("box", 1, "box boxes boite boites"),
        ("bag", 1, "bag bags sac sacs sachet sachets"),
        ("carton", 1, "carton cartons brique briques"),
        ("tray", 1, "tray trays punnet punnets barquette barquettes"),
        ("bunch", 1, "bunch bunches botte bottes bouquet bouquets"),
        ("head", 1, "head heads tete tetes"),
        ("slice", 1, "slice slices tranche tranches"),
        ("roll", 1, "roll rolls rouleau rouleaux"),
        ("tube", 1, "tube tubes"),
        ("tablet", 1, "bar bars tablet tablets tablette tablettes"),
    )
    for word in words.split()
}
_CONTAINERS = {unit for unit, _ in _UNITS.values()} - _MEASURES - {"piece"}
_COUNTS = {
    word: number
    for number, words in (
        (1, "one"),
        (2, "two deux"),
        (3, "three trois"),
        (4, "four quatre"),
        (5, "five cinq"),
        (6, "six"),
        (7, "seven sept"),
        (8, "eight huit"),
        (9, "nine neuf"),
        (10, "ten dix"),
        (11, "eleven onze"),
        (12, "twelve douze"),
    )
    for word in words.split()
}
_FRACTIONS = {"½": 500, "¼": 250, "¾": 750, "⅓": 333, "⅔": 667}
_FRACTIONS |= {"1/2": 500, "1/4": 250, "3/4": 750, "1/3": 333, "2/3": 667}
_ONE = {"un", "une", "a", "an"}
_HALF = {"demi", "demie", "half"}
_OF = {"de", "d", "of"}
_TIMES = {"x", "×", "*"}
# A number before one of these is no amount: 15 % cream.
_RATES = {"%", "€", "$", "£", "°"}
# Nor is it before one of these and another number: 2 or 3 lemons.
_OR = {"ou", "or", "to", "a", "-", "–", "/"}
# Before one of these, the word for a container is part of a name: can openers, sacs poubelle.
# fmt: off
_NO_CONTENTS = {
    "a", "au", "aux", "en", "pour", "poubelle", "poubelles", "congelation", "aspirateur", "couchage", "lave",
    "opener", "openers", "brush", "brushes", "holder", "holders", "cutter", "cutters",
}
# After one of these, a number at the end is part of a name: nappies size 4, oméga 3.
_NUMBERED = {
    "taille", "size", "type", "no", "numero", "number", "omega", "vitamine", "vitamin", "age", "stage",
    "°", "º",
}
# fmt: on
# Names that begin with a number.
_NUMBER_NAMES = {("7", "up"), ("5", "spice"), ("five", "spice")} | {
    (number, name) for number in ("4", "quatre", "5", "cinq") for name in ("epices", "quarts")
}
# A bare number at the end is an amount up to a crate of bottles; above, it is rather a name: Pastis 51.
_CRATE = 24_000

_THOUSANDS = re.compile(r"\d{3}(?:[.,]\d{1,3})?")
_TOKEN = re.compile(r"\d+(?:[.,/]\d+)*|[½¼¾⅓⅔]|[^\W\d_½¼¾⅓⅔]+|\S")
_NUMBER = re.compile(r"(\d{1,6})(?:[.,](\d{1,3}))?")
_ENGLISH_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d{1,3})?")
_BULLET = re.compile(r"(?:[-*+•·‣▪–—☐☑✓✔]|\[[ xX]?\]|\d{1,2}[.)](?= ))? ?")
_AFTER_AMOUNT = re.compile(r"(?:de|of|du|des) |d['’] ?", re.IGNORECASE)
_BEFORE_NAME = re.compile(r"(?:some|quelques|une?|an?|du|des) |de (?=la |l['’])|d['’](?=\w)", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:le|la|les|the) |l['’] ?", re.IGNORECASE)
_ITEM = re.compile(r"(?:\([^()\n]*\)|(?<=\d),(?=\d)|[^,;\n])+")
# A million of anything is no amount: the number is rather a barcode.
_MOST = 1_000_000_000
# An amount is shorter than this: only so much of either end of a line is read for one, however long it is.
_REACH = 80


def parse(text: str, language: str) -> Quick:
    """What the line `text` asks for, on a page in `language` ("fr" or "en"). Never fails.

    "2 x 500 g pasta" asks for 1000 g, with the note "2 x 500 g": the list and the stock add up in one unit,
    and two packs of no known size compare with nothing; how it was to be packed stays readable for whoever
    buys it. Two boxes of 6 eggs are 12 for the same reason. But two cans of 400 g stay two cans, of "400 g":
    that is how they are bought. A size at the end of a line that begins with a number is a note: "4 steaks
    500 g" may mean each, or all.
    """
    text, aside = _aside(_cleaned(text))
    amount = _leading(text, language)
    packing = _packing(text, amount)
    rest = text[amount.end :].lstrip(" :-–") if amount else text
    if amount is None and (inside := _whole(aside, language)):
        amount, packing, aside = inside, _packing(aside, inside), ""
    if last := _trailing(rest, language):
        if amount is None:
            amount, packing = last, _packing(rest, last)
        elif last.unit in _MEASURES and amount.unit not in _MEASURES:
            packing = packing or rest[last.start :]
        else:
            last = None
    name = rest[: last.start].rstrip(" :-–=") if last else rest
    name = _without_article(name, language, _AFTER_AMOUNT if amount else _BEFORE_NAME)
    note = ", ".join(filter(None, (packing, aside)))
    return Quick(name, amount.thousandths, amount.unit, note) if amount else Quick(name, note=note)


def amount(text: str, language: str) -> tuple[int, str | None] | None:
    """(thousandths, unit) of an amount with nothing beside it, as "1.5 kg", « une douzaine », "½", "6"; else None."""
    found = _whole(" ".join(text.split()), language)
    return (found.thousandths, found.unit) if found else None


def parse_lines(text: str, language: str) -> list[Quick]:
    """One `Quick` for each item of a paste, between line ends, commas and semicolons; "1,5" stays whole.

    An amount alone belongs to the item before it: "milk, 2 L".
    """
    quicks: list[Quick] = []
    for piece in (piece for line in text.splitlines() for piece in _ITEM.findall(line) if _cleaned(piece)):
        quick = parse(piece, language)
        if not quick.name and quicks and quicks[-1].amount is None:
            before = quicks.pop()
            note = ", ".join(filter(None, (quick.note, before.note)))
            quick = structs.replace(quick, name=before.name, note=note)
        quicks.append(quick)
    return quicks


def _cleaned(text: str) -> str:
    """NFC, single spaces, without the dashes, boxes and numbers that a list puts before its items."""
    text = " ".join(_composed(text).split())
    start = 0
    for _ in range(3):  # "- [x] 1. milk" has three
        found = _BULLET.match(text, start)
        start = found.end() if found else start
    return text[start:].strip(" ,;")


def _composed(text: str) -> str:
    """`text` in NFC, in time that grows with its length, not with the square of a run of accents."""
    if len(text) < 1000 or text.isascii():
        return unicodedata.normalize("NFC", text)
    letters = "".join(unicodedata.normalize("NFD", letter) for letter in text)
    runs = groupby(letters, key=lambda letter: unicodedata.combining(letter) > 0)
    # The canonical ordering of the Unicode Standard (section 3.11), by a sort.
    ordered = (sorted(run, key=unicodedata.combining) if accents else run for accents, run in runs)
    return unicodedata.normalize("NFC", "".join("".join(run) for run in ordered))


def _packing(text: str, amount: _Amount | None) -> str:
    return "" if amount is None or amount.packing is None else text[amount.packing : amount.end]


def _aside(text: str) -> tuple[str, str]:
    """`text` without the brackets at its end, and what stands in them."""
    opening = text.rfind("(")
    if opening < 1 or not text.endswith(")"):
        return text, ""
    return text[:opening].rstrip(), text[opening + 1 : -1].strip()


def _without_article(name: str, language: str, before: re.Pattern[str]) -> str:
    """`name` without "some", « du », « de la » or « l’ » before it; "La Vache qui rit" whole, a brand."""
    if found := before.match(name):
        name = name[found.end() :]
    found = _ARTICLE.match(name)
    if found is None or (language == "fr" and found.group().casefold() == "the "):
        return name
    following = name[found.end() :]
    first = following.split(" ", 1)[0]
    return name if first[:1].isupper() and first[1:].islower() else following


def _leading(text: str, language: str) -> _Amount | None:
    """The amount that a line begins with."""
    tokens = _tokens(text[:_REACH], language)
    amount = _amount(tokens, 0)
    if amount and amount.end == len(text) and amount.unit in _CONTAINERS and amount.packing is None:
        number = _number(tokens, 0)  # "2 bottles": the bottles themselves are wanted
        return _Amount(number[0], None, 0, tokens[number[1] - 1].end) if number else None
    return amount


def _trailing(text: str, language: str) -> _Amount | None:
    """The amount that a line ends with, after a name: "milk 2 L", "eggs x6", "eggs 6"."""
    cut = max(0, len(text) - _REACH)
    tokens = _tokens(text[cut:], language)
    for at in range(1, len(tokens)):
        begins = tokens[at].start > tokens[at - 1].end and (tokens[at].text in _TIMES or _number(tokens, at))
        amount = _amount(tokens, at) if begins else None
        if amount and cut + amount.end == len(text) and _says_how_many(tokens, at, amount):
            return _moved(amount, cut)
    return None


def _moved(amount: _Amount, by: int) -> _Amount:
    packing = None if amount.packing is None else amount.packing + by
    return amount._replace(start=amount.start + by, end=amount.end + by, packing=packing)


def _says_how_many(tokens: list[_Token], at: int, amount: _Amount) -> bool:
    """Whether a number at the end of a line says how many, rather than which: "omega 3"."""
    if amount.unit or amount.packing is not None or tokens[at].text in _TIMES:
        return True
    bare = tokens[at].text.isdecimal() or tokens[at].text in _FRACTIONS
    return bare and amount.thousandths <= _CRATE and tokens[at - 1].text not in _NUMBERED


def _whole(text: str, language: str) -> _Amount | None:
    """The amount that `text` is, with nothing else in it."""
    amount = _amount(_tokens(text, language), 0) if len(text) <= _REACH else None
    return amount if amount and amount.end == len(text) else None


def _amount(tokens: list[_Token], at: int) -> _Amount | None:
    """The amount that begins at this token: "x6", "2 L", "2 x 500 g", "two cans of 400 g", "a dozen"."""
    if (begins := at + (_text(tokens, at) in _TIMES)) > at and not _number(tokens, begins):
        return None
    measure = _measure(tokens, begins)
    if measure is None:
        return None
    value, unit, after = measure
    packing = None
    times = _text(tokens, after) in _TIMES
    size_at = after + 1 if times else _past_of(tokens, after)
    size = _measure(tokens, size_at) if _number(tokens, size_at) else None
    if size and _ends_at(tokens, size[2]) and (None in (unit, size[1]) if times else unit in _CONTAINERS):
        after = size[2]
        if unit in _CONTAINERS and size[1] in _MEASURES:
            packing = tokens[size_at].start
        else:
            value, packing = value * size[0] // 1000, tokens[at].start
            unit = size[1] or (unit if times else None)
    elif times and unit is None:
        after += 1
    if not 0 < value <= _MOST or not _ends_at(tokens, after):
        return None
    return _Amount(value, unit, tokens[at].start, tokens[after - 1].end, packing)


def _ends_at(tokens: list[_Token], after: int) -> bool:
    """Whether an amount is over here, and not part of a word or more: "7up", "2% milk", "2 or 3 lemons"."""
    if after == len(tokens):
        return True
    following = tokens[after]
    if following.text in _RATES or (following.text in _OR and _number(tokens, after + 1)):
        return False
    apart = following.start > tokens[after - 1].end or tokens[after - 1].text == "-"  # demi-baguette
    return apart or following.text == ":" or unicodedata.category(following.text[0]) == "So"  # an emoji


def _measure(tokens: list[_Token], at: int) -> tuple[int, str | None, int] | None:
    """Thousandths, their unit, and the token after them: "2 L", "a dozen", « un demi-litre », « kilo de »."""
    number = _number(tokens, at)
    if number is None:
        return _measure_in_words(tokens, at)
    unit = _unit(tokens, number[1])
    if unit is None:
        return number[0], None, number[1]
    code, times, after = unit
    half, after = _and_a_half(tokens, after)
    return (number[0] + half) * times, code, after


def _measure_in_words(tokens: list[_Token], at: int) -> tuple[int, str | None, int] | None:
    one = _text(tokens, at) in _ONE
    at += one
    if _text(tokens, at) in _HALF:
        at += 2 if _text(tokens, at + 1) == "-" else 1
        if _text(tokens, at) in _ONE:
            one, at = True, at + 1
        if unit := _unit(tokens, at):
            return 500 * unit[1], unit[0], unit[2]
        return (500, None, at) if one and at < len(tokens) else None
    unit = _unit(tokens, at)
    if unit is None:
        return None
    code, times, after = unit
    half, after = _and_a_half(tokens, after)
    # « un pack » is a thing, « un pack de lait » an amount.
    if times == 1 and not (one and code in _MEASURES) and _text(tokens, after) not in _OF:
        return None
    return (1000 + half) * times, code, after


def _and_a_half(tokens: list[_Token], at: int) -> tuple[int, int]:
    """The thousandths that « et demi » adds here, and the token after it."""
    found = _text(tokens, at) == "et" and _text(tokens, at + 1) in _HALF
    return (500, at + 2) if found else (0, at)


def _unit(tokens: list[_Token], at: int) -> tuple[str, int, int] | None:
    """The unit that a word means, how many of it, and the token after it."""
    if _text(tokens, at) not in _UNITS:
        return None
    code, times = _UNITS[tokens[at].text]
    after = at + 2 if _text(tokens, at + 1) == "." else at + 1
    if code in _CONTAINERS and _text(tokens, _past_of(tokens, after)) in _NO_CONTENTS:
        return None
    return code, times, after


def _number(tokens: list[_Token], at: int) -> tuple[int, int] | None:
    """Thousandths and the token after them: "2", "1,5", "1 000", "½", "1 1/2", "two"."""
    word = _text(tokens, at)
    if (word, _text(tokens, at + 1)) in _NUMBER_NAMES:
        return None
    if word in _COUNTS:
        return _COUNTS[word] * 1000, at + 1
    if word in _FRACTIONS:
        return _FRACTIONS[word], at + 1
    value = _thousandths(word)
    if value is None:
        return None
    at += 1
    grouped = len(word) <= 3 and word[0] != "0"
    while grouped and word.isdecimal() and value < _MOST and _THOUSANDS.fullmatch(word := _text(tokens, at)):
        value, at = value * 1000 + (_thousandths(word) or 0), at + 1
    if _text(tokens, at) in _FRACTIONS:
        value, at = value + _FRACTIONS[tokens[at].text], at + 1
    return value, at


def _thousandths(word: str) -> int | None:
    found = _NUMBER.fullmatch(word)
    return int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0")) if found else None


def _past_of(tokens: list[_Token], at: int) -> int:
    """The token after "of" or « d’ », where one stands here."""
    at += _text(tokens, at) in _OF
    return at + (_text(tokens, at) in ("'", "’"))


def _text(tokens: list[_Token], at: int) -> str:
    return tokens[at].text if at < len(tokens) else ""


def _tokens(text: str, language: str) -> list[_Token]:
    tokens = []
    for found in _TOKEN.finditer(text):
        word = _plain(found.group())
        if language == "en" and _ENGLISH_THOUSANDS.fullmatch(word):
            word = word.replace(",", "")
        tokens.append(_Token(word, found.start(), found.end()))
    return tokens


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
