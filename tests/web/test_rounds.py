"""The node keeps up with other machines, and with its duties: a fault of the program is told, and ends nothing."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec import DecodeError

from cercle import beginnings, daily
from cercle.modules import load
from cercle.nearby import Nearby
from cercle.store.node import Node
from cercle.store.peers import keep_peer
from cercle.web import backups, rounds, secure
from cercle.web.backups import Daily
from cercle.web.events import Watchers
from cercle.web.rounds import Rounds
from cercle.web.secure import Secure

NO_ADDRESS = "http://["  # at which everything stumbles
NOBODY = "https://127.0.0.1:1"


class Listener(logging.Handler):
    """Hears what is told of, and waits until it was so much."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.heard: list[logging.LogRecord] = []
        self.enough = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record)
        if len(self.heard) >= self.most:
            self.enough.set()

    @property
    def faults(self) -> list[type[BaseException] | None]:
        return [record.exc_info[0] for record in self.heard if record.exc_info and record.levelno == logging.ERROR]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """It holds Amina's circle, which has the number 1."""
    made = Node(tmp_path, load())
    beginnings.start(made, made.new_person(), "Chez nous", "Amina")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOOK_EVERY", "SHORTEST_PAUSE", "LONGEST_PAUSE"):
        monkeypatch.setattr(rounds, name, 0.001)
    for module in (backups, secure):
        monkeypatch.setattr(module, "LOOK_EVERY", 0.001)


def heard(made: Rounds | Daily, most: int = 3) -> Listener:
    """What is told while it goes its rounds, until it was told so often."""

    async def listen() -> Listener:
        listener = Listener(most)
        rounds.logger.addHandler(listener)
        await made.start()
        try:
            await asyncio.wait_for(listener.enough.wait(), 30)
            tasks = [made.task, *(made.peers.values() if isinstance(made, Rounds) else ())]
            assert not any(task.done() for task in tasks if task is not None)
        finally:
            await made.stop()
            rounds.logger.removeHandler(listener)
        return listener

    return asyncio.run(listen())


def test_a_fault_with_one_peer_is_told_and_it_is_tried_again(node: Node) -> None:
    keep_peer(node.connection, 1, NO_ADDRESS)
    assert heard(Rounds(node, Watchers(node))).faults[:3] == [ValueError] * 3


def test_a_fault_in_a_look_is_told_and_the_next_look_comes(node: Node) -> None:
    def where() -> list[str]:
        raise RuntimeError("no interfaces")

    made = Rounds(node, Watchers(node), Nearby(node, where))
    assert heard(made).faults[:3] == [RuntimeError] * 3


def test_a_fault_with_the_backups_is_told_and_the_next_one_comes(node: Node) -> None:
    node.keep_setting(daily.FOLDER, b"/backups")
    node.keep_setting(daily.SAID, b"what was never said")
    assert heard(Daily(node, Watchers(node))).faults[:3] == [DecodeError] * 3


def test_who_is_not_there_is_not_asked_without_a_pause(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something was written here, and its news end a pause: that one, and not each from then on."""
    for name in ("SHORTEST_PAUSE", "LONGEST_PAUSE"):
        monkeypatch.setattr(rounds, name, 3600.0)
    monkeypatch.setattr(rounds.logger, "level", logging.INFO)
    keep_peer(node.connection, 1, NOBODY)
    watchers = Watchers(node)
    made = Rounds(node, watchers)

    async def asked_again() -> list[str]:
        first, all_of_them = Listener(1), Listener(100)
        for listener in (first, all_of_them):
            rounds.logger.addHandler(listener)
        await made.start()
        await asyncio.wait_for(first.enough.wait(), 30)
        watchers.tell(1)
        with suppress(TimeoutError):
            await asyncio.wait_for(all_of_them.enough.wait(), 1)
        await made.stop()
        for listener in (first, all_of_them):
            rounds.logger.removeHandler(listener)
        return [record.msg for record in all_of_them.heard]

    assert asyncio.run(asked_again()) == ["Not met: %s (%s)"] * 2


def test_a_certificate_that_is_not_renewed_by_a_fault_is_told_and_tried_again(tmp_path: Path) -> None:
    looks = 0

    def hosts() -> list[str]:
        nonlocal looks
        looks += 1
        if looks > 1:
            raise RuntimeError("no interfaces")
        return ["localhost"]

    made = Secure(tmp_path, 8643, 8642, hosts)

    async def renewed() -> Listener:
        listener = Listener(2)
        secure.logger.addHandler(listener)
        renewing = asyncio.create_task(made.keep_renewed())
        await asyncio.wait({renewing, asyncio.create_task(listener.enough.wait())}, return_when=asyncio.FIRST_COMPLETED)
        assert not renewing.done()
        renewing.cancel()
        secure.logger.removeHandler(listener)
        return listener

    assert asyncio.run(renewed()).faults[:2] == [RuntimeError] * 2
