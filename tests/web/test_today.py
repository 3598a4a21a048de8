"""The page of the day: what waits for me, what runs out, who is away; the first page once it is turned on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cercle.modules.accounts.events import Shared
from cercle.modules.groceries.events import Listed, MinimumSet, ProductAdded, Stocked
from cercle.modules.people.events import WentAway
from cercle.modules.tasks.events import ChoreAdded
from tests.web.seated import Table, seated

TODAY = datetime.now(UTC).astimezone().date()


def day(away: int) -> str:
    return (TODAY + timedelta(days=away)).isoformat()


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "today", "tasks", "stock", "money") as made:
        yield made


def test_it_comes_first_once_it_is_turned_on(tmp_path: Path) -> None:
    with seated(tmp_path) as table:
        assert table.amina.open("/").path.endswith("/list")
        table.turn_on("today")
        assert table.amina.open("/").path.endswith("/today")


def test_nothing_waits(table: Table) -> None:
    assert "Nothing waits" in table.amina.open("today").text


def test_chores_of_mine_and_of_whoever_comes_first_wait_and_one_tap_does_them(table: Table) -> None:
    daily = {"rhythm": "FREQ=DAILY", "start": day(-1)}
    bins = table.does(ChoreAdded(name="Bins", rotation="in_turn", **daily))
    table.does(ChoreAdded(name="Plants", **daily))
    table.does(ChoreAdded(name="Tomorrow’s", rhythm="FREQ=DAILY", start=day(1)))
    page = table.amina.open("today").text
    assert "Tomorrow" not in page
    mine, _, _ = page.partition("For others")
    assert {name for name in ("Bins", "Plants") if name in mine} == {"Bins", "Plants"}
    page = table.bruno.open("today").text
    assert "Plants" in page.partition("For others")[0]
    assert "Bins" in page.partition("For others")[2]
    page = table.bruno.send("/tasks/done", button=f"done={bins}.0")
    assert page.path.endswith("/today")
    assert "Done: Bins." in page.text


def test_what_runs_out_and_what_spoils(table: Table) -> None:
    milk = table.does(ProductAdded(name="Milk", unit="l"))
    eggs = table.does(ProductAdded(name="Eggs"))
    rice = table.does(ProductAdded(name="Rice"))
    table.does(Stocked(product=milk, amount=1000, best_before=day(-1)))
    table.does(Stocked(product=rice, amount=1000, best_before=day(100)))
    table.does(MinimumSet(product=eggs, minimum=6000))
    page = table.amina.open("today").text
    assert "past its day" in page
    assert "Rice" not in page
    assert "1 thing on the list" in page  # the eggs, by themselves


def test_what_i_owe_and_who_is_away(table: Table) -> None:
    both = {table.members[name]: 1 for name in ("Amina", "Bruno")}
    table.does(Shared(unit="eur", amount=3000, payer=table.members["Amina"], shares=both, what="Water"))
    table.does(WentAway(member=table.members["Chloé"], since=day(0), until=day(2)), "Chloé")
    assert "Bruno owes you €15.00." in table.amina.open("today").text
    page = table.bruno.open("today").text
    assert "You owe Amina €15.00." in page
    assert "away until" in page


def test_pages_that_are_off_are_not_mentioned(tmp_path: Path) -> None:
    with seated(tmp_path, "today") as table:
        table.does(Listed(product=table.does(ProductAdded(name="Milk"))))
        table.does(ChoreAdded(name="Bins", rhythm="FREQ=DAILY", start=day(-1)))
        page = table.amina.open("today").text
        assert "Bins" not in page
        assert "1 thing on the list" in page
