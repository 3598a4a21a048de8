"""What entries say: in two languages, with names, money, amounts and days as people write them, and never a failure."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from cercle import beginnings
from cercle.core.entry import short
from cercle.exchange import event_from
from cercle.modules import load
from cercle.modules.people.events import WordsErased
from cercle.sentences import Narrator, amount, day, digits, moment, money, plain
from cercle.store.live import Live
from cercle.store.node import Node

ISOLATED = "\u2068{}\u2069"


class House:
    """Amina's circle on a node, and what is done there."""

    def __init__(self, folder: Path) -> None:
        self.node = Node(folder, load())
        self.live, self.amina = beginnings.start(self.node, self.node.new_person(), "Home", "Amina")

    def join(self, name: str) -> str:
        invitation, seed = beginnings.invite(self.node, self.live, self.amina)
        return beginnings.join(self.node, self.live, self.node.new_person(), invitation, seed, name)

    def does(self, event: str, /, by: str = "", **fields: Any) -> str:
        entry = self.node.act(self.live, by or self.amina, event_from(self.live, event, fields))[0]
        self.last = entry
        return short(entry.id)

    def says(self, language: str = "en") -> str:
        """The sentence of what was done last."""
        words = self.live.words(short(self.last.id))
        by = self.live.circle.roots.devices[self.last.device.hex()].member
        return Narrator(self.live, language).sentence(self.last.event, self.last.kept, words, by)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.node.close()


def test_money_is_written_as_people_write_it() -> None:
    assert money(123450, "eur", "en") == "€1,234.50"
    assert money(123450, "eur", "fr") == "1\u202f234,50\u00a0€"
    assert money(-5, "eur", "en") == "-€0.05"
    assert money(1234, "jpy", "en") == "JP¥1,234"
    assert money(1234, "kwd", "fr") == "1,234\u00a0KWD"
    assert money(3, "merit", "en") == "3\u00a0merit"
    assert [digits(unit) for unit in ("eur", "jpy", "kwd", "merit", "xyz")] == [2, 0, 3, 0, 2]


def test_amounts_have_their_units_word() -> None:
    assert amount(2000, "l", "en") == "2\u00a0L"
    assert amount(1500, "kg", "fr") == "1,5\u00a0kg"
    assert amount(6000, "piece", "fr") == "6"
    assert amount(1000, "bottle", "en") == "1\u00a0bottle"
    assert amount(2000, "bottle", "en") == "2\u00a0bottles"
    assert amount(250, "kg", "en") == "0.25\u00a0kg"


def test_days_and_moments_are_in_words() -> None:
    assert day("2026-05-03", "en") == "3 May 2026"
    assert day("2026-05-03", "fr") == "3 mai 2026"
    assert (day("2026-05-01", "fr"), day("2026-05-01", "en")) == ("1er mai 2026", "1 May 2026")
    assert day("2026-05-11", "fr") == "11 mai 2026"
    assert day("2026-02-31", "fr") == "2026-02-31"
    assert moment(1_777_816_800_000, "en", ZoneInfo("Europe/Paris")) == "3 May 2026, 16:00"
    assert moment(1_777_816_800_000, "fr", ZoneInfo("Asia/Tokyo")) == "3 mai 2026, 23:00"
    assert moment(2**62, "fr") == str(2**62)
    assert moment(1_777_852_800_000, "en", ZoneInfo("Asia/Tokyo")) == "4 May 2026, 09:00"
    assert moment(1_777_852_800_000, "en", ZoneInfo("Pacific/Pago_Pago")) == "3 May 2026, 13:00"


def test_signs_that_hide_or_turn_text_are_taken_out() -> None:
    assert plain("  two\n\nlines\t of \u2028text ") == "two lines of text"
    assert plain("a\u202eb\u2066c\x1b[31m\x00") == "abc[31m"
    assert plain("👩\u200d👧 🏴\U000e0067\U000e0062\U000e007f") == "👩\u200d👧 🏴\U000e0067\U000e0062\U000e007f"
    assert plain("سارة") == ISOLATED.format("سارة")


def test_a_shared_cost_names_who_bears_it(house: House) -> None:
    bruno, chloe = house.join("Bruno"), house.join("Chloé")
    shared = {"unit": "eur", "amount": 3000, "payer": bruno, "what": "Pizza"}
    house.does("accounts.shared", shares={chloe: 1, house.amina: 1, bruno: 1}, **shared)
    assert house.says() == "Bruno paid €30.00 for “Pizza”, shared by Amina, Bruno and Chloé."
    assert house.says("fr") == "Bruno a payé 30,00\u00a0€ pour Amina, Bruno et Chloé\u202f: «\u202fPizza\u202f»."
    house.does("accounts.shared", shares={bruno: 1, house.amina: 3}, **shared)
    assert house.says().endswith("shared by Amina (×3) and Bruno (×1).")


def test_words_that_are_a_sentence_of_their_own_may_be_missing(house: House) -> None:
    product = house.does("groceries.product_added", name="Milk", unit="l")
    item = house.does("groceries.listed", product=product, note="the fresh one")
    assert house.says() == "Amina put Milk on the list. “the fresh one”"
    house.does("groceries.item_changed", item=item)
    assert house.says() == "Amina changed what the list says of Milk."
    house.does("groceries.ticked", item=item)
    assert house.says("fr") == "Amina a coché «\u202fMilk\u202f»."


def test_amounts_without_a_unit_are_in_the_products(house: House) -> None:
    crate = house.does("groceries.unit_added", name="crate", plural="crates")
    product = house.does("groceries.product_added", name="Apples", unit=crate)
    house.does("groceries.stocked", product=product, amount=2000)
    assert house.says() == "Amina put Apples into the stock (2\u00a0crates)."
    house.does("groceries.wasted", product=product, amount=1000, why="spoiled")
    assert house.says() == "Amina threw Apples away (1\u00a0crate, spoiled)."


def test_an_item_is_named_by_its_product_long_after_it_was_ticked(house: House) -> None:
    product = house.does("groceries.product_added", name="Milk")
    item = house.does("groceries.listed", product=product)
    house.does("groceries.ticked", item=item)
    told = house.says()
    for number in range(50):
        other = house.does("groceries.product_added", name=f"Thing {number}")
        house.does("groceries.ticked", item=house.does("groceries.listed", product=other))
    assert item not in house.live.circle.groceries.done
    narrator = Narrator(house.live, "en")
    assert narrator.sentence("groceries.ticked", {"item": item}, {}, house.amina) == told == "Amina ticked Milk."


def test_whose_name_was_erased_is_somebody(house: House) -> None:
    bruno = house.join("Bruno")
    house.does("people.went_away", by=bruno, member=bruno, since="2026-05-03", until="2026-05-04")
    house.node.act(house.live, bruno, WordsErased(member=bruno))
    narrator = Narrator(house.live, "fr")
    assert narrator.name(bruno) == "quelqu’un"
    assert Narrator(house.live, "en").sentence("people.left", {}, {}, bruno) == "Somebody left the circle."
    assert Narrator(house.live, "en").sentence("people.added", {}, {}, house.amina) == "Amina added somebody."
    assert (
        Narrator(house.live, "en").sentence("groceries.shop_added", {}, {}, house.amina)
        == "Amina added the shop something."
    )


def test_an_event_that_nobody_knows_is_told_as_such(house: House) -> None:
    told = Narrator(house.live, "en").sentence("garden.dug", {"a": 1}, {}, house.amina)
    assert told == "Amina wrote something that is not known here: garden.dug."


odd = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-(2**63), 2**63 - 1)
    | some.text(max_size=30)
    | some.binary(max_size=9),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=20), inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def told_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    made = House(tmp_path_factory.mktemp("house"))
    yield made.live
    made.node.close()


@given(
    event=some.sampled_from(sorted(load().events)), data=some.data(), language=some.sampled_from(["en", "fr", "pseudo"])
)
def test_no_field_whatever_it_holds_keeps_an_entry_from_being_told(
    told_in: Live, event: str, data: some.DataObject, language: str
) -> None:
    declared = load().events[event]
    fields = [field for field, _ in declared.fields]
    kept = data.draw(some.dictionaries(some.sampled_from([*fields, "unit", "x"]), odd, max_size=8))
    words = data.draw(some.dictionaries(some.sampled_from([*fields, "name"]), odd, max_size=3))
    by = data.draw(some.text(max_size=20))
    told = Narrator(told_in, language).sentence(event, kept, words, by)
    assert "\n" not in told
    assert "\u202e" not in told
    assert told
    assert msgspec.json.encode(told)


def test_every_events_sentences_name_fields_that_it_has() -> None:
    import re

    for declared in load().events.values():
        fields = {"by", *(field for field, _ in declared.fields)}
        for language, template in declared.sentences.items():
            assert set(re.findall(r"\{(\w+)\}", template)) <= fields, (declared.name, language)
