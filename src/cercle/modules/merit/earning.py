"""What follows in points when work is noted, taken back, or was right after all, and when somebody goes. Nothing of
it is ever refused."""

from datetime import date
from typing import Any

from msgspec.structs import replace

from cercle.core.fold import Act, Circle
from cercle.modules.merit.state import COMMONS, Earning, Merit, Rate, move, week_of

MOST_DAYS = 30
CONFIRMING = ("nobody", "another", "beneficiary")  # the later the stricter


def noted(circle: Circle, act: Act) -> None:
    """After `tasks.done` and `tasks.worked`: everybody who did it earns what it is worth at this moment, or has a claim
    to it. A rate that changes later changes nothing."""
    merit: Merit = circle.merit
    if not merit.rates:
        return
    doing = circle.tasks.doings[act.id]
    by = doing.chore if doing.chore in merit.rates else doing.kind
    rate = merit.rates.get(by)
    worth = worth_of(circle, rate, doing) if rate is not None else 0
    points = within_budget(circle, by, dict.fromkeys(doing.who, worth)) if worth else {}
    if rate is None or not points:
        return
    confirm = max(rate.confirm, circle.setting("confirming", "nobody"), key=CONFIRMING.index)
    earning = Earning(by, rate.entry, points, merit.week, confirm, doing.whom, given=confirm == "nobody")
    merit.earnings.put(act.id, earning)
    if earning.given:
        give(circle, act.id, act.id, earning)
    else:
        merit.waiting.append(act.id)


def worth_of(circle: Circle, rate: Rate, doing: Any) -> int:
    """The points of each who did it: by the minutes, and for a turn of a chore also as such and for the days that it
    has been due."""
    points = doing.minutes * rate.per_hour // 60
    return points + rate.per_turn + rate.growing * days_due(circle, doing) if doing.chore else points


def days_due(circle: Circle, doing: Any) -> int:
    """How long a turn had been due when it was done, up to `MOST_DAYS`: not longer than since the chore began, or was
    last done, whatever the entry says."""
    if not doing.due:
        return 0
    since = max(doing.due, circle.tasks.chores[doing.chore].start, doing.before.day)
    return min(max((date.fromisoformat(doing.day) - date.fromisoformat(since)).days, 0), MOST_DAYS)


def within_budget(circle: Circle, by: str, points: dict[str, int]) -> dict[str, int]:
    """Of these points, what this week's budget of that rate, and the charter, still allow each; counted as used."""
    merit, week = circle.merit, week_of(circle)
    if merit.week != week:
        merit.week, merit.used = week, {}
    rate, used = merit.rates.get(by), merit.used.setdefault(by, {})
    limits = [limit for limit in (rate.budget if rate is not None else 0, circle.setting("points_a_week", 0)) if limit]
    budget, allowed = min(limits, default=0), dict[str, int]()
    for member, some in points.items():
        before = used.get(member, 0)
        if budget:
            some = min(some, max(budget - before, 0))
        if some:
            allowed[member], used[member] = some, before + some
    return allowed


def give(circle: Circle, entry: str, work: str, earning: Earning) -> None:
    """From the commons, because of `entry`."""
    move(circle, entry, earning.points, {COMMONS: -sum(earning.points.values())}, work, earning.rate)


def undone(circle: Circle, act: Act) -> None:
    """After `tasks.undone`: the points go back to the commons, or the claim falls; or they come again."""
    merit, target = circle.merit, act.event.entry
    again = circle.tasks.doings[target].of
    work = again or target
    earning = merit.earnings.get(work)
    if earning is None:
        return
    come_again(circle, act, work, earning) if again else go_back(circle, act, work, earning)


def go_back(circle: Circle, act: Act, work: str, earning: Earning) -> None:
    merit: Merit = circle.merit
    if earning.week == merit.week:
        for member, some in earning.points.items():
            merit.used[earning.by][member] -= some
    if earning.given:
        taken = {member: -some for member, some in earning.points.items()}
        move(circle, act.id, taken, {COMMONS: sum(earning.points.values())}, work, earning.rate)
    elif work in merit.waiting:
        merit.waiting.remove(work)
    merit.earnings.change(work, replace(earning, undone=True))


def come_again(circle: Circle, act: Act, work: str, earning: Earning) -> None:
    """Within the budget of the week in which they come again: else it could be passed by taking back and forth."""
    merit: Merit = circle.merit
    points = within_budget(circle, earning.by, earning.points)
    earning = replace(earning, points=points, week=merit.week, undone=False)
    merit.earnings.change(work, earning)
    if earning.given:
        give(circle, act.id, work, earning)
    elif points and not earning.declined:
        merit.waiting.append(work)


def left(circle: Circle, act: Act) -> None:
    """After `people.left`."""
    bring_back(circle, act.id, act.by)


def removed(circle: Circle, act: Act) -> None:
    """After a consent to a removal that counted: with the last one that it took, the person has gone already."""
    if circle.roots.members[act.event.member].gone:
        bring_back(circle, act.id, act.event.member)


def bring_back(circle: Circle, entry: str, member: str) -> None:
    """What somebody who has gone had pledged is theirs again, and those wishes wait for others."""
    wishes = {name: wish for name, wish in circle.merit.wishes.items() if not wish.ended and member in wish.pledges}
    pledges = {name: wish.pledges.pop(member) for name, wish in wishes.items()}
    if pledges:
        move(circle, entry, {member: sum(pledges.values())}, {name: -some for name, some in pledges.items()})
