"""Points: each event as it works and is refused. The story looks after every entry whether all adds up."""

import pytest

from cercle.modules.accounts.events import Shared, Transferred
from cercle.modules.accounts.rules import Why as MoneyWhy
from cercle.modules.circle.events import Adopted
from cercle.modules.merit.events import (
    Confirmed,
    Declined,
    Pledged,
    RateSet,
    Unpledged,
    Wished,
)
from cercle.modules.merit.read import Between, budgets, claims, declined, history, rings, show, supply
from cercle.modules.merit.state import Why
from cercle.modules.merit.tests.home import Home
from cercle.modules.people.events import Left
from cercle.modules.tasks.events import ChoreAdded, Done, Skipped, Undone

NOTHING = "0" * 20


@pytest.fixture
def home() -> Home:
    return Home()


# --- what work is worth ------------------------------------------------------------------------------------------


def test_merit_rate_set(home: Home) -> None:
    windows = home.chore()
    home.did(windows, home.bruno)
    assert home.has() == {}
    rate = home.rate(per_turn=2, per_hour=10)
    done = home.did(windows, home.bruno)
    worked = home.worked(45, home.chloe)
    assert home.has() == {"bruno": 7, "chloe": 7}  # 45 minutes at 10 an hour are 7.5
    assert supply(home.circle) == 14
    (line,) = history(home.circle, home.bruno.member)
    assert (line.entry, line.points, line.after, line.of, line.rate) == (done, 7, 7, done, rate)
    assert [line.of for line in history(home.circle, home.chloe.member)] == [worked]


def test_a_chore_s_rate_outranks_its_kind_s_also_where_it_is_nothing(home: Home) -> None:
    windows, floor = home.chore(), home.chore()
    home.rate(per_turn=5)
    home.rate(kind=None, chore=windows, per_turn=20)
    home.rate(kind=None, chore=floor)
    for chore in (windows, floor):
        home.did(chore, home.bruno)
    assert home.has() == {"bruno": 20}
    home.rate(kind=None, chore=windows)
    home.rate()
    home.did(windows, home.bruno)
    home.did(home.chore(), home.bruno)
    assert home.has() == {"bruno": 20}
    assert set(home.circle.merit.rates) == {windows, floor}


def test_merit_rate_set_is_refused(home: Home) -> None:
    windows = home.chore()
    home.rate(per_turn=5)
    for event, code in (
        (RateSet(per_turn=5), Why.ONE_OF_TWO.code),
        (RateSet(kind="care", chore=windows, per_turn=5), Why.ONE_OF_TWO.code),
        (RateSet(chore=NOTHING, per_turn=5), Why.NO_CHORE.code),
        (RateSet(kind="cleaning", per_turn=5), Why.SAME.code),
        (RateSet(kind="care"), Why.SAME.code),
        (RateSet(kind="care", per_turn=-5), "circle.malformed"),
        (RateSet(kind="care", per_turn=10_001), "circle.malformed"),
    ):
        assert home.amina.is_refused(event) == code, event
    assert home.chloe.is_refused(RateSet(kind="care", per_turn=5)) == "circle.not_allowed"


def test_two_people_do_it_together_and_each_earns(home: Home) -> None:
    home.rate(per_turn=5)
    home.did(home.chore(), home.bruno, home.chloe)
    assert home.has() == {"bruno": 5, "chloe": 5}


@pytest.mark.parametrize(
    ("due", "day", "points"),
    [
        ("2026-03-09", "2026-03-09", 1),
        ("2026-03-09", "2026-03-12", 7),
        ("2026-03-09", "2026-03-08", 1),
        ("2026-03-09", "2026-05-01", 61),  # 30 days at most
        ("1999-01-01", "2026-03-05", 7),  # not since before the chore began
        (None, "2026-03-12", 1),
    ],
)
def test_a_turn_grows_until_somebody_does_it(home: Home, due: str | None, day: str, points: int) -> None:
    home.rate(per_turn=1, growing=2)
    windows = home.chore(rhythm="FREQ=WEEKLY", start="2026-03-02")
    home.did(windows, home.bruno, due=due, day=day)
    assert home.has() == {"bruno": points}


def test_a_turn_grows_from_when_it_was_last_done_at_the_earliest(home: Home) -> None:
    windows = home.chore(rhythm="FREQ=WEEKLY", start="2026-03-02")
    home.did(windows, home.bruno, due="2026-03-02", day="2026-03-20")
    home.rate(growing=2)
    home.did(windows, home.bruno, due="2026-03-09", day="2026-03-22")
    assert home.has() == {"bruno": 4}


def test_a_turn_that_is_left_out_earns_nothing(home: Home) -> None:
    home.rate(per_turn=5)
    home.bruno.brings(Skipped(chore=home.chore(), turn=0))
    assert home.has() == {}


def test_a_budget_caps_what_a_rate_brings_somebody_in_a_week(home: Home) -> None:
    home.rate(per_turn=4, budget=10)
    windows = home.chore()
    for _ in range(4):
        home.did(windows, home.bruno, home.chloe)
    home.did(windows, home.dov)
    assert home.has() == {"bruno": 10, "chloe": 10, "dov": 4}
    assert budgets(home.circle, home.dov.member) == {"cleaning": 6}
    home.wait(days=7)
    home.did(windows, home.bruno)  # the circle's time goes on when it is sealed
    assert home.has()["bruno"] == 10
    home.seal()
    assert budgets(home.circle, home.bruno.member) == {"cleaning": 10}
    home.did(windows, home.bruno)
    assert home.has()["bruno"] == 14


def test_taking_back_and_forth_does_not_pass_a_budget(home: Home) -> None:
    home.rate(per_turn=10, budget=10)
    windows = home.chore()
    first = home.did(windows, home.bruno)
    undo = home.bruno.brings(Undone(entry=first))
    assert budgets(home.circle, home.bruno.member) == {"cleaning": 10}
    home.did(home.chore(), home.bruno)
    home.bruno.brings(Undone(entry=undo))
    assert home.has() == {"bruno": 10}


# --- confirming --------------------------------------------------------------------------------------------------


def test_merit_confirmed(home: Home) -> None:
    home.rate(per_turn=5, confirm="another")
    done = home.did(home.chore(), home.bruno)
    (claim,) = claims(home.circle)
    others = [home.amina.member, home.chloe.member, home.dov.member]
    assert (claim.entry, claim.earning.points, claim.by) == (done, {home.bruno.member: 5}, others)
    assert home.has() == {}
    confirmed = home.chloe.brings(Confirmed(claim=done))
    assert (home.has(), claims(home.circle)) == ({"bruno": 5}, [])
    (line,) = history(home.circle, home.bruno.member)
    assert (line.entry, line.of) == (confirmed, done)


def test_the_one_who_has_the_good_of_it_confirms(home: Home) -> None:
    home.rate(kind="care", per_hour=10, confirm="beneficiary")
    worked = home.worked(60, home.bruno, kind="care", whom=home.dov.member)
    assert [claim.by for claim in claims(home.circle)] == [[home.dov.member]]
    assert home.amina.is_refused(Confirmed(claim=worked)) == Why.NOT_YOURS_TO_CONFIRM.code
    home.dov.brings(Confirmed(claim=worked))
    assert home.has() == {"bruno": 10}


def test_anybody_else_confirms_where_nobody_is_named_or_they_have_gone(home: Home) -> None:
    home.rate(per_hour=10, confirm="beneficiary")
    for_nobody = home.worked(60, home.bruno)
    for_oneself = home.worked(60, home.bruno, whom=home.bruno.member)
    for_dov = home.worked(60, home.bruno, whom=home.dov.member)
    home.dov.brings(Left())
    for work in (for_nobody, for_oneself, for_dov):
        assert home.bruno.is_refused(Confirmed(claim=work)) == Why.NOT_YOURS_TO_CONFIRM.code
        home.amina.brings(Confirmed(claim=work))
    assert home.has() == {"bruno": 30}


def test_merit_confirmed_is_refused(home: Home) -> None:
    windows = home.chore()
    before = home.did(windows, home.bruno)
    home.rate(per_turn=5, confirm="another")
    together = home.did(windows, home.bruno, home.chloe)
    assert home.amina.is_refused(Confirmed(claim=before)) == Why.NO_CLAIM.code
    assert home.amina.is_refused(Confirmed(claim=NOTHING)) == Why.NO_CLAIM.code
    for person in (home.bruno, home.chloe):
        assert person.is_refused(Confirmed(claim=together)) == Why.NOT_YOURS_TO_CONFIRM.code
    home.amina.brings(Confirmed(claim=together))
    assert home.amina.is_refused(Confirmed(claim=together)) == Why.GIVEN.code
    undone = home.did(windows, home.bruno)
    home.bruno.brings(Undone(entry=undone))
    assert home.amina.is_refused(Confirmed(claim=undone)) == Why.NO_CLAIM.code


def test_what_everybody_did_nobody_can_confirm(home: Home) -> None:
    home.rate(per_turn=5, confirm="another")
    home.did(home.chore(), home.amina, home.bruno, home.chloe, home.dov)
    assert [claim.by for claim in claims(home.circle)] == [[]]


def test_a_rate_that_changes_between_doing_and_confirming_changes_nothing(home: Home) -> None:
    home.rate(per_turn=5, confirm="another")
    first, second = home.did(home.chore(), home.bruno), home.did(home.chore(), home.bruno)
    home.rate(per_turn=50)
    home.amina.brings(Confirmed(claim=first))
    home.rate()
    home.amina.brings(Confirmed(claim=second))
    assert home.has() == {"bruno": 10}


def test_two_who_confirm_the_same_apart_give_its_points_once(home: Home) -> None:
    home.rate(per_turn=5, confirm="another")
    done = home.did(home.chore(), home.bruno)
    with home.apart(home.chloe):
        home.chloe.brings(Confirmed(claim=done))
        home.amina.brings(Confirmed(claim=done))
    assert home.has() == {"bruno": 5}
    assert sum(one.times for one in rings(home.circle, 1)) == 1


def test_merit_declined(home: Home) -> None:
    """Nothing is docked, and it can be confirmed after all."""
    home.thanks(3)
    home.rate(per_turn=5, confirm="another")
    done = home.did(home.chore(), home.bruno)
    no = home.chloe.brings(Declined(claim=done, why="They are not clean"))
    assert (home.has(), claims(home.circle)) == ({"bruno": 3}, [])
    ((claim,), others) = (declined(home.circle, 1), [home.amina, home.chloe, home.dov])
    assert (claim.entry, claim.earning.declined, claim.by) == (done, no, [one.member for one in others])
    home.chloe.brings(Confirmed(claim=done))
    assert (home.has(), declined(home.circle, 1)) == ({"bruno": 8}, [])


def test_what_was_declined_is_shown_for_some_weeks(home: Home) -> None:
    home.rate(per_turn=5, confirm="another")
    home.chloe.brings(Declined(claim=home.did(home.chore(), home.bruno)))
    home.wait(days=14)
    home.seal()
    assert (len(declined(home.circle, 3)), declined(home.circle, 2)) == (1, [])


def test_merit_declined_is_refused(home: Home) -> None:
    home.rate(per_turn=5, confirm="another")
    first, second = home.did(home.chore(), home.bruno), home.did(home.chore(), home.bruno)
    assert home.bruno.is_refused(Declined(claim=first)) == Why.NOT_YOURS_TO_CONFIRM.code
    home.amina.brings(Declined(claim=first))
    assert home.chloe.is_refused(Declined(claim=first)) == Why.SAME.code
    home.amina.brings(Confirmed(claim=second))
    assert home.chloe.is_refused(Declined(claim=second)) == Why.GIVEN.code


def test_two_who_confirm_each_other_all_day_are_seen(home: Home) -> None:
    home.rate(per_turn=5, confirm="another", budget=15)
    windows = home.chore()
    for _ in range(4):
        for one, other in ((home.bruno, home.chloe), (home.chloe, home.bruno)):
            done = home.did(windows, one)
            other.does(Confirmed(claim=done))
    bruno, chloe = home.bruno.member, home.chloe.member
    assert rings(home.circle, 4) == [Between(bruno, chloe, 3, 15, 3), Between(chloe, bruno, 3, 15, 3)]
    home.wait(days=28)
    home.seal()
    assert (rings(home.circle, 4), len(rings(home.circle, 5))) == ([], 2)


# --- taking back -------------------------------------------------------------------------------------------------


def test_points_of_what_is_undone_go_back_and_come_again(home: Home) -> None:
    home.rate(per_turn=5)
    done = home.did(home.chore(), home.bruno, home.chloe)
    undo = home.amina.brings(Undone(entry=done))
    assert (home.has(), supply(home.circle)) == ({}, 0)
    redo = home.amina.brings(Undone(entry=undo))
    assert home.has() == {"bruno": 5, "chloe": 5}
    assert [line.entry for line in history(home.circle, home.chloe.member)] == [done, undo, redo]
    home.amina.brings(Undone(entry=done))
    assert home.has() == {}


def test_a_claim_falls_with_what_is_undone_and_waits_again(home: Home) -> None:
    home.rate(per_turn=5, confirm="another")
    done = home.did(home.chore(), home.bruno)
    undo = home.bruno.brings(Undone(entry=done))
    assert claims(home.circle) == []
    home.bruno.brings(Undone(entry=undo))
    assert [claim.entry for claim in claims(home.circle)] == [done]
    home.amina.brings(Declined(claim=done))
    undo = home.bruno.brings(Undone(entry=done))
    home.bruno.brings(Undone(entry=undo))
    assert claims(home.circle) == []


def test_what_was_confirmed_stays_so_when_it_comes_again(home: Home) -> None:
    home.rate(per_turn=5, confirm="another")
    done = home.did(home.chore(), home.bruno)
    home.amina.brings(Confirmed(claim=done))
    undo = home.bruno.brings(Undone(entry=done))
    assert home.has() == {}
    home.bruno.brings(Undone(entry=undo))
    assert home.has() == {"bruno": 5}


def test_points_that_are_pledged_already_are_owed_and_the_next_make_up_for_them(home: Home) -> None:
    home.rate(per_turn=10)
    windows = home.chore()
    first = home.did(windows, home.bruno)
    bicycle = home.chloe.brings(Wished(points=120, name="A bicycle"))
    home.bruno.brings(Pledged(wish=bicycle, points=7))
    home.bruno.brings(Undone(entry=first))
    assert (home.has(), home.circle.merit.owed) == ({}, {home.bruno.member: 7})
    home.thanks(3)
    home.did(windows, home.bruno)
    assert (home.has(), home.circle.merit.owed) == ({"bruno": 6}, {})
    told = [(line.points, line.after, line.owed) for line in history(home.circle, home.bruno.member)]
    assert told == [(10, 10, 0), (-7, 3, 0), (-10, 0, 7), (3, 0, 4), (10, 6, 0)]


def test_what_was_pledged_makes_up_for_what_is_owed_when_it_comes_back(home: Home) -> None:
    home.rate(per_turn=10)
    done = home.did(home.chore(), home.bruno)
    bicycle = home.chloe.brings(Wished(points=120, name="A bicycle"))
    home.bruno.brings(Pledged(wish=bicycle, points=10))
    home.bruno.brings(Undone(entry=done))
    home.bruno.brings(Unpledged(wish=bicycle))
    assert (home.has(), home.circle.merit.owed, supply(home.circle)) == ({}, {}, 0)


def test_two_tap_the_same_turn_apart_and_it_earns_once(home: Home) -> None:
    home.rate(per_turn=5)
    windows = home.chore()
    with home.apart(home.chloe):
        home.did(windows, home.bruno)
        home.chloe.brings(Done(chore=windows, turn=0, who=[home.chloe.member]))
    assert sum(home.has().values()) == 5


def test_a_circle_that_sets_no_rate_has_no_points(home: Home) -> None:
    home.did(home.bruno.brings(ChoreAdded(name="Bins")), home.bruno)
    home.worked(600, home.amina)
    assert (show(home.circle)["points"], supply(home.circle)) == (dict.fromkeys(home.circle.roots.members, 0), 0)
    assert "merit" not in home.circle.accounts.balances


def test_points_are_neither_bought_nor_passed_on(home: Home) -> None:
    home.thanks(10)
    bruno, chloe = home.bruno.member, home.chloe.member
    gift = Transferred(unit="merit", amount=5, payer=bruno, to=chloe)
    assert home.bruno.is_refused(gift) == MoneyWhy.RESERVED.code
    bought = Shared(unit="merit", amount=5, payer=bruno, shares={chloe: 1})
    assert home.bruno.is_refused(bought) == MoneyWhy.RESERVED.code
    assert home.has() == {"bruno": 10}


def test_points_begin_when_the_circle_adopts_them() -> None:
    home = Home(uses=("circle", "people", "accounts", "tasks"))
    windows = home.chore()
    before = home.did(windows, home.bruno)
    home.amina.brings(Adopted(module="merit", version=1))
    home.seal()
    home.rate(per_turn=5)
    home.bruno.brings(Undone(entry=before))
    assert home.has() == {}
    home.did(windows, home.bruno)
    assert home.has() == {"bruno": 5}
