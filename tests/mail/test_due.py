"""What somebody is to be told, and when: of meetings, of votes, of the week."""

from cercle.mail.due import Due, VoteDue, WeekDue
from cercle.modules.circle.events import TurnedOff
from cercle.modules.decisions.events import Proposed
from cercle.modules.meetings.events import Begun, Called, CalledOff, Changed, Closed, Moved
from cercle.store.reminders import Mark
from cercle.web.deadlines import keep
from tests.mail.conftest import Home, moment

THURSDAY, FRIDAY, NEXT = "2026-03-05", "2026-03-06", "2026-03-12"
WEEKLY = "FREQ=WEEKLY;BYDAY=TH"


def told(found: list[Due], before: set[Mark] | None = None) -> set[Mark]:
    """What is known once these were said."""
    known = set(before or ())
    for one in found:
        known = (known - set(one.stale)) | set(one.marks)
    return known


def meeting(home: Home, day: str = THURSDAY, at: str = "18:00", **more: str) -> str:
    return home.does(Called(name="Supper", day=day, at=at, **{"zone": "Europe/Paris"} | more))


# --- meetings --------------------------------------------------------------------------------------------------------


def test_a_meeting_comes_the_day_before_and_the_hour_before(home: Home) -> None:
    meeting(home)
    assert home.due("day", "hour") == []
    home.now = "2026-03-04 18:00"
    (first,) = home.due("day", "hour")
    assert (first.begins, [mark.kind for mark in first.marks]) == (moment("2026-03-05 18:00"), ["day"])
    known = told([first])
    assert home.due("day", "hour", told=known) == []
    home.now = "2026-03-05 17:00"
    (second,) = home.due("day", "hour", told=known)
    assert [mark.kind for mark in second.marks] == ["hour"]
    assert home.due("day", "hour", told=told([second], known)) == []


def test_each_is_for_who_wants_it(home: Home) -> None:
    meeting(home)
    home.now = "2026-03-05 17:30"
    assert home.due("votes", "week") == []
    assert [mark.kind for mark in home.due("day")[0].marks] == ["day"]
    assert [mark.kind for mark in home.due("hour")[0].marks] == ["hour"]
    (both,) = home.due("day", "hour")
    assert {mark.kind for mark in both.marks} == {"day", "hour"}, "one mail says it, when there is so little time"


def test_what_is_called_at_short_notice_is_told_at_once(home: Home) -> None:
    home.now = "2026-03-05 17:55"
    meeting(home)
    assert len(home.due("day")) == len(home.due("hour")) == 1


def test_what_is_past_or_has_begun_is_not_told(home: Home) -> None:
    name = meeting(home)
    home.now = "2026-03-05 18:00"
    assert home.due("day", "hour") == [], "the machine was asleep"
    home.now = "2026-03-05 17:50"
    home.does(Begun(meeting=name, day=THURSDAY, members=[home.members["Amina"]]))
    known = {Mark("day", f"{name}/{THURSDAY}", moment("2026-03-05 18:00"))}
    assert home.due("day", "hour") == home.due("day", "hour", told=known) == []
    home.does(Closed(meeting=name, day=THURSDAY))
    assert home.due("day", "hour", told=known) == [], "it was not called off"


def test_a_meeting_is_when_the_clocks_of_its_zone_show_it(home: Home) -> None:
    meeting(home, at="01:30", zone="Asia/Tokyo")
    home.now = "2026-03-03 17:29"
    assert home.due("day") == []
    home.now = "2026-03-03 17:30"
    assert home.due("day")[0].begins == moment("2026-03-04 17:30")
    home.does(Called(name="Walk", day=FRIDAY, at="09:00"))
    home.now = "2026-03-05 09:00"
    assert home.due("day")[0].begins == moment("2026-03-06 09:00"), "without one, those of this machine"


def test_one_that_was_moved_is_told_anew(home: Home) -> None:
    name = meeting(home)
    home.now = "2026-03-04 19:00"
    known = told(home.due("day"))
    home.does(Moved(meeting=name, day=THURSDAY, to=NEXT, at="20:00"))
    (moved,) = home.due("day", told=known)
    assert (moved.was, moved.begins) == (moment("2026-03-05 18:00"), moment("2026-03-12 20:00"))
    known = told([moved], known)
    assert home.due("day", told=known) == []
    home.now = "2026-03-11 20:00"
    (again,) = home.due("day", told=known)
    assert (again.was, again.begins) == (0, moment("2026-03-12 20:00"))
    assert home.due("day", told=told([again], known)) == []


def test_one_that_was_moved_by_hours_is_told_once(home: Home) -> None:
    name = meeting(home)
    home.now = "2026-03-04 19:00"
    known = told(home.due("day"))
    home.does(Moved(meeting=name, day=THURSDAY, to=THURSDAY, at="17:00"))
    (moved,) = home.due("day", told=known)
    known = told([moved], known)
    assert home.due("day", told=known) == []
    home.does(Moved(meeting=name, day=THURSDAY, to=THURSDAY, at="18:00"))
    (back,) = home.due("day", told=known)
    assert (back.was, back.begins) == (moment("2026-03-05 17:00"), moment("2026-03-05 18:00"))
    assert home.due("day", told=told([back], known)) == []


def test_one_that_was_moved_before_anybody_was_told_is_told_of_as_it_is(home: Home) -> None:
    name = meeting(home)
    home.does(Moved(meeting=name, day=THURSDAY, to=FRIDAY, at="08:00"))
    home.now = "2026-03-05 08:00"
    (only,) = home.due("day")
    assert (only.was, only.begins) == (0, moment("2026-03-06 08:00"))


def test_who_was_told_of_one_that_is_called_off_is_told_so(home: Home) -> None:
    name = meeting(home)
    home.now = "2026-03-04 19:00"
    known = told(home.due("day"))
    home.does(CalledOff(meeting=name, day=THURSDAY))
    assert home.due("day") == [], "nobody was told, nobody need know"
    (off,) = home.due("day", told=known)
    assert (off.was, off.begins) == (moment("2026-03-05 18:00"), 0)
    assert home.due("day", told=told([off], known)) == []
    home.now = "2026-03-05 19:00"
    assert home.due("day", told=known) == [], "it is past"


def test_of_a_rhythm_one_is_called_off_and_then_all(home: Home) -> None:
    name = meeting(home, rhythm=WEEKLY)
    home.now = "2026-03-04 19:00"
    known = told(home.due("day"))
    home.does(CalledOff(meeting=name, day=NEXT))
    assert home.due("day", told=known) == []
    home.does(CalledOff(meeting=name))
    (off,) = home.due("day", told=known)
    assert off.begins == 0
    home.now = "2026-03-11 19:00"
    assert home.due("day") == []


def test_one_that_was_described_anew_is_on_its_new_day(home: Home) -> None:
    name = meeting(home)
    home.now = "2026-03-04 19:00"
    known = told(home.due("day"))
    home.does(Changed(meeting=name, name="Supper", day=THURSDAY, at="18:00", place="The garden", zone="Europe/Paris"))
    assert home.due("day", told=known) == []
    home.does(Changed(meeting=name, name="Supper", day=NEXT, at="18:00", zone="Europe/Paris"))
    (moved,) = home.due("day", told=known)
    assert (moved.was, moved.begins) == (moment("2026-03-05 18:00"), moment("2026-03-12 18:00"))
    assert home.due("day", told=told([moved], known)) == []


def test_where_the_page_is_off_nothing_is_told(home: Home) -> None:
    meeting(home)
    home.opens()
    home.now = "2026-03-05 17:30"
    assert len(home.due()) == 2
    for page in ("meetings", "decisions"):
        home.does(TurnedOff(part=page))
    assert home.due() == []


# --- votes -----------------------------------------------------------------------------------------------------------


def test_a_vote_is_told_when_it_is_opened_and_a_day_before_its_end(home: Home) -> None:
    motion, vote = home.opens(days=3)
    (opened,) = home.due("votes")
    assert opened == VoteDue(motion, False, (Mark("opened", vote),))
    known = told([opened])
    home.now = "2026-03-06 09:00"
    assert home.due("votes", told=known) == []
    home.now = "2026-03-06 10:01"
    (ending,) = home.due("votes", told=known)
    assert (ending.ends, [mark.kind for mark in ending.marks]) == (True, ["ending"])
    assert home.due("votes", told=told([ending], known)) == []
    home.now = "2026-03-07 10:01"
    assert home.due("votes") == [], "its days are over"


def test_one_of_a_day_is_told_once(home: Home) -> None:
    home.opens(days=1)
    home.now = "2026-03-04 10:01"
    (both,) = home.due("votes")
    assert ([mark.kind for mark in both.marks], both.ends) == (["opened", "ending"], True)


def test_who_has_voted_or_may_not_is_not_asked(home: Home) -> None:
    motion, vote = home.opens()
    assert home.due("votes", name="Dov") == [], "a guest"
    home.votes(motion, vote, "Bruno")
    assert home.due("votes") == []
    assert len(home.due("votes", name="Amina")) == 1
    home.opens(days=0, method="light")
    assert len(home.due("votes", name="Amina")) == 1


def test_what_was_opened_before_they_wanted_it_is_told_before_its_end_alone(home: Home) -> None:
    home.opens(days=3)
    assert home.due("votes", since="2026-03-04 11:00") == []
    home.now = "2026-03-06 12:00"
    assert [mark.kind for mark in home.due("votes", since="2026-03-04 11:00")[0].marks] == ["ending"]


def test_a_second_round_is_another_vote(home: Home) -> None:
    motion, _ = home.opens(days=1)
    known = told(home.due("votes"))
    home.now = "2026-03-05 10:10"
    keep(home.node, home.live)
    assert home.live.circle.decisions.motions[motion].ended
    home.opens(days=1)
    assert len(home.due("votes", told=known)) == 1


# --- the week --------------------------------------------------------------------------------------------------------


def test_the_week_on_monday_morning(home: Home) -> None:
    motion, vote = home.opens(days=1)
    home.votes(motion, vote, "Bruno")
    open_one = home.does(Proposed(title="A cat"))
    home.now = "2026-03-05 10:10"
    keep(home.node, home.live)
    name = meeting(home, rhythm=WEEKLY)
    home.now = "2026-03-09 06:59"
    assert home.due("week") == []
    home.now = "2026-03-09 07:00"
    (week,) = home.due("week")
    assert isinstance(week, WeekDue)
    assert (week.first, week.decided, week.open, week.again) == ("2026-03-09", (motion,), (open_one,), ())
    assert [(one.id, one.key, at) for one, at in week.coming] == [(name, NEXT, moment("2026-03-12 18:00"))]
    assert home.due("week", told=told([week])) == []
    home.now = "2026-03-11 06:59"
    assert len(home.due("week")) == 1, "the machine was asleep"
    home.now = "2026-03-11 07:00"
    assert home.due("week") == [], "it is too late"
    home.now = "2026-03-16 07:00"
    (later,) = home.due("week", told=told([week]))
    assert (later.decided, later.open) == ((), (open_one,))


def test_a_week_of_which_there_is_nothing_to_say(home: Home) -> None:
    home.now = "2026-03-09 08:00"
    (week,) = home.due("week")
    assert week.says_nothing
    assert home.due("week", since="2026-03-09 07:30") == [], "who wants it since hears of it the next time"
    assert len(home.due("week", since="2026-03-08 07:30")) == 1
