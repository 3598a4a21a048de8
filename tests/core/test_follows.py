"""What follows: one module's events may bring something about in another, where both are in force."""

from collections.abc import Mapping

import msgspec
import pytest

from cercle.core.event import ADULTS, Id, Reason, Words, event, known
from cercle.core.fold import Act, Circle, Trouble
from cercle.core.module import Module, Modules, Rule, rule
from cercle.core.replica import freeze, thaw
from cercle.modules import load
from cercle.modules.accounts.events import Transferred
from cercle.modules.circle.events import Adopted
from cercle.modules.people.events import RemovalAgreed
from tests.story import Side, Story, trace


@event("gratitude.counted", may=ADULTS, en="{by} counted.", fr="{by} a compté.")
class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Something is counted once more."""

    what: Id
    note: Words = ""


class Gratitude(msgspec.Struct):
    seen: list[str] = []


class Why(Reason):
    NOTHING = ("gratitude.nothing", "There is nothing.")


@rule(Counted)
def counted(circle: Circle, act: Act) -> None:
    circle.gratitude.seen.append(act.event.what)


def paid(circle: Circle, act: Act) -> None:
    """Sees what the rule has done already."""
    assert act.id in circle.accounts.moves
    circle.gratitude.seen.append(act.event.to)


def agreed(circle: Circle, act: Act) -> None:
    gone = circle.roots.members[act.event.member].gone
    circle.gratitude.seen.append(f"{act.by} {act.event.member} {gone}")


def gratitude(follows: Mapping[str, Rule]) -> Module:
    return Module(
        name="gratitude",
        state=Gratitude,
        events={"gratitude.counted": known(Counted)},
        rules={"gratitude.counted": counted},
        reasons=Why,
        needs=("people", "accounts"),
        follows=follows,
    )


FOLLOWS = {"accounts.transferred": paid, "people.removal_agreed": agreed}


def story(adopted: bool = True) -> Story:
    """Everybody's program knows one module more, and the circle uses it."""
    told = Story()
    program = Modules([*load(), gratitude(FOLLOWS)])
    told.main = Side(program)
    told.main.take(list(told.entries.values()))
    for person in told.people.values():
        person.side = told.main
    if adopted:
        told.bruno.brings(Adopted(module="gratitude", version=1))
        told.seal()
    return told


def gift(told: Story, amount: int = 5) -> Transferred:
    return Transferred(unit="eur", amount=amount, payer=told.bruno.member, to=told.amina.member)


def test_what_follows_comes_after_the_rule() -> None:
    told = story()
    told.bruno.brings(gift(told))
    told.bruno.brings(gift(told))
    assert told.circle.gratitude.seen == [told.amina.member] * 2


def test_nothing_follows_what_is_refused() -> None:
    told = story()
    told.bruno.is_refused(gift(told, 0))
    told.dov.is_refused(gift(told))
    assert told.circle.gratitude.seen == []


def test_nothing_follows_before_the_module_is_in_force() -> None:
    told = story(adopted=False)
    told.bruno.brings(gift(told))
    told.bruno.brings(Adopted(module="gratitude", version=1))
    told.bruno.brings(gift(told))
    told.seal()
    assert told.circle.gratitude.seen == []
    told.bruno.brings(gift(told))
    assert told.circle.gratitude.seen == [told.amina.member]


def test_what_another_module_adopts_later_makes_nothing_follow_twice() -> None:
    told = story()
    told.circle.use_adopted()
    told.bruno.brings(gift(told))
    assert told.circle.gratitude.seen == [told.amina.member]


def test_consents_that_were_judged_before_their_turn_are_followed_in_it() -> None:
    """The person has gone by then, in the turn of the last one that it took."""
    told = story()
    dov = told.dov.member
    told.amina.brings(RemovalAgreed(member=dov))
    told.bruno.brings(RemovalAgreed(member=dov))
    assert told.circle.gratitude.seen == [f"{told.amina.member} {dov} ", f"{told.bruno.member} {dov} removed"]
    told.chloe.is_refused(RemovalAgreed(member=told.bruno.member))
    assert len(told.circle.gratitude.seen) == 2


def test_a_start_from_a_snapshot_goes_on_with_what_follows() -> None:
    told = story()
    told.bruno.brings(gift(told))
    told.seal()
    replica = told.main.replica
    again, _ = thaw(replica.modules, freeze(replica.circle, replica.tree))
    assert trace(again) == trace(told.circle)
    told.bruno.brings(gift(told))
    again.judge(told.bruno.last, Trouble(again, []))
    assert again.gratitude.seen == told.circle.gratitude.seen == [told.amina.member] * 2


@pytest.mark.parametrize("name", ["groceries.listed", "accounts.borrowed", "gratitude.counted"])
def test_a_module_follows_only_what_it_needs(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Modules([*load(), gratitude({name: paid})])
