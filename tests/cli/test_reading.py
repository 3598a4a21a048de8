"""`show`, `log`: the state as one object, the log line by line."""

import json
import subprocess

from tests.cli.conftest import COMMAND, PIZZA, Terminal

KEYS = ["id", "seq", "device", "by", "event", "kept", "words", "time", "verdict", "reason", "settled"]


def test_show_gives_every_module_that_the_circle_uses(home: Terminal) -> None:
    shown = home.json("show", "Home")
    assert shown["name"] == "Home"
    assert set(shown) == {"id", "name", *shown["circle"]["modules"]}
    assert json.loads(home("show", "Home")) == shown
    assert shown["accounts"] == home.json("show", "Home", "accounts")


def test_show_names_the_modules_where_there_is_no_such(home: Terminal) -> None:
    refused = home.refused("show", "Home", "garden")
    assert refused["error"] == "unknown_module"
    assert "accounts" in refused["reason"]
    home("show", status=2)


def test_log_tells_each_entry_as_a_sentence(home: Terminal) -> None:
    home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")
    last = home("log", "Home").splitlines()[-1]
    assert last.endswith("Amina paid €10.00 for “Pizza”, shared by Amina (×1) and Bruno (×2).")
    french = home("log", "Home", LC_ALL="fr_FR.UTF-8").splitlines()[-1]
    assert french.endswith("Amina a payé 10,00\u00a0€ pour Amina (×1) et Bruno (×2)\u202f: «\u202fPizza\u202f».")


def test_log_gives_an_object_a_line_in_the_order_of_the_log(home: Terminal) -> None:
    home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")
    lines = home.lines("log", "Home")
    assert all(set(KEYS) <= set(line) for line in lines)
    settled = [line["settled"] for line in lines]
    assert settled == sorted(settled, reverse=True)
    last = lines[-1]
    assert last["event"] == "accounts.shared"
    assert last["kept"]["amount"] == 1000
    assert last["words"] == {"what": "Pizza"}
    assert (last["verdict"], last["reason"], last["settled"]) == ("ok", None, False)


def test_log_is_narrowed_by_person_module_text_and_number(home: Terminal) -> None:
    home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")
    bruno = home.lines("log", "Home", "--by", "Bruno")
    assert [line["event"] for line in bruno] == ["people.joined", "accounts.shared"]
    assert [line["event"] for line in home.lines("log", "Home", "--module", "accounts")] == ["accounts.shared"]
    assert [line["event"] for line in home.lines("log", "Home", "--text", "PIZZA")] == ["accounts.shared"]
    assert [line["event"] for line in home.lines("log", "Home", "--text", "joined the")] == ["people.joined"]
    assert home.lines("log", "Home", "--limit", 2) == home.lines("log", "Home")[-2:]
    assert home.lines("log", "Home", "--by", "Bruno", "--limit", 1) == bruno[-1:]
    assert home("log", "Home", "--text", "no such text") == ""


def test_log_refuses(home: Terminal) -> None:
    assert home.refused("log", "Home", "--by", "Farid")["error"] == "unknown_name"
    assert home.refused("log", "Office")["error"] == "unknown_circle"
    home("log", "Home", "--limit", "0", status=2)
    home("log", status=2)


def test_erased_words_are_gone_and_it_is_said(home: Terminal) -> None:
    entry = home.json("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")["entry"]
    fields = {"entry": entry[:20], "author": "Bruno"}
    home("act", "Home", "people.entry_erased", json.dumps(fields), "--by", "Bruno")
    told = next(line for line in home("log", "Home").splitlines() if "€10.00" in line)
    assert told.endswith("Amina paid €10.00 for something, shared by Amina (×1) and Bruno (×2).  [words erased]")
    assert "Pizza" not in home("log", "Home", "--json")
    assert b"Pizza" not in b"".join(path.read_bytes() for path in home.data.iterdir())


def test_a_reader_who_has_seen_enough_is_no_trouble(home: Terminal) -> None:
    reader = subprocess.Popen(
        [*COMMAND, "log", "Home"], env=home.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert reader.stdout is not None
    assert reader.stderr is not None
    reader.stdout.close()
    assert reader.stderr.read() == b""
    assert reader.wait(60) == 1
