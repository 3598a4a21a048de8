"""A copy of a whole node with its keys, and a new start from one that never writes on a chain of the old machine.

Two machines with one device key would, sooner or later, write two entries with one number, and every replica would
freeze the device. So each member whose key a node holds puts, before the first backup, a spare key aside: the log has
its public part, as `people.spare_kept`, and the node its private one. A restored node puts the old keys away and brings
each member in again by their spare, on a new key.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct
from sqlalchemy import delete, select

from cercle.beginnings import come_back, put_spare_aside, spare_of
from cercle.core.event import Reason, Refused
from cercle.core.fold import UpdateNeeded
from cercle.exchange import writers
from cercle.modules import load
from cercle.store import keyring
from cercle.store.database import FILE, SCHEMA, copy, hold, transaction, version
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.tables import keys, settings, tokens


class Why(Reason):
    TAKEN = ("backup.taken", "This file is there already and is no backup of Cercle, so it stays as it is.")
    OWN_DATA = ("backup.own_data", "This file is the data itself. Choose another one.")
    NO_BACKUP = ("backup.no_backup", "This file is no backup of Cercle, or it is damaged.")
    NEWER = ("backup.newer", "This backup was made by a newer Cercle. Update this one first.")
    NOT_EMPTY = (
        "backup.not_empty",
        "There is data here already, and a restore overwrites none. Choose an empty folder.",
    )


class Person(Struct, frozen=True):
    """A member of a circle, by id, and the name by which they are known there."""

    circle: str
    member: str
    name: str


class Restored(Struct):
    """The ids of the circles that are there again; the people who write here again, those who could not be brought in,
    and the circles in which nothing will be settled before their keeper is heard, by name."""

    circles: list[str] = []
    joined: list[Person] = []
    left: list[Person] = []
    waiting: list[str] = []


# --- backing up --------------------------------------------------------------------------------------------------


def back_up(node: Node, target: Path) -> list[Person]:
    """Writes a copy of everything to `target`, readable for its owner alone, in the place of an earlier backup or where
    there was no file. Gives those for whom no spare could be made. Raises `Refused` and OSError."""
    own = node.data / FILE
    if target.exists():
        if target.samefile(own):
            raise Refused(Why.OWN_DATA)
        if not target.is_file() or not schema_of(target):
            raise Refused(Why.TAKEN)
    without = [person for no in node.numbers() for person in make_spares(node, no)]
    beside = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        copy(own, beside)
        with closing(sqlite3.connect(beside)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # one file, which opens from a read-only place too
        flush(beside)
        os.replace(beside, target)
        flush(target.absolute().parent)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return without


def make_spares(node: Node, no: int) -> list[Person]:
    """A spare for everybody of this circle for whom the node writes and who has none yet; gives those whose device the
    circle does not let do that, as one that is frozen."""
    try:
        live = node.live(no)
    except UpdateNeeded:
        return []  # nothing can be written there before an update; those who had a spare keep it
    live.seal()  # what a restore cannot settle by itself is settled now
    members = live.circle.roots.members
    here = [member for member in writers(node, live) if not members[member].gone]
    without = []
    for member in here:
        if spare_of(node, live, member) is not None:
            continue
        try:
            put_spare_aside(node, live, member)
        except Refused:
            without.append(person_of(live, member))
    return without


def person_of(live: Live, member: str) -> Person:
    words = live.circle.people.profiles[member].words if member in live.circle.people.profiles else ""
    return Person(live.id.hex(), member, live.name(words))


# --- restoring ---------------------------------------------------------------------------------------------------


def restore(source: Path, data: Path, in_place: bool = False) -> Restored:
    """Makes the node of an empty data folder out of a backup; all of it or nothing. With `in_place` it goes on with the
    old machine's keys and sessions, which is right only if that machine never writes again. Raises `Refused`."""
    found = schema_of(source)
    if not found:
        raise Refused(Why.NO_BACKUP)
    if found > SCHEMA:
        raise Refused(Why.NEWER)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with hold(data, f"{os.getpid()} restore"):
        if (data / FILE).exists():
            raise Refused(Why.NOT_EMPTY)
        work = data / "restoring"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            copy(source, work / FILE)
            restored = start_again(work, in_place)
            os.rename(work / FILE, data / FILE)
            flush(data)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return restored


def start_again(work: Path, in_place: bool) -> Restored:
    node = Node(work, load())
    try:
        held = node.connection.execute(select(keys).where(keys.c.purpose == "device").order_by(keys.c.no)).all()
        lives = {no: node.live(no) for no in node.numbers()}
        restored = Restored(circles=[live.id.hex() for live in lives.values()])
        if not in_place:
            with transaction(node.connection):
                keyring.retire_all(node.connection)
                node.connection.execute(delete(tokens))
                node.connection.execute(delete(settings).where(settings.c.name == "node"))
        for circle, person, member in dict.fromkeys((row.circle, row.person, row.member) for row in held):
            live = lives[circle]
            if live.circle.roots.members[member].gone:
                continue
            back = in_place or come_back(node, live, person, member)
            (restored.joined if back else restored.left).append(person_of(live, member))
        for live in lives.values():
            keeper = bytes.fromhex(live.circle.roots.keeper)
            if keyring.key_of_device(node.connection, live.no, keeper) is None:
                restored.waiting.append(live.name(live.circle.roots.name))
        node.connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return restored
    finally:
        node.close()


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
