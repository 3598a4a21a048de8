"""Two who live far apart have each their own day; what is tapped without a network is of the day on which it was."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from cercle.sentences import day
from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import invite, join, start
from tests.journeys.test_chores import chore
from tests.journeys.test_shopping import turn_on

AHEAD, BEHIND = "Pacific/Kiritimati", "Pacific/Pago_Pago"  # never on the same day


def today_in(zone: str | None = None) -> str:
    return datetime.now(UTC).astimezone(ZoneInfo(zone) if zone else None).date().isoformat()


def add_chore(home: Home, name: str) -> None:
    """A daily one that has been there for weeks."""
    begun = (datetime.now(UTC) - timedelta(days=30)).date().isoformat()
    said = json.dumps({"name": name, "rhythm": "FREQ=DAILY", "start": begun})
    added = home.command("act", "Chez nous", "tasks.chore_added", said, "--by", "Amina")
    assert added.returncode == 0, added.stderr


def days_done(home: Home) -> list[str]:
    """Of all that was done, as the log has it."""
    lines = map(json.loads, home.command("log", "Chez nous", "--json").stdout.splitlines())
    return [line["kept"]["day"] for line in lines if line["event"] == "tasks.done"]


def test_two_far_apart_have_each_their_own_day(home: Home, hands: Hands) -> None:
    amina, bruno = hands.phone("en", zone=BEHIND), hands.phone("fr", zone=AHEAD)
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    turn_on(amina, "today", "tasks")
    add_chore(home, "Bins")
    days = [today_in(BEHIND), today_in(AHEAD)]
    for hand, their_day in zip((amina, bruno), days, strict=True):
        hand.goes_to("today")
        expect(hand.page.locator("main .title")).to_contain_text(day(their_day, hand.language))
        chore(hand, "Bins").locator("button.tick").click()
        expect(hand.page.locator("#notice")).to_contain_text("Bins")
    assert days_done(home) == days
    bruno.goes_to("log")
    expect(bruno.page.locator("#entries .day").first).to_have_text("Aujourd’hui")


def test_what_was_tapped_in_the_cellar_two_days_ago_is_of_that_day(home: Home, hands: Hands) -> None:
    amina = hands.phone("en")
    start(amina, home, "Chez nous", "Amina")
    turn_on(amina, "tasks")
    add_chore(home, "Bins")
    amina.context.clock.set_fixed_time(datetime.now(UTC) - timedelta(days=2))
    amina.goes_to("tasks")
    amina.context.set_offline(True)
    chore(amina, "Bins").locator("button.tick").click()
    expect(amina.page.locator("#outbox li")).to_have_count(1)
    amina.context.clock.set_fixed_time(datetime.now(UTC))
    amina.context.set_offline(False)
    expect(amina.page.locator("#outbox li")).to_have_count(0)
    then = (datetime.now(UTC).astimezone() - timedelta(days=2)).date().isoformat()
    expect(amina.page.locator("#latest li")).to_contain_text(day(then, "en", today_in()))
    assert days_done(home) == [then]
    amina.goes_to("log")
    expect(amina.page.locator("#entries .day").first).to_have_text("Today")
