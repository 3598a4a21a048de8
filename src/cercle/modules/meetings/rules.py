"""Who calls meetings, who writes their minutes, and what is refused. No rule counts the days of a rhythm: an entry says
of which day it is."""

from cercle.core.event import Refused, is_day
from cercle.core.fold import Act, Circle
from cercle.core.module import rule
from cercle.modules.meetings import events
from cercle.modules.meetings.state import Item, Line, Meeting, Occasion, Why

MOST_ITEMS = 50
MOST_LINES = 500


def check_day(day: str) -> None:
    if not is_day(day):
        raise Refused(Why.NO_DAY)


def meeting_of(circle: Circle, name: str) -> Meeting:
    """Raises `Refused`."""
    found: Meeting | None = circle.meetings.meetings.get(name)
    if found is None:
        raise Refused(Why.NO_MEETING)
    return found


def to_come(circle: Circle, name: str) -> Meeting:
    """Raises `Refused` where no further time of it takes place."""
    found = meeting_of(circle, name)
    if found.over:
        raise Refused(Why.OVER)
    return found


def occasion_of(meeting: Meeting, day: str) -> Occasion:
    """As it stands; a new one, that is not part of the state yet, where nothing was said of it. Raises `Refused`."""
    check_day(day)
    return meeting.occasions.get(day) or Occasion()


def taking_place(meeting: Meeting, day: str) -> Occasion:
    """Raises `Refused` where it was called off or is over."""
    found = occasion_of(meeting, day)
    if found.off or (meeting.over and not found.began):
        raise Refused(Why.OFF)
    if found.closed:
        raise Refused(Why.CLOSED)
    return found


def under_way(meeting: Meeting, day: str) -> Occasion:
    found = taking_place(meeting, day)
    if not found.began:
        raise Refused(Why.NOT_BEGUN)
    return found


# --- when ------------------------------------------------------------------------------------------------------------


@rule(events.Called)
def called(circle: Circle, act: Act) -> None:
    event = act.event
    check_day(event.day)
    circle.meetings.meetings[act.id] = Meeting(
        act.id, event.day, event.at, event.minutes, event.zone or "", event.rhythm or ""
    )


@rule(events.Changed)
def changed(circle: Circle, act: Act) -> None:
    """Times that have begun stay as they were; of those to come, what was said is said anew."""
    event = act.event
    meeting = to_come(circle, event.meeting)
    check_day(event.day)
    meeting.words, meeting.day, meeting.at = act.id, event.day, event.at
    meeting.minutes, meeting.zone, meeting.rhythm = event.minutes, event.zone or "", event.rhythm or ""
    for day, one in list(meeting.occasions.items()):
        if not one.began:
            del meeting.occasions[day]


@rule(events.Moved)
def moved(circle: Circle, act: Act) -> None:
    event = act.event
    meeting = to_come(circle, event.meeting)
    check_day(event.to)
    occasion = taking_place(meeting, event.day)
    if occasion.began:
        raise Refused(Why.BEGUN)
    if (occasion.to or event.day, occasion.at or meeting.at) == (event.to, event.at):
        raise Refused(Why.SAME)
    meeting.occasions[event.day] = occasion
    occasion.to, occasion.at = event.to, event.at
    occasion.answers.clear()  # they were about another hour


@rule(events.CalledOff)
def called_off(circle: Circle, act: Act) -> None:
    event = act.event
    meeting = to_come(circle, event.meeting)
    if event.day is None:
        meeting.over = True
        return
    occasion = taking_place(meeting, event.day)
    if occasion.began:
        raise Refused(Why.BEGUN)
    meeting.occasions[event.day] = occasion
    occasion.off = True


@rule(events.Answered)
def answered(circle: Circle, act: Act) -> None:
    event = act.event
    meeting = meeting_of(circle, event.meeting)
    occasion = taking_place(meeting, event.day)
    meeting.occasions[event.day] = occasion
    occasion.answers[act.by] = event.answer


# --- what to talk about ----------------------------------------------------------------------------------------------


@rule(events.ItemPut)
def item_put(circle: Circle, act: Act) -> None:
    event = act.event
    to_come(circle, event.meeting)
    items: dict[str, Item] = circle.meetings.items
    if sum(one.meeting == event.meeting and not one.done for one in items.values()) >= MOST_ITEMS:
        raise Refused(Why.TOO_MANY)
    items[act.id] = Item(event.meeting, act.by, act.id, event.minutes)


@rule(events.ItemClosed)
def item_closed(circle: Circle, act: Act) -> None:
    item: Item | None = circle.meetings.items.get(act.event.item)
    if item is None:
        raise Refused(Why.NO_ITEM)
    if item.done:
        raise Refused(Why.DONE)
    if act.event.day is not None:
        under_way(meeting_of(circle, item.meeting), act.event.day)
    item.done = act.event.day or "left"


# --- the meeting itself ----------------------------------------------------------------------------------------------


@rule(events.Begun)
def begun(circle: Circle, act: Act) -> None:
    event = act.event
    meeting = meeting_of(circle, event.meeting)
    occasion = taking_place(meeting, event.day)
    if occasion.began:
        raise Refused(Why.BEGUN)
    check_members(circle, event.members)
    meeting.occasions[event.day] = occasion
    occasion.began, occasion.present = act.id, list(dict.fromkeys(event.members))


@rule(events.Joined)
def joined(circle: Circle, act: Act) -> None:
    """Who is there says who else is; anybody says it of themselves, until it is over. Nobody is taken off again."""
    event = act.event
    occasion = under_way(meeting_of(circle, event.meeting), event.day)
    if act.by not in occasion.present and event.members != [act.by]:
        raise Refused(Why.ONLY_PRESENT)
    check_members(circle, event.members)
    if set(event.members) <= set(occasion.present):
        raise Refused(Why.SAME)
    occasion.present += [name for name in dict.fromkeys(event.members) if name not in occasion.present]


def check_members(circle: Circle, members: list[str]) -> None:
    for name in members:
        known = circle.roots.members.get(name)
        if known is None or known.gone:
            raise Refused(Why.NOBODY)


@rule(events.Noted)
def noted(circle: Circle, act: Act) -> None:
    event = act.event
    meeting = meeting_of(circle, event.meeting)
    occasion = occasion_of(meeting, event.day)
    if not occasion.began:
        raise Refused(Why.NOT_BEGUN)
    if act.by not in occasion.present:
        raise Refused(Why.ONLY_PRESENT)
    if event.item and event.item not in circle.meetings.items and event.item not in circle.decisions.motions:
        raise Refused(Why.NO_ITEM)
    if len(occasion.minutes) >= MOST_LINES:
        raise Refused(Why.TOO_MANY)
    occasion.minutes[act.id] = Line(act.by, event.item or "", [act.id])
    circle.meetings.lines[act.id] = [event.meeting, event.day]


@rule(events.Amended)
def amended(circle: Circle, act: Act) -> None:
    stands: list[str] | None = circle.meetings.lines.get(act.event.note)
    if stands is None:
        raise Refused(Why.NO_NOTE)
    meeting, day = stands
    occasion = circle.meetings.meetings[meeting].occasions[day]
    if act.by not in occasion.present:
        raise Refused(Why.ONLY_PRESENT)
    occasion.minutes[act.event.note].entries.append(act.id)


@rule(events.Closed)
def closed(circle: Circle, act: Act) -> None:
    occasion = under_way(meeting_of(circle, act.event.meeting), act.event.day)
    if act.by not in occasion.present:
        raise Refused(Why.ONLY_PRESENT)
    occasion.closed = act.id
