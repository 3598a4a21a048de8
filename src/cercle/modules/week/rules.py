"""What was agreed stays open until it is kept, or let go."""

from msgspec import Struct

from cercle.core.event import Reason, Refused, is_day
from cercle.core.fold import Act, Circle
from cercle.core.module import rule
from cercle.modules.week import events


class Why(Reason):
    NOBODY = ("week.nobody", "There is no such person in the circle.")
    NO_DAY = ("week.no_day", "There is no such day in the calendar.")
    NO_AGREEMENT = ("week.no_agreement", "There is no such agreement.")
    OVER = ("week.over", "This agreement is over already.")


class Agreement(Struct):
    """`words` is the short id of the entry that says it; `ended` is "", "kept" or "dropped", on that day if any."""

    words: str
    member: str
    until: str
    ended: str = ""
    day: str = ""


class Week(Struct):
    agreements: dict[str, Agreement] = {}


@rule(events.Agreed)
def agreed(circle: Circle, act: Act) -> None:
    event = act.event
    if event.member is not None:
        known = circle.roots.members.get(event.member)
        if known is None or known.gone:
            raise Refused(Why.NOBODY)
    check_day(event.until)
    circle.week.agreements[act.id] = Agreement(act.id, event.member or "", event.until or "")


@rule(events.Kept)
def kept(circle: Circle, act: Act) -> None:
    end(circle, act, "kept")


@rule(events.Dropped)
def dropped(circle: Circle, act: Act) -> None:
    end(circle, act, "dropped")


def end(circle: Circle, act: Act, how: str) -> None:
    agreement: Agreement | None = circle.week.agreements.get(act.event.agreement)
    if agreement is None:
        raise Refused(Why.NO_AGREEMENT)
    if agreement.ended:
        raise Refused(Why.OVER)
    check_day(act.event.day)
    agreement.ended, agreement.day = how, act.event.day or ""


def check_day(day: str | None) -> None:
    if day is not None and not is_day(day):
        raise Refused(Why.NO_DAY)
