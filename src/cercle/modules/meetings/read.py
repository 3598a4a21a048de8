"""What pages need of meetings: when they are, what is on the agenda, and the minutes."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from msgspec import Struct, to_builtins

from cercle.core.fold import Circle
from cercle.modules.meetings.state import Item, Meeting, Occasion
from cercle.modules.tasks.rhythm import next_day

SOON = 56  # days in which a rhythm is told ahead


class Time(Struct, frozen=True):
    """One time of a meeting: `key` is the day by which the log knows it; `day` and `at` when it takes place."""

    id: str
    meeting: Meeting
    key: str
    day: str
    at: str
    occasion: Occasion


def time_of(circle: Circle, name: str, key: str) -> Time:
    """Raises `KeyError` where there is no such meeting."""
    meeting: Meeting = circle.meetings.meetings[name]
    occasion = meeting.occasions.get(key) or Occasion()
    return Time(name, meeting, key, occasion.to or key, occasion.at or meeting.at, occasion)


def is_day_of(meeting: Meeting, key: str) -> bool:
    """Whether the meeting has a time by that day: by its rhythm, or since something was said of it."""
    if key in meeting.occasions or key == meeting.day:
        return True
    if not meeting.rhythm or key < meeting.day:
        return False
    before = (date.fromisoformat(key) - timedelta(days=1)).isoformat()
    return next_day(meeting.rhythm, meeting.day, before) == key


def coming(circle: Circle, today: str, days: int = SOON) -> list[Time]:
    """What takes place from today on for so many days, the next first; those under way too."""
    last = (date.fromisoformat(today) + timedelta(days=days)).isoformat()
    found = []
    for name, meeting in circle.meetings.meetings.items():
        for key in keys_of(meeting, today, last):
            one = time_of(circle, name, key)
            is_over = bool(one.occasion.closed) or one.occasion.off or (meeting.over and not one.occasion.began)
            if today <= one.day <= last and not is_over:
                found.append(one)
    return sorted(found, key=lambda one: (one.day, one.at, one.id))


def keys_of(meeting: Meeting, first: str, last: str) -> Iterator[str]:
    """The days by which a meeting may have times between these days, each once; moved ones come from anywhere."""
    told = {key for key, one in meeting.occasions.items() if one.to or one.began or first <= key <= last}
    yield from sorted(told)
    if not meeting.rhythm:
        if meeting.day not in told:
            yield meeting.day
        return
    before = (date.fromisoformat(max(first, meeting.day)) - timedelta(days=1)).isoformat()
    while key := next_day(meeting.rhythm, meeting.day, before):
        if key > last:
            return
        if key not in told:
            yield key
        before = key


def held(circle: Circle) -> list[Time]:
    """What has begun and is over, the latest first."""
    found = [
        time_of(circle, name, key)
        for name, meeting in circle.meetings.meetings.items()
        for key, one in meeting.occasions.items()
        if one.closed
    ]
    return sorted(found, key=lambda one: (one.day, one.at), reverse=True)


def agenda(circle: Circle, one: Time) -> list[tuple[str, Item]]:
    """What is still to be talked about; of a time that has begun, what was talked about then too."""
    items: dict[str, Item] = circle.meetings.items
    return [
        (key, item)
        for key, item in items.items()
        if item.meeting == one.id and (item.done == one.key or (not item.done and not one.occasion.closed))
    ]


def names(circle: Circle) -> dict[str, str]:
    """Each meeting, item and line, to the entry whose words name it."""
    state = circle.meetings
    lines = {
        key: line.entries[-1]
        for meeting in state.meetings.values()
        for occasion in meeting.occasions.values()
        for key, line in occasion.minutes.items()
    }
    return (
        {name: one.words for name, one in state.meetings.items()} | {n: i.words for n, i in state.items.items()} | lines
    )


def show(circle: Circle) -> dict[str, Any]:
    found: dict[str, Any] = to_builtins(circle.meetings)
    return {"meetings": found["meetings"], "items": found["items"]}
