"""What people type on a list, and what it asks for."""

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cercle.modules.groceries.catalogue import items, unit_name
from cercle.modules.groceries.quick_add import Quick, parse, parse_lines
from cercle.modules.groceries.units import UNITS

THIN, NARROW, NO_BREAK = "\N{THIN SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"

# (as typed, name, thousandths, unit, note), the same on a French and on an English page
EITHER_PAGE = [
    # an amount before the name
    ("2 L milk", "milk", 2000, "l", ""),
    ("6 œufs", "œufs", 6000, None, ""),
    ("Six Œufs", "Œufs", 6000, None, ""),
    ("1,5 kg de pommes", "pommes", 1500, "kg", ""),
    ("1.5kg apples", "apples", 1500, "kg", ""),
    ("250g beurre doux", "beurre doux", 250_000, "g", ""),
    ("500 gr. de farine", "farine", 500_000, "g", ""),
    ("2 dl de crème", "crème", 200_000, "ml", ""),
    ("4 fromage", "fromage", 4000, None, ""),
    ("deux citrons", "citrons", 2000, None, ""),
    ("2 kg: pommes", "pommes", 2000, "kg", ""),
    ("0,125 l rhum", "rhum", 125, "l", ""),
    # fractions
    ("½ baguette", "baguette", 500, None, ""),
    ("1/2 L crème", "crème", 500, "l", ""),
    ("1½ kg apples", "apples", 1500, "kg", ""),
    ("1 1/2 kg apples", "apples", 1500, "kg", ""),
    ("¾ l lait", "lait", 750, "l", ""),
    ("half a baguette", "baguette", 500, None, ""),
    ("une demi-baguette", "baguette", 500, None, ""),
    ("un demi-litre de lait", "lait", 500, "l", ""),
    ("1 kilo et demi de pommes", "pommes", 1500, "kg", ""),
    ("un litre et demi de lait", "lait", 1500, "l", ""),
    # thousands
    ("1 000 g farine", "farine", 1_000_000, "g", ""),
    (f"1{THIN}000{NO_BREAK}g farine", "farine", 1_000_000, "g", ""),
    (f"1{NARROW}000,5 g farine", "farine", 1_000_500, "g", ""),
    ("farine 1 000 g", "farine", 1_000_000, "g", ""),
    # dozens and containers
    ("une douzaine d’œufs", "œufs", 12_000, "piece", ""),
    ("a dozen eggs", "eggs", 12_000, "piece", ""),
    ("half a dozen eggs", "eggs", 6000, "piece", ""),
    ("une demi-douzaine d'œufs", "œufs", 6000, "piece", ""),
    ("two dozen eggs", "eggs", 24_000, "piece", ""),
    ("a couple of lemons", "lemons", 2000, "piece", ""),
    ("une dizaine de tomates", "tomates", 10_000, "piece", ""),
    ("3 boîtes de thon", "thon", 3000, "box", ""),
    ("3 BOITES de thon", "thon", 3000, "box", ""),
    ("2 cans tuna", "tuna", 2000, "can", ""),
    ("2 bouteilles d'eau", "eau", 2000, "bottle", ""),
    ("2 bouteilles d’Évian", "Évian", 2000, "bottle", ""),
    ("une bouteille d’eau", "eau", 1000, "bottle", ""),
    ("a bag of salad", "salad", 1000, "bag", ""),
    ("pack de lait", "lait", 1000, "pack", ""),
    ("un kilo de pommes", "pommes", 1000, "kg", ""),
    ("une tête d’ail", "ail", 1000, "head", ""),
    ("2 loaves of bread", "bread", 2000, "piece", ""),
    # an amount after the name
    ("lait 2 L", "lait", 2000, "l", ""),
    ("coca 1,5l", "coca", 1500, "l", ""),
    ("lait: 2 L", "lait", 2000, "l", ""),
    ("lait - 2", "lait", 2000, None, ""),
    ("eggs x6", "eggs", 6000, None, ""),
    ("eggs × 6", "eggs", 6000, None, ""),
    ("eggs (6)", "eggs", 6000, None, ""),
    ("œufs (x12)", "œufs", 12_000, None, ""),
    ("eggs 6", "eggs", 6000, None, ""),
    ("pâtes deux paquets", "pâtes", 2000, "pack", ""),
    ("farine T45 1 kg", "farine T45", 1000, "kg", ""),
    ("vin 2019 2 bouteilles", "vin 2019", 2000, "bottle", ""),
    ("cidre 2024 750 ml", "cidre 2024", 750_000, "ml", ""),
    # how it is packed
    ("2 x 500 g pasta", "pasta", 1_000_000, "g", "2 x 500 g"),
    ("2x500g pâtes", "pâtes", 1_000_000, "g", "2x500g"),
    ("pâtes 500g x2", "pâtes", 1_000_000, "g", "500g x2"),
    ("yaourts 4 x 125 g", "yaourts", 500_000, "g", "4 x 125 g"),
    ("yaourts (4 x 125 g)", "yaourts", 500_000, "g", "4 x 125 g"),
    ("2 x milk", "milk", 2000, None, ""),
    ("2x milk", "milk", 2000, None, ""),
    ("x6 eggs", "eggs", 6000, None, ""),
    ("2 boîtes de 6 œufs", "œufs", 12_000, None, "2 boîtes de 6"),
    ("un pack de 6 bouteilles d’eau", "eau", 6000, "bottle", "un pack de 6 bouteilles"),
    ("2 boîtes de 400 g de tomates", "tomates", 2000, "box", "400 g"),
    ("eau 6 bouteilles de 1,5 l", "eau", 6000, "bottle", "1,5 l"),
    ("2 coca 1,5l", "coca", 2000, None, "1,5l"),
    ("4 steaks 500 g", "steaks", 4000, None, "500 g"),
    ("coca 1,5l (x6)", "coca", 6000, None, "1,5l"),
    # a name with a number in it after all that
    ("3 bouteilles de 7up", "7up", 3000, "bottle", ""),
    ("3 x 7 up", "7 up", 3000, None, ""),
    ("2 paquets de quatre-épices", "quatre-épices", 2000, "pack", ""),
    ("2 bottles of 2% milk", "2% milk", 2000, "bottle", ""),
    ("7 up 1,5 l", "7 up", 1500, "l", ""),
    # notes in brackets
    ("lait (bio)", "lait", None, None, "bio"),
    ("lait 2 L (bio)", "lait", 2000, "l", "bio"),
    ("12 œufs (plein air)", "œufs", 12_000, None, "plein air"),
    ("2 milk (1 L)", "milk", 2000, None, "1 L"),
    ("2 x 500 g pasta (penne)", "pasta", 1_000_000, "g", "2 x 500 g, penne"),
    ("milk ()", "milk", None, None, ""),
    ("(bio)", "(bio)", None, None, ""),
    # articles
    ("du pain", "pain", None, None, ""),
    ("de la farine", "farine", None, None, ""),
    ("de l’eau", "eau", None, None, ""),
    ("l'eau", "eau", None, None, ""),
    ("d’eau", "eau", None, None, ""),
    ("des œufs", "œufs", None, None, ""),
    ("les tomates", "tomates", None, None, ""),
    ("une baguette", "baguette", None, None, ""),
    ("some butter", "butter", None, None, ""),
    ("an avocado", "avocado", None, None, ""),
    ("un", "un", None, None, ""),
    ("La Vache qui rit", "La Vache qui rit", None, None, ""),
    ("L’Oréal shampooing", "L’Oréal shampooing", None, None, ""),
    ("LE LAIT", "LAIT", None, None, ""),
    # a list's own marks
    ("- 6 œufs", "œufs", 6000, None, ""),
    ("-2 lait", "lait", 2000, None, ""),
    ("- [x] 1. milk", "milk", None, None, ""),
    ("2. pain", "pain", None, None, ""),
    ("☐ pain,", "pain", None, None, ""),
    # pictures
    ("🍎", "🍎", None, None, ""),
    ("2 🍎", "🍎", 2000, None, ""),
    ("6🥚", "🥚", 6000, None, ""),
    ("🥛 x2", "🥛", 2000, None, ""),
    # an amount alone, for the form to ask of what
    ("", "", None, None, ""),
    ("  \t ", "", None, None, ""),
    ("6", "", 6000, None, ""),
    ("2 kg", "", 2000, "kg", ""),
    ("2 L (bio)", "", 2000, "l", "bio"),
    ("2 bottles", "bottles", 2000, None, ""),
    ("un pack", "pack", None, None, ""),
]

# what stays a name as it is, whatever number stands in it
NAMES = """
pain; Tomates cerises; pommes golden; 7up; 7 up; 2%milk; 2% milk; 15 % crème; crème 15 %; oméga 3
nappies size 4; couches taille 3; Pastis 51; 4-cheese pizza; quatre-quarts; quatre épices; 4 épices
3D glasses; 1er prix pâtes; 5€ pain; 2 ou 3 citrons; 2 or 3 lemons; 2-3 bananes; 2 à 3 bananes; 0 lait
half fat milk; half and half; demi-sel; sacs poubelle; can opener; vitamine B12; doliprane 1000 mg
3017620422003; milk (; 1,2345 kg riz; 24/12 bûche; Xbox; 2 000 000 g riz
"""


@pytest.mark.parametrize(("typed", "name", "amount", "unit", "note"), EITHER_PAGE)
def test_a_line_says_the_same_on_a_french_and_an_english_page(
    typed: str, name: str, amount: int | None, unit: str | None, note: str
) -> None:
    assert parse(typed, "fr") == Quick(name, amount, unit, note)
    assert parse(typed, "en") == Quick(name, amount, unit, note)


@pytest.mark.parametrize("name", re.split(r"[;\n] ?", NAMES.strip()))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_name_with_a_number_in_it_stays_whole(name: str, language: str) -> None:
    assert parse(name, language) == Quick(name)


@pytest.mark.parametrize(
    ("typed", "name", "amount"),
    [
        ("10 sacs poubelle", "sacs poubelle", 10_000),
        ("1 can opener", "can opener", 1000),
        ("30 tablettes lave-vaisselle", "tablettes lave-vaisselle", 30_000),
        ("2 sacs à dos", "sacs à dos", 2000),
    ],
)
def test_a_container_can_be_the_thing_itself(typed: str, name: str, amount: int) -> None:
    assert parse(typed, "fr") == Quick(name, amount)


def test_the_page_decides_what_means_two_things() -> None:
    assert parse("1,500 g flour", "en") == Quick("flour", 1_500_000, "g")
    assert parse("1,500 kg farine", "fr") == Quick("farine", 1500, "kg")
    assert parse("the milk", "en") == Quick("milk")
    assert parse("the vert", "fr") == Quick("the vert")


def test_accents_that_were_typed_apart_come_together() -> None:
    assert parse(unicodedata.normalize("NFD", "3 boîtes de pâtes"), "fr") == Quick("pâtes", 3000, "box")


def test_a_paste_is_taken_apart_at_lines_commas_and_semicolons() -> None:
    paste = "lait, 2 œufs;1,5 kg de pommes\r\n- [ ] pain\n\n,milk (bio, entier),eau , \n* sel"
    assert parse_lines(paste, "fr") == [
        Quick("lait"),
        Quick("œufs", 2000),
        Quick("pommes", 1500, "kg"),
        Quick("pain"),
        Quick("milk", note="bio, entier"),
        Quick("eau"),
        Quick("sel"),
    ]


def test_an_amount_alone_in_a_paste_belongs_to_the_item_before_it() -> None:
    assert parse_lines("milk, 2 L, eggs, 6, 3", "en") == [
        Quick("milk", 2000, "l"),
        Quick("eggs", 6000),
        Quick("", 3000),
    ]
    assert parse_lines("milk (bio), 2 x 1 L", "en") == [Quick("milk", 2000, "l", "2 x 1 L, bio")]


def test_a_long_line_keeps_its_name_whole() -> None:
    name = "confiture " * 60 + "de fraises"
    assert parse(f"2 pots de {name}", "fr") == Quick(name, 2000, "jar")
    assert parse(f"{name} 2 kg", "fr") == Quick(name, 2000, "kg")


AWKWARD = [
    "1",
    "1 ",
    "1 000 ",
    "1,",
    "1/2",
    "½",
    "x",
    "2x",
    "(",
    "()",
    "((1",
    "[",
    "- ",
    "un ",
    "de ",
    "d’",
    "a b ",
    "é ",
]
AWKWARD += [
    "a\u0327\u0301",
    "\u0f73",
    "\u0344",
    "\u0301",
    "🍎",
    " ",
    "\n",
    ",",
    "1,a",
    "(a,",
    "-",
    "2 kg ",
    "x 2 ",
    "L’",
]


@pytest.mark.parametrize("piece", AWKWARD)
def test_a_hundred_thousand_letters_take_no_longer_than_reading_them(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    started = time.process_time()
    for typed in (text, f"2 kg {text}", f"{text} 2 kg"):
        parse(typed, "fr")
    parse_lines(text[:20_000], "en")
    assert time.process_time() - started < 3


# language: unit: the word for it after a number, up to the name
WORDS = {
    "fr": {"g": "g ", "kg": "kg de ", "ml": "ml ", "cl": "cl ", "l": "litres de ", "piece": "pièces de "}
    | {"pack": "paquets de ", "bottle": "bouteilles de ", "can": "canettes de ", "jar": "pots de "}
    | {"box": "boîtes de ", "bag": "sachets de ", "carton": "briques de ", "tray": "barquettes de "}
    | {"bunch": "bottes de ", "head": "têtes de ", "slice": "tranches de ", "roll": "rouleaux de "}
    | {"tube": "tubes de ", "tablet": "tablettes de ", None: ""},
    "en": {code: f"{unit_name(code, lambda one, many, n: many)} of " for code in UNITS} | {None: ""},
}
SUFFIXES = ("g", "kg", "ml", "cl", "l")
amounts = st.one_of(st.integers(1, 10**9 - 1), st.integers(1, 999).map(lambda whole: whole * 1000))


def written(amount: int, language: str) -> str:
    """Thousandths as somebody types them: "1,5"."""
    whole, rest = divmod(amount, 1000)
    return f"{whole}{',' if language == 'fr' else '.'}{rest:03}".rstrip("0").rstrip(",.") if rest else str(whole)


# Without the two that are amounts, or seem so: a box of chocolates, omega 3.
NAMES_OF = {
    language: [name for name in named if parse(name, language) == Quick(name) and name[-1] != "3"]
    for language, named in (("fr", [item.fr for item in items()]), ("en", [item.en for item in items()]))
}


@pytest.mark.parametrize("language", ["fr", "en"])
@given(st.data())
def test_what_is_written_before_a_name_is_read_back(language: str, data: st.DataObject) -> None:
    amount, name = data.draw(amounts), data.draw(st.sampled_from(NAMES_OF[language]))
    unit = data.draw(st.sampled_from(list(WORDS[language])))
    line = f"{written(amount, language)} {WORDS[language][unit]}{name}"
    assert parse(line, language) == Quick(name, amount, unit)


@pytest.mark.parametrize("language", ["fr", "en"])
@given(st.data())
def test_what_is_written_after_a_name_is_read_back(language: str, data: st.DataObject) -> None:
    amount, name, unit = (
        data.draw(amounts),
        data.draw(st.sampled_from(NAMES_OF[language])),
        data.draw(st.sampled_from(SUFFIXES)),
    )
    for line in (f"{name} {written(amount, language)} {unit}", f"{name} ({written(amount, language)}{unit})"):
        assert parse(line, language) == Quick(name, amount, unit)


FRAGMENTS = "2 x × de d’ l’ la un une a the ( ) ½ 1/2 demi half - et L kg bottles dozen œufs 1,5 000 % 🍎 , . : 3"
fragments = st.sampled_from(re.split(" ", FRAGMENTS))
lines = st.one_of(st.text(), st.lists(fragments).map(" ".join), st.lists(fragments).map("".join))


@given(lines, st.sampled_from(["fr", "en"]))
def test_any_line_gives_a_tidy_name_and_an_amount_in_bounds(text: str, language: str) -> None:
    quick = parse(text, language)
    assert quick.name == unicodedata.normalize("NFC", " ".join(quick.name.split()))
    assert quick.name in unicodedata.normalize("NFC", " ".join(text.split()))
    assert quick.amount is None or 0 < quick.amount <= 10**9
    assert quick.unit is None or (quick.unit in UNITS and quick.amount)
    assert len(parse_lines(text, language)) <= len(text)
