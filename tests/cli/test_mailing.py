"""`cercle mail`: the mail server on the command line, and a node that runs and sends by it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cercle.core.entry import short
from cercle.mail.server import keep_server, server_of
from cercle.modules import load
from cercle.modules.circle.events import TurnedOn
from cercle.modules.decisions.events import ClauseAdded, Opened, Proposed
from cercle.store import reminders
from cercle.store.node import Node
from tests.cli.conftest import Terminal
from tests.cli.test_serving import running
from tests.mail.postbox import PASSWORD, USER, Postbox, certificate, postbox

SECRET = {"CERCLE_MAIL_PASSWORD": PASSWORD}
SET = ("mail", "set", "--host", "127.0.0.1", "--from", "cercle@home.example", "--address", "http://home.example/")


def test_it_is_set_shown_tried_and_turned_off(home: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, public = certificate(tmp_path)
    home.environment["SSL_CERT_FILE"] = str(public)
    assert "No mail server is set up" in home("mail", "show")
    box = Postbox()
    with postbox(box, authenticator=box.authenticate, tls_context=context, auth_required=True):
        words = (*SET, "--security", "starttls", "--port", box.port, "--user", USER)
        printed = home(*words, **SECRET)
        assert "Mails go by 127.0.0.1" in printed
        kept = {"host": "127.0.0.1", "port": box.port, "security": "starttls", "user": USER}
        kept |= {"sender": "cercle@home.example", "address": "http://home.example"}
        assert home.json("mail", "show") == {"server": kept, "sent": 0, "problem": None}
        assert "amina@home.example" in home("mail", "test", "amina@home.example")
        assert box.mail()["Subject"] == "A test of Cercle"
        assert box.logins == [(USER, True)]
        assert "Mails go by 127.0.0.1." in home("doctor")
        home(*words, CERCLE_MAIL_PASSWORD="another")
        said = home.refused("mail", "test", "amina@home.example")
        assert said["error"] == "mail.login"
        assert said["reason"].startswith("The mail server refuses this user or password. (535")
        assert "No mail goes: The mail server refuses this user or password." in home("doctor", status=1)
        assert home.json("mail", "show")["problem"]["code"] == "mail.login"
    for told in (home("mail", "show"), home("doctor", status=1), printed):
        assert PASSWORD not in told
    assert home.json("mail", "off") == {"server": None}
    assert home.refused("mail", "test", "amina@home.example")["error"] == "mail.no_server"


def test_a_password_comes_from_a_file_or_from_who_types_it_and_never_from_the_command_line(
    home: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\nnot this\n")
    home(*SET, "--user", USER, "--password-file", tmp_path / "password")
    assert password(home) == PASSWORD
    home(*SET, "--user", USER, given="typed by hand\n")
    assert password(home) == "typed by hand"
    assert "typed by hand" not in home.said
    assert home.json(*SET, "--user", USER, **SECRET)["server"]["port"] == 465
    assert "--password " not in home("mail", "set", "--help")


def password(home: Terminal) -> str:
    with closing(sqlite3.connect(home.data / "cercle.db")) as connection:
        (kept,) = connection.execute("SELECT value FROM settings WHERE name = 'mail.server'").fetchone()
    return str(json.loads(kept)["password"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--from", "amina"), "mail.address"),
        (("--security", "none", "--user", USER), "mail.open"),
        (("--address", "home"), "mail.pages"),
        (("--host", "a b"), "mail.host"),
    ],
)
def test_what_cannot_be_is_refused(home: Terminal, words: tuple[str, ...], code: str) -> None:
    home.environment |= SECRET
    assert home.refused(*SET, *words)["error"] == code
    assert home.json("mail", "show")["server"] is None
    home("mail", "set", "--host", "smtp.home.example", status=2)


def test_a_node_that_runs_sends_what_is_due(home: Terminal) -> None:
    with postbox() as box:
        node = Node(home.data, load())
        keep_server(node, box.server())
        live = node.find("Home")
        person, member = next((person, node.circles_of(person)[live.no]) for person in (1, 2))
        where = (node.connection, live.no, person)
        reminders.choose(*where, "amina@home.example", ["votes"], node.clock())
        reminders.confirm(*where, "amina@home.example", node.clock())
        node.act(live, member, TurnedOn(part="decisions"))
        motion = short(node.act(live, member, Proposed(title="A dog"))[0].id)
        clause = node.act(live, member, ClauseAdded(motion=motion, does="circle.renamed", words={"name": "Dogs"}))
        node.act(live, member, Opened(motion=motion, method="majority", clauses=[short(clause[0].id)], days=3))
        node.close()
        with running(home):
            mail = box.mail()
        assert mail["Subject"] == "Home: a vote waits for you: A dog"
        assert box.mails() == []
    node = Node(home.data, load())
    assert server_of(node) is not None
    node.close()


def test_another_machine_that_starts_from_a_backup_sends_nothing_until_it_is_told_to(
    home: Terminal, tmp_path: Path
) -> None:
    """The old one may go on, and nobody wants each mail from both."""
    home(*SET, "--security", "none")
    home("backup", tmp_path / "one.tar", "--plain")
    other = home.at(tmp_path / "other")
    other("restore", tmp_path / "one.tar")
    assert other.json("mail", "show")["server"] is None
    same = home.at(tmp_path / "same")
    same("restore", tmp_path / "one.tar", "--in-place")
    assert same.json("mail", "show") == home.json("mail", "show")
