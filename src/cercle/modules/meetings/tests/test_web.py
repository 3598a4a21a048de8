"""Meetings as people call them, come to them and write them down."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cercle.modules.decisions.events import Proposed
from cercle.modules.meetings.state import Meeting, Occasion
from cercle.modules.meetings.web import NEXT
from tests.web.seated import Table, seated

TODAY = datetime.now().astimezone().date()
SOON = (TODAY + timedelta(days=2)).isoformat()
LATER = (TODAY + timedelta(days=9)).isoformat()
NOTHING = "0" * 20


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "meetings", "decisions", "week") as made:
        yield made


def call(table: Table, **filled: str) -> str:
    """Calls a meeting, weekly from the day after tomorrow; gives the path of its first time."""
    table.amina.open("meetings/new")
    said = {"name": "Our evening", "day": SOON, "at": "19h30", "often": "weekly", "place": "Kitchen"} | filled
    page = table.amina.send("/meetings/new", **said)
    assert page.status == 200, page.text
    return "meetings" + page.path.partition("/meetings")[2]


def meeting(table: Table) -> Meeting:
    (found,) = table.circle.meetings.meetings.values()
    return found


def occasion(table: Table, day: str = SOON) -> Occasion:
    return meeting(table).occasions[day]


def begin(table: Table, there: str, *names: str) -> None:
    table.amina.open(there)
    table.amina.send("/begin", present=[table.members[name] for name in names])


def test_nothing_is_called(table: Table) -> None:
    table.amina.open("meetings")
    assert "No meeting is called" in table.amina.page.text
    table.dov.open("meetings")
    assert "Call a meeting" not in table.dov.page.text


def test_a_meeting_is_called_and_people_say_whether_they_come(table: Table) -> None:
    there = call(table, link="https://meet.example.org/us", about="What comes", minutes="90")
    assert (meeting(table).at, meeting(table).minutes, meeting(table).rhythm) == ("19:30", 90, "FREQ=WEEKLY")
    assert "1 h 30" in table.amina.page.text
    assert "https://meet.example.org/us" in table.amina.page.links
    table.dov.open(there)
    page = table.dov.send("/answer", answer="maybe")
    assert occasion(table).answers == {table.members["Dov"]: "maybe"}
    assert "Perhaps" in page.text
    table.chloe.open("meetings")
    assert LATER not in table.chloe.page.text, "days are said in words"
    assert sum(f"/{there.split('/')[1]}/" in link for link in table.chloe.page.links) == NEXT


@pytest.mark.parametrize(
    ("filled", "sentence"),
    [
        ({"name": " "}, "Say in 1 to 80 letters what meeting it is."),
        ({"day": "2026-02-30"}, "There is no such day in the calendar."),
        ({"at": "25:00"}, "Say when it begins, such as 19:30."),
        ({"minutes": "a lot"}, "A whole number of minutes, up to a day."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(table: Table, filled: dict[str, str], sentence: str) -> None:
    table.amina.open("meetings/new")
    page = table.amina.send("/meetings/new", **({"name": "x", "day": SOON, "at": "19:00"} | filled))
    assert (page.status, table.circle.meetings.meetings) == (422, {})
    assert sentence in page.text


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://", "data:text/html,x", "//evil.example/x", "http://[::1"]
)
def test_a_link_that_is_none_is_words(table: Table, link: str) -> None:
    call(table, link=link)
    assert link in table.amina.page.text
    assert not [one for one in table.amina.page.links if not one.startswith("http://cercle.home/")]


def test_it_is_moved_and_called_off(table: Table) -> None:
    there = call(table)
    table.bruno.open(f"{there}/edit")
    page = table.bruno.send("/move", to=LATER, to_at="20:00", why="A concert")
    assert "moved" in page.text
    assert (occasion(table).to, occasion(table).at) == (LATER, "20:00")
    table.bruno.open(f"{there}/edit")
    page = table.bruno.send("/call-off", which="one")
    assert occasion(table).off
    table.bruno.open(there)
    assert "called off" in table.bruno.page.text
    other = there.replace(SOON, LATER)
    table.bruno.open(f"{other}/edit")
    table.bruno.send("/call-off", which="all", why_off="We meet by chance")
    table.bruno.open("meetings")
    assert "Our evening" not in table.bruno.page.text


def test_it_is_described_anew(table: Table) -> None:
    there = call(table)
    table.amina.open(f"{there}/edit")
    assert table.amina.page.form("/edit").fields["often"] == ["weekly"]
    table.amina.send("/edit", often="weekday", at="18:15")
    assert meeting(table).rhythm.startswith("FREQ=MONTHLY;BYDAY=")
    assert meeting(table).at == "18:15"


def test_the_agenda_feeds_itself(table: Table) -> None:
    table.does(Proposed(title="A dog"), "Bruno")
    there = call(table)
    table.chloe.open(there)
    assert "A dog" in table.chloe.page.text
    assert "is talked about" in table.chloe.page.text
    assert "The week" in table.chloe.page.text
    page = table.chloe.send("/put", what="Bed times", why="Mine is early", minutes="10")
    assert "Bed times" in page.text
    page = table.chloe.send("/put", what=" ")
    assert "Say in a line what is to be talked about." in page.text
    (item,) = table.circle.meetings.items
    table.chloe.open(there)
    page = table.chloe.send("/off", left=item)
    assert "Bed times" not in page.text


def test_from_the_agenda_to_the_minutes(table: Table) -> None:
    there = call(table)
    table.amina.open(there)
    table.amina.send("/put", what="Bed times")
    (item,) = table.circle.meetings.items
    begin(table, there, "Amina", "Bruno")
    page = table.amina.send("/note", what_said="At nine", item=item)
    assert "At nine" in page.text
    table.amina.send("/off", done=item)
    table.chloe.open(there)
    assert not any("/note" in form.action for form in table.chloe.page.forms)
    table.chloe.send("/join")
    page = table.chloe.send("/note", what_said="On Saturdays at ten")
    assert occasion(table).present == [table.members[name] for name in ("Amina", "Bruno", "Chloé")]
    (first, _second) = occasion(table).minutes
    table.bruno.open(f"{there}/line/{first}")
    page = table.bruno.send(f"/line/{first}", what="At nine, at ten in the holidays")
    assert "At nine, at ten in the holidays" in page.text
    assert "amended" in page.text
    page = table.amina.send("/close")
    assert occasion(table).closed
    table.dov.open(f"{there}/line/{first}")
    assert "At nine" in table.dov.page.text
    assert not any("what" in form.fields for form in table.dov.page.forms)
    table.dov.open("meetings")
    assert "Held" in table.dov.page.text


def test_a_round_goes_once_around(table: Table) -> None:
    there = call(table)
    begin(table, there, "Amina", "Bruno", "Dov")
    spoken = []
    for number in range(3):
        page = table.amina.open(f"{there}/round?at={number}")
        assert ">1:00</p>" in page.source
        assert any(f"at={number + 1}" in link for link in page.links)
        spoken.append(next(name for name in ("Amina", "Bruno", "Dov") if f">{name}</h2>" in page.source))
    table.amina.open(f"{there}/round?at=3")
    assert "Everybody has spoken" in table.amina.page.text
    assert sorted(spoken) == ["Amina", "Bruno", "Dov"]


@pytest.mark.parametrize(
    "path", [NOTHING + "/" + SOON, "{meeting}/2026-02-30", "{meeting}/" + TODAY.isoformat(), "{meeting}/x"]
)
def test_what_there_is_not(table: Table, path: str) -> None:
    there = call(table)
    name = there.split("/")[1]
    assert table.amina.open(f"meetings/{path.format(meeting=name)}").status == 404
    assert table.amina.open(f"{there}/round").status == 404, "it has not begun"
    assert table.amina.open(f"{there}/line/{'0' * 20}").status == 404
