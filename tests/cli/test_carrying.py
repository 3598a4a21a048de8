"""`pack`, `unpack`: a circle as a file, there and back, whole or said to be otherwise."""

import json
from pathlib import Path

import pytest

from cercle import beginnings
from cercle.exchange import member_called
from cercle.modules import load
from cercle.modules.groceries.events import ProductAdded
from cercle.page.links import invitation_code
from cercle.store.node import Node
from cercle.sync.bundle import MAGIC
from tests.cli.conftest import PIZZA, Terminal
from tests.cli.test_trouble import with_room_for


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


# --- locked ------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(home: Terminal, tmp_path: Path) -> tuple[Terminal, Terminal]:
    """Amina's machine, and one that was restored from its backup and has written since with keys of its own."""
    home("backup", tmp_path / "home.cercle")
    other = home.at(tmp_path / "other")
    other("restore", tmp_path / "home.cercle")
    other("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")
    return home, other


def test_only_who_it_is_for_opens_what_is_carried(home: Terminal, tmp_path: Path) -> None:
    home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")
    file = tmp_path / "home.age"
    told = home.json("pack", "Home", file, "--to", "Bruno")
    assert told["entries"] == len(home.lines("log", "Home"))
    assert told["size"] == file.stat().st_size
    assert told["to"] == ["Bruno"]
    assert b"Pizza" not in file.read_bytes()
    taken = home.json("unpack", file)
    assert (taken["new"], taken["known"]) == (0, told["entries"])
    stranger = home.at(tmp_path / "stranger")
    assert stranger.refused("unpack", file)["error"] == "sync.not_for_here"
    assert stranger.json("circles") == []
    found = json.loads(stranger("verify", file, "--json", status=1))
    assert (found["circle"], [one["code"] for one in found["found"]]) == (None, ["sync.not_for_here"])
    assert home("verify", file) == "All is well: every entry is as it was signed.\n"
    assert "Only their machines open it: Bruno.\n" in home("pack", "Home", file, "--to", "Bruno")


def test_for_all_is_for_every_machine_of_the_circle(two: tuple[Terminal, Terminal], tmp_path: Path) -> None:
    home, other = two
    for here, there in ((home, other), (other, home)):
        assert here.json("pack", "Home", tmp_path / "all.age", "--to-all")["to"] == ["Amina", "Bruno"]
        there("unpack", tmp_path / "all.age")
    assert home.json("show", "Home") == other.json("show", "Home")
    assert {line["verdict"] for line in home.lines("log", "Home")} == {"ok"}


def test_what_was_locked_for_keys_of_before_a_restore_is_opened_still(home: Terminal, tmp_path: Path) -> None:
    home("pack", "Home", tmp_path / "home.age", "--to", "Amina")
    home("backup", tmp_path / "home.cercle")
    other = home.at(tmp_path / "other")
    other("restore", tmp_path / "home.cercle")
    assert other.json("unpack", tmp_path / "home.age")["new"] == 0


def test_only_what_is_new_since_a_code(two: tuple[Terminal, Terminal], tmp_path: Path) -> None:
    home, other = two
    code = home("sync", "Home", "--code").strip()
    assert home.json("sync", "Home", "--code")["code"] == code
    everything = other.json("pack", "Home", tmp_path / "all.age", "--to", "Amina")
    new = other.json("pack", "Home", tmp_path / "new.age", "--to", "Amina", "--since", code)
    assert 0 < new["entries"] < everything["entries"]
    assert "All is well" in home("verify", tmp_path / "new.age"), "together with what is here"
    other("pack", "Home", tmp_path / "new.bundle", "--since", code)
    told = home.at(tmp_path / "nowhere")("verify", tmp_path / "new.bundle", status=1)
    assert "the file does not begin where it began" in told
    taken = home.json("unpack", tmp_path / "new.age")
    assert (taken["new"], taken["waiting"]) == (new["entries"], 0)
    assert home.json("show", "Home") == other.json("show", "Home")


def test_somebody_comes_in_by_files_alone(home: Terminal, tmp_path: Path) -> None:
    """Chloé’s machine has never reached the other one: a plain file comes, with a link; a locked one goes back."""
    node = Node(home.data, load())
    code = invitation_code(*beginnings.invite(node, node.live(1), member_called(node.live(1), "Amina")))
    node.close()
    home("pack", "Home", tmp_path / "home.bundle")
    away, link = home.at(tmp_path / "away"), f"http://127.0.0.1:9/join/{code}"
    assert away.refused("join", link, "Chloé")["error"] == "not_met"
    away("unpack", tmp_path / "home.bundle")
    assert away.refused("join", link[:-1], "Chloé")["error"] == "not_met"
    assert away.refused("join", link, "amina")["error"] == "people.name_taken"
    assert "Carry a file back" in away("join", link, "Chloé")
    assert away.refused("join", link, "Chloé")["error"] != "people.name_taken", "that is they themselves"
    away("act", "Home", "accounts.shared", PIZZA, "--by", "Chloé")
    assert away.json("pack", "Home", tmp_path / "back.age", "--to", "Amina")["to"] == ["Amina"]
    home("unpack", tmp_path / "back.age")
    home("pack", "Home", tmp_path / "forth.age", "--to", "Chloé")
    away("unpack", tmp_path / "forth.age")
    assert home.json("show", "Home") == away.json("show", "Home")
    assert {line["verdict"] for line in home.lines("log", "Home")} == {"ok"}


def test_what_lacks_something_waits_for_it_and_says_so(two: tuple[Terminal, Terminal], tmp_path: Path) -> None:
    home, other = two
    other("pack", "Home", tmp_path / "first.bundle", "--since", home("sync", "Home", "--code").strip())
    code = other("sync", "Home", "--code").strip()
    other("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")
    other("pack", "Home", tmp_path / "second.bundle", "--since", code)
    assert "wait" in home("unpack", tmp_path / "second.bundle")
    assert home.json("unpack", tmp_path / "first.bundle")["waiting"] == 0
    assert home.json("show", "Home") == other.json("show", "Home")


def test_a_locked_file_that_is_damaged_is_said_in_one_sentence(home: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "home.age"
    home("pack", "Home", file, "--to-all")
    locked = file.read_bytes()
    for damaged in (locked[:-40], locked + b"x", locked[:-1] + bytes([locked[-1] ^ 1])):
        file.write_bytes(damaged)
        assert home.refused("unpack", file)["error"] == "sync.lock_ends_wrong"
        assert json.loads(home("verify", file, "--json", status=1))["found"]


def test_packing_for_somebody_refuses(home: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "x.age"
    assert home.refused("pack", "Home", file, "--to", "Farid")["error"] == "unknown_name"
    home("act", "Home", "people.added", '{"name": "Chloé", "kind": "child"}', "--by", "Amina")
    assert home.refused("pack", "Home", file, "--to", "Chloé")["error"] == "no_device"
    home("act", "Home", "people.left", "{}", "--by", "Bruno")
    assert home.refused("pack", "Home", file, "--to", "Bruno")["error"] == "gone"
    assert home.json("pack", "Home", file, "--to-all")["to"] == ["Amina"]
    assert home.refused("pack", "Home", file, "--since", "yesterday", status=2)["error"] == "usage"
    assert home.refused("pack", "Home", "/dev/full", "--to-all")["error"] == "disk_full"
    home("sync", "--code", status=2)


def test_a_disk_that_is_full_keeps_what_came_whole(home: Terminal, tmp_path: Path) -> None:
    node = Node(home.data, load())
    bruno = member_called(node.live(1), "Bruno")
    node.act(node.live(1), bruno, *(ProductAdded(name=f"Milk {number}", note="x" * 1900) for number in range(1000)))
    node.close()
    home("pack", "Home", tmp_path / "home.bundle")
    elsewhere = home.at(tmp_path / "elsewhere")
    elsewhere("unpack", tmp_path / "home.bundle", status=1, first=with_room_for(1_500_000))
    assert elsewhere.said == "The disk is full or fails. Take the file in again once there is room.\n"
    elsewhere("unpack", tmp_path / "home.bundle")
    assert elsewhere.json("show", "Home") == home.json("show", "Home")
