"""The page for the weekly meeting: what was done, what comes, what is agreed, kept and let go."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cercle.modules.accounts.events import Shared
from cercle.modules.groceries.events import ProductAdded, Stocked, Wasted
from cercle.modules.tasks.events import ChoreAdded, Done, Undone, Worked
from cercle.modules.week.events import Agreed
from tests.web.seated import Table, forms, seated


def day(away: int) -> str:
    return (datetime.now(UTC).astimezone().date() + timedelta(days=away)).isoformat()


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "week", "tasks", "stock", "waste", "money") as made:
        yield made


def test_a_week_in_which_nothing_was(table: Table) -> None:
    page = table.amina.open("week").text
    assert "Nothing is open." in page
    assert "Nothing was noted in this week." in page
    assert "Nothing was wasted." in page
    assert "All even." in page


def test_what_was_done_and_by_whom_and_what_comes(table: Table) -> None:
    amina, bruno = table.members["Amina"], table.members["Bruno"]
    dishes = table.does(ChoreAdded(name="Dishes", rhythm="FREQ=DAILY", start=day(-9), minutes=20, rotation="in_turn"))
    table.does(Done(chore=dishes, turn=0, who=[amina], day=day(-8), due=day(-8)))
    for turn in (1, 2):
        table.does(Done(chore=dishes, turn=turn, who=[bruno], day=day(0), due=day(0)), "Bruno")
    table.does(Undone(entry=table.does(Worked(minutes=500, who=[amina], day=day(0), what="Nothing at all"))))
    page = table.amina.open("week").text
    assert "Bruno (40 min): Dishes ×2" in page.replace("\u00a0", " ")
    assert "Nothing at all" not in page
    assert "Dishes tomorrow Amina" in page
    before = table.amina.open(f"week?of={day(-8)}").text
    assert "Amina (20 min): Dishes" in before.replace("\u00a0", " ")
    assert "What comes" not in before


def test_what_was_wasted_and_who_pays_whom(table: Table) -> None:
    milk = table.does(ProductAdded(name="Milk", unit="l"))
    table.does(Stocked(product=milk, amount=2000, price=300, best_before=day(1)))
    table.does(Wasted(product=milk, amount=1000, why="spoiled", day=day(0)))
    both = {table.members[name]: 1 for name in ("Amina", "Bruno")}
    table.does(Shared(unit="eur", amount=3000, payer=table.members["Amina"], shares=both, what="Water"))
    page = table.amina.open("week").text
    assert "Milk (1 L) €1.50" in page.replace("\u00a0", " ")
    assert "Bruno pays Amina €15.00" in page
    assert "until" in page


def test_what_is_agreed_is_kept_or_let_go(table: Table) -> None:
    table.amina.open("week")
    table.amina.send("/week", what="No phones at table", member=table.members["Bruno"], until=day(7))
    table.amina.open("week")
    page = table.amina.send("/week", what="Get up at six")
    assert "No phones at table Bruno · until" in page.text.replace("\u00a0", " ")
    first, second = table.circle.week.agreements
    table.bruno.open("week")
    table.bruno.send("/week/end", button=f"kept={first}")
    page = table.bruno.send("/week/end", button=f"dropped={second}")
    assert [one.ended for one in table.circle.week.agreements.values()] == ["kept", "dropped"]
    assert "let go" in page.text
    assert "No phones" in page.text
    assert "No phones" not in table.amina.open(f"week?of={day(-8)}").text


def test_an_agreement_that_says_nothing_stays_in_its_box(table: Table) -> None:
    table.amina.open("week")
    page = table.amina.send("/week", what=" ", until="soon")
    assert page.status == 422
    assert {"what", "until"} <= set(page.invalid)
    assert page.form("/week").fields["until"] == ["soon"]
    assert table.circle.week.agreements == {}


def test_what_ended_already_is_said(table: Table) -> None:
    key = table.does(Agreed(what="Get up at six"))
    table.amina.open("week")
    table.bruno.open("week")
    table.bruno.send("/week/end", button=f"kept={key}")
    page = table.amina.send("/week/end", button=f"dropped={key}")
    assert page.status == 409
    assert "This agreement is over already." in page.text


def test_a_guest_reads_and_agrees_to_nothing(table: Table) -> None:
    table.does(Agreed(what="Get up at six"))
    page = table.dov.open("week")
    assert "Get up at six" in page.text
    assert not any("/week" in action for action in forms(page))


@pytest.mark.parametrize("of", ["", "never", "2026-02-31", "0001-01-01", "9999-12-31", "../../x"])
def test_any_week_that_is_asked_for_has_a_page(table: Table, of: str) -> None:
    assert table.amina.open(f"week?of={of}").status == 200


def test_pages_that_are_off_are_not_mentioned(tmp_path: Path) -> None:
    with seated(tmp_path, "week") as table:
        page = table.amina.open("week").text
        for word in ("What was done", "What comes", "wasted", "Money"):
            assert word not in page
