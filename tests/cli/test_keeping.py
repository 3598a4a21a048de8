"""`backup`, `restore`, `doctor`: a home that comes back, and never tells two stories."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import PIZZA, Terminal


def act(terminal: Terminal) -> str:
    return str(terminal.json("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")["entry"])


def devices(terminal: Terminal) -> dict[str, list[str]]:
    """The devices that wrote in the log, by member."""
    found: dict[str, list[str]] = {}
    for line in terminal.lines("log", "Home"):
        if line["device"] not in found.setdefault(line["by"], []):
            found[line["by"]].append(line["device"])
    return found


def test_backup_is_one_private_file_with_all_that_was_there(home: Terminal, tmp_path: Path) -> None:
    entry = act(home)
    file = tmp_path / "home.cercle"
    told = home.json("backup", file)
    assert told == {"file": str(file), "size": file.stat().st_size, "locked": False, "without": []}
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("home.cercle")] == ["home.cercle"]
    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("SELECT count(*) FROM entries WHERE id = ?", [bytes.fromhex(entry)]).fetchone() == (1,)


def test_spares_are_made_once_and_the_next_backup_replaces_the_file(home: Terminal, tmp_path: Path) -> None:
    home("backup", tmp_path / "home.cercle")
    spares = home.lines("log", "Home", "--text", "spare key")
    assert {line["by"] for line in spares} == set(devices(home))
    assert len(spares) == 2
    assert home.json("show", "Home", "people")["invitations"] == []
    entry = act(home)
    home("backup", tmp_path / "home.cercle")
    again = home.lines("log", "Home", "--text", "spare key")
    assert [line["id"] for line in again] == [line["id"] for line in spares]
    restored = home.at(tmp_path / "restored")
    restored("restore", tmp_path / "home.cercle")
    assert entry in [line["id"] for line in restored.lines("log", "Home")]


def test_backup_overwrites_no_other_file_and_not_the_data(home: Terminal, tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear Dov")
    assert home.refused("backup", other)["error"] == "backup.taken"
    assert other.read_text() == "Dear Dov"
    assert home.refused("backup", home.data / "cercle.db")["error"] == "backup.own_data"
    assert home.refused("backup", "/dev/null")["error"] == "backup.taken"
    assert home.refused("backup", tmp_path / "no" / "folder")["error"] == "no_file"
    assert home.refused("backup")["error"] == "backup.no_folder"
    home("backup", tmp_path / "one.cercle", "--stop", status=2)
    assert len(home.json("circles")) == 1


def test_a_child_and_a_guest_come_back_as_what_they_were(home: Terminal, tmp_path: Path) -> None:
    home("join", "Home", "Chloé", "--kind", "child")
    home("join", "Home", "Dov", "--kind", "guest")
    assert home.json("backup", tmp_path / "home.cercle")["without"] == []
    restored = home.at(tmp_path / "restored")
    told = restored.json("restore", tmp_path / "home.cercle")
    assert [person["name"] for person in told["joined"]] == ["Amina", "Bruno", "Chloé", "Dov"]
    members = restored.json("show", "Home", "people")["members"]
    assert (members["Chloé"]["kind"], members["Dov"]["kind"]) == ("child", "guest")


def test_a_restored_node_writes_on_new_keys_and_never_forks_the_old_machine(home: Terminal, tmp_path: Path) -> None:
    act(home)
    home("backup", tmp_path / "home.cercle")
    old = devices(home)
    restored = home.at(tmp_path / "restored")
    told = restored.json("restore", tmp_path / "home.cercle")
    assert (told["left"], told["waiting"]) == ([], ["Home"])
    assert restored.json("show", "Home", "accounts") == home.json("show", "Home", "accounts")
    assert set(restored.json("show", "Home", "people")["members"]) == {"Amina", "Bruno"}
    act(home)
    act(restored)
    new = devices(restored)
    for member, keys in old.items():
        assert new[member][: len(keys)] == keys
        assert len(new[member]) == len(keys) + 1
    written = {line["id"]: line["device"] for line in restored.lines("log", "Home")}
    common = {line["id"] for line in home.lines("log", "Home")} & set(written)
    assert not {device for entry, device in written.items() if entry not in common} & {
        key for keys in old.values() for key in keys
    }
    assert all(line["verdict"] == "ok" for line in restored.lines("log", "Home"))


def test_a_restored_node_seals_nothing_and_says_so(home: Terminal, tmp_path: Path) -> None:
    home("backup", tmp_path / "home.cercle")
    restored = home.at(tmp_path / "restored")
    assert "nothing is confirmed in Home" in restored("restore", tmp_path / "home.cercle")
    act(restored)
    assert restored("log", "Home").splitlines()[-1].endswith("[pending]")
    assert "waits for the keeper of the log, on another machine" in restored("doctor")


def test_in_place_goes_on_with_the_old_keys(home: Terminal, tmp_path: Path) -> None:
    token = home.json("token", "Amina")["token"]
    home("backup", tmp_path / "home.cercle")
    before = devices(home)
    shutil.rmtree(home.data)
    told = home.json("restore", tmp_path / "home.cercle", "--in-place")
    assert told["waiting"] == []
    act(home)
    assert devices(home) == before
    assert "this machine keeps the log" in home("doctor")
    assert count(home, "SELECT count(*) FROM tokens WHERE purpose = 'api'") == 1, token


def count(terminal: Terminal, query: str) -> int:
    with closing(sqlite3.connect(terminal.data / "cercle.db")) as connection:
        return int(connection.execute(query).fetchone()[0])


def test_a_restored_node_lets_nobody_in_who_was_signed_in_on_the_old_one(home: Terminal, tmp_path: Path) -> None:
    home("token", "Amina")
    home("signin", "Bruno")
    home("backup", tmp_path / "home.cercle")
    restored = home.at(tmp_path / "restored")
    restored("restore", tmp_path / "home.cercle")
    assert count(restored, "SELECT count(*) FROM tokens") == 0
    assert restored.json("signin", "Bruno")["member"] == home.json("signin", "Bruno")["member"]


def test_restore_overwrites_nothing_and_takes_only_a_backup(home: Terminal, tmp_path: Path) -> None:
    home("backup", tmp_path / "home.cercle")
    assert home.refused("restore", tmp_path / "home.cercle")["error"] == "backup.not_empty"
    empty = home.at(tmp_path / "empty")
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Dov")
    whole = (tmp_path / "home.cercle").read_bytes()
    (tmp_path / "cut.cercle").write_bytes(whole[: len(whole) // 2])
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE entries (a)")
    for file in (letter, tmp_path / "cut.cercle", tmp_path / "other.db"):
        assert empty.refused("restore", file)["error"] == "backup.no_backup"
    assert empty.refused("restore", tmp_path / "none.cercle")["error"] == "no_file"
    empty("restore", status=2)
    assert not (empty.data / "cercle.db").exists()


def test_a_backup_by_a_newer_program_is_left_alone(home: Terminal, tmp_path: Path) -> None:
    home("backup", tmp_path / "home.cercle")
    with closing(sqlite3.connect(tmp_path / "home.cercle")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert home.at(tmp_path / "empty").refused("restore", tmp_path / "home.cercle")["error"] == "backup.newer"
    shutil.copy(tmp_path / "home.cercle", home.data / "cercle.db")
    assert home.refused("circles")["error"] == "newer"
    assert "newer Cercle" in home("doctor", status=1)


def test_doctor_finds_a_home_well(home: Terminal) -> None:
    found = home.json("doctor")
    about = {"folder", "secrecy", "disk", "server", "database", "keeper", "backup", "mail"}
    assert {one["about"] for one in found} == about
    assert all(one["ok"] for one in found)
    home("doctor", "Home", status=2)
    assert home.at(home.data / "nowhere").json("doctor")[0]["ok"]


@pytest.mark.parametrize("about", ["secrecy", "database", "keys", "clock"])
def test_doctor_finds_what_is_wrong(home: Terminal, about: str) -> None:
    file = home.data / "cercle.db"
    if about == "secrecy":
        os.chmod(file, 0o644)
    elif about == "database":
        file.write_bytes(file.read_bytes()[:4096] + b"\xff" * 8192)
    elif about == "keys":
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("UPDATE keys SET key = zeroblob(32) WHERE no = 2")
            connection.commit()
    else:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("UPDATE epochs SET time = time + 86400000")
            connection.commit()
    found = json.loads(home("doctor", "--json", status=1))
    assert [one["about"] for one in found if not one["ok"]] == [about]
    assert "wrong" in home("doctor", status=1)
