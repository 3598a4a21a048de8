"""What is to come in somebody's own calendar, read back as a calendar program reads it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from cercle.modules.decisions.events import Opened, Proposed, Voted
from cercle.modules.meetings.events import Called, CalledOff, ItemPut, Moved
from cercle.modules.people.events import Left
from cercle.modules.tasks.events import ChoreAdded
from cercle.web.calendar import FILES
from tests.web.browser import Browser, Page
from tests.web.seated import Table, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "tasks", "meetings", "decisions") as made:
        yield made


def day(away: int) -> str:
    return (datetime.now(UTC).astimezone().date() + timedelta(days=away)).isoformat()


def chore(table: Table, **more: Any) -> str:
    return table.does(ChoreAdded(**({"name": "Bins", "rhythm": "FREQ=DAILY", "start": day(0), "minutes": 10} | more)))


def address(browser: Browser) -> str:
    browser.open("calendar")
    page = browser.send("/calendar")
    (found,) = re.findall(r"/calendar/[0-9a-f]+/cercle\.ics", page.source)
    return str(found)


def events(page: Page) -> list[Any]:
    assert page.headers["content-type"].startswith("text/calendar")
    assert max(len(line.encode()) for line in page.source.splitlines()) <= 75
    return list(Calendar.from_ical(page.source).walk("VEVENT"))


def read_back(page: Page) -> dict[str, list[str]]:
    """When it is, by what stands there."""
    found: dict[str, list[str]] = {}
    for one in events(page):
        found.setdefault(str(one["summary"]), []).append(one["dtstart"].dt.isoformat())
    return found


def test_chores(table: Table) -> None:
    odd = "Bins; the big, green ones \\ and what is beside them, all the way down to the street, before eight o’clock"
    chore(table, name=odd, rhythm="FREQ=DAILY;INTERVAL=28", rotation="in_turn")
    chore(table, name="Towels", rhythm="FREQ=DAILY;INTERVAL=3", follows=True)
    chore(table, name="Plants", rhythm=None, start=None)
    page = table.farid.open(address(table.bruno))
    assert read_back(page) == {f"{odd} (Amina)": [day(0)], odd: [day(28), day(56)], "Towels": [day(0)]}


def test_meetings_at_the_moment_at_which_they_begin(table: Table) -> None:
    paris, first = ZoneInfo("Europe/Paris"), day(2)
    key = table.does(
        Called(name="Evening", day=first, at="19:30", minutes=90, zone=paris.key, rhythm="FREQ=WEEKLY", place="Kitchen")
    )
    table.does(ItemPut(meeting=key, what="Bed times"))
    table.does(Moved(meeting=key, day=day(9), to=day(10), at="20:00"))
    table.does(CalledOff(meeting=key, day=day(16)))
    found = events(table.farid.open(address(table.dov)))
    assert [one["dtstart"].dt for one in found] == [
        datetime.fromisoformat(f"{when}T{at}").replace(tzinfo=paris).astimezone(UTC)
        for when, at in [(first, "19:30"), (day(10), "20:00"), *[(day(away), "19:30") for away in range(23, 57, 7)]]
    ]
    assert found[0]["dtend"].dt - found[0]["dtstart"].dt == timedelta(minutes=90)
    assert str(found[0]["location"]) == "Kitchen"
    assert "Bed times" in str(found[0]["description"])


def test_until_when_one_may_vote(table: Table) -> None:
    motion = table.does(Proposed(title="A dog"))
    vote = table.does(Opened(motion=motion, method="majority", days=3))
    feed = address(table.bruno)
    (when,) = read_back(table.farid.open(feed))["The vote ends: A dog"]
    until = table.circle.decisions.motions[motion].round.until
    assert datetime.fromisoformat(when).timestamp() == until // 1000
    assert read_back(table.farid.open(address(table.dov))) == {}, "a guest does not vote"
    table.does(Voted(motion=motion, round=vote, choice={"yes": 1}), "Bruno")
    assert read_back(table.farid.open(feed)) == {}


def test_an_address_that_was_made_before_or_of_somebody_who_left_leads_nowhere(table: Table) -> None:
    chore(table)
    first = address(table.bruno)
    assert "You have an address already." in table.bruno.open("calendar").text
    second = address(table.bruno)
    assert [table.farid.open(one).status for one in (first, second)] == [404, 200]
    assert table.farid.open(second.replace(*FILES)).status == 200, "as addresses ended before"
    assert table.farid.open(second.replace("cercle.ics", "other.ics")).status == 404
    assert table.farid.open("/calendar/ffff/cercle.ics").status == 404
    table.does(Left(), "Bruno")
    assert table.farid.open(second).status == 404
