"""What holds of the work of the home, whatever people do in whatever order."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import msgspec
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cercle.core.entry import short
from cercle.core.event import monday_of
from cercle.modules.tasks.events import (
    ChoreAdded,
    ChoreArchived,
    ChoreChanged,
    ChoreRestored,
    Done,
    PutOff,
    Skipped,
    TakenOver,
    Undone,
    Worked,
)
from cercle.modules.tasks.read import due
from cercle.modules.tasks.rhythm import next_day
from cercle.modules.tasks.state import Tasks, Why
from tests.laws.histories import KINDS
from tests.laws.test_laws import all_at_once, told
from tests.story import Person, Story

FIRST_DAY = date(2026, 1, 1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
CHORES = 2

WHAT_HAPPENS = (
    *("done", "done", "together", "skipped", "worked", "stale", "undone", "undone", "undone"),
    *("taken_over", "put_off", "changed", "archived", "restored"),
)
# What, of which of the chores or of the entries before it, with which number, and who does it.
STEP = st.tuples(
    st.sampled_from(WHAT_HAPPENS), st.integers(0, 30), st.integers(0, 400), st.sampled_from(("amina", "bruno", "chloe"))
)
STEPS = st.lists(STEP, max_size=25)


class Home:
    """A home with two chores, and the entries that can be taken back."""

    def __init__(self) -> None:
        self.story = Story()
        added = ChoreAdded(rotation="in_turn", minutes=10, rhythm="FREQ=DAILY", start="2026-01-01", name="Dishes")
        self.chores = [self.story.amina.brings(added), self.story.bruno.brings(ChoreAdded(minutes=5, name="Bins"))]
        self.entries: list[str] = []

    @property
    def tasks(self) -> Tasks:
        tasks: Tasks = self.story.circle.tasks
        return tasks

    def numbers(self) -> list[int]:
        return [self.tasks.chores[chore].turn.number for chore in self.chores]

    def step(self, what: str, which: int, number: int, name: str) -> bool:
        """Whether it was let through."""
        person: Person = self.story.people[name]
        event = self.event(what, which, number, person)
        is_through = person.does(event) == ""
        if is_through and isinstance(event, Done | Skipped | Worked | Undone):
            self.entries.append(short(person.last.id))
        return is_through

    def event(self, what: str, which: int, number: int, person: Person) -> msgspec.Struct:
        chore, me = self.chores[which % CHORES], [person.member]
        turn, day = self.tasks.chores[chore].turn.number, (FIRST_DAY + timedelta(number)).isoformat()
        both = [*me, next(one.member for one in self.story.people.values() if one is not person)]
        minutes = number % 60 if number % 3 else None
        entry = self.entries[-1 - which % len(self.entries)] if self.entries else chore
        made: dict[str, msgspec.Struct] = {
            "done": Done(chore=chore, turn=turn, who=me, day=day, minutes=minutes),
            "together": Done(chore=chore, turn=turn, who=both, day=day, minutes=minutes),
            "skipped": Skipped(chore=chore, turn=turn, day=day),
            "worked": Worked(kind="garden", minutes=1 + number % 60, who=both if number % 2 else me, day=day),
            "undone": Undone(entry=entry),
            "taken_over": TakenOver(chore=chore, turn=turn, member=both[1]),
            "put_off": PutOff(chore=chore, turn=turn, until=day),
            "changed": ChoreChanged(chore=chore, minutes=number % 60, rhythm="FREQ=WEEKLY", start=day, name="x"),
            "archived": ChoreArchived(chore=chore),
            "restored": ChoreRestored(chore=chore),
            "stale": Done(chore=chore, turn=max(0, turn - 1), who=me, day=day),
        }
        return made[what]


@given(STEPS)
def test_the_minutes_of_each_week_are_those_of_what_stands(steps: list[tuple[str, int, int, str]]) -> None:
    home = Home()
    for step in steps:
        home.step(*step)
    expected = Counter[tuple[str, str, str]]()
    for doing in home.tasks.doings.values():
        if not doing.undone:
            expected.update({(monday_of(doing.day), member, doing.kind): doing.minutes for member in doing.who})
    found = minutes_of(home.tasks)
    assert +found == +expected
    assert min(found.values(), default=0) >= 0


@given(STEPS)
def test_a_turn_is_as_many_as_were_done_or_skipped_and_goes_back_only_by_undo(
    steps: list[tuple[str, int, int, str]],
) -> None:
    """Every turn before this one was ended by something, and nothing that stands has ended this one or a later one."""
    home = Home()
    for step in steps:
        before = home.numbers()
        is_through, after = home.step(*step), home.numbers()
        if step[0] != "undone" or not is_through:
            assert all(number <= later for number, later in zip(before, after, strict=True))
        assert sum(abs(later - number) for number, later in zip(before, after, strict=True)) <= 1
        for chore, number in zip(home.chores, after, strict=True):
            doings = [doing for doing in home.tasks.doings.values() if doing.chore == chore and not doing.of]
            passed = {doing.before.number for doing in doings if doing.before.number < number}
            standing = {doing.before.number for doing in doings if not doing.undone}
            assert number == len(passed) == len(passed | standing)


@given(STEPS, st.integers(0, 30))
def test_undoing_an_undo_is_as_if_nothing_had_been_undone(steps: list[tuple[str, int, int, str]], which: int) -> None:
    """But for what was said of the turn after, who takes it and until when it is put off: that has to be said again.
    The chores are described as they were when it was done."""
    home = Home()
    for step in steps:
        if step[0] != "changed":
            home.step(*step)
    tasks = home.tasks
    standing = [entry for entry in home.entries if not tasks.doings[entry].of and not tasks.doings[entry].undone]
    if not standing:
        return
    before = shown(tasks)
    undo = home.story.amina.brings(Undone(entry=standing[which % len(standing)]))
    home.story.bruno.brings(Undone(entry=undo))
    assert shown(home.tasks) == before


def shown(tasks: Tasks) -> Any:
    doings = {entry: doing for entry, doing in tasks.doings.items() if not doing.of}
    turns = [replace(chore.turn, taken="", until="") for chore in tasks.chores.values()]
    chores = [(chore.archived, {m: last for m, last in chore.last.items() if last}) for chore in tasks.chores.values()]
    return doings, turns, chores, +minutes_of(tasks)


def minutes_of(tasks: Tasks) -> Counter[tuple[str, str, str]]:
    """By week, member and kind."""
    return Counter(
        {
            (week, member, kind): minutes
            for week, members in tasks.minutes.items()
            for member, kinds in members.items()
            for kind, minutes in kinds.items()
        }
    )


def test_in_histories_two_people_who_are_apart_do_the_same_turn() -> None:
    """One of the two counts, the other is told; and most of what is tried of tasks stands."""
    verdicts = Counter[str]()
    for seed in range(20):
        chance = Random(seed)
        entries = told([(chance.choice(KINDS), chance.randrange(2**32)) for _ in range(60)])
        side = all_at_once(entries)
        known = {**dict(side.settled), **side.replica.verdicts}
        verdicts.update(known[entry.id] for entry in entries if entry.event.startswith("tasks."))
    assert verdicts[Why.DONE_ALREADY.code] > 10
    assert verdicts[""] > sum(verdicts.values()) / 2


# --- rhythms ---------------------------------------------------------------------------------------------------------


def with_interval(most: int) -> st.SearchStrategy[str]:
    return st.integers(1, most).map(lambda number: f";INTERVAL={number}" if number > 1 else "")


BY_WEEKDAYS = st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(",".join)
RHYTHMS = st.one_of(
    st.tuples(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")), with_interval(999)).map(
        lambda parts: f"FREQ={parts[0]}{parts[1]}"
    ),
    st.tuples(with_interval(99), BY_WEEKDAYS).map(lambda parts: f"FREQ=WEEKLY{parts[0]};BYDAY={parts[1]}"),
    st.tuples(with_interval(99), st.sampled_from((-1, *range(1, 29)))).map(
        lambda parts: f"FREQ=MONTHLY{parts[0]};BYMONTHDAY={parts[1]}"
    ),
    st.tuples(with_interval(99), st.sampled_from((-1, 1, 2, 3, 4)), st.sampled_from(WEEKDAYS)).map(
        lambda parts: f"FREQ=MONTHLY{parts[0]};BYDAY={parts[1]}{parts[2]}"
    ),
)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@given(RHYTHMS, DAYS, st.none() | DAYS)
def test_the_next_day_is_later_and_the_one_of_the_library(rhythm: str, start: date, after: date | None) -> None:
    """Counted from the very start, without a shortcut."""
    found = next_day(rhythm, start.isoformat(), after.isoformat() if after else "")
    days = (day.date() for day in rrulestr(f"DTSTART:{start:%Y%m%d}\nRRULE:{rhythm}"))
    expected = next(day for day in days if after is None or day > after)
    assert found == expected.isoformat()
    assert found >= start.isoformat()
    assert after is None or found > after.isoformat()


@given(st.integers(1, 4), st.sampled_from(WEEKDAYS), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
@settings(max_examples=50)
def test_a_weekly_rhythm_stays_on_its_day_when_the_clocks_change(interval: int, weekday: str, start: date) -> None:
    """Over two years, so that every country's changes are among them."""
    rhythm, day = f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={weekday}", ""
    if interval == 1:
        rhythm = f"FREQ=WEEKLY;BYDAY={weekday}"
    days = [day := next_day(rhythm, start.isoformat(), day) for _ in range(104 // interval)]
    dates = [date.fromisoformat(one) for one in days]
    assert {WEEKDAYS[one.weekday()] for one in dates} == {weekday}
    assert {later - one for one, later in pairwise(dates)} == {timedelta(weeks=interval)}


def test_a_weekly_chore_is_due_on_its_day_after_each_change_of_the_clocks() -> None:
    """Europe's clocks change on 29 March and 25 October 2026, those of the United States on 8 March and 1 November."""
    story = Story()
    chore = story.bruno.brings(ChoreAdded(rhythm="FREQ=WEEKLY;BYDAY=SU", start="2026-03-01", name="Bins"))
    for week in range(40):
        kept = story.circle.tasks.chores[chore]
        expected = (date(2026, 3, 1) + timedelta(weeks=week)).isoformat()
        assert due(kept) == expected
        story.amina.brings(Done(chore=chore, turn=week, who=[story.amina.member], day=expected, due=expected))
