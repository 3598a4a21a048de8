"""How the workloads measure: CPU time of this process, the median of several runs, and a folder that goes away."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from cercle.bench.history import History, Mix
from cercle.modules import load
from cercle.store.database import open_database
from cercle.store.live import Live
from cercle.store.receive import Received, receive
from cercle.sync.bundle import Reader, write

RUNS = 5

Progress = Callable[[int, int], None]
Row = dict[str, Any]
Result = dict[str, Any]


def cpu(work: Callable[[], Any]) -> float:
    """Seconds of CPU, of user and system, that this process spends on some work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def medians(progress: Progress, *works: Callable[[], float], runs: int = RUNS) -> list[float]:
    """The median of what each work measures, in turn, so that a busy moment of the machine meets all of them."""
    found: list[list[float]] = [[] for _ in works]
    for number in range(runs):
        for at, work in enumerate(works):
            found[at].append(work())
            progress(number * len(works) + at + 1, runs * len(works))
    return [median(times) for times in found]


@contextmanager
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="cercle-bench-") as path:
        yield Path(path)


def bundle(path: Path, people: int, entries: int, mix: Mix) -> Path:
    """A file with the history of a circle, the same each time."""
    history = History(people, seed=7)
    pairs = (pair for batch in history.batches(entries, mix) for pair in batch)
    with path.open("wb") as file:
        for piece in write(history.id, pairs):
            file.write(piece)
    return path


def take_in(connection: Connection, path: Path) -> Received:
    """Raises where not all of it could be taken in: a workload measures nothing else."""
    with path.open("rb") as file:
        reader = Reader(file)
        received = receive(connection, reader.circle, reader.sections(), at_hand=True)
    if received.rejected or received.waiting or received.stopped:
        raise RuntimeError(f"the bundle was not taken in: {received}")
    return received


@contextmanager
def connected(data: Path) -> Iterator[Connection]:
    engine = open_database(data)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def settled(data: Path, people: int, entries: int, mix: Mix) -> None:
    """Makes a node's data of such a history, taken in and settled."""
    file = bundle(data.with_suffix(".bundle"), people, entries, mix)
    with connected(data) as connection:
        take_in(connection, file)
        folded(connection)
    file.unlink()


def folded(connection: Connection) -> Live:
    """The only circle of a database, as a node has it."""
    identifier = connection.exec_driver_sql("SELECT id FROM circles WHERE no = 1").scalar_one()
    return Live(connection, load(), 1, identifier)


def cold(connection: Connection) -> Live:
    """The same from its entries alone."""
    connection.exec_driver_sql("DELETE FROM snapshots")
    return folded(connection)
