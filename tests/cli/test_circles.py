"""`new`, `join`, `circles`: circles begin, people come in."""

import re

import click
import pytest

from cercle.cli.main import COMMANDS, commands
from cercle.modules import load
from cercle.store.node import Node
from tests.cli.conftest import Terminal


def test_new_starts_a_circle_and_prints_its_id_and_the_founder(terminal: Terminal) -> None:
    started = terminal.json("new", "Home", "--founder", "Amina", "--form", "circle", "--unit", "CHF", is_real=True)
    assert set(started) == {"circle", "member"}
    assert re.fullmatch(r"[0-9a-f]{64}", started["circle"])
    assert started["member"] == started["circle"][:20]
    shown = terminal.json("show", started["circle"], "circle")
    assert (shown["form"], shown["unit"]) == ("circle", "chf")
    events = [line["event"] for line in terminal.lines("log", "Home")]
    assert events == ["circle.begun", "people.described", "circle.sealed"]


def test_names_are_kept_as_people_write_them(terminal: Terminal) -> None:
    terminal("new", "Chez Chloé 🦊", "--founder", "  Chloé\u202e ")
    assert "Chez Chloé 🦊" in terminal("circles")
    assert terminal.json("show", "Chez Chloé 🦊", "accounts")["balances"]["eur"] == {"Chloé\u202e": 0}
    assert "\u202e" not in terminal("log", "Chez Chloé 🦊")


@pytest.mark.parametrize(
    "words",
    [
        ("new",),
        ("new", "Home"),
        ("new", "", "--founder", "Amina"),
        ("new", "Home", "--founder", "  "),
        ("new", "Home", "--founder", "A" * 81),
        ("new", "Home", "--founder", "Amina", "--form", "kingdom"),
        ("new", "Home", "--founder", "Amina", "--unit", "e€"),
        ("new", "Home", "--founder", "Amina", "--unit", "zzz"),
        ("join", "Home"),
        ("join", "Home", "Chloé", "--kind", "king"),
        ("circles", "Home"),
        ("nothing",),
        ("circles", "--loud"),
        (),
    ],
)
def test_what_is_written_wrongly_ends_with_2_and_does_nothing(terminal: Terminal, words: tuple[str, ...]) -> None:
    terminal(*words, status=2)
    assert terminal.said
    assert not terminal.data.exists()


def test_who_comes_in_first_owns_the_machine(terminal: Terminal) -> None:
    """Though its pages were opened before, by nobody."""
    node = Node(terminal.data, load())
    owner = node.owner()
    for founder, is_owner in (("Amina", True), ("Bruno", False)):
        terminal("new", f"Of {founder}", "--founder", founder)
        person = node.token(terminal.json("signin", founder)["token"], "signin").person
        assert (person == owner) is is_owner
    node.close()


def test_what_is_no_currency_is_said(terminal: Terminal) -> None:
    refused = terminal.refused("new", "Home", "--founder", "Amina", "--unit", "zzz", status=2)
    assert "zzz is no currency: a code such as eur or chf is." in refused["reason"]


def test_wrong_usage_is_said_in_json_too(terminal: Terminal) -> None:
    assert terminal.refused("new", "Home", status=2)["error"] == "usage"


def test_join_brings_somebody_in_with_the_rights_of_their_kind(home: Terminal) -> None:
    joined = home.json("join", "Home", "Chloé", "--kind", "child", "--by", "Bruno")
    people = home.json("show", "Home", "people")["members"]
    assert people["Chloé"]["kind"] == "child"
    assert re.fullmatch(r"[0-9a-f]{20}", joined["member"])
    home("act", "Home", "people.described", f'{{"member": "{joined["member"]}", "name": "Chlo"}}', "--by", "Chloé")
    assert "Chlo" in home.json("show", "Home", "people")["members"]


@pytest.mark.parametrize("name", ["Bruno", " bruno ", "BRUNO", "chloe\u0301"])
def test_a_name_is_one_persons_as_long_as_they_are_there(home: Terminal, name: str) -> None:
    chloe = home.json("join", "Home", "Chloé")["member"]
    refused = home.refused("join", "Home", name)
    assert refused["error"] == "name_taken"
    assert refused["reason"].startswith(f"Somebody in the circle is called {name.strip()} already")
    assert home.json("circles")[0]["members"] == 3
    for member in ("Bruno", chloe):
        home("act", "Home", "people.left", "{}", "--by", member)
    home("join", "Home", name)


def test_only_an_adult_who_is_there_brings_somebody_in(home: Terminal) -> None:
    home("join", "Home", "Chloé", "--kind", "child")
    refused = home.refused("join", "Home", "Dov", "--by", "Chloé")
    assert refused["error"] == "circle.not_allowed"
    refused = home.refused("join", "Home", "Dov", "--by", "Farid")
    assert refused == {
        "error": "unknown_name",
        "reason": "Nobody is called Farid here. There is: Amina, Bruno, Chloé.",
    }
    assert set(home.json("show", "Home", "people")["members"]) == {"Amina", "Bruno", "Chloé"}


def test_circles_lists_them(home: Terminal) -> None:
    home("new", "Garden", "--founder", "Bruno", "--form", "village")
    listed = home.json("circles")
    told = [(one["name"], one["form"], one["members"]) for one in listed]
    assert told == [("Home", "household", 2), ("Garden", "village", 1)]
    assert home("circles").splitlines()[1].split("\t")[1:3] == ["Garden", "1"]


def test_where_nothing_is_nothing_is_made(terminal: Terminal) -> None:
    assert terminal.json("circles") == []
    assert "There is no circle yet" in terminal("circles")
    assert terminal.refused("show", "Home")["error"] == "nothing_here"
    assert not terminal.data.exists()


def test_a_circle_is_found_by_id_beginning_and_name(home: Terminal) -> None:
    identifier = home.json("circles")[0]["circle"]
    for wanted in (identifier, identifier[:7], identifier[:7].upper(), "Home"):
        assert home.json("show", wanted)["id"] == identifier
    assert home.refused("show", "Office") == {
        "error": "unknown_circle",
        "reason": "There is no circle called Office here.",
    }
    home("new", "Home", "--founder", "Dov")
    refused = home.refused("show", "Home")
    assert refused["error"] == "ambiguous_circle"
    assert identifier in refused["reason"]


def test_options_stand_before_the_command_or_after_it(home: Terminal) -> None:
    elsewhere = home.data / "elsewhere"
    assert home("--json", "--data", elsewhere, "circles") == "[]\n"
    assert home("circles", "--data", elsewhere, "--json") == "[]\n"
    assert home("--json", "circles").startswith("[{")


def test_the_data_folder_is_the_platforms_where_nobody_says_another(terminal: Terminal) -> None:
    terminal("new", "Home", "--founder", "Amina", CERCLE_DATA="", XDG_DATA_HOME=str(terminal.data))
    assert (terminal.data / "cercle" / "cercle.db").is_file()
    assert (terminal.data / "cercle").stat().st_mode & 0o777 == 0o700


def test_help_names_every_command_and_each_has_its_own(terminal: Terminal) -> None:
    listed = terminal("--help")
    for name in COMMANDS:
        assert re.search(rf"^  {name} ", listed, re.MULTILINE), name
        context = click.Context(commands, info_name="cercle")
        command = commands.get_command(context, name)
        assert command is not None
        assert "--json" in command.get_help(click.Context(command, context, name))
        assert not command.get_short_help_str(limit=61).endswith("..."), (
            f"{name}: the first sentence is cut in the list"
        )
    assert "With --json: " in terminal("new", "--help")
    assert re.match(r"cercle, version \d", terminal("--version"))
