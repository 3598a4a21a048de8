"""`act`, `events`, `help`: doing something, and knowing before what there is to do."""

import json

import pytest

from cercle.modules import load
from cercle.page.languages import translations
from tests.cli.conftest import PIZZA, Terminal


def test_act_appends_an_entry_and_prints_its_id(home: Terminal) -> None:
    entry = home.json("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")["entry"]
    last = home.lines("log", "Home")[-1]
    assert (last["id"], last["event"], last["verdict"]) == (entry, "accounts.shared", "ok")
    assert home.json("show", "Home", "accounts")["balances"] == {"eur": {"Amina": 667, "Bruno": -667}}


def test_fields_come_from_standard_input_too(home: Terminal) -> None:
    entry = home("act", "Home", "accounts.shared", "-", "--by", "Bruno", given=PIZZA).strip()
    assert home.lines("log", "Home")[-1]["id"] == entry


def test_people_are_named_by_id_as_well(home: Terminal) -> None:
    members = {line["words"].get("name"): line["by"] for line in home.lines("log", "Home") if line["words"]}
    amina, bruno = members["Amina"], members["Bruno"]
    fields = {"unit": "eur", "amount": 1000, "payer": amina, "to": bruno}
    home("act", "Home", "accounts.transferred", json.dumps(fields), "--by", amina)
    assert home.json("show", "Home", "accounts")["balances"]["eur"] == {"Amina": 1000, "Bruno": -1000}


def test_bytes_are_base64(home: Terminal) -> None:
    home("act", "Home", "people.invited", json.dumps({"key": "A" * 43 + "="}), "--by", "Amina")
    assert home.lines("log", "Home")[-1]["kept"]["key"] == "00" * 32
    assert len(home.json("show", "Home", "people")["invitations"]) == 1


def test_what_the_rules_refuse_is_not_appended_and_says_why(home: Terminal) -> None:
    before = home("log", "Home", "--json")
    nothing = PIZZA.replace("1000", "0")
    refused = home.refused("act", "Home", "accounts.shared", nothing, "--by", "Bruno")
    assert refused == {"error": "accounts.nothing", "reason": "An amount is more than nothing."}
    assert home("act", "Home", "accounts.shared", nothing, "--by", "Bruno", status=1) == ""
    assert home.said == "An amount is more than nothing.\n"
    assert home("log", "Home", "--json") == before


@pytest.mark.parametrize(
    ("event", "fields", "error"),
    [
        ("accounts.shared", "{", "usage"),
        ("accounts.shared", "[1]", "not_fields"),
        ("accounts.shared", '{"unit": "eur"}', "malformed"),
        ("accounts.shared", PIZZA.replace("1000", "10.5"), "malformed"),
        ("accounts.shared", PIZZA.replace("1000", "-1"), "malformed"),
        ("accounts.shared", PIZZA.replace("what", "why"), "unknown_field"),
        ("accounts.stolen", "{}", "unknown_event"),
        ("groceries.bought", '{"unit": "eur", "lines": [{"amount": 1, "colour": 2}]}', "malformed"),
    ],
)
def test_what_is_no_such_event_ends_with_2(home: Terminal, event: str, fields: str, error: str) -> None:
    assert home.refused("act", "Home", event, fields, "--by", "Amina", status=2)["error"] == error


def test_only_somebody_with_a_key_here_acts(home: Terminal) -> None:
    home("act", "Home", "people.added", '{"name": "Chloé", "kind": "child"}', "--by", "Amina")
    refused = home.refused("act", "Home", "accounts.shared", PIZZA, "--by", "Chloé")
    assert refused["reason"] == "Nobody is called Chloé here. There is: Amina, Bruno."
    fields = PIZZA.replace("Amina", "Farid")
    assert home.refused("act", "Home", "accounts.shared", fields, "--by", "Amina")["error"] == "unknown_name"
    home("act", "Home", "accounts.shared", PIZZA, status=2)
    assert "--by" in home.said


def test_two_of_one_name_are_told_apart_by_id(home: Terminal) -> None:
    other = home.json("join", "Home", "Dov")["member"]
    home("act", "Home", "people.described", json.dumps({"member": other, "name": "Bruno"}), "--by", "Dov")
    refused = home.refused("act", "Home", "people.left", "{}", "--by", "Bruno")
    assert refused["error"] == "ambiguous_name"
    assert f"Bruno ({other})" in refused["reason"]
    home("act", "Home", "people.left", "{}", "--by", f"Bruno ({other})")
    home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")  # the one who is still there
    assert home.json("show", "Home", "people")["members"][f"Bruno ({other})"]["gone"] == "left"
    balances = home.json("show", "Home", "accounts")["balances"]["eur"]
    assert sorted(balances.values()) == [-667, 667]


def test_a_refusal_is_in_the_language_of_the_terminal(home: Terminal) -> None:
    french = {"LC_ALL": "fr_FR.UTF-8"}
    nothing = PIZZA.replace("1000", "0")
    home("act", "Home", "accounts.shared", nothing, "--by", "Bruno", status=1, **french)
    sentence = "An amount is more than nothing."
    assert home.said == translations("fr").gettext(sentence) + "\n" != sentence + "\n"


def test_events_lists_them_all_with_what_they_are(terminal: Terminal) -> None:
    listed = terminal("events")
    told = {one["event"]: one for one in terminal.json("events")}
    for event in load().events.values():
        assert event.name in listed
        assert event.about in listed
        assert told[event.name]["help"] == event.about
        assert sorted(event.may) == told[event.name]["may"]
        assert set(told[event.name]["sentences"]) == {"en", "fr"}


def test_an_events_schema_is_the_one_that_act_holds_to(terminal: Terminal) -> None:
    told = terminal.json("events", "accounts.shared")
    fields = told["schema"]["$defs"]["Shared"]["properties"]
    assert fields["amount"]["type"] == "integer"
    assert told["schema"]["$defs"]["Shared"]["required"] == ["unit", "amount", "payer", "shares"]
    assert told["words"] == ["what"]
    text = terminal("events", "accounts.shared")
    assert "adult, child" in text
    assert '"minor units, such as cents"' in text
    assert terminal.refused("events", "accounts.stolen", status=2)["error"] == "usage"


def test_help_shows_the_page_of_a_module(terminal: Terminal) -> None:
    names = terminal.json("help")
    assert names == [module.name for module in load()]
    for name in names:
        page = terminal.json("help", name)["text"]
        assert page.strip() == terminal("help", name).strip()
        french = terminal("help", name, LC_ALL="fr_FR.UTF-8")
        assert "## Événements" in french
        assert f"{name}." in page
    assert terminal.refused("help", "garden", status=2)["error"] == "usage"
