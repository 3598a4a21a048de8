"""`kit`, `recover`: twelve words in a terminal, and the way back by them; by a file, where nothing else is left."""

from pathlib import Path

from cercle import beginnings
from cercle.core.keys import public
from cercle.modules import load
from cercle.modules.devices.rules import UNTIL_IT_STANDS
from cercle.page.links import invitation_code
from cercle.store.kits import words_of
from cercle.store.node import Node
from cercle.store.peers import keep_peer
from tests.cli.conftest import PIZZA, Terminal
from tests.journeys.home import Home

OFF = "http://127.0.0.1:9"


def let_it_stand(terminal: Terminal) -> None:
    """The keeper's machine seals two weeks later."""
    terminal("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")
    node = Node(terminal.data, load())
    live = node.find("Home")
    there = live.circle.time + UNTIL_IT_STANDS
    live.clock = lambda: there
    live.seal()
    node.close()


def test_it_is_printed_to_be_written_on_paper(home: Terminal) -> None:
    told = home("kit", "Bruno")
    assert "shown this once" in told
    assert [f"{number}." in told for number in range(1, 13)] == [True] * 12
    words = home.json("kit", "Bruno")["words"]
    assert len(words) == 12
    home("recover", given=" ".join(words))
    fresh = home.json("recover", given=" ".join(word[:4].upper() for word in words))
    assert fresh["name"] == "Bruno"
    assert home("recover", "--lost", given=" ".join(words), status=1) == ""
    assert "too young" in home.said


def test_all_else_is_lost_and_a_file_is_left(home: Terminal, tmp_path: Path) -> None:
    words = home.json("kit", "Amina")["words"]
    let_it_stand(home)
    file = tmp_path / "circle.age"
    home("pack", "Home", file, "--to", "Amina")
    elsewhere = home.at(tmp_path / "elsewhere")
    told = elsewhere("recover", "--file", file, "--lost", "--mine", given=" ".join(words))
    assert "Amina is back in Home." in told
    elsewhere("act", "Home", "accounts.shared", PIZZA, "--by", "Amina")
    back = tmp_path / "back.bundle"
    elsewhere("pack", "Home", back)
    home("unpack", back)
    home("act", "Home", "accounts.shared", PIZZA, "--by", "Amina", status=1)
    assert "revoked" in home.said
    home("act", "Home", "accounts.shared", PIZZA, "--by", "Bruno")


def test_the_stolen_machine_is_off_and_the_others_are_told_all_the_same(home: Terminal, tmp_path: Path) -> None:
    words = home.json("kit", "Amina")["words"]
    let_it_stand(home)
    node = Node(home.data, load())
    live = node.find("Home")
    old = public(node.key(live, live.circle.roots.begun)).hex()
    code = invitation_code(*beginnings.invite(node, live, live.circle.roots.begun))
    node.close()
    here = Home(home.data).up()
    theirs = home.at(tmp_path / "theirs")
    theirs("join", f"{here.url}/join/{code}", "Dov")
    here.down()
    there = Home(theirs.data).up()
    node = Node(home.data, load())
    for address in (OFF, there.url):
        keep_peer(node.connection, 1, address)
    node.close()
    told = home("recover", "--lost", given=" ".join(words))
    assert "Amina is back in Home." in told
    assert f"Nobody was met at {OFF}: this is not known there yet." in told
    assert there.url not in told
    there.down()
    node = Node(theirs.data, load())
    assert old in node.live(1).circle.devices.revoked
    node.close()


def test_a_try_that_failed_leaves_nobody(terminal: Terminal) -> None:
    terminal("recover", "--at", OFF, given=" ".join(words_of(bytes(16), "en")), status=1)
    node = Node(terminal.data, load())
    assert node.connection.exec_driver_sql("SELECT count(*) FROM people").scalar_one() == 0
    node.close()


def test_in_a_terminal_somebody_is_who_they_were_here(home: Terminal) -> None:
    """It has the whole machine: who types there is not asked for the words of each circle."""
    node = Node(home.data, load())
    person = node.token(home.json("signin", "Bruno")["token"], "signin").person
    beginnings.start(node, person, "Club", "Bruno")
    home("recover", given=" ".join(home.json("kit", "Bruno", "--circle", "Home")["words"]))
    assert node.token(home.json("signin", "Bruno")["token"], "signin").person == person
    assert node.connection.exec_driver_sql("SELECT count(*) FROM people").scalar_one() == 2
    node.close()


def test_what_is_no_kit_is_refused_in_a_sentence(home: Terminal, tmp_path: Path) -> None:
    home("recover", given="zoo " * 11, status=1)
    assert "Typed here: 11." in home.said
    home("recover", given="abandonn " + "zoo " * 11, status=1)
    assert "is it “abandon”?" in home.said
    file = tmp_path / "circle.bundle"
    home("pack", "Home", file)
    home("recover", "--file", file, given=" ".join(words_of(bytes(16), "en")), status=1)
    assert "No circle in this file knows these words." in home.said
    home("recover", "--at", OFF, given=" ".join(words_of(bytes(16), "en")), status=1)
    assert "Nobody was met there" in home.said
