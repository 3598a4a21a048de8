"""Several acts as one: all of them, or no trace of any, neither in the database nor in what is in memory."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from cercle import beginnings
from cercle.core import replica
from cercle.core.entry import short
from cercle.core.event import Refused
from cercle.modules import load
from cercle.modules.groceries.events import Listed, ProductAdded, Ticked
from cercle.store.database import transaction
from cercle.store.live import Live
from cercle.store.node import Node

NOBODY = "0" * 20


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    node = Node(tmp_path, load())
    yield node
    node.close()


@pytest.fixture
def amina(node: Node) -> tuple[Live, str]:
    return beginnings.start(node, node.new_person(), "Chez Amina", "Amina")


def entries(node: Node) -> int:
    return int(node.connection.exec_driver_sql("SELECT count(*) FROM entries").scalar_one())


def products(live: Live) -> list[str]:
    return [live.name(product.words) for product in live.circle.groceries.products.values()]


def add_milk_and(node: Node, live: Live, me: str, then: Callable[[], object]) -> None:
    with transaction(node.connection):
        node.act(live, me, ProductAdded(name="Milk"))
        then()


def is_whole(tmp_path: Path, live: Live) -> bool:
    """Whether another process that reads the same database sees what is in memory here."""
    other = Node(tmp_path, load())
    try:
        there = other.live(live.no)
        return there.circle.states == live.circle.states and there.tips == live.tips
    finally:
        other.close()


def test_acts_inside_a_transaction_are_one(node: Node, amina: tuple[Live, str], tmp_path: Path) -> None:
    live, me = amina
    with transaction(node.connection):
        milk = short(node.act(live, me, ProductAdded(name="Milk"))[0].id)
        node.act(live, me, Listed(product=milk))
    assert products(live) == ["Milk"]
    assert is_whole(tmp_path, live)


def test_what_is_refused_in_the_end_takes_with_it_what_was_done_before(
    node: Node, amina: tuple[Live, str], tmp_path: Path
) -> None:
    live, me = amina
    before = entries(node)
    with pytest.raises(Refused):
        add_milk_and(node, live, me, lambda: node.act(live, me, Ticked(item=NOBODY)))
    assert entries(node) == before
    assert products(live) == []
    assert is_whole(tmp_path, live)
    node.act(live, me, ProductAdded(name="Bread"))
    assert products(live) == ["Bread"]
    assert is_whole(tmp_path, live)


def test_a_failure_that_is_no_refusal_leaves_no_trace_either(
    node: Node, amina: tuple[Live, str], tmp_path: Path
) -> None:
    live, me = amina
    with pytest.raises(ZeroDivisionError):
        add_milk_and(node, live, me, lambda: 1 / 0)
    assert products(live) == []
    assert is_whole(tmp_path, live)


def test_a_refusal_that_is_expected_leaves_the_rest_standing(
    node: Node, amina: tuple[Live, str], tmp_path: Path
) -> None:
    live, me = amina
    before = entries(node)
    with transaction(node.connection):
        node.act(live, me, ProductAdded(name="Milk"))
        with pytest.raises(Refused):
            node.act(live, me, Ticked(item=NOBODY))
        node.act(live, me, ProductAdded(name="Bread"))
    assert entries(node) == before + 2
    assert products(live) == ["Milk", "Bread"]
    assert is_whole(tmp_path, live)


def test_somebody_who_may_not_join_leaves_nothing_behind(node: Node, amina: tuple[Live, str], tmp_path: Path) -> None:
    live, me = amina
    invitation, secret = beginnings.invite(node, live, me)
    beginnings.join(node, live, node.new_person(), invitation, secret, "Bruno")
    before = entries(node)
    with pytest.raises(Refused):
        beginnings.join(node, live, node.new_person(), invitation, secret, "Farid")
    assert entries(node) == before
    assert is_whole(tmp_path, live)
    node.act(live, me, ProductAdded(name="Milk"))
    assert is_whole(tmp_path, live)


def test_a_disk_that_fails_while_others_entries_are_read_leaves_no_half_of_them(tmp_path: Path) -> None:
    """However far the reading got: what it did not finish is folded anew as soon as the disk answers again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replica, "FREEZE_AFTER", 20)
        here, there = Node(tmp_path, load()), Node(tmp_path, load())
        live, me = beginnings.start(here, here.new_person(), "Chez Amina", "Amina")
        raw: Any = here.connection.connection.dbapi_connection
        failed = 0
        for patience in range(1, 241, 8):
            there.act(there.live(live.no), me, *(ProductAdded(name=f"Thing {patience} {n}") for n in range(7)))
            there.live(live.no).seal()
            fails = iter([*[False] * patience, True])
            raw.set_progress_handler(partial(next, fails, False), 5)
            try:
                here.live(live.no)
            except (DBAPIError, sqlite3.Error):
                failed += 1
            raw.set_progress_handler(None, 0)
            here.live(live.no)
            assert is_whole(tmp_path, live)
        assert 3 < failed < 30
        assert len(products(live)) == 7 * 30
        here.close()
        there.close()
