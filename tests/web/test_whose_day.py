"""Whose day it is: of whoever asks, in the zone that their browser says; and of what was tapped without a network, the
day on which it was (decision 11)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cercle.modules.tasks.events import ChoreAdded
from cercle.page.clock import TAPPED_ON, ZONE
from cercle.sentences import day
from tests.web.browser import Browser, Page
from tests.web.seated import Table, fields, seated

AHEAD, BEHIND = "Pacific/Kiritimati", "Pacific/Pago_Pago"  # never on the same day
NO_ZONES = [
    "",
    "Nowhere/At_All",
    "Europe",
    "../../../etc/passwd",
    "Europe/../../../../etc/passwd",
    "/etc/localtime",
    "zone.tab",
    "Europe/Paris%00",
    "%00",
    "A" * 10_000,
    "A/" * 5_000,
    "Europe%2F%C3%89",
    "Europe/Paris%0D%0AX: y",
]


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "today", "tasks") as made:
        yield made


def today_in(zone: str = "") -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(zone) if zone else None).date()


def chore(table: Table) -> str:
    start = (today_in(BEHIND) - timedelta(days=100)).isoformat()
    return table.does(ChoreAdded(name="Bins", rhythm="FREQ=DAILY", start=start))


def taps(browser: Browser, key: str, said: str = "") -> Page:
    """Done, as the outbox sends it later, which says on which day it was tapped."""
    browser.open("tasks")
    button = next(value for form in browser.page.forms for _, value in form.buttons if value.startswith(f"{key}."))
    sent = fields(browser, "/tasks/done", done=button)
    return browser.post("tasks/done", sent, headers={TAPPED_ON: said} if said else {})


def days_done(table: Table) -> list[str]:
    return [doing.day for doing in table.circle.tasks.doings.values()]


# --- the zone ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [AHEAD, BEHIND])
def test_everybody_has_the_day_of_where_they_are(table: Table, zone: str) -> None:
    table.bruno.cookies[ZONE] = zone
    assert day(today_in(zone).isoformat(), "en") in table.bruno.open("today").text
    taps(table.bruno, chore(table))
    assert days_done(table) == [today_in(zone).isoformat()]


def test_the_log_tells_times_by_the_clocks_of_whoever_reads(table: Table) -> None:
    entry = table.circle.roots.begun
    now = datetime.fromtimestamp(table.live.entry(entry).time / 1000, UTC)  # type: ignore[union-attr]
    for zone in (AHEAD, BEHIND):
        table.amina.cookies[ZONE] = zone
        there = now.astimezone(ZoneInfo(zone))
        said = f"{day(there.date().isoformat(), 'en')}, {there:%H:%M}"
        assert said in table.amina.open(f"log/{entry}").text
        assert f"{there:%H:%M}" in table.amina.open("log").text
        assert table.amina.page.text.count("Yesterday") == 0


@pytest.mark.parametrize("zone", NO_ZONES)
def test_what_is_no_zone_leaves_the_day_of_this_machine(table: Table, zone: str) -> None:
    table.bruno.cookies[ZONE] = zone
    page = table.bruno.open("today")
    assert page.status == 200
    assert day(today_in().isoformat(), "en") in page.text


# --- what was tapped before --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ago", [0, 1, 2, 60])
def test_what_is_sent_later_is_of_the_day_on_which_it_was_tapped(table: Table, ago: int) -> None:
    tapped = (today_in() - timedelta(days=ago)).isoformat()
    taps(table.bruno, chore(table), tapped)
    assert days_done(table) == [tapped]


@pytest.mark.parametrize("ago", [-1, -400, 61, 4000])
def test_a_day_ahead_or_too_long_ago_is_not_believed(table: Table, ago: int) -> None:
    taps(table.bruno, chore(table), (today_in() - timedelta(days=ago)).isoformat())
    assert days_done(table) == [today_in().isoformat()]


@pytest.mark.parametrize("said", ["yesterday", "2026-02-30", "0000-00-00", "9999-99-99", "1", "undefined", "-" * 4000])
def test_what_is_no_day_is_not_believed(table: Table, said: str) -> None:
    taps(table.bruno, chore(table), said)
    assert days_done(table) == [today_in().isoformat()]


def test_what_lies_ahead_goes_by_the_visitors_zone(table: Table) -> None:
    """Where Bruno is, it is that day already; where Amina is, it is not."""
    key = chore(table)
    ahead = today_in(AHEAD).isoformat()
    table.amina.cookies[ZONE], table.bruno.cookies[ZONE] = BEHIND, AHEAD
    taps(table.bruno, key, ahead)
    taps(table.amina, key, ahead)
    assert days_done(table) == [ahead, today_in(BEHIND).isoformat()]


def test_the_page_that_follows_is_of_today(table: Table) -> None:
    tapped = today_in() - timedelta(days=3)
    chore(table)
    page = table.bruno.open("today", **{TAPPED_ON: tapped.isoformat()})
    assert day(today_in().isoformat(), "en") in page.text
