"""Looking over a log from its bytes on: whatever was flipped, lost or exchanged in it is found and named."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from cercle.core.entry import Entry, Rejected, parse
from cercle.core.event import Reason, Refused
from cercle.core.fold import KEEPER_AGREED, UpdateNeeded, state_hash
from cercle.core.keys import is_signed
from cercle.core.log import Place, check_root, missing_parents
from cercle.core.module import Modules
from cercle.core.replica import Epoch, Frozen, Replica, freeze
from cercle.core.standing import standing
from cercle.store import rows
from cercle.store.database import connect
from cercle.store.erasure import ENTRY_ERASED, WORDS_ERASED, is_under, takes_effect
from cercle.store.receive import MOST_NAMED, Run, receive
from cercle.store.receive import Why as Beginning
from cercle.store.tables import ROOM, circles, devices, entries, epochs, erasures, heads, metadata, snapshots

AT_ONCE = 4096
ERASURES = (ENTRY_ERASED, WORDS_ERASED)

Settled = tuple[Any, ...]  # id, position, verdict

Progress = Callable[[int, int], None]


class Why(Reason):
    """What a look over a log may find."""

    SPELLING = ("verify.spelling", "This entry is not spelled as entries are.")
    SIZE = ("verify.size", "This entry is larger than entries may be.")
    VERSION = ("verify.version", "This entry has a form that only a newer Cercle knows.")
    BODY = ("verify.body", "The words of this entry are not those that it was written with.")
    CHAIN = ("verify.chain", "This entry does not follow the one that its device wrote before.")
    LAMPORT = ("verify.lamport", "This entry does not stand right after its ancestors.")
    ROOT = ("verify.root", "Nothing before this entry names or invites the device that wrote it.")
    GENESIS = ("verify.genesis", "This is not the beginning of this circle.")
    SIGNATURE = ("verify.signature", "This entry is not signed by the device that it names.")
    ID = ("verify.id", "This entry is not the one that is known under its id.")
    ROW = ("verify.row", "What was noted of this entry or device is not what the log says.")
    PARENTS = ("verify.parents", "An entry that this one builds on is missing.")
    MISSING = ("verify.missing", "The words of this entry are missing, and nobody has erased them.")
    ERASED = ("verify.erased", "The words of this entry were erased and are there, or the other way round.")
    FORK = ("verify.fork", "The device that wrote this entry contradicted itself from here on.")
    SEAL = ("verify.seal", "This seal says otherwise than the entries that it settles.")
    ORDER = ("verify.order", "This entry does not stand where the settled order has it.")
    VERDICT = ("verify.verdict", "What the rules say of this entry is not what was noted.")
    EPOCH = ("verify.epoch", "What was noted of this seal is not what follows from the entries.")
    SNAPSHOT = ("verify.snapshot", "The saved state of the circle is not the one that follows from its entries.")
    DATABASE = ("verify.database", "The database cannot be read: its file is damaged.")
    UPDATE = ("verify.update", "The circle uses something that this program does not know: an update is needed.")


BY_CODE = {reason.name.lower(): reason for reason in Why}


class Finding(msgspec.Struct, frozen=True):
    """`place` is an entry's id in hexadecimal, or says where else; the reason has the code and the sentence."""

    reason: Reason
    place: str


def unheard(done: int, of_all: int) -> None:
    """Nobody asked how far it has got."""


def verify(connection: Connection, modules: Modules, no: int, progress: Progress = unheard) -> list[Finding]:
    """All that is wrong with what this database holds of a circle, up to a thousand findings; [] where all is well.
    `progress` is told how many steps are done, and of how many."""
    identifier = connection.scalar(select(circles.c.id).where(circles.c.no == no)) or b""
    found: list[Finding] = []
    try:
        found += islice(Look(connection, modules, no, identifier, True, progress).findings(), MOST_NAMED)
    except DBAPIError as error:
        found.append(Finding(Why.DATABASE, str(error.orig)))
    return found


def verify_sections(
    circle: bytes, sections: Iterable[Sequence[Run]], modules: Modules, progress: Progress = unheard
) -> list[Finding]:
    """The same of a circle as a bundle tells it, in memory: nothing that a node holds is touched."""
    engine = connect(Path(":memory:"))
    with engine.connect() as connection:
        metadata.create_all(connection)
        received = receive(connection, circle, sections, at_hand=True)
        found = [Finding(BY_CODE[code], what) for what, code in received.rejected]
        if received.stopped is not None:
            found += where_it_stopped(received.stopped, found)
        if received.circle:
            found += [Finding(Why.PARENTS, waits.hex()) for waits in rows.read_waiting(connection, received.circle)]
            found += Look(connection, modules, received.circle, circle, False, progress).findings()
    engine.dispose()
    return found[:MOST_NAMED]


def where_it_stopped(stopped: Refused, found: list[Finding]) -> list[Finding]:
    """Why the rest of a bundle was not read. That it does not begin where the circle began says nothing new where
    entries of its first section are found damaged."""
    if stopped.reason is not Beginning.NO_BEGINNING:
        return [Finding(stopped.reason, str(stopped))]  # of bytes that cannot be read, where they are
    return [] if found else [Finding(stopped.reason, "section 1")]


class Look:
    """One look over one circle's rows, in parts that build on each other. Where an entry itself is damaged, what rests
    on the order of all is not looked at."""

    def __init__(
        self, connection: Connection, modules: Modules, no: int, identifier: bytes, is_node: bool, progress: Progress
    ) -> None:
        self.connection = connection
        self.modules = modules
        self.no = no
        self.id = identifier
        self.is_node = is_node  # and so has notes of order, verdicts and erasures beside the entries
        self.progress = progress
        self.replica = Replica(modules)
        self.damaged: set[bytes] = set()
        self.lacks_words = False
        self.places: dict[bytes, Place] = {}
        self.tails: dict[bytes, list[bytes]] = {}  # the last entry of a chain: its entries that await a signature
        self.forked: dict[bytes, int] = {}
        self.erasures: list[Entry] = []
        self.settled: dict[bytes, str] = {}  # the verdicts of erasures that are settled
        self.steps = 2 * (connection.scalar(select(func.count()).where(entries.c.circle == no)) or 0)
        self.done = 0

    def findings(self) -> Iterator[Finding]:
        yield from self._entries()
        if not self.damaged:
            yield from self._order()
        if not self.damaged and not self.replica.lacking:
            yield from self._words()

    def _step(self) -> None:
        self.done += 1
        if self.done % AT_ONCE == 0 or self.done == self.steps:
            self.progress(self.done, self.steps)

    # --- each entry, against its bytes and its ancestors ---------------------------------------------------------

    def _entries(self) -> Iterator[Finding]:
        keys = {row.no: row.key for row in self.connection.execute(select(devices.c.no, devices.c.key))}
        for row in rows.whole(self.connection, self.no):
            self._step()
            key = keys.get(row.device, b"")
            code, entry = self._judge(row, key)
            if entry is None:
                self.damaged.add(row.id)
                self.tails[row.id] = []
                yield Finding(BY_CODE[code], row.id.hex())
            else:
                if (row.seq, row.lamport) != (entry.seq, entry.lamport) or row.erased not in (0, 1):
                    yield Finding(Why.ROW, row.id.hex())
                if row.erased or (row.body is None and entry.body_size):
                    self.lacks_words = True
                yield from self._follow(entry, row.signature)
            # Under the id by which the others know it, so that one damaged entry is one finding.
            self.places[row.id] = Place(key, row.seq, row.lamport)
        if not self.damaged:
            unsigned = (identifier for tail in self.tails.values() for identifier in tail)
            yield from (Finding(Why.SIGNATURE, identifier.hex()) for identifier in unsigned)
            yield from self._devices()

    def _devices(self) -> Iterator[Finding]:
        last: dict[bytes, set[bytes]] = {}
        for identifier in self.tails:
            last.setdefault(self.places[identifier].device, set()).add(identifier)
        query = select(devices.c.no, devices.c.key, devices.c.forked_at).where(devices.c.circle == self.no)
        for number, key, forked_at in self.connection.execute(query).all():
            noted = set(self.connection.scalars(select(heads.c.entry).where(heads.c.device == number)))
            if (forked_at, noted) != (self.forked.get(key), last.get(key, set())):
                yield Finding(Why.ROW, f"device {key.hex()}")

    def _judge(self, row: rows.Found, device: bytes) -> tuple[str, Entry | None]:
        try:
            entry = parse(self.id, device, row.header, row.body)
            if entry.id != row.id:
                return "id", None
            if missing_parents(entry, self.places.get):
                return "parents", None
            if entry.prev is None and self.damaged.isdisjoint(entry.seen):  # else nobody can tell
                check_root(self.id, entry, [rows.entry(self.connection, self.no, parent) for parent in entry.seen])
        except Rejected as rejected:
            return rejected.code, None
        return "", entry

    def _follow(self, entry: Entry, signature: bytes | None) -> Iterator[Finding]:
        """What stands at or before a valid signature on its chain is authentic; a second branch is a fork."""
        before = entry.prev if entry.prev is not None else entry.device
        unsigned = self.tails.pop(before, None)
        if unsigned is None:
            unsigned = []
            if entry.prev is not None or any(place.device == entry.device for place in self.places.values()):
                self.forked[entry.device] = min(entry.seq, self.forked.get(entry.device, entry.seq))
                yield Finding(Why.FORK, entry.id.hex())
        unsigned.append(entry.id)
        if signature is not None:
            if is_signed(entry.device, signature, entry.id):
                unsigned.clear()
            else:
                yield Finding(Why.SIGNATURE, entry.id.hex())
        self.tails[entry.id] = unsigned

    # --- their order, and what the rules say ---------------------------------------------------------------------

    def _order(self) -> Iterator[Finding]:
        """Folds all entries anew; compares what the seals say, and what was noted."""
        if rows.has_event(self.connection, self.no, KEEPER_AGREED):
            try:
                self.replica.weighed = standing(self.modules, rows.arrived(self.connection, self.no, 0))
            except UpdateNeeded as needed:
                yield Finding(Why.UPDATE, str(needed))
                return
        arrived = rows.arrived(self.connection, self.no, 0)
        start = number = 0
        while some := list(islice(arrived, AT_ONCE)):
            for entry in some:
                self._step()
                if entry.event in ERASURES:
                    self.erasures.append(entry)
            for epoch in self.replica.take(some, more=True):
                number += 1
                judged = zip(epoch.entries, epoch.verdicts, strict=True)
                self.settled.update((entry.id, verdict) for entry, verdict in judged if entry.event in ERASURES)
                yield from self._compare(number, start, epoch) if self.is_node else ()
                start += len(epoch.entries)
        if self.replica.lacking:
            yield Finding(Why.UPDATE, self.replica.lacking)
            return
        yield from (Finding(Why.SEAL, seal.id.hex()) for seal in self.replica.alarms)
        if self.is_node:
            yield from self._beyond(number, start)
            yield from self._snapshot()
        self.replica.take([])

    def _compare(self, number: int, start: int, epoch: Epoch) -> Iterator[Finding]:
        """What was noted of one epoch, whose first entry stands at `start`."""
        end = start + len(epoch.entries)
        here = (entries.c.circle == self.no) & entries.c.position.between(start, end - 1)
        query = select(entries.c.id, entries.c.position, entries.c.verdict).where(here).order_by(entries.c.position)
        noted = [tuple(row) for row in self.connection.execute(query)]
        settled = zip(epoch.entries, epoch.verdicts, strict=True)
        right = [(entry.id, at, verdict or None) for at, (entry, verdict) in enumerate(settled, start)]
        if noted != right:
            yield from self._differences({row[0]: row for row in noted}, {row[0]: row for row in right})
        query = select(epochs.c.size, epochs.c.time, epochs.c.peaks)
        query = query.where(epochs.c.circle == self.no, epochs.c.number == number)
        if self.connection.execute(query).first() != (end, epoch.time, epoch.peaks):
            yield Finding(Why.EPOCH, f"epoch {number}")

    def _differences(self, noted: dict[bytes, Settled], right: dict[bytes, Settled]) -> Iterator[Finding]:
        for identifier in noted | right:
            if noted.get(identifier, ())[:2] != right.get(identifier, ())[:2]:
                yield Finding(Why.ORDER, identifier.hex())
            elif noted[identifier] != right[identifier]:
                yield Finding(Why.VERDICT, identifier.hex())

    def _beyond(self, number: int, size: int) -> Iterator[Finding]:
        """What was noted as settled and is not."""
        beyond = entries.c.position.is_not(None) & ((entries.c.position >= size) | (entries.c.position < 0))
        judged = entries.c.position.is_(None) & (entries.c.verdict != ROOM)
        passed = entries.c.position.is_(None) & (entries.c.no <= rows.noted_up_to(self.connection, self.no))
        for reason, wrong in ((Why.ORDER, beyond), (Why.VERDICT, judged), (Why.ROW, passed)):
            found = self.connection.scalars(select(entries.c.id).where(entries.c.circle == self.no, wrong))
            yield from (Finding(reason, identifier.hex()) for identifier in found)
        more = ~epochs.c.number.between(1, number)
        for extra in self.connection.scalars(select(epochs.c.number).where(epochs.c.circle == self.no, more)):
            yield Finding(Why.EPOCH, f"epoch {extra}")

    def _snapshot(self) -> Iterator[Finding]:
        """Whether the saved state comes to what the entries come to. A damaged one may lead to any error at all."""
        row = self.connection.execute(select(snapshots).where(snapshots.c.circle == self.no)).first()
        if row is None:
            return
        try:
            saved = Replica(self.modules, msgspec.msgpack.decode(row.state, type=Frozen))
            later = rows.settled(self.connection, self.no, row.epoch)
            saved.load(msgspec.structs.replace(epoch, peaks=b"") for epoch in later)
            same = state_hash(saved.circle) == state_hash(self.replica.circle)  # and all parts of both are there then
            same = same and freeze(saved.circle, saved.tree) == freeze(self.replica.circle, self.replica.tree)
        except Exception:
            same = False
        if not same:
            yield Finding(Why.SNAPSHOT, f"epoch {row.epoch}")

    # --- words and erasures --------------------------------------------------------------------------------------

    def _words(self) -> Iterator[Finding]:
        due = [erasure for erasure in self.erasures if self._takes_effect(erasure)]
        if self.is_node:
            query = select(erasures.c.entry).where(erasures.c.circle == self.no)
            for wrong in set(self.connection.scalars(query)) ^ {erasure.id for erasure in due}:
                yield Finding(Why.ERASED, wrong.hex())
        if not due and not self.lacks_words:
            return
        for entry, has_body, is_erased in rows.bodies_of(self.connection, self.no):
            covered = entry.body_size > 0 and any(is_under(self.replica.circle, entry, erasure) for erasure in due)
            if entry.body_size and not has_body and not covered:
                yield Finding(Why.MISSING, entry.id.hex())
            elif self.is_node and (covered != is_erased or (covered and has_body)):
                yield Finding(Why.ERASED, entry.id.hex())

    def _takes_effect(self, erasure: Entry) -> bool:
        """As the rules say it now, not as it was noted."""
        verdict = self.replica.verdicts.get(erasure.id)
        if verdict is not None:
            return takes_effect(self.replica.circle, erasure, verdict, False)
        return takes_effect(self.replica.circle, erasure, self.settled.get(erasure.id, ""), True)
