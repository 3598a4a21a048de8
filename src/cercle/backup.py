"""A copy of a whole node with its keys, tried by restoring it before it counts as one.

Two machines with one device key would, sooner or later, write two entries with one number, and every replica would
freeze the device. So each member whose key a node holds puts, before the first backup, a spare key aside: the log has
its public part, as `people.spare_kept`, and the node its private one. A restored node puts the old keys away and brings
each member in again by their spare, on a new key.

A backup is a database of SQLite; where it is locked, packed by zstd, and locked by age for the key of a paper, which
opens it by words and stands on no machine (`cercle.paper`). So a node cannot open what it has locked: it tries the same
bytes before.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, BinaryIO

from msgspec import Struct

from cercle.beginnings import put_spare_aside, spare_of
from cercle.core.event import Reason, Refused
from cercle.core.fold import UpdateNeeded
from cercle.daily import WORK
from cercle.exchange import writers
from cercle.restoring import Person, Stand, flush, is_locked, person_of, restore, schema_of, stands
from cercle.store.database import FILE, copy, transaction
from cercle.store.node import Node
from cercle.sync.locked import lock
from cercle.sync.packing import ZstdCompressor

PIECE = 65_536
ROOM = 20_000_000  # bytes, beside what a backup and its trial take


class Why(Reason):
    TAKEN = ("backup.taken", "This file is there already and is no backup of Cercle, so it stays as it is.")
    OWN_DATA = ("backup.own_data", "This file is the data itself. Choose another one.")
    BUSY = ("backup.busy", "A backup is being made already.")
    NO_ROOM = ("backup.no_room", "This machine has too little room left to make a backup and to try it.")
    DAMAGED = ("backup.damaged", "The data of this machine is damaged, so it was not kept as a backup.")
    NOT_THE_SAME = (
        "backup.not_the_same",
        "The backup was tried, and what came back was not the same. It was not kept.",
    )
    NOT_WRITTEN = ("backup.not_written", "The disk did not keep the backup as it was written.")


class Made(Struct):
    """A backup: how many bytes it has, and for whom no spare could be made, so that a restore would leave them out."""

    size: int
    without: list[Person]


def back_up(node: Node, target: Path, key: bytes = b"") -> Made:
    """Writes a copy of everything to `target`, readable for its owner alone, in the place of an earlier backup or where
    there was no file; locked for the public `key` of a paper, if there is one. Raises `Refused` and OSError."""
    own = node.data / FILE
    if target.exists():
        if target.samefile(own):
            raise Refused(Why.OWN_DATA)
        if not target.is_file() or not (is_locked(target) or schema_of(target)):
            raise Refused(Why.TAKEN)
    with working(node) as work:
        without = [person for no in node.numbers() for person in make_spares(node, no)]
        plain = work / "copy"
        with transaction(node.connection):  # so that nothing is written between the two
            stood = stands(node)
            copy(own, plain)
        with closing(sqlite3.connect(plain)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # one file, which opens from a read-only place too
        made = pack(plain, work / "packed") if key else plain
        digest = tried(made, work / "tried", stood)
        write(made, digest, target, key)
    return Made(target.stat().st_size, without)


@contextmanager
def working(node: Node) -> Iterator[Path]:
    """A folder beside the data, for one at a time: what is not locked yet lies nowhere else. What somebody left there
    who was killed is removed."""
    with (node.data / f".{WORK}").open("w") as one_at_a_time:
        if not is_free(one_at_a_time):
            raise Refused(Why.BUSY)
        work = node.data / WORK
        shutil.rmtree(work, ignore_errors=True)
        if shutil.disk_usage(node.data).free < 2 * (node.data / FILE).stat().st_size + ROOM:
            raise Refused(Why.NO_ROOM)
        work.mkdir(mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def tidy(node: Node) -> None:
    """Takes away what was left by one that was killed: it is not locked, and holds words that may be erased by now."""
    if (node.data / WORK).exists():
        with suppress(Refused), working(node):
            pass


def is_being_made(node: Node) -> bool:
    """Whether one is being made now, by whichever process."""
    try:
        with (node.data / f".{WORK}").open() as one_at_a_time:
            return not is_free(one_at_a_time)
    except FileNotFoundError:
        return False


def is_free(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def make_spares(node: Node, no: int) -> list[Person]:
    """A spare for everybody of this circle for whom the node writes and who has none yet; gives those whose device the
    circle does not let do that, as one that is frozen."""
    try:
        live = node.live(no)
        live.seal()  # what a restore cannot settle by itself is settled now
        members = live.circle.roots.members
    except UpdateNeeded:
        return []  # nothing can be written there before an update; those who had a spare keep it
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


def pack(plain: Path, target: Path) -> Path:
    """The same in fewer bytes, in the place of the plain one."""
    packer = ZstdCompressor()
    with plain.open("rb") as source, target.open("wb") as out:
        while piece := source.read(PIECE):
            out.write(packer.compress(piece))
        out.write(packer.flush())
    plain.unlink()
    return target


def tried(made: Path, folder: Path, stood: list[Stand]) -> bytes:
    """Restores it, as somebody would whose machine is gone; gives the hash of what was tried. Raises `Refused`."""
    digest = digest_of(made)
    restored = restore(made, folder, in_place=any(not stand.state for stand in stood))
    shutil.rmtree(folder)
    if restored.found:
        raise Refused(Why.DAMAGED)
    if restored.stands != stood:
        raise Refused(Why.NOT_THE_SAME)
    return digest


# --- onto the disk -----------------------------------------------------------------------------------------------


class Noted:
    """A file that is read or written, with the hash of all that goes by."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.digest = sha256()

    def pieces(self) -> Iterator[bytes]:
        while piece := self.file.read(PIECE):
            self.digest.update(piece)
            yield piece

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        return self.file.write(piece)

    def flush(self) -> None:
        self.file.flush()


def write(made: Path, digest: bytes, target: Path, key: bytes) -> None:
    """Puts what was tried in its place, locked where there is a key, once the disk gives it back as it was written."""
    beside = target.with_name(f"{target.name}.part")
    flags = os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW
    try:
        with made.open("rb") as source, os.fdopen(os.open(beside, flags, 0o600), "wb") as file:
            read, written = Noted(source), Noted(file)
            if key:
                out: Any = written
                lock(read.pieces(), out, [key])
            else:
                for piece in read.pieces():
                    written.write(piece)
        flush(beside)
        if read.digest.digest() != digest or digest_of(beside) != written.digest.digest():
            raise Refused(Why.NOT_WRITTEN)
        os.replace(beside, target)
        flush(target.absolute().parent)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def digest_of(path: Path) -> bytes:
    """Of the file as the disk has it, where the system can be told not to look into its memory."""
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        noted = Noted(file)
        for _ in noted.pieces():
            pass
        return noted.digest.digest()
