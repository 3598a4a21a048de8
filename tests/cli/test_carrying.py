"""`pack`, `unpack`: a circle as a file, there and back, whole or said to be otherwise."""

from pathlib import Path

from cercle.sync.bundle import MAGIC
from tests.cli.conftest import PIZZA, Terminal


def test_a_circle_travels_as_a_file(home: Terminal, tmp_path: Path) -> None:
    home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")
    file = tmp_path / "home.bundle"
    told = home.json("pack", "Home", file)
    assert told["circle"] == home.json("circles")[0]["circle"]
    assert told["entries"] == len(home.lines("log", "Home"))
    assert told["size"] == file.stat().st_size
    elsewhere = home.at(tmp_path / "elsewhere")
    taken = elsewhere.json("unpack", file)
    assert taken == {
        "circle": told["circle"],
        "new": told["entries"],
        "known": 0,
        "filled": 0,
        "waiting": 0,
        "rejected": [],
    }
    assert elsewhere.json("show", "Home") == home.json("show", "Home")
    log = [{**line, "no": 0} for line in home.lines("log", "Home")]
    assert [{**line, "no": 0} for line in elsewhere.lines("log", "Home")] == log
    again = elsewhere.json("unpack", file)
    assert (again["new"], again["known"]) == (0, told["entries"])


def test_who_has_no_key_reads_and_does_not_write(home: Terminal, tmp_path: Path) -> None:
    home("pack", "Home", tmp_path / "home.bundle")
    elsewhere = home.at(tmp_path / "elsewhere")
    elsewhere("unpack", tmp_path / "home.bundle")
    refused = elsewhere.refused("act", "Home", "accounts.shared", PIZZA, "--by", "Amina")
    assert refused == {"error": "unknown_name", "reason": "Nobody is called Amina here."}
    assert "a copy to read" in elsewhere("doctor")


def test_two_homes_meet_again_after_writing_apart(home: Terminal, tmp_path: Path) -> None:
    home("backup", tmp_path / "home.cercle")
    other = home.at(tmp_path / "other")
    other("restore", tmp_path / "home.cercle")
    home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")
    other("act", "Home", "accounts.shared", PIZZA, "--by", "Amina")
    for one, another in ((home, other), (other, home)):
        one("pack", "Home", tmp_path / "one.bundle")
        another("unpack", tmp_path / "one.bundle")
    shown = home.json("show", "Home", "accounts")
    assert shown == other.json("show", "Home", "accounts")
    assert shown["balances"]["eur"] == {"Amina": 1333, "Bruno": -1333}
    assert {line["verdict"] for line in home.lines("log", "Home")} == {"ok"}


def test_erased_words_do_not_come_back_in_an_old_bundle(home: Terminal, tmp_path: Path) -> None:
    entry = home.json("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")["entry"]
    home("pack", "Home", tmp_path / "old.bundle")
    fields = f'{{"entry": "{entry[:20]}", "author": "Bruno"}}'
    home("act", "Home", "people.entry_erased", fields, "--by", "Bruno")
    home("unpack", tmp_path / "old.bundle")
    assert "Pizza" not in home("log", "Home", "--json")
    home("pack", "Home", tmp_path / "new.bundle")
    assert b"Pizza" in (tmp_path / "old.bundle").read_bytes()
    assert b"Pizza" not in (tmp_path / "new.bundle").read_bytes()


def test_what_is_no_whole_bundle_is_said_in_one_sentence(home: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "home.bundle"
    home("pack", "Home", file)
    whole = file.read_bytes()
    elsewhere = home.at(tmp_path / "elsewhere")
    for damaged, error in (
        (b"Dear Dov", "sync.no_bundle"),
        (b"", "sync.no_bundle"),
        (MAGIC.replace(b"1", b"2") + whole[len(MAGIC) :], "sync.newer"),
        (whole[:-40], "sync.cut_short"),
        (whole + b"x", "sync.too_long"),
        (whole[:-1] + bytes([whole[-1] ^ 1]), "sync.altered"),
        (whole[:52] + b"\xff" + whole[53:], "sync.malformed"),
    ):
        file.write_bytes(damaged)
        assert elsewhere.refused("unpack", file)["error"] == error
    assert elsewhere.refused("unpack", tmp_path / "none")["error"] == "no_file"
    elsewhere("unpack", status=2)


def test_an_entry_that_was_changed_is_not_taken(home: Terminal, tmp_path: Path) -> None:
    home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")
    file = tmp_path / "home.bundle"
    home("pack", "Home", file)
    file.write_bytes(file.read_bytes().replace(b"Pizza", b"Pasta"))
    elsewhere = home.at(tmp_path / "elsewhere")
    elsewhere("unpack", file, status=1)
    lines = elsewhere.lines("log", "Home") if elsewhere.json("circles") else []
    assert "accounts.shared" not in [line["event"] for line in lines]


def test_pack_refuses(home: Terminal, tmp_path: Path) -> None:
    assert home.refused("pack", "Office", tmp_path / "x")["error"] == "unknown_circle"
    assert home.refused("pack", "Home", "/dev/full")["error"] == "disk_full"
    assert home.refused("pack", "Home", tmp_path / "no" / "folder")["error"] == "no_file"
    home("pack", "Home", status=2)
