"""The page of the day: what waits for me, what runs out, who is away; the first page once it is turned on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cercle.modules.accounts.events import Shared
from cercle.modules.groceries.events import Listed, MinimumSet, ProductAdded, Stocked, Unlisted
from cercle.modules.merit.events import RateSet
from cercle.modules.merit.tests.working import has, works
from cercle.modules.people.events import WentAway
from cercle.modules.tasks.events import ChoreAdded
from tests.web.seated import Table, seated


def day(away: int) -> str:
    return (datetime.now(UTC).astimezone().date() + timedelta(days=away)).isoformat()


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


def test_what_runs_low_goes_on_the_list_in_one_tap(table: Table) -> None:
    milk = table.does(ProductAdded(name="Milk", unit="l"))
    table.does(Stocked(product=milk, amount=1000, best_before=day(-1)))
    eggs = table.does(ProductAdded(name="Eggs"))
    table.does(MinimumSet(product=eggs, minimum=6000))
    table.does(Unlisted(item=next(iter(table.circle.groceries.items))))
    page = table.amina.open("today")
    assert "runs low Put on the list Eggs" in page.text
    assert [value for form in page.forms for name, value in form.buttons if name == "product"] == [eggs]
    page = table.amina.send("/list/product", button=f"product={eggs}")
    assert page.path.endswith("/today")
    assert "On the list: Eggs." in page.text
    assert "runs low" not in page.text
    assert [(one.product, one.amount) for one in table.circle.groceries.items.values()] == [(eggs, 6000)]


def test_what_waits_for_my_word_is_confirmed_in_one_tap(table: Table) -> None:
    table.turn_on("merit")
    table.does(RateSet(kind="cleaning", per_hour=10, confirm="another"))
    table.does(RateSet(kind="care", per_hour=10, confirm="beneficiary"))
    windows = works(table)
    works(table, kind="care", whom=table.members["Chloé"], what="The poem")
    assert "For you to confirm" not in table.bruno.open("today").text
    page = table.amina.open("today")
    assert "The poem" not in page.text
    assert any(link.endswith(f"/merit#c-{windows}") for link in page.links)
    page = table.amina.send("/merit/claims", button=f"confirm={windows}")
    assert page.path.endswith("/today")
    assert "Confirmed." in page.text
    assert "Windows" not in page.text
    assert has(table) == {"Bruno": 10}
    assert "The poem" in table.chloe.open("today").text


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
        table.does(RateSet(kind="cleaning", per_hour=10, confirm="another"))
        works(table)
        page = table.amina.open("today").text
        assert "Bins" not in page
        assert "Windows" not in page
        assert "1 thing on the list" in page
