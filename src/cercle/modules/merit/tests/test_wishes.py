"""Thanks and wishes: each event as it works and is refused; and somebody goes who has pledged points."""

from typing import Any

import pytest

from cercle.modules.merit.events import AllowanceSet, Fulfilled, Pledged, Released, Thanked, Unpledged, Wished
from cercle.modules.merit.read import Between, names, show, supply, thanks
from cercle.modules.merit.rules import allowance_left
from cercle.modules.merit.state import Said, Why
from cercle.modules.merit.tests.home import Home
from cercle.modules.people.events import Left, RemovalAgreed
from cercle.modules.tasks.events import Undone

NOTHING = "0" * 20


@pytest.fixture
def home() -> Home:
    return Home()


# --- thanks ------------------------------------------------------------------------------------------------------


def test_merit_allowance_set(home: Home) -> None:
    home.amina.brings(AllowanceSet(points=10))
    assert allowance_left(home.circle, home.dov.member) == 10
    assert home.bruno.is_refused(AllowanceSet(points=10)) == Why.SAME.code
    assert home.bruno.is_refused(AllowanceSet(points=-1)) == "circle.malformed"
    assert home.chloe.is_refused(AllowanceSet(points=20)) == "circle.not_allowed"


def test_merit_thanked(home: Home) -> None:
    home.dov.brings(Thanked(to=home.chloe.member, what="For the drawing"))
    home.amina.brings(AllowanceSet(points=10))
    home.dov.brings(Thanked(to=home.chloe.member, points=6))
    home.dov.brings(Thanked(to=home.bruno.member, points=4))
    assert home.has() == {"chloe": 6, "bruno": 4}
    assert home.dov.is_refused(Thanked(to=home.chloe.member, points=1)) == Why.ALLOWANCE.code
    dov, chloe, bruno = home.dov.member, home.chloe.member, home.bruno.member
    assert thanks(home.circle, 1) == [Between(dov, bruno, 1, 4, 0), Between(dov, chloe, 2, 6, 0)]
    home.wait(days=7)
    home.seal()
    assert allowance_left(home.circle, dov) == 10


def test_all_thanks_are_kept_as_they_were_said(home: Home) -> None:
    dov, chloe = home.dov.member, home.chloe.member
    home.amina.brings(AllowanceSet(points=3))
    first = home.dov.brings(Thanked(to=chloe, what="The drawing"))
    home.wait(days=20)
    second = home.chloe.brings(Thanked(to=dov, points=3))
    times = [entry.time for entry in home.entries.values() if entry.event == "merit.thanked"]
    assert dict(home.circle.merit.thanks.items()) == {
        first: Said(dov, chloe, 0, times[0]),
        second: Said(chloe, dov, 3, times[1]),
    }


def test_merit_thanked_is_refused(home: Home) -> None:
    bruno = home.bruno.member
    assert home.amina.is_refused(Thanked(to=bruno, points=1)) == Why.ALLOWANCE.code
    assert home.amina.is_refused(Thanked(to=NOTHING)) == Why.NOBODY.code
    assert home.bruno.is_refused(Thanked(to=bruno)) == Why.TO_ONESELF.code
    home.bruno.brings(Left())
    assert home.amina.is_refused(Thanked(to=bruno)) == Why.NOBODY.code


# --- wishes ------------------------------------------------------------------------------------------------------


def test_merit_wished(home: Home) -> None:
    bicycle = home.chloe.brings(Wished(points=120, name="A bicycle"))
    assert names(home.circle) == {bicycle: bicycle}
    assert show(home.circle)["wishes"] == {bicycle: {"points": 120, "pledges": {}, "ended": ""}}
    assert home.chloe.is_refused(Wished(points=0, name="Nothing")) == "circle.malformed"
    assert home.dov.is_refused(Wished(points=5, name="A cake")) == "circle.not_allowed"


def test_merit_pledged_and_fulfilled(home: Home) -> None:
    home.thanks(70)
    home.thanks(50, "chloe")
    bicycle = home.chloe.brings(Wished(points=100, name="A bicycle"))
    home.bruno.brings(Pledged(wish=bicycle, points=30))
    home.chloe.brings(Pledged(wish=bicycle, points=50))
    assert home.amina.is_refused(Fulfilled(wish=bicycle)) == Why.NOT_FULL.code
    home.bruno.brings(Pledged(wish=bicycle, points=20))
    assert (home.has(), supply(home.circle)) == ({"bruno": 20}, 120)
    assert home.chloe.is_refused(Fulfilled(wish=bicycle)) == "circle.not_allowed"
    home.amina.brings(Fulfilled(wish=bicycle))
    assert (home.has(), supply(home.circle)) == ({"bruno": 20}, 20)
    pledges = show(home.circle)["wishes"][bicycle]["pledges"]
    assert pledges == {home.bruno.member: 50, home.chloe.member: 50}
    assert home.amina.is_refused(Fulfilled(wish=bicycle)) == Why.CLOSED.code


def test_merit_pledged_is_refused(home: Home) -> None:
    home.thanks(70)
    cake = home.chloe.brings(Wished(points=10, name="A cake"))
    for event, code in (
        (Pledged(wish=NOTHING, points=1), Why.NO_WISH.code),
        (Pledged(wish=cake, points=71), Why.TOO_MANY.code),
        (Pledged(wish=cake, points=11), Why.NOT_NEEDED.code),
        (Pledged(wish=cake, points=0), "circle.malformed"),
    ):
        assert home.bruno.is_refused(event) == code, event
    assert home.chloe.is_refused(Pledged(wish=cake, points=1)) == Why.TOO_MANY.code


def test_points_are_pledged_once_also_by_two_devices_apart(home: Home) -> None:
    home.thanks(10)
    cake, bicycle = (home.chloe.brings(Wished(points=10, name=name)) for name in ("A cake", "A bicycle"))
    telephone = home.join("bruno", home.invite(home.bruno, member=home.bruno.member), device=1)
    with home.apart(telephone):
        home.bruno.brings(Pledged(wish=cake, points=10))
        telephone.brings(Pledged(wish=bicycle, points=10))
    assert sum(wish.pledged for wish in home.circle.merit.wishes.values()) == 10


def test_merit_unpledged(home: Home) -> None:
    home.thanks(10)
    cake = home.chloe.brings(Wished(points=10, name="A cake"))
    assert home.bruno.is_refused(Unpledged(wish=cake)) == Why.NO_PLEDGE.code
    home.bruno.brings(Pledged(wish=cake, points=4))
    home.bruno.brings(Pledged(wish=cake, points=2))
    home.bruno.brings(Unpledged(wish=cake))
    assert home.has() == {"bruno": 10}
    assert home.bruno.is_refused(Unpledged(wish=NOTHING)) == Why.NO_WISH.code


def test_merit_released(home: Home) -> None:
    home.thanks(10)
    home.thanks(5, "dov")
    cake = home.chloe.brings(Wished(points=20, name="A cake"))
    tent = home.bruno.brings(Wished(points=20, name="A tent"))
    home.bruno.brings(Pledged(wish=cake, points=10))
    home.dov.brings(Pledged(wish=cake, points=5))
    assert home.chloe.is_refused(Released(wish=tent)) == Why.NOT_YOURS.code
    ends = [home.chloe.brings(Released(wish=cake)), home.amina.brings(Released(wish=tent))]
    assert [home.circle.merit.wishes[wish].end for wish in (cake, tent)] == ends
    assert home.has() == {"bruno": 10, "dov": 5}
    assert home.chloe.is_refused(Released(wish=cake)) == Why.CLOSED.code
    assert home.bruno.is_refused(Pledged(wish=cake, points=1)) == Why.CLOSED.code


def pledged_by_dov(home: Home) -> list[str]:
    home.thanks(30, "dov")
    wishes = [home.chloe.brings(Wished(points=20, name=name)) for name in ("A cake", "A tent")]
    for wish, points in zip(wishes, (5, 20), strict=True):
        home.dov.brings(Pledged(wish=wish, points=points))
    return wishes


def dov_has(home: Home) -> int:
    balances: dict[str, Any] = home.circle.accounts.balances["merit"]
    return int(balances[home.dov.member])


def test_who_leaves_has_back_what_they_had_pledged(home: Home) -> None:
    cake, tent = pledged_by_dov(home)
    home.dov.brings(Left())
    assert dov_has(home) == 30
    assert [home.circle.merit.wishes[wish].pledges for wish in (cake, tent)] == [{}, {}]
    assert home.amina.is_refused(Fulfilled(wish=tent)) == Why.NOT_FULL.code


def test_what_was_given_for_a_wish_that_came_true_is_given(home: Home) -> None:
    _, tent = pledged_by_dov(home)
    home.amina.brings(Fulfilled(wish=tent))
    home.dov.brings(Left())
    assert dov_has(home) == 10


def test_who_is_removed_has_it_back_too(home: Home) -> None:
    pledged_by_dov(home)
    home.amina.brings(RemovalAgreed(member=home.dov.member))
    assert dov_has(home) == 5
    home.bruno.brings(RemovalAgreed(member=home.dov.member))
    assert dov_has(home) == 30
    home.seal()
    assert dov_has(home) == 30


def test_what_somebody_pledged_before_their_removal_comes_back_in_any_order(home: Home) -> None:
    cake, tent = (home.chloe.brings(Wished(points=20, name=name)) for name in ("A cake", "A tent"))
    home.thanks(30, "dov")
    with home.apart(home.bruno, home.dov):
        for points in (1, 2, 3, 4):
            home.dov.brings(Pledged(wish=cake, points=points))
        home.bruno.brings(RemovalAgreed(member=home.dov.member))
        home.amina.brings(RemovalAgreed(member=home.dov.member))
    assert home.circle.merit.wishes[cake].pledges == home.circle.merit.wishes[tent].pledges == {}
    assert dov_has(home) == 30


def test_who_owes_and_leaves_makes_up_for_it_with_what_comes_back(home: Home) -> None:
    home.rate(per_turn=30)
    done = home.did(home.chore(), home.dov)
    pledged_by_dov(home)
    wish = home.chloe.brings(Wished(points=35, name="A boat"))
    home.dov.brings(Pledged(wish=wish, points=35))
    home.amina.brings(Undone(entry=done))
    assert home.circle.merit.owed == {home.dov.member: 30}
    home.dov.brings(Left())
    assert (dov_has(home), home.circle.merit.owed, supply(home.circle)) == (30, {}, 30)
