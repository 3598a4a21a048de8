"""Meetings are called, held and written down: each event as it works and is refused."""

import pytest

from cercle.modules.decisions.events import Proposed
from cercle.modules.meetings.events import (
    Amended,
    Answered,
    Begun,
    Called,
    CalledOff,
    Changed,
    Closed,
    ItemClosed,
    ItemPut,
    Joined,
    Moved,
    Noted,
)
from cercle.modules.meetings.read import agenda, coming, held, time_of
from cercle.modules.meetings.rules import MOST_ITEMS, MOST_LINES
from cercle.modules.meetings.state import Meeting, Occasion, Why
from cercle.modules.people.events import Left
from tests.story import Story

NOTHING = "0" * 20
MONDAY, NEXT = "2026-11-23", "2026-11-30"
WEEKLY = "FREQ=WEEKLY;BYDAY=MO"


class Table(Story):
    """A weekly meeting on Mondays."""

    def __init__(self) -> None:
        super().__init__()
        self.weekly = self.amina.brings(
            Called(name="Monday", day=MONDAY, at="19:30", rhythm=WEEKLY, zone="Europe/Paris")
        )

    @property
    def meeting(self) -> Meeting:
        found: Meeting = self.circle.meetings.meetings[self.weekly]
        return found

    def on(self, day: str = MONDAY) -> Occasion:
        return self.meeting.occasions[day]

    def begins(self, day: str = MONDAY) -> None:
        self.amina.brings(Begun(meeting=self.weekly, day=day, members=[self.amina.member, self.bruno.member]))

    def days(self, today: str = MONDAY, ahead: int = 14) -> list[tuple[str, str]]:
        return [(one.day, one.at) for one in coming(self.circle, today, ahead)]


@pytest.fixture
def table() -> Table:
    return Table()


def test_meetings_called(table: Table) -> None:
    assert table.days() == [(MONDAY, "19:30"), (NEXT, "19:30"), ("2026-12-07", "19:30")]
    table.bruno.brings(Called(name="Once", day="2026-11-25", at="08:00"))
    assert ("2026-11-25", "08:00") in table.days()
    assert table.days("2026-11-26", 2) == []


def test_meetings_called_is_refused(table: Table) -> None:
    assert table.amina.is_refused(Called(name="x", day="2026-02-30", at="10:00")) == Why.NO_DAY.code
    assert table.dov.is_refused(Called(name="x", day=MONDAY, at="10:00")) == "circle.not_allowed"


def test_meetings_changed(table: Table) -> None:
    table.begins()
    table.amina.brings(CalledOff(meeting=table.weekly, day=NEXT))
    table.bruno.brings(Changed(meeting=table.weekly, name="Tuesday", day="2026-12-01", at="20:00", rhythm="FREQ=DAILY"))
    assert table.days("2026-11-24", 8) == [("2026-12-01", "20:00"), ("2026-12-02", "20:00")]
    assert table.on().present, "what has begun stays"


def test_meetings_changed_is_refused(table: Table) -> None:
    event = Changed(meeting=NOTHING, name="x", day=MONDAY, at="10:00")
    assert table.amina.is_refused(event) == Why.NO_MEETING.code
    assert table.amina.is_refused(Changed(meeting=table.weekly, name="x", day="x" * 10, at="10:00")) == Why.NO_DAY.code
    table.amina.brings(CalledOff(meeting=table.weekly))
    assert table.amina.is_refused(Changed(meeting=table.weekly, name="x", day=MONDAY, at="10:00")) == Why.OVER.code


def test_meetings_moved(table: Table) -> None:
    table.bruno.brings(Answered(meeting=table.weekly, day=NEXT, answer="yes"))
    table.amina.brings(Moved(meeting=table.weekly, day=NEXT, to="2026-12-02", at="18:00", why="A holiday"))
    assert table.days() == [(MONDAY, "19:30"), ("2026-12-02", "18:00"), ("2026-12-07", "19:30")]
    assert table.on(NEXT).answers == {}, "they were about another hour"
    assert table.days("2026-12-01", 2) == [("2026-12-02", "18:00")]


def test_meetings_moved_is_refused(table: Table) -> None:
    moved = Moved(meeting=table.weekly, day=MONDAY, to=MONDAY, at="19:30")
    assert table.amina.is_refused(moved) == Why.SAME.code
    assert (
        table.amina.is_refused(Moved(meeting=table.weekly, day=MONDAY, to="2026-13-01", at="19:30")) == Why.NO_DAY.code
    )
    table.begins()
    assert table.amina.is_refused(Moved(meeting=table.weekly, day=MONDAY, to=NEXT, at="19:30")) == Why.BEGUN.code


def test_meetings_called_off(table: Table) -> None:
    table.amina.brings(CalledOff(meeting=table.weekly, day=NEXT, why="A holiday"))
    assert table.days() == [(MONDAY, "19:30"), ("2026-12-07", "19:30")]
    table.amina.brings(CalledOff(meeting=table.weekly))
    assert table.days() == []


def test_meetings_called_off_is_refused(table: Table) -> None:
    table.begins()
    assert table.amina.is_refused(CalledOff(meeting=table.weekly, day=MONDAY)) == Why.BEGUN.code
    assert table.amina.is_refused(CalledOff(meeting=table.weekly, day="tomorrow!!")) == Why.NO_DAY.code
    table.amina.brings(CalledOff(meeting=table.weekly, day=NEXT))
    assert table.bruno.is_refused(CalledOff(meeting=table.weekly, day=NEXT)) == Why.OFF.code


def test_meetings_answered(table: Table) -> None:
    table.dov.brings(Answered(meeting=table.weekly, day=MONDAY, answer="maybe"))
    table.dov.brings(Answered(meeting=table.weekly, day=MONDAY, answer="yes", why="I bring cake"))
    assert table.on().answers == {table.dov.member: "yes"}


def test_meetings_answered_is_refused(table: Table) -> None:
    assert table.dov.is_refused(Answered(meeting=NOTHING, day=MONDAY, answer="no")) == Why.NO_MEETING.code
    table.amina.brings(CalledOff(meeting=table.weekly, day=MONDAY))
    assert table.dov.is_refused(Answered(meeting=table.weekly, day=MONDAY, answer="no")) == Why.OFF.code


def test_meetings_item_put(table: Table) -> None:
    key = table.chloe.brings(ItemPut(meeting=table.weekly, what="A dog", minutes=10))
    for day in (MONDAY, NEXT):
        ((found, item),) = agenda(table.circle, time_of(table.circle, table.weekly, day))
        assert (found, item.minutes) == (key, 10), "it stays until it was talked about"


def test_meetings_item_put_is_refused(table: Table) -> None:
    assert table.dov.is_refused(ItemPut(meeting=table.weekly, what="x")) == "circle.not_allowed"
    for _ in range(MOST_ITEMS):
        table.amina.brings(ItemPut(meeting=table.weekly, what="x"))
    assert table.amina.is_refused(ItemPut(meeting=table.weekly, what="x")) == Why.TOO_MANY.code
    table.amina.brings(CalledOff(meeting=table.weekly))
    assert table.amina.is_refused(ItemPut(meeting=table.weekly, what="x")) == Why.OVER.code


def test_meetings_item_closed(table: Table) -> None:
    key = table.amina.brings(ItemPut(meeting=table.weekly, what="A dog"))
    other = table.amina.brings(ItemPut(meeting=table.weekly, what="A cat"))
    table.begins()
    table.bruno.brings(ItemClosed(item=key, day=MONDAY))
    table.bruno.brings(ItemClosed(item=other))
    assert [name for name, _ in agenda(table.circle, time_of(table.circle, table.weekly, MONDAY))] == [key]
    assert agenda(table.circle, time_of(table.circle, table.weekly, NEXT)) == []


def test_meetings_item_closed_is_refused(table: Table) -> None:
    key = table.amina.brings(ItemPut(meeting=table.weekly, what="A dog"))
    assert table.bruno.is_refused(ItemClosed(item=NOTHING)) == Why.NO_ITEM.code
    assert table.bruno.is_refused(ItemClosed(item=key, day=MONDAY)) == Why.NOT_BEGUN.code
    table.bruno.brings(ItemClosed(item=key))
    assert table.bruno.is_refused(ItemClosed(item=key)) == Why.DONE.code


def test_meetings_begun(table: Table) -> None:
    table.begins()
    assert table.on().present == [table.amina.member, table.bruno.member]


def test_meetings_begun_is_refused(table: Table) -> None:
    gone = Begun(meeting=table.weekly, day=MONDAY, members=[NOTHING])
    assert table.amina.is_refused(gone) == Why.NOBODY.code
    table.chloe.brings(Left())
    again = Begun(meeting=table.weekly, day=MONDAY, members=[table.chloe.member])
    assert table.amina.is_refused(again) == Why.NOBODY.code
    table.begins()
    again = Begun(meeting=table.weekly, day=MONDAY, members=[table.amina.member])
    assert table.amina.is_refused(again) == Why.BEGUN.code


def test_meetings_joined(table: Table) -> None:
    table.begins()
    table.bruno.brings(Joined(meeting=table.weekly, day=MONDAY, members=[table.dov.member, table.bruno.member]))
    table.chloe.brings(Joined(meeting=table.weekly, day=MONDAY, members=[table.chloe.member]))
    assert table.on().present == [one.member for one in (table.amina, table.bruno, table.dov, table.chloe)]


def test_meetings_joined_is_refused(table: Table) -> None:
    event = Joined(meeting=table.weekly, day=MONDAY, members=[table.dov.member])
    assert table.amina.is_refused(event) == Why.NOT_BEGUN.code
    table.begins()
    assert table.chloe.is_refused(event) == Why.ONLY_PRESENT.code, "who is not there says so of themselves alone"
    same = Joined(meeting=table.weekly, day=MONDAY, members=[table.bruno.member])
    assert table.amina.is_refused(same) == Why.SAME.code
    table.amina.brings(Closed(meeting=table.weekly, day=MONDAY))
    assert table.amina.is_refused(event) == Why.CLOSED.code


def test_meetings_noted(table: Table) -> None:
    motion = table.amina.brings(Proposed(title="A dog"))
    table.begins()
    key = table.bruno.brings(Noted(meeting=table.weekly, day=MONDAY, item=motion, what="All like it"))
    table.amina.brings(Closed(meeting=table.weekly, day=MONDAY))
    late = table.bruno.brings(Noted(meeting=table.weekly, day=MONDAY, what="And cake"))
    assert [(one, line.item) for one, line in table.on().minutes.items()] == [(key, motion), (late, "")]


def test_meetings_noted_is_refused(table: Table) -> None:
    event = Noted(meeting=table.weekly, day=MONDAY, what="x")
    assert table.amina.is_refused(event) == Why.NOT_BEGUN.code
    table.begins()
    assert table.chloe.is_refused(event) == Why.ONLY_PRESENT.code
    other = Noted(meeting=table.weekly, day=MONDAY, item=NOTHING, what="x")
    assert table.amina.is_refused(other) == Why.NO_ITEM.code
    for _ in range(MOST_LINES):
        table.amina.brings(event)
    assert table.amina.is_refused(event) == Why.TOO_MANY.code


def test_meetings_amended(table: Table) -> None:
    table.begins()
    key = table.amina.brings(Noted(meeting=table.weekly, day=MONDAY, what="All like it"))
    entry = table.bruno.brings(Amended(note=key, what="Most like it"))
    assert table.on().minutes[key].entries == [key, entry]


def test_meetings_amended_is_refused(table: Table) -> None:
    table.begins()
    key = table.amina.brings(Noted(meeting=table.weekly, day=MONDAY, what="All like it"))
    assert table.chloe.is_refused(Amended(note=key, what="x")) == Why.ONLY_PRESENT.code
    assert table.amina.is_refused(Amended(note=NOTHING, what="x")) == Why.NO_NOTE.code


def test_meetings_closed(table: Table) -> None:
    table.begins()
    table.bruno.brings(Closed(meeting=table.weekly, day=MONDAY))
    assert [one.key for one in held(table.circle)] == [MONDAY]
    assert table.days()[0] == (NEXT, "19:30")


def test_meetings_closed_is_refused(table: Table) -> None:
    event = Closed(meeting=table.weekly, day=MONDAY)
    assert table.amina.is_refused(event) == Why.NOT_BEGUN.code
    table.begins()
    assert table.chloe.is_refused(event) == Why.ONLY_PRESENT.code
    table.amina.brings(event)
    assert table.amina.is_refused(event) == Why.CLOSED.code
