"""Circles as bundles: written, taken in and looked over; what the command line, the pages and the API do alike."""

from collections.abc import Iterator
from typing import BinaryIO

from cercle.core.module import Modules
from cercle.store import rows
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.receive import Received
from cercle.store.verify import Finding, Progress, unheard, verify_sections
from cercle.sync.bundle import Reader, Unreadable, write


def pack(live: Live) -> Iterator[bytes]:
    """The whole circle as a bundle, piece by piece."""
    return write(live.id, rows.raw_entries(live.connection, live.no))


def unpack(node: Node, stream: BinaryIO) -> Received:
    """Takes in what a bundle holds, and folds it. Raises `Unreadable` where it is none; where it is damaged further
    on, what comes before that is taken in, and `stopped` says why the rest is not."""
    reader = Reader(stream)
    return node.receive(reader.circle, reader.sections())


def verify_file(stream: BinaryIO, modules: Modules, progress: Progress = unheard) -> list[Finding]:
    """All that is wrong with a bundle; nothing that a node holds is touched."""
    try:
        reader = Reader(stream)
    except Unreadable as unreadable:
        return [Finding(unreadable.reason, f"byte {unreadable.at}")]
    return verify_sections(reader.circle, reader.sections(), modules, progress)
