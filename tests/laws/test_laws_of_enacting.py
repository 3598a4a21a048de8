"""What the circle itself does, is done whole or not at all, whatever a decision carries."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cercle.core.enacting import Clause, enact, legible
from cercle.core.entry import short
from cercle.core.event import CIRCLE, Event
from cercle.core.fold import Circle, state_hash
from cercle.core.merkle import Tree
from cercle.core.replica import freeze, thaw
from cercle.modules import load
from tests.laws.chance import Chance
from tests.laws.histories import History, Side

OFTEN = 12  # times that each event is done
DECIDED = [event for event in load().events.values() if CIRCLE in event.may]


def copied(circle: Circle) -> Circle:
    return thaw(circle.loaded, freeze(circle, Tree()))[0]


def by_chance(random: Random, side: Side, event: Event, number: int) -> Clause:
    """A clause as the rules would see it: its entry's id is one that nothing else has."""
    chance = Chance(random, side.replica.circle, [short(one) for one in side.entries])
    kept, _ = chance.fields(event)
    return Clause(f"{number:020x}", event.name, kept)


@pytest.fixture(scope="module")
def sides() -> list[Side]:
    """Places of circles in which a good deal has happened."""
    random = Random(5)
    return [History([("act", random.getrandbits(32)) for _ in range(many)]).sides[0] for many in (20, 80, 200, 200)]


@pytest.mark.parametrize("event", DECIDED, ids=lambda event: event.name)
def test_whatever_the_circle_may_do_is_done_or_refused(sides: list[Side], event: Event) -> None:
    """No rule stumbles over an act that is nobody's; a refusal leaves no trace."""
    done = 0
    for side in sides:
        circle = copied(side.replica.circle)
        for number in range(200):
            if done >= OFTEN:
                return
            clause = by_chance(Random(number), side, event, number)
            before = state_hash(circle)
            failed = enact(circle, [clause])
            if failed is None:
                done += 1
            else:
                assert state_hash(circle) == before
    assert done, "it is never done"


@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_all_of_it_or_nothing(sides: list[Side], seed: int, many: int) -> None:
    random = Random(seed)
    side = random.choice(sides)
    clauses = [by_chance(random, side, random.choice(DECIDED), number) for number in range(many)]
    circle = copied(side.replica.circle)
    before = state_hash(circle)
    failed = enact(circle, clauses)
    if failed is not None:
        assert state_hash(circle) == before
        assert copied(circle).states.keys() == circle.states.keys()
        assert failed.clause in {clause.id for clause in clauses}
    again = copied(side.replica.circle)
    assert enact(again, clauses) == failed
    assert state_hash(again) == state_hash(circle)


def test_what_only_a_person_can_do_the_circle_does_not(sides: list[Side]) -> None:
    side = sides[0]
    for event in load().events.values():
        if CIRCLE not in event.may:
            assert legible(side.replica.circle, event.name, {}) != ""
    assert legible(side.replica.circle, "nothing.done", {}) == "circle.unknown"
    assert legible(side.replica.circle, "circle.adopted", {"module": 7}) == "circle.malformed"
