"""The money pages: who paid what, who owes whom, settling up, and taking back what was written by mistake."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cercle.modules.accounts.events import Shared, Transferred
from cercle.modules.accounts.read import balances
from tests.web.browser import Browser, Page
from tests.web.seated import Table, fields, forms, seated

TAP = "ab" * 16


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path, "money") as made:
        yield made


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """One table for all that is refused: Bruno owes Amina 15 euros there, and nothing else may be written."""
    with seated(tmp_path_factory.mktemp("still"), "money") as made:
        pay(made.amina, "Pizza", "30", everybody(made, "Amina", "Bruno"))
        yield made


def euros(table: Table) -> dict[str, int]:
    """Everybody's balance in cents, by name."""
    found = balances(table.circle, "eur")
    return {name: found.get(member, 0) for name, member in table.members.items()}


def pay(browser: Browser, what: str, total: str, who: list[str], **more: Any) -> Page:
    browser.open("money")
    return browser.send("/money", what=what, total=total, **({"for": who} | more))


def everybody(table: Table, *names: str) -> list[str]:
    return [table.members[name] for name in names]


def test_what_one_paid_for_three_makes_two_debts(table: Table) -> None:
    page = pay(table.amina, "Pizza", "30", everybody(table, "Amina", "Bruno", "Chloé"))
    assert euros(table) == {"Amina": 2000, "Bruno": -1000, "Chloé": -1000, "Dov": 0}
    assert "Pizza" in page.text
    assert "+€20.00" in page.text
    assert "Amina paid for Amina, Bruno and Chloé" in page.text


def test_in_french_a_sum_is_written_and_read_with_a_comma(table: Table) -> None:
    table.bruno.headers["accept-language"] = "fr"
    page = pay(table.bruno, "Œufs & crème", "1 234,50 €", everybody(table, "Amina", "Bruno"))
    assert euros(table)["Amina"] == -61725
    assert "617,25 €" in page.text
    assert "Œufs & crème" in page.text
    page = pay(table.bruno, "Rien", "1.5e3", everybody(table, "Amina"))
    assert "An amount looks like 12.50." not in page.text, "it is said in French"
    assert page.invalid == ["total"]


@pytest.mark.parametrize("total", ["", "0", "-5", "12,34,5", "nan", "1e3", "٣ euros", "9" * 40, "<b>", "12.50.1"])
def test_what_is_no_sum_stays_in_the_form_and_nothing_is_written(still: Table, total: str) -> None:
    before = still.entries()
    page = pay(still.amina, "Pizza", total, everybody(still, "Bruno"))
    assert page.status == 422
    assert page.invalid == ["total"]
    assert "An amount looks like 12.50." in page.text
    assert page.form("/money").fields["what"] == ["Pizza"]
    assert page.form("/money").fields["for"] == everybody(still, "Bruno")
    assert still.entries() == before


def test_each_box_that_says_nothing_is_named(still: Table) -> None:
    before = still.entries()
    page = pay(still.amina, "  ", "5", [], day="2026-02-30", payer="nobody")
    assert set(page.invalid) >= {"what", "day", "payer"}
    assert "choose at least one person" in page.text
    assert pay(still.amina, "x" * 121, "5", everybody(still, "Bruno")).invalid == ["what"]
    assert pay(still.amina, "x" * 200_000, "5", everybody(still, "Bruno")).status == 422
    assert still.entries() == before


def test_a_day_is_kept_as_it_was_typed(table: Table) -> None:
    page = pay(table.amina, "Cake", "8.40", everybody(table, "Bruno"), day="24/12/2026")
    assert "24 Dec" in page.text


def test_the_same_tap_twice_is_paid_once(table: Table) -> None:
    table.amina.open("money")
    sent = fields(table.amina, "/money", what="Pizza", total="30", act=TAP)
    for _ in range(2):
        assert table.amina.post("money", sent).status == 200
    assert euros(table)["Amina"] == 2250


def test_somebody_who_is_not_in_the_circle_can_owe_nothing(table: Table) -> None:
    stranger = "0" * 20
    assert pay(table.amina, "Pizza", "30", [stranger]).status == 422
    assert euros(table)["Amina"] == 0


def test_a_guest_sees_the_money_and_is_offered_nothing(table: Table) -> None:
    pay(table.amina, "Pizza", "30", everybody(table, "Amina", "Bruno"))
    page = table.dov.open("money")
    assert "Pizza" in page.text
    assert not {"money", "money/settle"} & forms(page)
    before = table.entries()
    table.dov.page = table.amina.open("money")
    sent = fields(table.dov, "/money", what="Cake", total="5")
    del sent["me"]  # in Amina's name, nothing would be looked at
    table.dov.open("list")
    refused = table.dov.post("money", sent | {"_csrf_token": table.dov.token()})
    assert refused.status == 409
    assert "This is not yours to do in this circle." in refused.text
    assert table.entries() == before


def test_a_child_pays_and_settles(table: Table) -> None:
    pay(table.chloe, "Bread", "2.40", everybody(table, "Amina", "Chloé"))
    assert euros(table) == {"Amina": -120, "Bruno": 0, "Chloé": 120, "Dov": 0}
    table.chloe.open("money")
    page = table.chloe.send("/settle")
    assert "Settled." in page.text
    assert "All even." in page.text


def test_farid_learns_nothing(table: Table) -> None:
    pay(table.amina, "Pizza", "30", everybody(table, "Bruno"))
    for address in ("money", f"money/{table.members['Amina']}"):
        page = table.farid.open(f"/c/{table.amina.circle}/{address}")
        assert page.status == 401
        assert "Pizza" not in page.source


# --- settling ----------------------------------------------------------------------------------------------------


def test_two_who_settle_one_debt_settle_it_once(table: Table) -> None:
    pay(table.amina, "Pizza", "30", everybody(table, "Amina", "Bruno"))
    table.bruno.open("money")
    table.amina.open("money")
    table.bruno.send("/settle")
    before = table.entries()
    page = table.amina.send("/settle")
    assert page.status == 409
    assert "This payment is not due any more" in page.text
    assert table.entries() == before
    assert set(euros(table).values()) == {0}


def test_a_settling_tap_that_arrives_twice_is_no_mistake(table: Table) -> None:
    pay(table.amina, "Pizza", "30", everybody(table, "Amina", "Bruno"))
    table.bruno.open("money")
    sent = fields(table.bruno, "/settle", act=TAP)
    for _ in range(2):
        assert table.bruno.post("money/settle?unit=eur", sent).status == 200
    assert set(euros(table).values()) == {0}


@pytest.mark.parametrize("minor", ["", "-1500", "1500.0", "9" * 30, "0", "x"])
def test_only_what_is_due_is_settled(still: Table, minor: str) -> None:
    before = still.entries()
    still.bruno.open("money")
    sent = fields(still.bruno, "/settle", minor=minor)
    assert still.bruno.post("money/settle?unit=eur", sent).status == 409
    assert still.entries() == before


def test_a_circle_that_counts_two_currencies_shows_one_at_a_time(table: Table) -> None:
    amina, bruno = everybody(table, "Amina", "Bruno")
    table.does(Shared(unit="jpy", amount=900, payer=amina, shares={bruno: 1}, what="Ramen"))
    page = table.amina.open("money?unit=jpy")
    assert "¥900" in page.text
    assert any(link.endswith("money?unit=eur") for link in page.links)
    page = pay(table.amina, "Tea", "1.5", everybody(table, "Bruno"))
    assert page.status == 200, "the first of the two is the euro"
    table.amina.open("money?unit=jpy")
    assert table.amina.send("/money", what="Tea", total="1.5").invalid == ["total"]
    assert "money?unit=eur" in table.amina.open("money?unit=doubloons").source


# --- one account -------------------------------------------------------------------------------------------------


def test_each_figure_leads_to_its_entries(table: Table) -> None:
    page = pay(table.amina, "Pizza", "30", everybody(table, "Amina", "Bruno"))
    statement = next(link for link in page.links if f"/money/{table.members['Bruno']}" in link)
    page = table.amina.open(statement)
    assert "Bruno’s account" in page.text
    entry = next(link for link in page.links if "/log/" in link)
    assert "Amina paid €30.00 for “Pizza”" in table.amina.open(entry).text


def test_what_was_written_by_mistake_is_taken_back_once(table: Table) -> None:
    pay(table.amina, "Pizza", "300", everybody(table, "Amina", "Bruno"))
    address = f"money/{table.members['Bruno']}"
    table.bruno.open(address)
    sent = fields(table.bruno, "/correct") | dict(table.bruno.page.form("/correct").buttons)
    page = table.bruno.send("/correct", button="correct")
    assert "Taken back. Both lines stay in the log." in page.text
    assert set(euros(table).values()) == {0}
    assert "Taken back: Pizza" in page.text
    assert page.form("/correct").buttons == [], "nothing is taken back twice"
    before = table.entries()
    refused = table.bruno.post(f"{address}/correct", sent | {"act": TAP})
    assert refused.status == 409
    assert "This entry was taken back already." in refused.text
    assert table.entries() == before


def test_among_the_latest_it_is_taken_back_too(table: Table) -> None:
    pay(table.amina, "Pizza", "300", everybody(table, "Amina", "Bruno"))
    table.bruno.open("money")
    sent = fields(table.bruno, "/correct") | dict(table.bruno.page.form("/correct").buttons)
    page = table.bruno.send("/correct", button="correct")
    assert page.path.endswith("/money")
    assert "Taken back. Both lines stay in the log." in page.text
    assert set(euros(table).values()) == {0}
    assert page.form("/correct").buttons == []
    refused = table.bruno.post(f"money/{table.members['Bruno']}/correct?back=money", sent | {"act": TAP})
    assert refused.status == 409
    assert "This entry was taken back already." in refused.text
    assert "Who pays whom" in refused.text
    assert table.dov.open("money").form("/correct").buttons == []


def test_a_guest_takes_nothing_back(table: Table) -> None:
    pay(table.amina, "Pizza", "30", everybody(table, "Amina", "Bruno"))
    page = table.dov.open(f"money/{table.members['Bruno']}")
    assert page.form("/correct").buttons == []


@pytest.mark.parametrize("entry", ["", "0" * 20, "zz", "x" * 5000, "‮"])
def test_what_is_no_entry_is_not_taken_back(still: Table, entry: str) -> None:
    before = still.entries()
    still.bruno.open(f"money/{still.members['Bruno']}")
    page = still.bruno.post(f"money/{still.members['Bruno']}/correct", fields(still.bruno, "/correct", correct=entry))
    assert page.status == 409
    assert still.entries() == before


def test_a_long_account_goes_on_over_pages(table: Table) -> None:
    amina, bruno = everybody(table, "Amina", "Bruno")
    for number in range(1, 61):
        table.does(Transferred(unit="eur", amount=number, payer=amina, to=bruno))
    page = table.amina.open(f"money/{amina}")
    assert "+€18.30" in page.text
    assert "+€0.10" not in page.text
    older = next(link for link in page.links if "before=" in link)
    assert "+€0.10" in table.amina.open(older).text
    for odd in ("before=x", "before=-3", "before=" + "9" * 30, "before=0"):
        assert table.amina.open(f"money/{amina}?{odd}").status == 200


def test_the_account_of_nobody_leads_back(table: Table) -> None:
    assert table.amina.open(f"money/{'0' * 20}").path.endswith("/money")


def test_one_person_alone_needs_to_choose_nobody(tmp_path: Path) -> None:
    with seated(tmp_path / "alone", "money") as table:
        for name in ("bruno", "chloe", "dov"):
            browser: Browser = getattr(table, name)
            browser.open("people/leave")
            browser.send("/people/leave")
        page = pay(table.amina, "Seeds", "3.20", [])
        assert page.status == 200
        assert "Seeds" in page.text
        assert euros(table)["Amina"] == 0


def test_words_from_right_to_left_stay_where_they_are(table: Table) -> None:
    page = pay(table.amina, "\u202eevil", "5", everybody(table, "Bruno"))
    assert "\u202e" not in page.source
    assert "evil" in page.text
