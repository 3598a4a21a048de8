"""A home that counts points: a story that looks at all of them after every entry."""

from typing import Any

from cercle.core.entry import Entry
from cercle.core.fold import Circle
from cercle.modules.accounts.read import statement
from cercle.modules.merit.events import AllowanceSet, RateSet, Thanked
from cercle.modules.merit.read import history, points, supply
from cercle.modules.merit.state import COMMONS
from cercle.modules.tasks.events import ChoreAdded, Done, Worked
from tests.story import Person, Story


class Home(Story):
    def write(self, person: Person, *entry: Any, **more: Any) -> Entry:
        written = super().write(person, *entry, **more)
        if "merit" in person.circle.states:
            holds(person.circle)
        return written

    def has(self) -> dict[str, int]:
        """What everybody has, by name; not those who have nothing."""
        found = points(self.circle)
        named = {name: found.get(person.member, 0) for name, person in self.people.items()}
        return {name: some for name, some in named.items() if some}

    def rate(self, **fields: Any) -> str:
        return self.amina.brings(RateSet(**{"kind": "cleaning", **fields}))

    def chore(self, **fields: Any) -> str:
        return self.amina.brings(ChoreAdded(**{"kind": "cleaning", "minutes": 30, "name": "Windows", **fields}))

    def did(self, chore: str, *people: Person, **fields: Any) -> str:
        turn = self.circle.tasks.chores[chore].turn.number
        return people[0].brings(Done(chore=chore, turn=turn, who=[one.member for one in people], **fields))

    def worked(self, minutes: int, *people: Person, **fields: Any) -> str:
        who = [one.member for one in people]
        return people[0].brings(Worked(**{"kind": "cleaning", "minutes": minutes, "who": who, **fields}))

    def thanks(self, points: int, name: str = "bruno") -> None:
        """Somebody has so many points more."""
        self.amina.does(AllowanceSet(points=10_000))
        self.amina.brings(Thanked(to=self.people[name].member, points=points))


def holds(circle: Circle) -> None:
    """All adds up to zero, nobody is below zero, and every way to tell what somebody has comes to the same."""
    merit, balances = circle.merit, circle.accounts.balances.get("merit", {})
    assert sum(balances.values()) == 0
    assert all(some >= 0 for account, some in balances.items() if account != COMMONS)
    assert supply(circle) == sum(some for account, some in balances.items() if account != COMMONS)
    for name, wish in merit.wishes.items():
        assert balances.get(name, 0) == (0 if wish.ended else wish.pledged)
        assert all(wish.pledges.values())
        assert wish.pledged <= wish.points
    for member in circle.roots.members:
        told = [(line.after, line.owed) for line in history(circle, member)]
        assert [(0, 0), *told][-1] == (balances.get(member, 0), merit.owed.get(member, 0))
    for account in balances:
        assert [line.after for line in statement(circle, "merit", account)][-1] == balances[account]
    open_claims = [
        entry for entry, one in merit.earnings.items() if one.points and not (one.given or one.declined or one.undone)
    ]
    assert sorted(merit.waiting) == sorted(open_claims)
