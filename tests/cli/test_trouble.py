"""A full disk, one that cannot be written, a damaged file, a database in use: a plain sentence, and nothing lost."""

import ctypes
import json
import resource
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cercle.page.languages import translations
from tests.cli.conftest import PIZZA, Terminal

DROP = 24  # PR_CAPBSET_DROP, prctl(2)
DAC_OVERRIDE, DAC_READ_SEARCH = 1, 2  # capabilities(7)


def as_anybody() -> None:
    """Permissions hold for this process also where the tests run as root."""
    libc = ctypes.CDLL(None)
    for capability in (DAC_OVERRIDE, DAC_READ_SEARCH):
        libc.prctl(DROP, capability, 0, 0, 0)


def with_room_for(size: int) -> Callable[[], None]:
    """No file of this process grows beyond so many bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_folder_that_cannot_be_written(home: Terminal) -> None:
    before = home("log", "Home", "--json")
    (home.data / "cercle.db").chmod(0o400)
    home.data.chmod(0o500)
    refused = home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno", status=1, first=as_anybody)
    assert refused == ""
    assert home.said in (
        f"The data in {home.data} cannot be written. Nothing was changed.\n",
        f"The data in {home.data} cannot be opened.\n",
    )
    home("doctor", status=1, first=as_anybody)
    home.data.chmod(0o700)
    (home.data / "cercle.db").chmod(0o600)
    assert home("log", "Home", "--json") == before


@pytest.mark.parametrize("words", [["pack", "Home"], ["export", "Home", "--hledger"], ["backup"]])
def test_a_file_that_cannot_be_written_is_called_as_it_was_called(
    home: Terminal, tmp_path: Path, words: list[str]
) -> None:
    no_folder = tmp_path / "none"
    assert home.refused(*words, no_folder / "x") == {"error": "no_file", "reason": f"There is no {no_folder}."}
    letter = tmp_path / "letter"
    letter.write_text("Dear Dov")
    assert f"{letter} is not what it should be" in home.refused(*words, letter / "x")["reason"]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    home(*words, closed / "x", status=1, first=as_anybody)
    assert home.said == f"{closed / 'x'} may not be read or written from here.\n"


def test_a_place_where_no_folder_can_be_made(terminal: Terminal, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    terminal("new", "Home", "--founder", "Amina", status=1, first=as_anybody)
    assert terminal.said == f"{terminal.data} may not be read or written from here.\n"
    tmp_path.chmod(0o700)
    assert not terminal.data.exists()


@pytest.mark.parametrize("room", [0, 4096, 12_000])
def test_a_full_disk(home: Terminal, room: int) -> None:
    before = home("log", "Home", "--json")
    long = json.dumps({"name": "Milk", "note": "x" * 2000})
    home("act", "Home", "groceries.product_added", long, "--by", "Bruno", status=1, first=with_room_for(room))
    assert home.said.count("\n") == 1
    assert "Nothing was changed." in home.said or "cannot be opened" in home.said
    assert home("log", "Home", "--json") == before
    home("doctor")
    home("act", "Home", "groceries.product_added", long, "--by", "Bruno")


def test_a_full_disk_while_a_backup_is_written(home: Terminal, tmp_path: Path) -> None:
    home("backup", tmp_path / "home.cercle")
    before = (tmp_path / "home.cercle").read_bytes()
    home("backup", tmp_path / "home.cercle", status=1, first=with_room_for(50_000))
    assert (tmp_path / "home.cercle").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
    empty = home.at(tmp_path / "empty")
    empty("restore", tmp_path / "home.cercle", status=1, first=with_room_for(50_000))
    assert {path.name for path in empty.data.iterdir()} <= {"serving"}
    empty("restore", tmp_path / "home.cercle")


def test_a_file_that_is_no_database(home: Terminal) -> None:
    (home.data / "cercle.db").write_bytes(b"Dear Dov, " * 1000)
    assert home.refused("circles")["error"] == "not_a_database"
    assert home("doctor", status=1)
    assert (home.data / "cercle.db").read_bytes() == b"Dear Dov, " * 1000


def test_a_data_folder_that_is_a_file(terminal: Terminal) -> None:
    terminal.data.write_text("Dear Dov")
    assert terminal.refused("new", "Home", "--founder", "Amina")["error"] == "no_file"


def test_somebody_else_is_writing_for_too_long(home: Terminal) -> None:
    with closing(sqlite3.connect(home.data / "cercle.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert home.refused("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")["error"] == "busy"
        other.execute("ROLLBACK")
    home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")


def test_several_at_once_wait_for_one_another_and_fork_nothing(home: Terminal) -> None:
    def write(number: int) -> None:
        own = home.at(home.data)
        for _ in range(3):
            own("act", "Home", "accounts.shared", PIZZA, "--by", ("Amina", "Bruno")[number % 2])

    writers = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = home.lines("log", "Home")
    assert sum(line["event"] == "accounts.shared" for line in lines) == 12
    assert all(line["verdict"] == "ok" for line in lines)
    assert len({(line["device"], line["seq"]) for line in lines}) == len(lines)


def test_several_first_starts_at_once_lose_nothing(terminal: Terminal) -> None:
    starts = [
        threading.Thread(target=terminal.at(terminal.data), args=["new", f"Circle {number}", "--founder", "Amina"])
        for number in range(4)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert sorted(one["name"] for one in terminal.json("circles")) == [f"Circle {number}" for number in range(4)]


def test_trouble_is_told_in_french(home: Terminal) -> None:
    sentence = "There is no circle called %(name)s here."
    home("show", "Office", status=1, LC_ALL="", LANG="fr_FR.UTF-8")
    assert home.said == translations("fr").gettext(sentence) % {"name": "Office"} + "\n"
    assert home.said != sentence % {"name": "Office"} + "\n"
