"""What holds of points whatever happens: the story looks after every entry, and here at budgets and snapshots too."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cercle.core.entry import short
from cercle.core.replica import freeze, thaw
from cercle.modules.merit.events import (
    AllowanceSet,
    Confirmed,
    Declined,
    Fulfilled,
    Pledged,
    RateSet,
    Released,
    Thanked,
    Unpledged,
    Wished,
)
from cercle.modules.merit.state import balance
from cercle.modules.merit.tests.home import Home
from cercle.modules.people.events import Left
from cercle.modules.tasks.events import Undone
from tests.story import trace

BUDGET = 25
NAMES = st.sampled_from(("amina", "bruno", "chloe", "dov"))
NUMBERS = st.integers(0, 999)
POINTS = st.integers(1, 30)
KINDS = st.sampled_from(("cleaning", "garden"))

# Who does what, with the number of the work or wish where it takes one: counted round, so that there mostly is one.
STEPS = st.one_of(
    st.tuples(st.just("done"), NAMES, NUMBERS, NAMES),
    st.tuples(st.just("worked"), NAMES, KINDS, POINTS),
    st.tuples(st.just("undone"), NAMES, NUMBERS),
    st.tuples(st.just("confirmed"), NAMES, NUMBERS),
    st.tuples(st.just("declined"), NAMES, NUMBERS),
    st.tuples(st.just("thanked"), NAMES, NAMES, POINTS),
    st.tuples(st.just("wished"), NAMES, POINTS),
    st.tuples(st.just("pledged"), NAMES, NUMBERS, POINTS),
    st.tuples(st.just("pledged"), NAMES, NUMBERS, POINTS),
    st.tuples(st.just("unpledged"), NAMES, NUMBERS),
    st.tuples(st.just("fulfilled"), st.just("amina"), NUMBERS),
    st.tuples(st.just("released"), NAMES, NUMBERS),
    st.tuples(st.just("rated"), KINDS, POINTS, st.sampled_from(("nobody", "another", "beneficiary"))),
    st.tuples(st.just("left"), st.sampled_from(("chloe", "dov"))),
    st.tuples(st.just("waited")),
)


class Life:
    """A home with two chores, where all that is done under one budget."""

    def __init__(self) -> None:
        self.home = Home()
        self.chores = [self.home.chore(kind=kind) for kind in ("cleaning", "garden")]
        self.home.amina.brings(AllowanceSet(points=20))
        self.home.rate(per_turn=7, per_hour=6, budget=BUDGET)
        self.home.rate(kind="garden", per_turn=12, confirm="another", budget=BUDGET)
        self.noted: list[str] = []

    def member(self, name: str) -> str:
        return self.home.people[name].member

    def one(self, of: list[str], number: int) -> str:
        return of[number % len(of)] if of else "0" * 20

    def step(self, what: str, *about: Any) -> None:
        """Whatever the rules say to it."""
        home = self.home
        match what, *about:
            case "done", name, number, other:
                people = list({one: home.people[one] for one in (name, other) if self.is_here(one)}.values())
                if people:
                    self.noted.append(home.did(self.one(self.chores, number), *people))
            case "worked", name, kind, minutes if self.is_here(name):
                self.noted.append(home.worked(minutes, home.people[name], kind=kind, whom=home.amina.member))
            case "undone", name, number if self.is_here(name):
                undo = Undone(entry=self.one(self.noted, number))
                if home.people[name].does(undo) == "":
                    self.noted.append(short(home.people[name].last.id))
            case "left", name if self.is_here(name):
                home.people[name].brings(Left())
            case ("waited",):
                home.wait(days=5)
                home.seal()
            case "rated", kind, points, confirm:
                home.amina.does(RateSet(kind=kind, per_turn=points, confirm=confirm, budget=BUDGET))
            case _:
                self.points(what, *about)

    def points(self, what: str, name: str, *about: Any) -> None:
        person, merit = self.home.people[name], self.home.circle.merit
        wishes = [wish for wish, one in merit.wishes.items() if not one.ended] or list(merit.wishes)
        match what, *about:
            case "confirmed", number:
                person.does(Confirmed(claim=self.one([*merit.waiting, *self.noted[-2:]], number)))
            case "declined", number:
                person.does(Declined(claim=self.one([*merit.waiting, *self.noted[-2:]], number)))
            case "thanked", to, points:
                person.does(Thanked(to=self.member(to), points=points))
            case "wished", points:
                person.does(Wished(points=points, name="A wish"))
            case "pledged", number, points:
                least = min(points, balance(self.home.circle, person.member) or points)
                person.does(Pledged(wish=self.one(wishes, number), points=least))
            case "unpledged", number:
                person.does(Unpledged(wish=self.one(wishes, number)))
            case "fulfilled", number:
                full = [wish for wish in wishes if merit.wishes[wish].pledged == merit.wishes[wish].points]
                person.does(Fulfilled(wish=self.one(full or wishes, number)))
            case "released", number:
                person.does(Released(wish=self.one(wishes, number)))

    def is_here(self, name: str) -> bool:
        return not self.home.circle.roots.members[self.member(name)].gone

    def within_budget(self) -> None:
        """What stands, or may still come, of any week and rate."""
        used: dict[tuple[str, str, str], int] = {}
        for earning in self.home.circle.merit.earnings.values():
            for member, points in ({} if earning.undone else earning.points).items():
                key = (earning.week, earning.by, member)
                used[key] = used.get(key, 0) + points
        assert all(points <= BUDGET for points in used.values())


@given(st.lists(STEPS, max_size=60))
def test_nobody_falls_below_nothing_and_all_adds_up(steps: list[tuple[Any, ...]]) -> None:
    life = Life()
    for step in steps:
        life.step(*step)
        life.within_budget()
    life.home.seal()
    replica = life.home.main.replica
    again, _ = thaw(replica.modules, freeze(replica.circle, replica.tree))
    assert trace(again) == trace(life.home.circle)


@given(st.lists(STEPS, max_size=30))
def test_all_work_that_is_taken_back_leaves_only_thanks(steps: list[tuple[Any, ...]]) -> None:
    """And what had been given for wishes that came true, which is owed."""
    life = Life()
    for step in steps:
        if step[0] != "undone":
            life.step(*step)
    home, merit = life.home, life.home.circle.merit
    for work in life.noted:
        home.amina.brings(Undone(entry=work))
    for name, wish in merit.wishes.items():
        if not wish.ended:
            home.amina.brings(Released(wish=name))
    merit = home.circle.merit
    given = sum(some for wish in merit.wishes.values() for some in wish.pledges.values())
    thanked = sum(one.points for week in merit.thanked.values() for tos in week.values() for one in tos.values())
    balances = home.circle.accounts.balances.get("merit", {})
    left = sum(some for account, some in balances.items() if account != "commons")
    assert left - sum(merit.owed.values()) == thanked - given
