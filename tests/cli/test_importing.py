"""`import`: what another program kept comes in, once; the report says what did and what did not."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal

BILL = {
    "what": "Pizza",
    "bill_type": "Expense",
    "amount": 30.0,
    "date": "2024-05-03",
    "payer_name": "Amina",
    "payer_weight": 1.0,
    "owers": ["Amina", "Bruno"],
    "currency": "EUR",
    "original_currency": "EUR",
}


@pytest.fixture
def bills(tmp_path: Path) -> Path:
    path = tmp_path / "bills.json"
    path.write_text(json.dumps([BILL, BILL | {"what": "Nothing", "amount": 0}]))
    return path


def test_a_file_makes_a_circle_and_comes_in_once(terminal: Terminal, bills: Path) -> None:
    told = terminal.json("import", "ihatemoney", bills, "--name", "Flat")
    assert {"circle", "brought", "left"} <= set(told)
    assert told["brought"]["bills"] == 1
    assert [(one["what"], one["count"]) for one in told["left"]] == [("bills", 1)]
    assert told["left"][0]["why"]
    assert terminal.json("show", "Flat", "accounts")["balances"]["eur"] == {"Amina": 1500, "Bruno": -1500}
    again = terminal.json("import", "ihatemoney", bills)
    assert (again["circle"], again["brought"], again["already"]["bills"]) == (told["circle"], {}, 1)
    assert "There already" in terminal("import", "ihatemoney", bills)
    assert len(terminal.json("circles")) == 1


def test_it_goes_into_a_circle_that_is_there(home: Terminal, bills: Path) -> None:
    told = home.json("import", "ihatemoney", bills, "--circle", "Home", "--by", "Bruno")
    assert told["circle"] == home.json("circles")[0]["circle"]
    assert home.json("show", "Home", "accounts")["balances"]["eur"] == {"Amina": 1500, "Bruno": -1500}
    assert {line["event"] for line in home.lines("log", "Home", "--by", "Bruno")} >= {"accounts.shared"}


def test_what_cannot_be_brought_is_refused_whole(terminal: Terminal, bills: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Dov")
    for kind, file in (("ihatemoney", letter), ("grocy", letter), ("grocy", tmp_path / "none.db")):
        refused = terminal.refused("import", kind, file)
        assert refused["error"].startswith("import.")
    assert terminal.json("circles") == []
    assert terminal.refused("import", "ihatemoney", bills, "--circle", "Office")["error"] == "unknown_circle"
    for words in (["spreadsheet", bills], ["ihatemoney"], ["ihatemoney", bills, "--by", "Amina"], []):
        terminal("import", *words, status=2)
