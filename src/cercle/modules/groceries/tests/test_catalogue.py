"""The starter catalogue: complete in both languages, and found as people write."""

import ast
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from cercle.modules.groceries import catalogue
from cercle.modules.groceries.catalogue import (
    Item,
    aisle_name,
    find,
    folded,
    items,
    suggest,
    unit_as_bought,
    unit_name,
)
from cercle.modules.groceries.units import AISLES, UNITS

LANGUAGES = ("fr", "en")


def names(item: Item, language: str) -> tuple[str, ...]:
    return (item.fr, *item.fr_also) if language == "fr" else (item.en, *item.en_also)


def doubled(values: list[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


def code_of(name: str, language: str) -> str | None:
    item = find(name, language)
    return item.code if item else None


def test_it_has_what_a_household_buys() -> None:
    assert len(items()) >= 500
    assert {item.aisle for item in items()} == set(AISLES)
    assert {item.unit for item in items()} <= set(UNITS)
    assert min(Counter(item.aisle for item in items()).values()) >= 10


def test_every_line_of_the_file_is_seven_cells_without_stray_spaces() -> None:
    rows = files("cercle.modules.groceries").joinpath("catalogue.csv").read_text("utf-8").splitlines()
    assert rows[0] == "code,aisle,unit,fr,en,fr_also,en_also"
    for row in rows[1:]:
        cells = row.split(",")
        assert len(cells) == 7, row
        assert all(cell.strip() for cell in cells[:5]), row
        for name in [*cells[3:5], *cells[5].split("|"), *cells[6].split("|")]:
            assert name == " ".join(name.split()), row
            assert not set(name) & set("'\"`´"), row  # the apostrophe is ’
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", cells[0]), row


def test_codes_are_unique() -> None:
    assert doubled([item.code for item in items()]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_or_synonym_stands_for_two_items(language: str) -> None:
    assert doubled([folded(name) for item in items() for name in names(item, language)]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_and_synonym_finds_its_item_in_any_spelling(language: str) -> None:
    for item in items():
        for name in names(item, language):
            for typed in (name, name.upper(), f"  {name} ", name.replace("’", "'"), folded(name)):
                assert find(typed, language) == item, typed


def test_the_names_are_lower_case_but_for_what_is_named_after_somebody_or_a_place() -> None:
    capital = {name for item in items() for name in (item.fr, item.en) if name != name.lower()}
    french = {
        "choux de Bruxelles",
        "saucisses de Strasbourg",
        "noix de Saint-Jacques",
        "herbes de Provence",
        "gel WC",
    }
    proper = {
        "Brussels sprouts",
        "Swiss chard",
        "Greek yoghurt",
        "vitamin C",
        "vitamin D",
        "vitamine C",
        "vitamine D",
    }
    cheeses = {"Emmental", "Comté", "Cheddar", "Gouda", "Camembert", "Brie", "Reblochon", "Parmesan"}
    assert capital == french | proper | cheeses


@pytest.mark.parametrize(
    ("typed", "language", "code"),
    [
        ("lait", "fr", "milk"),
        ("Lait", "en", "milk"),
        ("oeufs", "fr", "eggs"),
        ("œuf", "fr", "eggs"),
        ("OEUF", "en", "eggs"),
        ("egg", "fr", "eggs"),
        ("pomme de terre", "fr", "potatoes"),
        ("patates", "fr", "potatoes"),
        ("potato", "en", "potatoes"),
        ("tomate cerise", "fr", "cherry-tomatoes"),
        ("cherry tomato", "en", "cherry-tomatoes"),
        ("strawberry", "en", "strawberries"),
        ("leek", "en", "leeks"),
        ("peach", "en", "peaches"),
        ("radish", "en", "radishes"),
        ("poireau", "fr", "leeks"),
        ("creme fraiche", "fr", "creme-fraiche"),
        ("huile d'olive", "fr", "olive-oil"),
        ("chou fleur", "fr", "cauliflower"),
        ("zucchini", "fr", "courgettes"),
        ("diapers", "en", "nappies"),
        ("pâtes", "fr", "pasta"),
        ("pates", "fr", "pasta"),
        ("pâté", "fr", "country-pate"),
        # the page's language decides between two that are spelled alike
        ("raisins", "fr", "grapes"),
        ("raisins", "en", "raisins"),
        ("chips", "fr", "crisps"),
        ("chips", "en", "chips"),
        ("prunes", "fr", "plums"),
        ("prunes", "en", "prunes"),
        ("cookies", "fr", "chocolate-biscuits"),
        ("cookies", "en", "biscuits"),
        ("pain", "en", "bread"),
        ("coton", "en", "cotton-pads"),
        # nothing is better than a guess
        ("pommes golden", "fr", None),
        ("xylophone", "en", None),
        ("", "fr", None),
        ("🍎", "fr", None),
        ("é" * 100_000, "fr", None),
    ],
)
def test_an_item_is_found_as_people_write_it(typed: str, language: str, code: str | None) -> None:
    assert code_of(typed, language) == code


def test_what_begins_with_the_letters_comes_before_what_has_them_later() -> None:
    tomatoes = [item.code for item in suggest("toma", "fr", 20)]
    assert tomatoes[:3] == ["tomatoes", "cherry-tomatoes", "tinned-tomatoes"]
    assert {"tomato-passata", "tomato-juice", "baked-beans"} <= set(tomatoes[3:])
    assert [item.code for item in suggest("œuf", "fr", 3)] == ["eggs"]
    assert [item.code for item in suggest("OEU", "fr", 3)] == ["eggs"]
    assert suggest("mil", "en", 1) == [find("milk", "en")]
    assert "cherry-tomatoes" in [item.code for item in suggest("cerise", "fr", 5)]


def test_the_other_language_is_suggested_last() -> None:
    codes = [item.code for item in suggest("pain", "en", 50)]
    assert "bread" in codes
    french = [item.code for item in suggest("ch", "fr", 100)]
    assert french.index("cabbage") < french.index("cheese")


def test_suggestions_keep_to_the_limit_and_name_each_item_once() -> None:
    many = suggest("p", "fr", 1000)
    assert len(many) == len({item.code for item in many}) > 100
    assert suggest("p", "fr", 7) == many[:7]
    assert suggest("", "fr", 5) == suggest(" ’ ", "fr", 5) == suggest("zzz", "en", 5) == []


def test_a_boite_of_what_comes_in_tins_is_a_tin() -> None:
    assert unit_as_bought("box", find("thon", "fr")) == "can"
    assert unit_as_bought("box", find("mouchoirs", "fr")) == "box"
    assert unit_as_bought("box", None) == "box"
    assert unit_as_bought("kg", find("thon", "fr")) == "kg"


def test_each_aisle_and_unit_has_a_name_of_its_own() -> None:
    aisles = [aisle_name(aisle, str) for aisle in AISLES]
    units = [unit_name(unit, lambda one, many, n: one) for unit in UNITS]
    assert doubled(aisles) == doubled(units) == []
    assert aisle_name("other", str) == aisle_name("an aisle of later", str) == "Everything else"
    assert unit_name("bottle", lambda one, many, n: one if n == 1 else many, 500) == "bottle"
    assert unit_name("bottle", lambda one, many, n: one if n == 1 else many, 1001) == "bottles"


def test_all_names_are_marked_for_translation() -> None:
    """Babel finds a call of `_` or `ngettext` by its literal strings alone."""
    source = ast.parse(Path(catalogue.__file__).read_text("utf-8"))
    marked = {
        first.value
        for node in ast.walk(source)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext")
        for first in node.args[:1]
        if isinstance(first, ast.Constant)
    }
    symbols = {"g", "kg", "ml", "cl", "L"}  # the same in both languages
    shown = {aisle_name(aisle, str) for aisle in AISLES} | {unit_name(unit, lambda one, many, n: one) for unit in UNITS}
    assert shown == marked | symbols
