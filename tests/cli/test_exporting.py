"""`export`: the journal's balances, as hledger (Debian's) counts them, are those that the page shows."""

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import PIZZA, Terminal

NAMES = [
    "Chloé  Two  Spaces",
    "Dov; the (second)",
    "a:b:c",
    "(Farid)",
    "[x]",
    "* star",
    "= eq",
    "🦊 fox",
    "1 EUR",
    "Dov",
]


def hledger(journal: str, *words: str, folder: Path) -> str:
    path = folder / "read.journal"
    path.write_text(journal, encoding="utf-8")
    done = subprocess.run(
        ["hledger", "-f", str(path), *words],
        capture_output=True,
        text=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def balances(journal: str, unit: str, folder: Path) -> dict[str, str]:
    """Account to amount, as hledger has it."""
    out = hledger(journal, "balance", "-E", "-O", "csv", f"cur:{unit}", folder=folder)
    rows = {row["account"]: row["balance"] for row in csv.DictReader(io.StringIO(out))}
    assert rows.pop("total") == "0"
    return rows


def pay(terminal: Terminal, payer: str, amount: int, shares: list[str], unit: str = "eur", **more: str) -> str:
    fields = {"unit": unit, "amount": amount, "payer": payer, "shares": dict.fromkeys(shares, 1), **more}
    return str(terminal.json("act", "Home", "accounts.shared", json.dumps(fields), "--by", "Amina")["entry"])


def test_the_journal_has_the_balances_of_the_page(home: Terminal, tmp_path: Path) -> None:
    chloe = home.json("join", "Home", "Chloé")["member"]
    for payer, amount in (("Amina", 1000), ("Bruno", 1000), (chloe, 100)):  # thirds of a cent are carried
        pay(home, payer, amount, ["Amina", "Bruno", "Chloé"], what="Pizza")
    wrong = pay(home, "Bruno", 5555, ["Amina", "Chloé"], what="not that")
    home("act", "Home", "accounts.corrected", json.dumps({"entry": wrong[:20]}), "--by", "Amina")
    given = {"unit": "eur", "amount": 250, "payer": "Amina", "to": "Bruno", "day": "2099-12-31"}
    home("act", "Home", "accounts.transferred", json.dumps(given), "--by", "Amina")
    pay(home, "Bruno", 1001, ["Amina", "Bruno", "Chloé"], unit="jpy")
    pay(home, "Bruno", 1001, ["Amina", "Bruno", "Chloé"], unit="kwd", day="2020-02-29")
    journal = home("export", "Home", "--hledger", "-")
    hledger(journal, "check", folder=tmp_path)
    shown = home.json("show", "Home", "accounts")["balances"]
    for unit, digits in (("eur", 2), ("jpy", 0), ("kwd", 3)):
        expected = {
            f"members:{name}": f"{minor / 10**digits:.{digits}f} {unit.upper()}" for name, minor in shown[unit].items()
        }
        assert balances(journal, unit.upper(), tmp_path) == expected
    ledger = subprocess.run(
        ["ledger", "-f", str(tmp_path / "read.journal"), "balance", "--flat", "members:Bruno"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{shown['eur']['Bruno'] / 100:.2f} EUR" in ledger.stdout
    assert "2020-02-29 *" in journal
    assert "2099-12-31 *" in journal


@pytest.mark.parametrize("language", ["en", "fr"])
def test_whatever_people_call_themselves_their_accounts_stay_apart(
    home: Terminal, tmp_path: Path, language: str
) -> None:
    members = [home.json("join", "Home", name)["member"] for name in NAMES]
    twin = home.json("join", "Home", "Chloé")["member"]
    home("act", "Home", "people.described", json.dumps({"member": twin, "name": "Dov"}), "--by", twin)
    for member in (*members, twin):
        pay(home, "Amina", 1100, ["Amina", member], what="  tea;  with | more  ")
    pay(home, "Amina", 700, ["Bruno"], unit="shells")
    journal = home("export", "Home", "--hledger", "-", LC_ALL=f"{language}.UTF-8")
    hledger(journal, "check", folder=tmp_path)
    found = balances(journal, "EUR", tmp_path)
    assert sorted(found.values()) == sorted([*["-5.50 EUR"] * 11, "60.50 EUR"])
    assert {"members:Chloé Two Spaces", "members:a∶b∶c", "members:🦊 fox", f"members:Dov ({twin})"} <= set(found)
    assert "7.00 SHELLS" in hledger(journal, "balance", "Amina", folder=tmp_path)


def test_purchases_and_words_in_the_journal(home: Terminal, tmp_path: Path) -> None:
    bought = {"unit": "eur", "total": 1250, "payer": "Bruno", "shares": {"Amina": 1, "Bruno": 1}}
    home("act", "Home", "groceries.bought", json.dumps(bought), "--by", "Bruno")
    journal = home("export", "Home", "--hledger", "-")
    assert "Bruno noted a purchase of €12.50, paid by Bruno." in journal
    assert balances(journal, "EUR", tmp_path) == {"members:Amina": "-6.25 EUR", "members:Bruno": "6.25 EUR"}


def test_a_circle_without_money_gives_an_empty_journal(home: Terminal, tmp_path: Path) -> None:
    journal = home("export", "Home", "--hledger", "-")
    assert hledger(journal, "print", folder=tmp_path) == ""


def test_the_file_is_written_whole_or_stays_as_it_was(home: Terminal, tmp_path: Path) -> None:
    home("act", "Home", "accounts.shared", PIZZA, "--by", "Amina")
    target = tmp_path / "home.journal"
    target.write_text("before")
    told = home.json("export", "Home", "--hledger", target)
    assert told["file"] == str(target)
    assert target.read_text(encoding="utf-8") == home("export", "Home", "--hledger", "-")
    refused = home.refused("export", "Home", "--hledger", "/dev/full")
    assert refused["error"] == "disk_full"
    assert home.refused("export", "Home", "--hledger", tmp_path / "no" / "folder")["error"] == "no_file"
    assert home.refused("export", "Office", "--hledger", target)["error"] == "unknown_circle"
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
    home("export", "Home", status=2)
