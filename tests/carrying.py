"""Stories as bundles, and databases that take them in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from sqlalchemy import Connection

from cercle.core.entry import Entry, Raw
from cercle.core.fold import state_hash
from cercle.modules import load
from cercle.store.database import connect
from cercle.store.live import Live
from cercle.store.receive import Received, receive
from cercle.store.tables import metadata
from cercle.sync.bundle import Reader, Section, write
from tests.story import Story

Pairs = list[tuple[Entry, Raw]]


def pairs_of(story: Story) -> Pairs:
    """All that was written, in the order in which it was."""
    return [(story.entries[identifier], raw) for identifier, raw in story.raws.items()]


def bundle_of(story: Story, pairs: Iterable[tuple[Entry, Raw]] | None = None) -> bytes:
    return b"".join(write(story.id, pairs_of(story) if pairs is None else pairs))


def sections_of(raw: bytes) -> list[Section]:
    return list(Reader(BytesIO(raw)).sections())


def apart(pairs: Pairs) -> list[Section]:
    """Each entry a section of its own."""
    return [[(entry.device, [raw])] for entry, raw in pairs]


@contextmanager
def database() -> Iterator[Connection]:
    """An empty one, in memory."""
    engine = connect(Path(":memory:"))
    with engine.connect() as connection:
        metadata.create_all(connection)
        yield connection
    engine.dispose()


def take_in(connection: Connection, raw: bytes) -> Received:
    reader = Reader(BytesIO(raw))
    return receive(connection, reader.circle, reader.sections())


def fold(connection: Connection, story: Story) -> Live:
    return Live(connection, load(), 1, story.id)


def same_state(live: Live, story: Story) -> bool:
    """Whether a node has come to what the people of the story see."""
    return (
        state_hash(live.circle) == state_hash(story.circle)
        and live.replica.tree.root() == story.main.replica.tree.root()
        and live.replica.verdicts == story.main.replica.verdicts
    )


class Memory:
    """How much more memory this process has had since then, at most, in bytes."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from now on
        self.before = self._told("VmRSS")

    def taken(self) -> int:
        return self._told("VmHWM") - self.before

    @staticmethod
    def _told(what: str) -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) * 1024
