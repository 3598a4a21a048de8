"""Who may give what to whom: points come from the commons and go back there, and never from one person to another."""

from msgspec.structs import replace

from cercle.core.event import Refused
from cercle.core.fold import Act, Circle
from cercle.core.module import rule
from cercle.modules.merit import events
from cercle.modules.merit.earning import give
from cercle.modules.merit.state import COMMONS, Earning, Merit, Rate, Said, Why, Wish, balance, move, tally, week_of


@rule(events.RateSet)
def rate_set(circle: Circle, act: Act) -> None:
    """A chore's rate stays also where it is nothing, since it outranks that of its kind."""
    rates, event = circle.merit.rates, act.event
    if (event.kind is None) == (event.chore is None):
        raise Refused(Why.ONE_OF_TWO)
    if event.chore is not None and event.chore not in circle.tasks.chores:
        raise Refused(Why.NO_CHORE)
    what = event.chore or event.kind
    before = rates.get(what)
    rate = Rate(act.id, event.per_turn, event.per_hour, event.growing, event.confirm, event.budget)
    is_over = rate.is_nothing and event.chore is None
    if is_over if before is None else replace(before, entry=act.id) == rate:
        raise Refused(Why.SAME)
    if is_over:
        del rates[what]
    else:
        rates[what] = rate


@rule(events.Confirmed)
def confirmed(circle: Circle, act: Act) -> None:
    merit, claim = circle.merit, act.event.claim
    earning = claim_of(circle, claim, act.by)
    if claim in merit.waiting:
        merit.waiting.remove(claim)
    merit.earnings.change(claim, replace(earning, given=True, declined=""))
    give(circle, act.id, claim, earning)
    for member, points in earning.points.items():
        tally(merit.confirmed, week_of(circle), act.by, member, points)


@rule(events.Declined)
def declined(circle: Circle, act: Act) -> None:
    merit, claim = circle.merit, act.event.claim
    earning = claim_of(circle, claim, act.by)
    if earning.declined:
        raise Refused(Why.SAME)
    merit.waiting.remove(claim)
    merit.earnings.change(claim, replace(earning, declined=act.id))


def claim_of(circle: Circle, claim: str, by: str) -> Earning:
    """What somebody may confirm or decline. Raises `Refused`."""
    found: Earning | None = circle.merit.earnings.get(claim)
    if found is None or found.undone or not found.points:
        raise Refused(Why.NO_CLAIM)
    if found.given:
        raise Refused(Why.GIVEN)
    if not may_confirm(circle, claim, found, by):
        raise Refused(Why.NOT_YOURS_TO_CONFIRM)
    return found


def may_confirm(circle: Circle, claim: str, earning: Earning, member: str) -> bool:
    """Nobody of those who did it. Where the one who has the good of it confirms, nobody else does, as long as there is
    such a person, who is in the circle and did not do it themselves."""
    who, whom = circle.tasks.doings[claim].who, earning.whom
    if earning.confirm == "beneficiary" and whom and whom not in who and not circle.roots.members[whom].gone:
        return member == whom
    return member not in who


@rule(events.AllowanceSet)
def allowance_set(circle: Circle, act: Act) -> None:
    if circle.merit.allowance == act.event.points:
        raise Refused(Why.SAME)
    circle.merit.allowance = act.event.points


@rule(events.Thanked)
def thanked(circle: Circle, act: Act) -> None:
    to, points = act.event.to, act.event.points
    known = circle.roots.members.get(to)
    if known is None or known.gone:
        raise Refused(Why.NOBODY)
    if to == act.by:
        raise Refused(Why.TO_ONESELF)
    if points > allowance_left(circle, act.by):
        raise Refused(Why.ALLOWANCE)
    tally(circle.merit.thanked, week_of(circle), act.by, to, points)
    circle.merit.thanks.put(act.id, Said(act.by, to, points, act.time))
    move(circle, act.id, {to: points}, {COMMONS: -points})


def allowance_left(circle: Circle, member: str) -> int:
    """How many points somebody may still give in thanks this week."""
    merit: Merit = circle.merit
    given = merit.thanked.get(week_of(circle), {}).get(member, {})
    return max(merit.allowance - sum(one.points for one in given.values()), 0)


@rule(events.Wished)
def wished(circle: Circle, act: Act) -> None:
    circle.merit.wishes[act.id] = Wish(act.by, act.event.points)


@rule(events.Pledged)
def pledged(circle: Circle, act: Act) -> None:
    name, points = act.event.wish, act.event.points
    wish = open_wish(circle, name)
    if points > balance(circle, act.by):
        raise Refused(Why.TOO_MANY)
    if points > wish.points - wish.pledged:
        raise Refused(Why.NOT_NEEDED)
    wish.pledges[act.by] = wish.pledges.get(act.by, 0) + points
    move(circle, act.id, {act.by: -points}, {name: points}, name)


@rule(events.Unpledged)
def unpledged(circle: Circle, act: Act) -> None:
    name = act.event.wish
    wish = open_wish(circle, name)
    if act.by not in wish.pledges:
        raise Refused(Why.NO_PLEDGE)
    points = wish.pledges.pop(act.by)
    move(circle, act.id, {act.by: points}, {name: -points}, name)


@rule(events.Fulfilled)
def fulfilled(circle: Circle, act: Act) -> None:
    """Its pledges stay written beside it, as what everybody gave."""
    name = act.event.wish
    wish = open_wish(circle, name)
    if wish.pledged < wish.points:
        raise Refused(Why.NOT_FULL)
    wish.ended, wish.end = "fulfilled", act.id
    move(circle, act.id, {}, {name: -wish.pledged, COMMONS: wish.pledged}, name)


@rule(events.Released)
def released(circle: Circle, act: Act) -> None:
    name = act.event.wish
    wish = open_wish(circle, name)
    if act.by != wish.by and not circle.is_adult(act.by):
        raise Refused(Why.NOT_YOURS)
    wish.ended, wish.end, pledges, wish.pledges = "released", act.id, wish.pledges, {}
    move(circle, act.id, pledges, {name: -sum(pledges.values())}, name)


def open_wish(circle: Circle, name: str) -> Wish:
    """Raises `Refused`."""
    found: Wish | None = circle.merit.wishes.get(name)
    if found is None:
        raise Refused(Why.NO_WISH)
    if found.ended:
        raise Refused(Why.CLOSED)
    return found
