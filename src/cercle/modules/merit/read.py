"""What pages need of points. Nothing here is in the order of who has most: people stand in the order of the circle."""

from datetime import date, timedelta
from itertools import islice
from typing import Any

from msgspec import Struct

from cercle.core.fold import Circle
from cercle.modules.merit.rules import may_confirm
from cercle.modules.merit.state import COMMONS, Earning, Flow, Tallies, balance, week_of


def points(circle: Circle) -> dict[str, int]:
    """What everybody has who is in the circle, and has not pledged."""
    return {member: balance(circle, member) for member, known in circle.roots.members.items() if not known.gone}


def supply(circle: Circle) -> int:
    """All points that there are, pledged ones too: what the commons owes."""
    return -balance(circle, COMMONS)


class Claim(Struct, frozen=True):
    """Work that waits for somebody to confirm it: `entry` noted it, `by` are those who may (nobody, if all did it)."""

    entry: str
    earning: Earning
    by: list[str]


def claims(circle: Circle) -> list[Claim]:
    """Those that wait, the oldest first."""
    here = [member for member in circle.roots.members if circle.may(member, "merit.confirmed")]
    found = ((entry, circle.merit.earnings[entry]) for entry in circle.merit.waiting)
    return [
        Claim(entry, earning, [one for one in here if may_confirm(circle, entry, earning, one)])
        for entry, earning in found
    ]


def declined(circle: Circle, weeks: int) -> list[Claim]:
    """Work of the last weeks, this one included, that was not confirmed and has not been since: the newest first."""
    here = [member for member in circle.roots.members if circle.may(member, "merit.confirmed")]
    first, found = first_week(circle, weeks), []
    for entry, earning in reversed(circle.merit.earnings.items()):
        if earning.week < first:
            break
        if earning.declined and earning.points and not earning.undone:
            by = [one for one in here if may_confirm(circle, entry, earning, one)]
            found.append(Claim(entry, earning, by))
    return found


class Line(Struct, frozen=True):
    """What an entry brought somebody, or took, and what they had and owed after it. `of` is the work or the wish that
    it was for, `rate` the entry that set what the work is worth; "" where there is none."""

    entry: str
    points: int
    after: int
    owed: int
    of: str
    rate: str


def history(circle: Circle, member: str) -> list[Line]:
    """Every entry by which somebody's points changed, the oldest first."""
    lines, net = [], 0
    for entry, flow in circle.merit.flows.items():
        change = flow.points.get(member, 0)
        if change:
            net += change
            lines.append(Line(entry, change, max(net, 0), max(-net, 0), flow.of, flow.rate))
    return lines


def latest(circle: Circle, member: str, most: int) -> list[tuple[str, int, Flow]]:
    """The last entries by which somebody's points changed, the newest first, with what they brought or took."""
    flows = ((entry, flow.points.get(member, 0), flow) for entry, flow in reversed(circle.merit.flows.items()))
    return list(islice((one for one in flows if one[1]), most))


class Between(Struct, frozen=True):
    """What went from one person to another: how often, how many points, and how often the other way round."""

    by: str
    to: str
    times: int
    points: int
    back: int


def rings(circle: Circle, weeks: int) -> list[Between]:
    """Who confirmed whose work in the last weeks, this one included."""
    return between(circle, circle.merit.confirmed, weeks)


def thanks(circle: Circle, weeks: int) -> list[Between]:
    """Who thanked whom in the last weeks, this one included."""
    return between(circle, circle.merit.thanked, weeks)


def between(circle: Circle, tallies: Tallies, weeks: int) -> list[Between]:
    first = first_week(circle, weeks)
    found = [pairs for week, pairs in tallies.items() if week >= first]

    def some(by: str, to: str) -> list[Any]:
        return [pairs[by][to] for pairs in found if to in pairs.get(by, {})]

    members = circle.roots.members
    return [
        Between(by, to, sum(one.times for one in there), sum(one.points for one in there), times_back)
        for by in members
        for to in members
        if (there := some(by, to))
        for times_back in [sum(one.times for one in some(to, by))]
    ]


def first_week(circle: Circle, weeks: int) -> str:
    """The Monday on which so many weeks began that end with this one."""
    return (date.fromisoformat(week_of(circle)) - timedelta(weeks=weeks - 1)).isoformat()


def budgets(circle: Circle, member: str) -> dict[str, int]:
    """What somebody may still earn this week by each rate that has a budget: by chore, or kind of work."""
    merit = circle.merit
    used = merit.used if merit.week == week_of(circle) else {}
    return {
        name: max(rate.budget - used.get(name, {}).get(member, 0), 0)
        for name, rate in merit.rates.items()
        if rate.budget
    }


def names(circle: Circle) -> dict[str, str]:
    """Each wish's id, to the entry whose words name it."""
    return {name: name for name in circle.merit.wishes}


def show(circle: Circle) -> dict[str, Any]:
    """Points by member, what they owe, the supply; the rates by chore or kind of work; the wishes with their pledges;
    the claims that wait, each with its points and who may confirm it."""
    merit = circle.merit
    return {
        "points": points(circle),
        "owed": merit.owed,
        "supply": supply(circle),
        "allowance": merit.allowance,
        "rates": {
            name: {
                "per_turn": rate.per_turn,
                "per_hour": rate.per_hour,
                "growing": rate.growing,
                "confirm": rate.confirm,
                "budget": rate.budget,
            }
            for name, rate in merit.rates.items()
        },
        "wishes": {
            name: {"points": wish.points, "pledges": wish.pledges, "ended": wish.ended}
            for name, wish in merit.wishes.items()
        },
        "claims": {claim.entry: {"points": claim.earning.points, "by": claim.by} for claim in claims(circle)},
    }
