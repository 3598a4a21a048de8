"""Module versions: a circle says what it uses, and a program that lacks it takes in, but neither judges nor acts."""

from typing import Any

import pytest

from cercle.core.entry import GENESIS, NO_CIRCLE, Entry, compose
from cercle.core.fold import UpdateNeeded, Why
from cercle.core.module import Modules
from cercle.core.replica import Replica
from cercle.modules import load
from cercle.modules.circle import rules
from cercle.modules.circle.events import Adopted, Renamed
from cercle.modules.groceries.events import ShopAdded
from tests.story import Side, Story

BEFORE = ("circle", "people", "accounts")
SHOP = ShopAdded(name="Le marché")


def older() -> Modules:
    """A program that does not have groceries yet."""
    return Modules([module for module in load() if module.name != "groceries"])


def runs(story: Story, program: Modules) -> None:
    """Everybody has this program from here on."""
    story.main = Side(program)
    story.main.take(list(story.entries.values()))
    for person in story.people.values():
        person.side = story.main


def chain(modules: dict[str, int], *events: tuple[str, dict[str, Any]]) -> list[Entry]:
    """A genesis that names these modules, and more entries of its founder."""
    device, entries = bytes(32), list[Entry]()
    for number, (event, kept) in enumerate([(GENESIS, {"act": bytes(16), "modules": modules}), *events]):
        entry, _ = compose(
            entries[0].id if entries else NO_CIRCLE,
            device,
            seq=number,
            prev=entries[-1].id if entries else None,
            seen=[],
            lamport=number,
            time=0,
            event=event,
            kept=kept,
            body=None,
        )
        entries.append(entry)
    return entries


def folded(entries: list[Entry], program: Modules | None = None) -> tuple[Replica, list[str]]:
    replica = Replica(program or load())
    replica.take(entries)
    return replica, [replica.verdicts[entry.id] for entry in entries]


def test_an_event_outside_the_set_is_void_also_for_a_program_that_knows_it() -> None:
    story = Story(uses=BEFORE)
    assert story.bruno.is_refused(SHOP) == Why.UNKNOWN.code


def test_what_is_adopted_is_in_force_from_the_next_seal() -> None:
    story = Story(uses=BEFORE)
    assert story.bruno.does(Adopted(module="groceries", version=1)) == ""
    assert story.bruno.is_refused(SHOP) == Why.UNKNOWN.code
    story.seal()
    assert story.bruno.does(SHOP) == ""
    assert story.bruno.is_refused(Adopted(module="groceries", version=1)) == rules.Why.OLDER.code


def test_an_older_program_does_not_act_once_it_hears_of_the_adoption() -> None:
    story = Story(uses=BEFORE)
    runs(story, older())
    with pytest.raises(UpdateNeeded, match="groceries 1"):
        story.bruno.does(Adopted(module="groceries", version=1))
    replica = story.main.replica
    assert replica.circle.roots.coming == {"groceries": 1}
    with pytest.raises(UpdateNeeded, match="groceries 1"):
        story.bruno.does(Renamed(name="Later"))
    with pytest.raises(UpdateNeeded, match="groceries 1"):
        replica.settle_all(story.time)


def test_an_older_program_takes_in_what_it_cannot_judge_and_judges_it_once_it_is_updated() -> None:
    story = Story(uses=BEFORE)
    story.bruno.does(Adopted(module="groceries", version=1))
    story.seal()
    story.bruno.does(SHOP)
    old = Replica(older())
    old.take(story.entries.values())
    for _ in range(2):
        assert old.take([]) == []
        with pytest.raises(UpdateNeeded, match="groceries 1"):
            _ = old.circle
    new = Replica(load())
    new.take(story.entries.values())
    assert new.circle.groceries.shops.keys() == story.circle.groceries.shops.keys() != set()


def test_a_start_from_what_was_settled_says_so_too() -> None:
    story = Story(uses=BEFORE)
    story.bruno.does(Adopted(module="groceries", version=1))
    story.seal()
    epochs = Replica(load()).take(story.entries.values())
    old = Replica(older())
    old.load(epochs)
    with pytest.raises(UpdateNeeded):
        _ = old.circle


def test_another_version_than_the_program_has_is_not_judged() -> None:
    for modules in ({"circle": 2}, {"circle": 1, "groceries": 2}, {"chores": 1}):
        replica = Replica(load())
        replica.take(chain(modules))
        with pytest.raises(UpdateNeeded):
            _ = replica.circle


def test_a_module_without_those_it_needs_is_not_in_force() -> None:
    shop, renamed = ("groceries.shop_added", {}), ("circle.renamed", {})
    replica, verdicts = folded(chain({"circle": 1, "groceries": 1, "people": 1}, shop, renamed))
    assert verdicts == ["", Why.UNKNOWN.code, ""]
    assert replica.circle.states.keys() == {"circle", "people"}
    adopted = ("circle.adopted", {"module": "groceries", "version": 1})
    assert folded(chain({"circle": 1}, adopted))[1] == ["", rules.Why.NEEDS.code]


def test_the_circle_itself_is_always_in_force() -> None:
    entries = chain({"people": 1}, ("circle.renamed", {}), ("circle.linked", {}))
    assert folded(entries)[1] == ["", "", ""]


def test_a_circle_whose_genesis_is_void_has_nobody_and_no_time() -> None:
    entries = chain({"circle": True}, ("circle.renamed", {}), ("circle.sealed", {"term": 0, "count": 2, "root": b""}))
    replica = Replica(load())
    epochs = replica.take(entries)
    assert [epoch.verdicts for epoch in epochs] == [[Why.MALFORMED.code, Why.STRANGER.code]]
    assert replica.verdicts == {entries[2].id: Why.STRANGER.code}
    assert replica.circle.roots.members == {}
