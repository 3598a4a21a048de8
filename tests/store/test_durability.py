"""What was acknowledged stays: killed at any moment, on a full disk, on one that cannot be written, beside others.

The writers here are processes of their own, each with a node on a real SQLite file; what they print they had been told
was written.
"""

import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from cercle import beginnings
from cercle.core.entry import parse
from cercle.core.replica import Replica, freeze
from cercle.modules import load
from cercle.modules.groceries.events import ProductAdded, ShopAdded
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.tables import devices, entries

DISK_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE")

# Writes until it is killed: by itself, at one of its calls into the database, or from outside. Every fifth act erases
# words, which is sealed at once.
WRITER = """
import os, signal, sys
from pathlib import Path
from cercle.core.entry import short
from cercle.modules import load
from cercle.modules.groceries.events import ShopAdded
from cercle.modules.people.events import EntryErased
from cercle.store.node import Node

data, member, acts, last = sys.argv[1:]
calls = 0

def count(frame, event, called):
    global calls
    if event == "c_call" and getattr(called, "__name__", "").startswith("execute"):
        calls += 1
        if calls == int(last):
            os.kill(os.getpid(), signal.SIGKILL)

node = Node(Path(data), load())
sys.setprofile(count)
for number in range(int(acts)):
    live = node.live(1)
    entry, = node.act(live, member, ShopAdded(name=f"Shop {number}"))
    print(entry.id.hex(), flush=True)
    if number % 5 == 4:
        erased, = node.act(live, member, EntryErased(entry=short(entry.id), author=member))
        print(erased.id.hex(), flush=True)
sys.setprofile(None)
print(calls)
"""


@contextmanager
def opened(data: Path) -> Iterator[Node]:
    node = Node(data, load())
    try:
        yield node
    finally:
        node.close()


@pytest.fixture
def amina(tmp_path: Path) -> str:
    """The founder of the circle number 1."""
    with opened(tmp_path) as node:
        return beginnings.start(node, node.new_person(), "Chez Amina", "Amina")[1]


def start(data: Path, member: str, acts: int, last: int = 0) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITER, str(data), member, str(acts), str(last)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def lines(process: "subprocess.Popen[str]") -> list[str]:
    """What it says until it ends."""
    said = process.communicate()[0]
    return said.removesuffix("\n").split("\n") if said else []


def check(data: Path, acknowledged: list[str]) -> None:
    """The log holds what was acknowledged, no chain is forked, and what is settled is what a fresh fold settles."""
    with opened(data) as node:
        live = node.live(1)
        query = select(devices.c.key, entries)
        found = node.connection.execute(
            query.join_from(entries, devices, entries.c.device == devices.c.no).order_by(entries.c.no)
        ).all()
        assert set(acknowledged) <= {row.id.hex() for row in found}
        for key in {row.key for row in found}:
            chain = [row.seq for row in found if row.key == key]
            assert chain == list(range(len(chain)))
        fresh = Replica(load())
        epochs = fresh.take([parse(live.id, row.key, row.header, row.body) for row in found])
        settled = [pair for epoch in epochs for pair in zip(epoch.entries, epoch.verdicts, strict=True)]
        ordered = sorted((row for row in found if row.position is not None), key=lambda row: row.position)
        assert [row.position for row in ordered] == list(range(len(settled)))
        assert [(row.id, row.verdict or "") for row in ordered] == [(e.id, verdict) for e, verdict in settled]
        assert freeze(live.circle, live.replica.tree) == freeze(fresh.circle, fresh.tree)
        assert live.replica.alarms == fresh.alarms == []


@pytest.mark.parametrize("times", [8, pytest.param(80, marks=pytest.mark.soak)])
def test_killed_at_any_call_nothing_acknowledged_is_lost(tmp_path: Path, amina: str, times: int) -> None:
    counting = lines(start(tmp_path, amina, acts=15))
    acknowledged, calls = counting[:-1], int(counting[-1])
    assert calls > 100
    chance = Random(0)
    for last in chance.sample(range(1, calls), times):
        writer = start(tmp_path, amina, 15, last)
        acknowledged += lines(writer)
        assert writer.returncode == -signal.SIGKILL
        check(tmp_path, acknowledged)


@pytest.mark.parametrize("times", [6, pytest.param(60, marks=pytest.mark.soak)])
def test_killed_from_outside_nothing_acknowledged_is_lost(tmp_path: Path, amina: str, times: int) -> None:
    acknowledged: list[str] = []
    for count in range(1, times):
        writer = start(tmp_path, amina, acts=10_000)
        assert writer.stdout is not None
        acknowledged += [line.strip() for line in islice(writer.stdout, count)]
        writer.kill()
        acknowledged += lines(writer)  # what it still said before it fell
        check(tmp_path, acknowledged)


def test_two_processes_with_one_key_never_fork_a_chain(tmp_path: Path, amina: str) -> None:
    writers = [start(tmp_path, amina, acts=30) for _ in range(3)]
    said = [lines(writer)[:-1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert {len(acknowledged) for acknowledged in said} == {36}
    check(tmp_path, [entry for acknowledged in said for entry in acknowledged])


@pytest.fixture
def no_larger() -> Iterator[Callable[[int], None]]:
    """Files of this process that may not grow beyond so many bytes, until the test ends."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def fill(node: Node, live: Live, member: str) -> list[str]:
    """Acts until the disk takes no more; the ids of what was acknowledged."""
    acknowledged = []
    try:
        for number in range(1000):
            entry = node.act(live, member, ProductAdded(name=f"Product {number}", note="x" * 1500))[0]
            acknowledged.append(entry.id.hex())
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorname", "") not in DISK_FULL:
            raise
        return acknowledged
    pytest.fail("the disk was never full")


@pytest.mark.parametrize("room", [50_000, 300_000])
def test_a_full_disk_refuses_and_harms_nothing(
    tmp_path: Path, amina: str, no_larger: Callable[[int], None], room: int
) -> None:
    with opened(tmp_path) as node:
        live = node.live(1)
        no_larger(max(path.stat().st_size for path in tmp_path.iterdir()) + room)
        acknowledged = fill(node, live, amina)
        assert len(acknowledged) > 5
        acknowledged += fill(node, live, amina)  # smaller things may still find room
        no_larger(resource.RLIM_INFINITY)
        on_disk = Live(node.connection, node.modules, live.no, live.id)
        assert freeze(live.circle, live.replica.tree) == freeze(on_disk.circle, on_disk.replica.tree)
        acknowledged.append(node.act(live, amina, ShopAdded(name="There is room again"))[0].id.hex())
    check(tmp_path, acknowledged)


def test_a_node_that_may_not_write_reads_on_and_refuses(tmp_path: Path, amina: str) -> None:
    with opened(tmp_path) as node:
        live = node.live(1)
        node.connection.exec_driver_sql("PRAGMA query_only = ON")
        before = freeze(live.circle, live.replica.tree)
        with pytest.raises(DBAPIError):
            node.act(live, amina, ShopAdded(name="Le marché"))
        assert freeze(node.live(1).circle, live.replica.tree) == before
        node.connection.exec_driver_sql("PRAGMA query_only = OFF")
        written = node.act(live, amina, ShopAdded(name="Le marché"))[0].id.hex()
    check(tmp_path, [written])


def test_what_a_seal_settles_is_written_down_whole_or_not_at_all(tmp_path: Path, amina: str) -> None:
    """Entries that came in by another way are settled where they are first read; that may fail half-way too."""
    with opened(tmp_path) as node:
        written = [entry.id.hex() for entry in node.act(node.live(1), amina, ShopAdded(name="Le marché"))]
        node.live(1).seal()
        for statement in (
            "UPDATE entries SET position = NULL, verdict = NULL",
            "DELETE FROM epochs",
            "CREATE TRIGGER full BEFORE INSERT ON epochs WHEN NEW.number = 2 BEGIN SELECT RAISE(ABORT, 'full'); END",
        ):
            node.connection.exec_driver_sql(statement)
    with opened(tmp_path) as node:
        with pytest.raises(DBAPIError):
            node.live(1)
        node.connection.exec_driver_sql("DROP TRIGGER full")
    check(tmp_path, written)
