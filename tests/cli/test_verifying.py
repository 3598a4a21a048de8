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
