"""Whose turn a chore is: by the rotation that it has, without those who are away that day or have gone."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from cercle.core.event import monday_of
from cercle.core.fold import Circle
from cercle.modules.people.rules import profile
from cercle.modules.tasks.state import Chore, Tasks

LATELY = timedelta(weeks=4)
GUEST = "guest"


def taking_part(circle: Circle, chore: Chore) -> list[str]:
    """Those whom a chore may fall to, in their order: the ones named, or else everybody but the guests."""
    members = circle.roots.members
    everybody = (member for member, known in members.items() if known.kind != GUEST)
    return [member for member in chore.order or everybody if not members[member].gone]


def here(circle: Circle, members: Iterable[str], day: str) -> list[str]:
    """Those who are not away on that day."""
    return [one for one in members if not any(a.since <= day <= a.until for a in profile(circle, one).away.values())]


def whose(circle: Circle, chore: Chore, day: str) -> list[str]:
    """Whose turn it is, for that day: several do it together, [] is whoever comes first."""
    taken = here(circle, [chore.turn.taken] if chore.turn.taken else [], day)
    if taken and not circle.roots.members[taken[0]].gone:
        return taken
    some = here(circle, taking_part(circle, chore), day)
    if chore.rotation == "together":
        return some
    if chore.rotation in ("whoever", "fixed"):
        return some if chore.rotation == "fixed" else []
    one = turn_of(circle, chore, day)
    return [one] if one else []


def turn_of(circle: Circle, chore: Chore, day: str) -> str:
    """To whom the rotation gives this turn, whoever has taken it over; "" where it is nobody's alone."""
    order = taking_part(circle, chore)
    some = here(circle, order, day)
    choose = CHOICES.get(chore.rotation)
    return choose(circle.tasks, chore, order, some, day) if choose and some else ""


def in_turn(tasks: Tasks, chore: Chore, order: list[str], some: list[str], day: str) -> str:
    """The next after the one who had it, in the order of the chore."""
    after = order.index(chore.turn.of) + 1 if chore.turn.of in order else 0
    return next(member for member in order[after:] + order[:after] if member in some)


def least_recent(tasks: Tasks, chore: Chore, order: list[str], some: list[str], day: str) -> str:
    """Who has not done it for the longest time."""
    return min(some, key=lambda member: chore.last.get(member, 0))


def fewest_minutes(tasks: Tasks, chore: Chore, order: list[str], some: list[str], day: str) -> str:
    """Who has worked least in the four weeks before, and in this one."""
    return min(some, key=lambda member: minutes_lately(tasks, member, day))


def minutes_lately(tasks: Tasks, member: str, day: str) -> int:
    last = date.fromisoformat(monday_of(day))
    first = date.fromordinal(max(last.toordinal() - LATELY.days, 1)).isoformat()
    weeks = (kinds for week, kinds in tasks.minutes.items() if first <= week <= last.isoformat())
    return sum(sum(kinds.get(member, {}).values()) for kinds in weeks)


def at_random(tasks: Tasks, chore: Chore, order: list[str], some: list[str], day: str) -> str:
    """Drawn by the seed that came with the event before."""
    return some[chore.turn.seed % len(some)]


Choice = Callable[[Tasks, Chore, list[str], list[str], str], str]
CHOICES: dict[str, Choice] = {
    "in_turn": in_turn,
    "least_recent": least_recent,
    "fewest_minutes": fewest_minutes,
    "random": at_random,
}
