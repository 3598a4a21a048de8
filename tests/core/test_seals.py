"""Seals: the keeper's checkpoints, which make epochs, and the only clock of the circle."""

from typing import Any

from cercle.core.entry import Entry
from cercle.core.fold import Why
from cercle.core.replica import Epoch, Replica
from cercle.modules.circle.events import Linked, Renamed
from cercle.modules.people.events import Left
from tests.story import MINUTE, Person, Story


def seals(story: Story, person: Person, **said: Any) -> Entry:
    """Somebody writes a seal, true or not, and the others hear of it."""
    here, person.side = person.side, person.side.copy()
    entry = story.write(person, "circle.sealed", {"term": 0, "count": 1, "root": bytes(32), **said}, None)
    person.side = here
    here.take([entry])
    return entry


def epoch(story: Story) -> int:
    return story.circle.roots.epoch


def test_a_seal_settles_its_ancestors_and_waits_itself_for_the_next() -> None:
    story = Story("bruno")
    before = story.bruno.brings(Renamed(name="Before"))
    story.seal()
    seal = story.amina.last
    assert seal.id in story.main.replica.pending.entries
    assert before == story.circle.roots.name
    assert seal.id not in story.main.settled
    story.seal()
    assert story.main.settled[seal.id] == ""


def test_what_a_seal_has_not_seen_is_pending() -> None:
    story = Story("bruno")
    with story.apart(story.bruno):
        story.bruno.does(Renamed(name="Apart"))
        story.seal()
    assert story.bruno.last.id in story.main.replica.pending.entries
    story.seal()
    assert story.main.settled[story.bruno.last.id] == ""


def test_only_the_keeper_seals() -> None:
    story = Story("bruno")
    before = epoch(story)
    assert story.main.verdict(seals(story, story.bruno)) == Why.NOT_ALLOWED.code
    assert (epoch(story), story.main.replica.alarms) == (before, [])


def test_a_seal_of_another_term_has_no_effect_on_the_order_and_is_an_alarm() -> None:
    story = Story("bruno")
    before = epoch(story)
    others = [seals(story, story.amina, term=term) for term in (1, False, None)]
    assert (epoch(story), story.main.replica.alarms) == (before, others)
    story.seal()
    assert epoch(story) == before + 1


def test_a_false_seal_settles_and_is_an_alarm() -> None:
    story = Story("bruno")
    before = epoch(story)
    false = seals(story, story.amina)
    assert (epoch(story), story.main.replica.alarms) == (before + 1, [false])
    story.seal()
    assert epoch(story) == before + 2


def test_the_circle_s_time_is_that_of_its_seals_and_never_decreases() -> None:
    story = Story("bruno")
    sealed = story.time
    story.wait(days=3)
    story.bruno.does(Linked())
    assert story.circle.time == sealed
    story.seal()
    assert story.circle.time == story.time
    latest, story.time = story.time, sealed
    story.seal()
    assert (story.circle.time, story.amina.last.time) == (latest, sealed + MINUTE)


def test_a_keeper_who_has_left_seals_on_until_the_role_is_handed_on() -> None:
    story = Story("bruno")
    assert story.amina.does(Left()) == ""
    story.seal()
    seal = story.amina.last
    story.seal()
    assert story.main.settled[seal.id] == ""
    assert story.amina.is_refused(Renamed(name="Still mine")) == Why.LEFT.code


def test_a_keeper_whose_fork_an_epoch_holds_seals_no_more() -> None:
    story = Story("bruno")
    twin = story.amina.twin()
    story.amina.does(Renamed(name="One"))
    twin.does(Renamed(name="Other"))
    story.bruno.does(Linked())
    before = epoch(story)
    last = seals(story, story.amina)
    assert epoch(story) == before + 1
    after = seals(story, story.amina)
    assert epoch(story) == before + 1
    assert {story.main.verdict(seal) for seal in (last, after)} == {Why.FORKED.code}


def test_a_keeper_who_seals_two_pasts_is_found_out_and_what_is_settled_stays() -> None:
    """Two replicas that were told two pasts cannot both have heard the other first: each keeps what it had settled."""
    story = Story("bruno")
    twin = story.amina.twin()
    begun = list(story.entries.values())
    with story.apart(twin):
        one, other = seals(story, story.amina), seals(story, twin)
    tails = [seals(story, story.amina), seals(story, twin)]
    for first, second, tail in ((one, other, tails[0]), (other, one, tails[1])):
        replica = Replica(story.modules)
        settled: list[Epoch] = replica.take([*begun, first])
        assert len(settled) == 2
        assert replica.take([second]) == []
        assert replica.alarms[-1] is second
        assert len(replica.take([tail])) == 1


def test_after_a_start_seals_go_on_from_the_last_that_counted() -> None:
    story = Story("bruno")
    twin = story.amina.twin()
    with story.apart(twin):
        first = seals(story, story.amina)
        other = seals(story, twin)
    then, astray = seals(story, story.amina), seals(story, twin)
    whole = Replica(story.modules)
    epochs = whole.take([entry for entry in story.entries.values() if entry not in (then, astray)])
    assert first.id in whole.pending.entries
    again = Replica(story.modules)
    again.load([Epoch(epoch.entries, [], epoch.time) for epoch in epochs])
    assert again.take(whole.pending.entries.values()) == []
    assert again.alarms == [other]
    assert again.take([astray]) == []
    assert len(again.take([then])) == 1
