"""`verify`: a log as it was signed, or what is wrong with it, by name, and a status of 1."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import PIZZA, Terminal


@pytest.fixture
def eaten(home: Terminal) -> tuple[Terminal, str]:
    """Home, where a pizza was shared, and the id of that entry."""
    return home, str(home.json("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")["entry"])


def test_a_log_as_it_was_signed(eaten: tuple[Terminal, str], tmp_path: Path) -> None:
    home, _ = eaten
    circle = home.json("circles")[0]["circle"]
    for wanted in ("Home", circle, circle[:8]):
        assert home.json("verify", wanted) == {"circle": circle, "found": []}
    assert home("verify", "Home") == "All is well: every entry is as it was signed.\n"
    home("pack", "Home", tmp_path / "home.bundle")
    assert home.json("verify", tmp_path / "home.bundle") == {"circle": circle, "found": []}
    nowhere = home.at(tmp_path / "nowhere")
    assert nowhere.json("verify", tmp_path / "home.bundle") == {"circle": circle, "found": []}
    assert not nowhere.data.exists()


def flip(connection: sqlite3.Connection, column: str, entry: bytes, at: int) -> None:
    (found,) = connection.execute(f"SELECT {column} FROM entries WHERE id = ?", [entry]).fetchone()
    changed = found[:at] + bytes([found[at] ^ 1]) + found[at + 1 :]
    connection.execute(f"UPDATE entries SET {column} = ? WHERE id = ?", [changed, entry])


Damage = Callable[[sqlite3.Connection, bytes], object]
DAMAGES: dict[str, Damage] = {
    "a byte of what rules read": lambda db, entry: flip(db, "header", entry, 60),
    "a byte of the words": lambda db, entry: flip(db, "body", entry, 20),
    "a byte of the signature": lambda db, entry: flip(db, "signature", entry, 5),
    "words that went missing": lambda db, entry: db.execute("UPDATE entries SET body = NULL WHERE id = ?", [entry]),
    "an entry of the beginning": lambda db, entry: db.execute("DELETE FROM entries WHERE no = 2"),
    "another verdict": lambda db, entry: db.execute("UPDATE entries SET verdict = 'people.same' WHERE no = 2"),
    "another order": lambda db, entry: db.execute("UPDATE entries SET position = 1 - position WHERE position < 2"),
}


@pytest.mark.parametrize("what", list(DAMAGES))
@pytest.mark.parametrize("named", ["by name", "by id"])
def test_whatever_was_changed_in_the_database_is_found(eaten: tuple[Terminal, str], what: str, named: str) -> None:
    home, entry = eaten
    wanted = home.json("circles")[0]["circle"] if named == "by id" else "Home"
    with closing(sqlite3.connect(home.data / "cercle.db")) as connection:
        DAMAGES[what](connection, bytes.fromhex(entry))
        connection.commit()
    found = json.loads(home("verify", wanted, "--json", status=1))["found"]
    assert found
    assert all(one["code"] and one["reason"] for one in found)
    if "byte" in what or "words" in what:
        assert entry in [one["place"] for one in found]
    assert home("verify", wanted, status=1).count("\n") == len(found)


def test_a_bundle_that_was_changed_is_named(eaten: tuple[Terminal, str], tmp_path: Path) -> None:
    home, _ = eaten
    file = tmp_path / "home.bundle"
    home("pack", "Home", file)
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"Pizza", b"Pasta"))
    codes = [one["code"] for one in json.loads(home("verify", file, "--json", status=1))["found"]]
    assert "verify.body" in codes
    for changed in (b"", b"Dear Dov", whole[:-1], whole[:300], whole + b"x", b"\xff" * 5000):
        file.write_bytes(changed)
        found = json.loads(home("verify", file, "--json", status=1))["found"]
        assert found
        assert home("verify", file, status=1, LC_ALL="fr_FR.UTF-8") != home("verify", file, status=1)


def test_verify_refuses(home: Terminal, tmp_path: Path) -> None:
    assert home.refused("verify", "Office")["error"] == "unknown_circle"
    assert home.refused("verify", tmp_path)["error"] == "no_file"
    assert home.at(tmp_path / "nowhere").refused("verify", "Home")["error"] == "unknown_circle"
    home("verify", status=2)


def test_an_entry_is_proved_to_who_has_nothing_else(eaten: tuple[Terminal, str], tmp_path: Path) -> None:
    home, entry = eaten
    refused = home.refused("prove", "Home", entry)
    assert refused["error"] == "proof.not_settled"
    home("pack", "Home", tmp_path / "home.bundle")  # which seals
    file = tmp_path / "pizza.cercle-proof"
    told = home.json("prove", "Home", entry[:20], file, "--with-words")
    assert told["size"] == file.stat().st_size < 5000
    elsewhere = home.at(tmp_path / "elsewhere")
    proven = elsewhere.json("verify", "--proof", file)
    assert (proven["circle"], proven["entry"], proven["verdict"]) == (told["circle"], entry, "ok")
    assert (proven["event"], proven["words"]["what"], proven["here"]) == ("accounts.shared", "Pizza", None)
    assert not elsewhere.data.exists()
    assert "It is as true as the device that sealed it" in elsewhere("verify", "--proof", file)
    assert f"Checkpoint  {proven['checkpoint']}" in elsewhere("verify", "--proof", file)
    assert home.json("verify", "Home", "--compare", proven["checkpoint"])["same"] is True
    assert "The log on this machine says so too." in home("verify", "--proof", file)
    assert "It is as true" not in home("verify", "--proof", file)
    assert home.json("verify", "--proof", file)["here"] is True
    file.write_bytes(file.read_bytes()[:-1])
    assert elsewhere.refused("verify", "--proof", file)["error"] == "proof.malformed"
    assert elsewhere.refused("verify", "--proof", tmp_path / "none")["reason"]


def test_two_machines_compare_what_they_were_told(eaten: tuple[Terminal, str], tmp_path: Path) -> None:
    home, _ = eaten
    home("pack", "Home", tmp_path / "home.bundle")
    other = home.at(tmp_path / "other")
    other("unpack", tmp_path / "home.bundle")
    said = other.json("prove", "Home")["checkpoint"]
    assert home("prove", "Home").strip() == said
    assert home("verify", "Home", "--compare", said) == "Both tell the same.\n"
    for _ in range(2):
        home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")
        home("pack", "Home", tmp_path / "home.bundle")
    assert home.json("verify", "Home", "--compare", said)["same"] is True, "the other has not got so far"
    later = home.json("prove", "Home")["checkpoint"]
    assert other.refused("verify", "Home", "--compare", later)["error"] == "not_so_far"
    assert other.refused("verify", "Home", "--compare", "12")["error"] == "proof.no_checkpoint"
    false = said[:-1] + ("A" if said[-1] != "A" else "B")
    assert json.loads(home("verify", "Home", "--compare", false, "--json", status=1))["same"] is False
