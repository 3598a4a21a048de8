"""A new start from a backup, on keys by which it never writes on a chain of the old machine: see `cercle.backup`.

The same is done with each backup before it counts as one, in a folder of its own, so that it is known to come back.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from msgspec import Struct
from sqlalchemy import delete, func, select

from cercle.beginnings import come_back
from cercle.core.event import Reason, Refused
from cercle.core.fold import state_hash
from cercle.modules import load
from cercle.store import keyring
from cercle.store.database import FILE, SCHEMA, copy, hold, transaction, version
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.tables import entries, keys, settings, tokens
from cercle.store.verify import Progress, unheard, verify
from cercle.store.verify import Why as Found
from cercle.sync.bundle import Unreadable
from cercle.sync.locked import BEGINNING, Begun, Opened
from cercle.sync.locked import Why as LockWhy
from cercle.sync.packing import ZstdError, unpacker

PIECE = 65_536
LOG = b"SQLite format 3\0"
# What a log tells of itself, and what no copy of it can mend or have brought about.
OF_THE_LOG = {Found.MISSING, Found.FORK, Found.SEAL, Found.UPDATE}
OF_THE_MACHINE = ("node", "backup.folder", "backup.said", "mail.server", "mail.said")


class Why(Reason):
    NO_BACKUP = ("backup.no_backup", "This file is no backup of Cercle, or it is damaged.")
    NEWER = ("backup.newer", "This backup was made by a newer Cercle. Update this one first.")
    NOT_EMPTY = (
        "backup.not_empty",
        "There is data here already, and a restore overwrites none. Choose an empty folder.",
    )
    NEEDS_WORDS = ("backup.needs_words", "This backup is locked: it opens with the 12 words on paper.")
    OTHER_WORDS = ("backup.other_words", "These words do not open this file: they are of other backups, or it is none.")


class Person(Struct, frozen=True):
    """A member of a circle, by id, and the name by which they are known there."""

    circle: str
    member: str
    name: str


class Stand(Struct, frozen=True):
    """What a circle comes to: its id, how many entries there are, how many of them are settled, the Merkle root of
    these, and the hash of the state; b"" where this program is too old to know it."""

    circle: bytes
    entries: int
    settled: int
    root: bytes
    state: bytes


class Restored(Struct):
    """The ids of the circles that are there again; the people who write here again, those who could not be brought in,
    and the circles in which nothing will be settled before their keeper is heard, by name. `found`: how many things are
    not as they should be. `stands`: what each circle came to before anybody had a new key."""

    circles: list[str] = []
    joined: list[Person] = []
    left: list[Person] = []
    waiting: list[str] = []
    found: int = 0
    stands: list[Stand] = []


def stands(node: Node) -> list[Stand]:
    counted = select(entries.c.circle, func.count()).group_by(entries.c.circle)
    counts = {row[0]: row[1] for row in node.connection.execute(counted)}
    found = []
    for no, identifier in node.numbers().items():
        replica = node.live(no).replica
        state = b"" if replica.lacking else state_hash(replica.circle)
        found.append(Stand(identifier, counts.get(no, 0), replica.tree.size, replica.tree.root(), state))
    return found


def is_locked(source: Path) -> bool:
    """Whether words are needed to open it. Raises OSError where there is none to be read."""
    with source.open("rb") as stream:
        return stream.read(len(BEGINNING)) == BEGINNING


def restore(
    source: Path, data: Path, in_place: bool = False, seed: bytes | None = None, progress: Progress = unheard
) -> Restored:
    """Makes the node of an empty data folder out of a backup; all of it or nothing. `seed` is that of the paper, where
    the backup is locked. With `in_place` it goes on with the old machine's keys and sessions, which is right only if
    that machine never writes again. Raises `Refused` and OSError."""
    if seed is None and is_locked(source):
        raise Refused(Why.NEEDS_WORDS)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with hold(data, f"{os.getpid()} restore"):
        if (data / FILE).exists():
            raise Refused(Why.NOT_EMPTY)
        work = data / "restoring"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            take_out(source, work, seed)
            restored = start_again(work, in_place, progress)
            os.rename(work / FILE, data / FILE)
            flush(data)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return restored


def take_out(source: Path, work: Path, seed: bytes | None) -> None:
    """The database of a backup that may be plain, packed, or locked. Raises `Refused`."""
    plain, copied = source, work / "opened"
    with source.open("rb") as stream:
        if stream.read(len(LOG)) != LOG:
            plain = copied
            stream.seek(0)
            with os.fdopen(os.open(copied, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as out:
                out.writelines(opened(stream, seed))
    found = schema_of(plain)
    if not found:
        raise Refused(Why.NO_BACKUP)
    if found > SCHEMA:
        raise Refused(Why.NEWER)
    copy(plain, work / FILE)
    copied.unlink(missing_ok=True)


def opened(stream: BinaryIO, seed: bytes | None) -> Iterator[bytes]:
    """What is in a packed or locked file, piece by piece. Raises `Refused`."""
    source = Begun(stream, len(BEGINNING))
    locked = Opened(source, [] if seed is None else [seed]) if source.beginning == BEGINNING else None
    try:
        within, packed = unpacker(), locked or source
        while not within.eof and (piece := packed.read(PIECE)):
            yield within.decompress(piece, PIECE)
            while not within.needs_input and not within.eof:
                yield within.decompress(b"", PIECE)
        if not within.eof or within.unused_data or packed.read(1):
            raise Refused(Why.NO_BACKUP)
    except ZstdError as error:
        raise Refused(Why.NO_BACKUP) from error
    except Unreadable as error:
        raise Refused(Why.OTHER_WORDS) if error.reason is LockWhy.NOT_FOR_HERE else error from error
    finally:
        if locked is not None:
            locked.close()


def start_again(work: Path, in_place: bool, progress: Progress) -> Restored:
    node = Node(work, load())
    try:
        held = node.connection.execute(select(keys).where(keys.c.purpose == "device").order_by(keys.c.no)).all()
        lives = {no: node.live(no) for no in node.numbers()}
        restored = Restored(circles=[live.id.hex() for live in lives.values()], stands=stands(node))
        for no in lives:
            found = verify(node.connection, node.modules, no, progress)
            restored.found += sum(one.reason not in OF_THE_LOG for one in found)
        if not in_place:
            with transaction(node.connection):
                keyring.retire_all(node.connection)
                node.connection.execute(delete(tokens))
                node.connection.execute(delete(settings).where(settings.c.name.in_(OF_THE_MACHINE)))
        for circle, person, member in dict.fromkeys((row.circle, row.person, row.member) for row in held):
            live = lives[circle]
            if in_place and live.replica.lacking:
                continue
            if live.circle.roots.members[member].gone:
                continue
            back = in_place or come_back(node, live, person, member)
            (restored.joined if back else restored.left).append(person_of(live, member))
        for live in lives.values():
            keeper = bytes.fromhex(live.replica.roots.keeper)
            if keyring.key_of_device(node.connection, live.no, keeper) is None:
                restored.waiting.append(live.name(live.replica.roots.name))
        node.connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return restored
    finally:
        node.close()


def person_of(live: Live, member: str) -> Person:
    known = live.circle.people.profiles.get(member)
    return Person(live.id.hex(), member, live.name(known.words if known is not None else ""))


def schema_of(path: Path) -> str:
    """The schema of a database of Cercle; "" for any other file. Raises OSError where there is none to be read."""
    path.open("rb").close()
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as connection:
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            is_ours = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entries'").fetchone()
        return version(path) if answer == "ok" and is_ours else ""
    except sqlite3.DatabaseError:
        return ""


def flush(path: Path) -> None:
    """Onto the disk, so that a power cut finds the whole file or none of it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
