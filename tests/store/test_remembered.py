"""What is remembered between two questions is forgotten as soon as anybody writes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from cercle import beginnings
from cercle.modules import load
from cercle.modules.groceries.events import ProductAdded
from cercle.store.database import transaction
from cercle.store.node import Node


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    node = Node(tmp_path, load())
    yield node
    node.close()


@pytest.fixture
def other(node: Node, tmp_path: Path) -> Iterator[Node]:
    """Another process on the same data, such as a command while the pages are served."""
    other = Node(tmp_path, load())
    yield other
    other.close()


def asked(node: Node) -> list[str]:
    """Every statement that this node sends to its database from here on."""
    statements: list[str] = []
    event.listen(node.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    return statements


def test_who_asks_is_looked_up_once(node: Node) -> None:
    person = node.new_person("fr")
    beginnings.start(node, person, "Chez Amina", "Amina")
    token = node.make_token("session", person)
    for _ in range(2):
        assert node.token(token, "session").person == person
        assert node.person(person).language == "fr"
        assert len(node.circles_of(person)) == len(node.numbers()) == 1
        statements = asked(node)
    assert statements == []


def test_a_token_that_has_ended_opens_nothing(node: Node, other: Node) -> None:
    token = node.make_token("session", node.new_person())
    assert node.token(token, "session") is not None
    assert node.token(token, "api", "door") is None
    other.end_token(token)
    assert node.token(token, "session") is None
    token = other.make_token("session", 1)
    assert node.token(token, "session") is not None
    node.end_token(token)
    assert node.token(token, "session") is None


def test_a_token_runs_out_while_it_is_remembered(node: Node) -> None:
    token = node.make_token("session", node.new_person(), lasts=1)
    while node.token(token, "session") is not None:
        pass
    assert node.token(token, "session") is None


def test_what_is_written_is_found_at_once(node: Node, other: Node) -> None:
    person = node.new_person("fr")
    assert node.circles_of(person) == node.numbers() == {}
    node.describe_person(person, language="en")
    assert node.person(person).language == "en"
    other.describe_person(person, language="fr")
    assert node.person(person).language == "fr"
    live, member = beginnings.start(other, person, "Chez Amina", "Amina")
    assert node.circles_of(person) == {live.no: member}
    assert node.numbers() == {live.no: live.id}


def test_what_is_rolled_back_was_never_there(node: Node) -> None:
    person = node.new_person("fr")
    assert node.person(person).language == "fr"
    with pytest.raises(ZeroDivisionError):
        describe_and_fail(node, person)
    assert node.person(person).language == "fr"


def describe_and_fail(node: Node, person: int) -> None:
    with transaction(node.connection):
        node.describe_person(person, language="en")
        assert node.person(person).language == "en"
        assert 1 / 0


def test_what_is_made_of_a_circle_is_made_anew_when_it_changes(node: Node, other: Node) -> None:
    live, me = beginnings.start(node, node.new_person(), "Chez Amina", "Amina")

    def products() -> int:
        return live.remembered("products", lambda: len(live.circle.groceries.products))

    assert products() == 0
    node.act(live, me, ProductAdded(name="Milk"))
    assert products() == 1
    other.act(other.live(live.no), me, ProductAdded(name="Bread"))
    assert node.live(live.no) is live
    assert products() == 2
    live.circle.groceries.products.clear()
    assert products() == 2, "it is remembered"
    live.reload()
    assert products() == 2
