"""Today's page on a phone: what others do appears by itself, and one tap each confirms it, or puts on the list."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.journeys.hand import Hands
from tests.journeys.home import Home
from tests.journeys.steps import invite, join, start, wanted
from tests.journeys.test_points import confirm, count, has, work
from tests.journeys.test_shopping import turn_on

TODAY = re.compile(r"/today$")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_work_is_confirmed_where_the_day_begins(home: Home, hands: Hands, language: str) -> None:
    amina, bruno = hands.phone(language), hands.phone(language)
    start(amina, home, "Chez nous", "Amina")
    join(bruno, invite(amina), "Bruno")
    turn_on(amina, "today", "tasks", "merit")
    count(amina, per_hour="20")
    amina.goes_to("today")
    work(bruno, "The tap", "60")
    expect(amina.page.locator("#for-me li")).to_contain_text("20\u00a0points")
    amina.looks_right()
    confirm(amina, "The tap")
    expect(amina.page).to_have_url(TODAY)
    bruno.goes_to("merit")
    has(bruno, 20)

    # Declining wants a word more, on the page of points.
    work(bruno, "The lamp", "60")
    amina.page.locator("#for-me a.button").click()
    expect(amina.page).to_have_url(re.compile(r"/merit#c-[0-9a-f]{20}$"))
    amina.page.locator("#for-me button[name=decline]").first.click()
    expect(amina.page.locator("#declined li")).to_contain_text("The lamp")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_runs_low_goes_on_the_list(home: Home, hands: Hands, language: str) -> None:
    amina = hands.phone(language)
    start(amina, home, "Chez nous", "Amina")
    turn_on(amina, "today", "stock")
    eggs = does(home, "groceries.product_added", name="eggs")
    item = does(home, "groceries.minimum_set", product=eggs, minimum=6000)
    does(home, "groceries.unlisted", item=item)
    amina.goes_to("today")
    amina.looks_right()
    amina.page.locator("button[name=product]").click()
    expect(amina.page.locator("#on-list")).to_be_visible()
    expect(amina.page.locator("button[name=product]")).to_have_count(0)
    expect(amina.page).to_have_url(TODAY)
    amina.goes_to("list")
    expect(wanted(amina, "eggs")).to_contain_text("6")


def does(home: Home, event: str, **fields: object) -> str:
    """Amina does it elsewhere; gives the short id of what it brought."""
    done = home.command("act", "Chez nous", event, json.dumps(fields), "--by", "Amina", "--json")
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["entry"])[:20]
