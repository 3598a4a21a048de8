"""Backups that are locked by words on paper, made by themselves, and tried before they count."""

import os
import resource
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cercle import backup, daily, daily_backup
from cercle.core.event import Refused
from cercle.modules import load
from cercle.paper import new_words, seed_of
from cercle.store.node import Node
from tests.cli.conftest import Terminal
from tests.cli.test_keeping import act, devices

DAY = 86_400_000
NEW_YEAR = 1_798_761_600_000  # 2027-01-01T00:00Z


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


def words_of(home: Terminal, **environment: str) -> str:
    return str(home.json("backup", "--new-words", **environment)["words"])


def backups_in(disk: Path) -> list[Path]:
    return sorted(disk.glob("cercle-*-*.age"))


# --- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_words_are_read_however_they_were_typed(language: str) -> None:
    words = new_words(language)
    assert len(words.split()) == 12
    seeds = {seed_of(words), seed_of(f"  {words.title()}\n"), seed_of(words.upper())}
    assert len(seeds) == 1
    assert seed_of(new_words(language)) not in seeds


def test_accents_may_be_left_out() -> None:
    words = next(words for words in iter(lambda: new_words("fr"), "") if not words.isascii())
    plain = words.translate(str.maketrans("éèêëàâîïôûùç", "eeeeaaiiouuc"))
    assert plain.isascii()
    assert seed_of(plain) == seed_of(words)


@pytest.mark.parametrize(
    "typed", ["", "milk bread", "abandon " * 12, "abandon " * 11 + "about more", "abandon " * 11 + "é"]
)
def test_what_are_no_words_of_a_paper_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        seed_of(typed)


def test_the_key_of_some_words_stays_what_it_is() -> None:
    """Papers are kept for years. The words are the first vector of BIP-39."""
    seed = "0d5b19549448ebf2b06f39dfdb9d1fda15b5fd42a4f93b0aecec933fe64269aa"
    assert seed_of("abandon " * 11 + "about").hex() == seed


# --- locked ------------------------------------------------------------------------------------------------------


def test_a_locked_backup_tells_nothing_and_comes_back_by_the_words(home: Terminal, tmp_path: Path) -> None:
    words, entry, file = words_of(home), act(home), tmp_path / "home.age"
    told = home.json("backup", file)
    assert told == {"file": str(file), "size": file.stat().st_size, "locked": True, "without": []}
    assert file.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert file.stat().st_mode & 0o777 == 0o600
    restored = home.at(tmp_path / "restored")
    told = restored.json("restore", file, given=words + "\n")
    assert told["found"] == 0
    assert [person["name"] for person in told["joined"]] == ["Amina", "Bruno"]
    assert entry in [line["id"] for line in restored.lines("log", "Home")]
    assert restored.json("show", "Home", "accounts") == home.json("show", "Home", "accounts")
    old, new = devices(home), devices(restored)
    act(restored)
    assert all(new[member][: len(keys)] == keys for member, keys in old.items())
    assert [path.name for path in home.data.iterdir() if "backing" in path.name] == [".backing-up"]


def test_nothing_opens_it_but_its_words(home: Terminal, tmp_path: Path) -> None:
    words_of(home)
    home("backup", tmp_path / "home.age")
    others = words_of(home)
    empty = home.at(tmp_path / "empty")
    for typed, code in ((others, "backup.other_words"), ("milk bread", "paper.not_words")):
        empty("restore", tmp_path / "home.age", "--json", given=typed + "\n", status=1)
        assert code in empty.said
    assert not (empty.data / "cercle.db").exists()


def test_one_paper_is_enough_for_two_machines(home: Terminal, tmp_path: Path) -> None:
    words, other = words_of(home), home.at(tmp_path / "other")
    other("new", "Elsewhere", "--founder", "Dov")
    other("backup", "--my-words", given=words + "\n")
    other("backup", tmp_path / "other.age")
    restored = home.at(tmp_path / "restored")
    restored("restore", tmp_path / "other.age", given=words + "\n")
    assert [circle["name"] for circle in restored.json("circles")] == ["Elsewhere"]
    other("backup", "--my-words", given="milk bread\n", status=1)


def test_neither_words_nor_private_key_stand_in_the_data(home: Terminal) -> None:
    words = words_of(home)
    whole = b"".join(path.read_bytes() for path in home.data.iterdir() if path.is_file())
    assert seed_of(words) not in whole
    assert words.encode() not in whole


@pytest.mark.parametrize("at", [30, 200, -1])
def test_a_backup_that_was_changed_or_cut_off_restores_nothing(home: Terminal, tmp_path: Path, at: int) -> None:
    words = words_of(home)
    home("backup", tmp_path / "home.age")
    whole = bytearray((tmp_path / "home.age").read_bytes())
    cut = home.at(tmp_path / "cut")
    (tmp_path / "cut.age").write_bytes(whole[:at])
    cut("restore", tmp_path / "cut.age", given=words + "\n", status=1)
    whole[at] ^= 1
    (tmp_path / "cut.age").write_bytes(whole)
    cut("restore", tmp_path / "cut.age", given=words + "\n", status=1)
    assert not (cut.data / "cercle.db").exists()


# --- each day ----------------------------------------------------------------------------------------------------


def test_from_a_folder_on_there_is_one_each_day(home: Terminal, disk: Path, tmp_path: Path) -> None:
    assert home.refused("backup", "--daily", disk)["error"] == "backup.no_words"
    words = words_of(home)
    inside = home.data / "inside"
    inside.mkdir()
    assert home.refused("backup", "--daily", inside)["error"] == "backup.inside"
    told = home.json("backup", "--daily", disk)
    (file,) = backups_in(disk)
    assert told["file"] == str(file)
    assert "on the same disk as the data" in home("backup")
    assert backups_in(disk) == [file]
    assert "The last backup that was tried is of" in home("doctor")
    restored = home.at(tmp_path / "restored")
    restored("restore", file, given=words + "\n")
    with opened(restored.data) as node:
        assert daily_backup.state(node) is daily_backup.State.OFF
        assert daily.key_of(node)
    home("backup", "--stop")
    assert home.refused("backup")["error"] == "backup.no_folder"
    assert all(one["ok"] for one in home.json("doctor"))


def opened(data: Path, clock: Callable[[], int] | None = None) -> Any:
    return closing(Node(data, load(), clock) if clock else Node(data, load()))


def chosen(home: Terminal, disk: Path) -> None:
    words_of(home)
    home("backup", "--daily", disk)


def test_the_clock_decides_when_and_nothing_else(home: Terminal, disk: Path) -> None:
    chosen(home, disk)
    time = [NEW_YEAR]
    with opened(home.data, lambda: time[0]) as node:
        daily.note(node, daily.Said(NEW_YEAR, NEW_YEAR, "file", 1))
        due = {}
        for hours in (-48, -1, 0, 23, 24, 47, 49, 24 * 400):
            time[0] = NEW_YEAR + hours * 3_600_000
            due[hours] = (daily.is_due(node), daily_backup.state(node) is daily_backup.State.LATE)
    past, fresh, soon, late = (True, True), (False, False), (True, False), (True, True)
    assert due == {-48: past, -1: past, 0: fresh, 23: fresh, 24: soon, 47: soon, 49: late, 9600: late}


def test_one_that_failed_is_tried_again_after_an_hour(home: Terminal, disk: Path) -> None:
    chosen(home, disk)
    time = [NEW_YEAR]
    with opened(home.data, lambda: time[0]) as node:
        shutil.rmtree(disk)  # the disk is not plugged in
        disk.mkdir()
        with pytest.raises(Refused):
            daily_backup.make(node)
        assert daily.said(node).problem == "backup.not_there"
        assert not daily.is_due(node)
        time[0] += 3_600_000
        assert daily.is_due(node)
        assert daily_backup.state(node) is daily_backup.State.LATE
    assert list(disk.iterdir()) == []
    assert "plug it in" in home("doctor", status=1)


def test_seven_days_four_weeks_and_twelve_months_are_kept() -> None:
    days = [(date(2025, 6, 1) + timedelta(days)).isoformat() for days in range(700)]
    there: set[str] = set()
    for day in days:
        there = daily_backup.kept(there | {day})
    last = days[-1]
    assert last in there
    assert sorted(there)[-7:] == days[-7:]
    assert len({day[:7] for day in there}) == 12
    assert len(there) <= 7 + 4 + 12
    assert daily_backup.kept(there | {"2099-01-01"}) >= set(days[-6:])  # a clock that was wrong for a day
    assert daily_backup.kept([]) == set()


def test_what_is_too_old_goes_and_what_others_put_there_stays(home: Terminal, disk: Path) -> None:
    chosen(home, disk)
    (file,) = backups_in(disk)
    ours = file.name[:15]
    old = [disk / f"{ours}-20{year}-01-01.age" for year in range(10, 24)]
    others = [disk / "cercle-00000000-2001-01-01.age", disk / f"{ours}-2001-13-45.age", disk / "photo.jpg"]
    for path in [*old, *others]:
        path.write_bytes(b"")
    (disk / f"{ours}-2020-01-01.age.part").write_bytes(b"")
    home("backup")
    assert all(path.exists() for path in others)
    assert [path for path in old if path.exists()] == old[-11:]
    assert not list(disk.glob("*.part"))


def test_a_clock_that_was_put_back_loses_none_that_was_just_made(home: Terminal, disk: Path) -> None:
    chosen(home, disk)
    (file,) = backups_in(disk)
    for day in range(1, 29):
        (disk / f"{file.name[:15]}-2026-10-{day:02}.age").write_bytes(b"")
    for month in range(1, 13):
        (disk / f"{file.name[:15]}-2026-{month:02}-28.age").write_bytes(b"")
    with opened(home.data, lambda: NEW_YEAR - 5000 * DAY) as node:
        made, _ = daily_backup.make(node)
    assert made.exists()
    assert file.exists()


# --- what can go wrong -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["copy", "pack", "tried", "write", "flush", "digest_of"])
def test_killed_half_way_nothing_half_done_counts(home: Terminal, disk: Path, where: str) -> None:
    chosen(home, disk)
    (file,) = backups_in(disk)
    before, entry = file.read_bytes(), act(home)
    process = os.fork()
    if not process:
        setattr(backup, where, lambda *given: os.kill(os.getpid(), signal.SIGKILL))
        with opened(home.data) as node:
            daily_backup.make(node)
    assert os.waitpid(process, 0)[1] == signal.SIGKILL
    assert backups_in(disk) == [file]
    assert file.read_bytes() == before
    with opened(home.data) as node:
        assert daily.said(node).problem == "backup.cut_off"
        backup.tidy(node)
    assert not (home.data / daily.WORK).exists()
    assert entry in [line["id"] for line in home.lines("log", "Home")]
    home("backup")
    assert sorted(path.name for path in disk.iterdir()) == sorted([file.name, daily.ABOUT])
    assert not (home.data / daily.WORK).exists()


def test_a_full_disk_keeps_the_last_one(home: Terminal, disk: Path) -> None:
    chosen(home, disk)
    (file,) = backups_in(disk)
    before = file.read_bytes()

    def no_larger() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))

    home("backup", first=no_larger, status=1)
    assert file.read_bytes() == before
    with opened(home.data) as node:
        assert daily.said(node).problem in ("backup.no_room", "backup.full")
    assert not (home.data / daily.WORK).exists()


def test_a_place_that_cannot_be_written_is_said(home: Terminal, disk: Path) -> None:
    chosen(home, disk)
    (file,) = backups_in(disk)
    file.unlink()
    (disk / f"{file.name}.part" / "in the way").mkdir(parents=True)
    home("backup", status=1)
    with opened(home.data) as node:
        assert daily.said(node).problem == "backup.not_writable"


def test_data_that_is_damaged_is_not_kept_as_a_backup(home: Terminal, disk: Path) -> None:
    act(home)
    chosen(home, disk)
    (file,) = backups_in(disk)
    before = file.read_bytes()
    with closing(sqlite3.connect(home.data / "cercle.db")) as connection:
        connection.execute("UPDATE entries SET verdict = 'circle.left' WHERE position = 1")
        connection.commit()
    assert home.refused("backup")["error"] == "backup.damaged"
    assert file.read_bytes() == before
    assert "damaged" in home("doctor", status=1)


def test_one_at_a_time(home: Terminal, disk: Path) -> None:
    chosen(home, disk)
    with opened(home.data) as node, backup.working(node):
        assert backup.is_being_made(node)
        assert home.refused("backup")["error"] == "backup.busy"
        assert daily_backup.state(node) is daily_backup.State.GOOD
