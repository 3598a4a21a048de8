"""Chores and hours: each event as it works and is refused."""

import pytest

from cercle.modules.people.events import Left, WentAway
from cercle.modules.tasks.events import (
    ChoreAdded,
    ChoreArchived,
    ChoreChanged,
    ChoreRestored,
    Done,
    PutOff,
    Rotation,
    Skipped,
    TakenOver,
    Undone,
    Worked,
)
from cercle.modules.tasks.read import chores, due, latest, standing
from cercle.modules.tasks.state import Chore, Why
from tests.story import Person, Story

NOTHING = "0" * 20
MONDAYS = {"rhythm": "FREQ=WEEKLY;BYDAY=MO", "start": "2026-11-02"}


@pytest.fixture
def story() -> Story:
    return Story()


def chore_of(story: Story, identifier: str) -> Chore:
    found: Chore = story.circle.tasks.chores[identifier]
    return found


def whose(story: Story, identifier: str, day: str = "2026-11-02") -> list[str]:
    """The names of those whose turn it is."""
    names = {person.member: name for name, person in story.people.items()}
    return [names[member] for member in standing(story.circle, identifier, day).whose]


def minutes(story: Story, week: str = "2026-11-02") -> dict[str, int]:
    posted = story.circle.tasks.minutes.get(week, {})
    worked = {name: sum(posted.get(person.member, {}).values()) for name, person in story.people.items()}
    return {name: some for name, some in worked.items() if some}


def did(story: Story, person: Person, chore: str, day: str, *others: Person) -> str:
    """One turn done by somebody, alone or with others."""
    who = [one.member for one in (person, *others)]
    kept = chore_of(story, chore)
    return person.brings(Done(chore=chore, turn=kept.turn.number, who=who, day=day, due=due(kept) or None))


def test_tasks_chore_added(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(kind="cleaning", minutes=10, name="Take the bins out", **MONDAYS))
    (one,) = chores(story.circle, "2026-11-01")
    assert (one.id, one.due, one.whose) == (bins, "2026-11-02", [])
    assert [one.is_late(day) for day in ("2026-11-02", "2026-11-03")] == [False, True]


def test_tasks_chore_added_is_refused(story: Story) -> None:
    amina = story.amina.member
    for event, code in (
        (ChoreAdded(name="x", rhythm="FREQ=DAILY"), Why.NO_START.code),
        (ChoreAdded(name="x", start="2026-02-30"), Why.NO_DAY.code),
        (ChoreAdded(name="x", members=[NOTHING]), Why.NOBODY.code),
        (ChoreAdded(name="x", members=[amina, amina]), Why.TWICE_NAMED.code),
        (ChoreAdded(name="x", rotation="fixed"), Why.NOBODY_FIXED.code),
        (ChoreAdded(name="x", rhythm="FREQ=HOURLY", start="2026-11-02"), "circle.malformed"),
        (ChoreAdded(name="x", rhythm="FREQ=MONTHLY;BYMONTHDAY=31", start="2026-11-02"), "circle.malformed"),
        (ChoreAdded(name="x", rhythm="FREQ=DAILY;COUNT=3", start="2026-11-02"), "circle.malformed"),
        (ChoreAdded(name="x", minutes=-1), "circle.malformed"),
        (ChoreAdded(name="x", start="1969-12-31"), Why.NO_DAY.code),
        (ChoreAdded(name="x", start="3000-01-01"), Why.NO_DAY.code),
        (
            ChoreAdded(name="x", rhythm="FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", start="2026-11-07", follows=True),
            Why.FOLLOWS.code,
        ),
    ):
        assert story.chloe.is_refused(event) == code, event
    assert story.dov.is_refused(ChoreAdded(name="x")) == "circle.not_allowed"


def test_tasks_chore_changed(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(minutes=10, name="Bins", **MONDAYS))
    did(story, story.bruno, bins, "2026-11-02")
    story.chloe.brings(ChoreChanged(chore=bins, minutes=15, name="The bins", **MONDAYS))
    assert due(chore_of(story, bins)) == "2026-11-09"
    story.chloe.brings(ChoreChanged(chore=bins, rhythm="FREQ=DAILY", start="2026-11-02", name="The bins"))
    assert due(chore_of(story, bins)) == "2026-11-03"
    assert minutes(story) == {"bruno": 10}


def test_tasks_chore_changed_is_refused(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(name="Bins"))
    assert story.bruno.is_refused(ChoreChanged(chore=NOTHING, name="x")) == Why.NO_CHORE.code
    assert story.bruno.is_refused(ChoreChanged(chore=bins, name="x", rhythm="FREQ=DAILY")) == Why.NO_START.code


def test_tasks_chore_archived_and_restored(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(name="Bins"))
    story.bruno.brings(ChoreArchived(chore=bins))
    assert chores(story.circle, "2026-11-02") == []
    assert story.amina.is_refused(ChoreArchived(chore=bins)) == Why.ARCHIVED.code
    assert story.amina.is_refused(Done(chore=bins, turn=0, who=[story.amina.member])) == Why.ARCHIVED.code
    story.amina.brings(ChoreRestored(chore=bins))
    assert story.amina.is_refused(ChoreRestored(chore=bins)) == Why.NOT_ARCHIVED.code
    assert [one.id for one in chores(story.circle, "2026-11-02")] == [bins]


def test_tasks_done(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(kind="cleaning", minutes=10, name="Bins", **MONDAYS))
    did(story, story.dov, bins, "2026-11-03")
    story.amina.brings(Done(chore=bins, turn=1, who=[story.chloe.member], minutes=25, day="2026-11-08"))
    assert minutes(story) == {"dov": 10, "chloe": 25}
    assert due(chore_of(story, bins)) == "2026-11-09"


def test_what_was_done_early_was_done_for_its_day_and_what_was_missed_is_not_caught_up_on(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(name="Bins", **MONDAYS))
    did(story, story.bruno, bins, "2026-11-01")
    assert due(chore_of(story, bins)) == "2026-11-09"
    did(story, story.bruno, bins, "2026-12-02")
    assert due(chore_of(story, bins)) == "2026-12-07"


def test_a_rhythm_may_follow_the_day_on_which_it_was_last_done(story: Story) -> None:
    towels = story.bruno.brings(
        ChoreAdded(rhythm="FREQ=DAILY;INTERVAL=3", start="2026-11-02", follows=True, name="Towels")
    )
    assert due(chore_of(story, towels)) == "2026-11-02"
    did(story, story.bruno, towels, "2026-11-06")
    assert due(chore_of(story, towels)) == "2026-11-09"


def test_two_people_tap_the_same_turn_apart_and_one_has_done_it(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(minutes=10, name="Bins", **MONDAYS))
    story.amina.brings(Done(chore=bins, turn=0, who=[story.amina.member], day="2026-11-02"))
    assert story.chloe.is_refused(Done(chore=bins, turn=0, who=[story.chloe.member])) == Why.DONE_ALREADY.code
    assert minutes(story) == {"amina": 10}


def test_tasks_done_is_refused(story: Story) -> None:
    amina = [story.amina.member]
    bins = story.bruno.brings(ChoreAdded(name="Bins"))
    for event, code in (
        (Done(chore=NOTHING, turn=0, who=amina), Why.NO_CHORE.code),
        (Done(chore=bins, turn=1, who=amina), Why.NOT_YET.code),
        (Done(chore=bins, turn=0, who=[NOTHING]), Why.NOBODY.code),
        (Done(chore=bins, turn=0, who=amina * 2), Why.TWICE_NAMED.code),
        (Done(chore=bins, turn=0, who=amina, day="2026-13-01"), Why.NO_DAY.code),
        (Done(chore=bins, turn=0, who=amina, due="tomorrow!!"), Why.NO_DAY.code),
        (Done(chore=bins, turn=0, who=[]), "circle.malformed"),
    ):
        assert story.chloe.is_refused(event) == code, event


def test_a_chore_for_one_day_is_over_once_it_is_done(story: Story) -> None:
    shelf = story.bruno.brings(ChoreAdded(start="2026-11-05", name="Put the shelf up"))
    done = did(story, story.bruno, shelf, "2026-11-06")
    assert chores(story.circle, "2026-11-07") == []
    assert story.amina.is_refused(Done(chore=shelf, turn=0, who=[story.amina.member])) == Why.DONE_ALREADY.code
    story.amina.brings(Undone(entry=done))
    assert [one.due for one in chores(story.circle, "2026-11-07")] == ["2026-11-05"]


def test_tasks_skipped(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(minutes=10, name="Bins", **MONDAYS))
    story.chloe.brings(Skipped(chore=bins, turn=0, due="2026-11-02", day="2026-11-02", why="Nothing in them"))
    assert due(chore_of(story, bins)) == "2026-11-09"
    assert minutes(story) == {}


def test_tasks_skipped_is_refused(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(name="Bins", **MONDAYS))
    did(story, story.bruno, bins, "2026-11-02")
    assert story.chloe.is_refused(Skipped(chore=bins, turn=0)) == Why.DONE_ALREADY.code
    assert story.dov.is_refused(Skipped(chore=bins, turn=1)) == "circle.not_allowed"


def test_tasks_taken_over(story: Story) -> None:
    """The next turn is whose it would have been."""
    pair = [story.amina.member, story.bruno.member]
    bins = story.bruno.brings(ChoreAdded(name="Bins", rotation="in_turn", members=pair, **MONDAYS))
    story.chloe.brings(TakenOver(chore=bins, turn=0, member=story.chloe.member))
    assert whose(story, bins) == ["chloe"]
    did(story, story.chloe, bins, "2026-11-02")
    assert whose(story, bins) == ["bruno"]


def test_tasks_taken_over_is_refused(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(name="Bins", **MONDAYS))
    story.chloe.brings(TakenOver(chore=bins, turn=0, member=story.chloe.member))
    assert story.chloe.is_refused(TakenOver(chore=bins, turn=0, member=story.chloe.member)) == Why.SAME.code
    assert story.chloe.is_refused(TakenOver(chore=bins, turn=0, member=NOTHING)) == Why.NOBODY.code
    assert story.dov.is_refused(TakenOver(chore=bins, turn=0, member=story.dov.member)) == "circle.not_allowed"


def test_tasks_put_off(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(name="Bins", **MONDAYS))
    story.chloe.brings(PutOff(chore=bins, turn=0, until="2026-11-04"))
    assert due(chore_of(story, bins)) == "2026-11-04"
    did(story, story.bruno, bins, "2026-11-04")
    assert due(chore_of(story, bins)) == "2026-11-09"


def test_tasks_put_off_is_refused(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(name="Bins", **MONDAYS))
    story.chloe.brings(PutOff(chore=bins, turn=0, until="2026-11-04"))
    assert story.chloe.is_refused(PutOff(chore=bins, turn=0, until="2026-11-04")) == Why.SAME.code
    assert story.chloe.is_refused(PutOff(chore=bins, turn=0, until="2026-11-31")) == Why.NO_DAY.code


def test_tasks_worked(story: Story) -> None:
    story.dov.brings(Worked(kind="repairs", minutes=90, who=[story.dov.member], day="2026-11-04", what="The tap"))
    pair = [story.amina.member, story.chloe.member]
    story.amina.brings(Worked(minutes=30, who=pair, whom=story.dov.member, day="2026-11-08"))
    assert minutes(story) == {"dov": 90, "amina": 30, "chloe": 30}
    assert [doing.whom for _, doing in latest(story.circle)] == [story.dov.member, ""]


def test_tasks_worked_is_refused(story: Story) -> None:
    me = [story.chloe.member]
    for event, code in (
        (Worked(minutes=5, who=[NOTHING]), Why.NOBODY.code),
        (Worked(minutes=5, who=me, whom=NOTHING), Why.NOBODY.code),
        (Worked(minutes=5, who=me, day="2026-02-29"), Why.NO_DAY.code),
        (Worked(minutes=0, who=me), "circle.malformed"),
        (Worked(minutes=100_001, who=me), "circle.malformed"),
    ):
        assert story.chloe.is_refused(event) == code, event


def test_tasks_undone(story: Story) -> None:
    """It is the same turn again, with the same person's name on it."""
    bins = story.bruno.brings(ChoreAdded(minutes=10, name="Bins", rotation="in_turn", **MONDAYS))
    did(story, story.amina, bins, "2026-11-02")
    before = chore_of(story, bins).turn
    done = did(story, story.chloe, bins, "2026-11-09")
    story.chloe.brings(Undone(entry=done, why="It was last week"))
    assert chore_of(story, bins).turn == before
    assert minutes(story, "2026-11-09") == {}
    assert [doing.undone for _, doing in latest(story.circle, bins)] == [True, False]


def test_what_was_taken_back_long_after_leaves_the_turn_as_it_is(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(minutes=10, name="Bins", **MONDAYS))
    first = did(story, story.bruno, bins, "2026-11-02")
    did(story, story.chloe, bins, "2026-11-09")
    story.amina.brings(Undone(entry=first))
    assert (chore_of(story, bins).turn.number, minutes(story)) == (2, {})


def test_an_undo_is_undone_once_and_the_doing_can_be_taken_back_again(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(minutes=10, name="Bins", **MONDAYS))
    done = did(story, story.bruno, bins, "2026-11-02")
    after = chore_of(story, bins).turn
    undo = story.amina.brings(Undone(entry=done))
    redo = story.bruno.brings(Undone(entry=undo))
    assert (chore_of(story, bins).turn, minutes(story)) == (after, {"bruno": 10})
    assert story.bruno.is_refused(Undone(entry=undo)) == Why.UNDONE_ALREADY.code
    assert story.bruno.is_refused(Undone(entry=redo)) == Why.NO_ENTRY.code
    story.bruno.brings(Undone(entry=done))
    assert minutes(story) == {}


def test_a_turn_that_was_done_otherwise_since_stays_so(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(minutes=10, name="Bins", **MONDAYS))
    first = did(story, story.bruno, bins, "2026-11-02")
    undo = story.amina.brings(Undone(entry=first))
    second = did(story, story.chloe, bins, "2026-11-03")
    assert story.bruno.is_refused(Undone(entry=undo)) == Why.DONE_ALREADY.code
    third = did(story, story.amina, bins, "2026-11-09")
    late = story.amina.brings(Undone(entry=third))
    story.amina.brings(Undone(entry=second))
    assert story.amina.is_refused(Undone(entry=late)) == Why.NOT_YET.code
    assert (chore_of(story, bins).turn.number, minutes(story)) == (0, {})


def test_tasks_undone_is_refused(story: Story) -> None:
    bins = story.bruno.brings(ChoreAdded(name="Bins"))
    done = did(story, story.bruno, bins, "2026-11-02")
    assert story.dov.is_refused(Undone(entry=done)) == Why.NOT_YOURS.code
    assert story.bruno.is_refused(Undone(entry=bins)) == Why.NO_ENTRY.code
    story.amina.brings(Undone(entry=done))
    assert story.amina.is_refused(Undone(entry=done)) == Why.UNDONE_ALREADY.code


# --- whose turn it is --------------------------------------------------------------------------------------------


ONE_BY_ONE = [["amina"], ["bruno"], ["chloe"], ["amina"]]


@pytest.mark.parametrize(
    ("rotation", "turns"),
    [
        ("fixed", [["amina"]] * 4),
        ("in_turn", ONE_BY_ONE),
        ("least_recent", ONE_BY_ONE),
        ("fewest_minutes", ONE_BY_ONE),
        ("whoever", [[]] * 4),
        ("together", [["amina", "bruno", "chloe"]] * 4),
    ],
)
def test_each_rotation_says_whose_turn_it_is(story: Story, rotation: Rotation, turns: list[list[str]]) -> None:
    three = [story.people[name].member for name in ("amina", "bruno", "chloe")]
    members = three[:1] if rotation == "fixed" else three
    chore = story.bruno.brings(ChoreAdded(rotation=rotation, members=members, minutes=5, name="Dishes"))
    seen = []
    for _ in turns:
        seen.append(whose(story, chore))
        one, *others = [story.people[name] for name in seen[-1] or ["bruno"]]
        did(story, one, chore, "2026-11-02", *others)
    assert seen == turns


def test_a_turn_goes_by_what_each_did_before(story: Story) -> None:
    """By who did it, or how much, not by whose turn it was."""
    least = story.bruno.brings(ChoreAdded(rotation="least_recent", name="Dishes"))
    fewest = story.bruno.brings(ChoreAdded(rotation="fewest_minutes", minutes=20, name="Windows"))
    did(story, story.bruno, least, "2026-11-02")
    did(story, story.amina, least, "2026-11-03")
    did(story, story.chloe, least, "2026-11-04")
    did(story, story.amina, fewest, "2026-10-01")  # more than four weeks ago
    did(story, story.chloe, fewest, "2026-11-01")
    assert whose(story, least) == ["bruno"]
    assert whose(story, fewest, "2026-11-04") == ["amina"]


def test_chance_is_in_the_event(story: Story) -> None:
    three = [story.people[name].member for name in ("amina", "bruno", "chloe")]
    cat = story.bruno.brings(ChoreAdded(rotation="random", members=three, seed=7, name="The cat’s box"))
    drawn = [whose(story, cat)]
    for turn, seed in enumerate((3, 11, 100)):
        story.bruno.brings(Done(chore=cat, turn=turn, who=three[:1], seed=seed))
        drawn.append(whose(story, cat))
    assert drawn == [["bruno"], ["amina"], ["chloe"], ["bruno"]]


def test_who_is_away_or_has_gone_is_passed_over(story: Story) -> None:
    chore = story.bruno.brings(ChoreAdded(rotation="in_turn", name="Dishes", **MONDAYS))
    assert whose(story, chore) == ["amina"]
    story.amina.brings(WentAway(member=story.amina.member, since="2026-11-01", until="2026-11-05"))
    assert whose(story, chore) == ["bruno"]
    did(story, story.bruno, chore, "2026-11-02")
    assert whose(story, chore) == ["chloe"]
    story.chloe.brings(Left())
    assert whose(story, chore) == ["amina"]


def test_nobody_is_left_to_do_it(story: Story) -> None:
    chore = story.bruno.brings(ChoreAdded(rotation="fixed", members=[story.chloe.member], name="Homework"))
    story.chloe.brings(Left())
    assert whose(story, chore) == []
    did(story, story.bruno, chore, "2026-11-02")


def test_guests_take_part_where_they_are_named(story: Story) -> None:
    everybody = story.bruno.brings(ChoreAdded(rotation="together", name="Spring cleaning"))
    assert whose(story, everybody) == ["amina", "bruno", "chloe"]
    named = story.bruno.brings(ChoreAdded(rotation="fixed", members=[story.dov.member], name="His dishes"))
    assert whose(story, named) == ["dov"]
