"""A circle that this node holds: its replica in memory, catching up with the rows, and `act()`, which writes them."""

import os
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar
from unicodedata import normalize

import msgspec
from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from cercle.core.entry import ACT_SIZE, MAX_SEEN, SALT_SIZE, Entry, Raw, Rejected, compose, read_words, write_words
from cercle.core.event import Event, Reason, Refused, known, split
from cercle.core.fold import REMOVAL_AGREED, Circle
from cercle.core.fold import Why as FoldWhy
from cercle.core.keys import Signer, public, sign
from cercle.core.log import LINKED, SEALED, Place, heads_to_see
from cercle.core.module import Modules
from cercle.core.replica import Epoch, Frozen, Replica
from cercle.store import rows
from cercle.store.database import data_version, is_writing, transaction, uncollected, with_room
from cercle.store.erasure import Erasing, purge
from cercle.store.keyring import key_of_device
from cercle.store.tables import devices, entries, epochs, snapshots

SEAL_AFTER, SEAL_AMONG_OTHERS = 128, 32  # pending entries
A_DAY = 86_400_000
DUE_AT_ONCE = frozenset({"circle.adopted", REMOVAL_AGREED, "people.entry_erased", "people.words_erased"})
WORDS_REMEMBERED = 20_000
ENTRIES_REMEMBERED = 1000
READ_AT_ONCE = 8192

T = TypeVar("T")


class Why(Reason):
    NO_KEY = ("store.no_key", "This node holds no key of that person for this circle.")
    NO_INVITATION = ("store.no_invitation", "This invitation is not known here.")
    TOO_LARGE = ("store.too_large", "This is too long: an entry holds at most 64 KiB.")
    NOT_WORDS = ("store.not_words", "This text has signs that cannot be written.")


def now() -> int:
    """The node's clock, in ms."""
    return time.time_ns() // 1_000_000


class Live:
    """One circle of the node. `changed` is called after the circle has taken something in."""

    def __init__(
        self, connection: Connection, modules: Modules, no: int, identifier: bytes, clock: Callable[[], int] = now
    ) -> None:
        self.connection = connection
        self.modules = modules
        self.clock = clock
        self.no = no
        self.id = identifier
        self.changed: Callable[[], None] = lambda: None
        self._words: dict[str, dict[str, Any]] = {}
        self._entries: dict[str, Entry] = {}
        self._devices: dict[bytes, int] = {}
        self._heads: dict[bytes, tuple[bytes, Place] | None] = {}
        self._purge = False
        self._made: dict[Hashable, Any] = {}
        self._load()

    @property
    def circle(self) -> Circle:
        return self.replica.circle

    @property
    def last(self) -> int:
        """The number of the entry that arrived last."""
        return self._last

    # --- reading -------------------------------------------------------------------------------------------------

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once until the circle changes."""
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found

    def _load(self) -> None:
        """From the last snapshot on, or from the genesis where there is none that this program can read; with the lock
        of the database, so that no other process settles anything between two looks."""
        self._is_torn = True
        with uncollected(), transaction(self.connection):
            self._load_settled()
            self._heads.clear()
            self._devices.clear()
            self.erasing = Erasing(self.connection, self.no)
            self.tips: dict[bytes, Place] = {}
            self._take(rows.pending, 0)
            if self.erasing.waiting:
                self._erase()
            self._last = self._newest()
            self._version = data_version(self.connection)
        self._is_torn = False

    def _load_settled(self) -> None:
        frozen, epoch = self._snapshot()
        try:
            self.replica = Replica(self.modules, frozen, self._settled_again)
        except (ValueError, KeyError):  # it is of another version of the program, and made anew
            self.replica, epoch = Replica(self.modules, None, self._settled_again), 0
        self.replica.load(rows.settled(self.connection, self.no, epoch))

    def _snapshot(self) -> tuple[Frozen | None, int]:
        """The last snapshot, and how many epochs are in it."""
        row = self.connection.execute(select(snapshots).where(snapshots.c.circle == self.no)).first()
        try:
            return (msgspec.msgpack.decode(row.state, type=Frozen), row.epoch) if row else (None, 0)
        except ValueError:
            return None, 0

    def _settled_again(self) -> tuple[Frozen | None, Iterator[Epoch]]:
        """A snapshot, and what was settled after it up to where the replica stands: others may have settled more, and
        have made a snapshot of that, than it has heard of."""
        heard = self.replica.roots.epoch
        frozen, epoch = self._snapshot() if self.replica.base_epoch else (None, 0)
        if epoch != self.replica.base_epoch:
            frozen, epoch = None, 0
        return frozen, islice(rows.settled(self.connection, self.no, epoch), heard - epoch)

    def _take(self, read: Callable[[Connection, int, int, int], list[tuple[int, Entry]]], last: int) -> int:
        """Folds the entries that are read after that number, so many at a time, and writes down what is settled by
        them; gives the number of the last one."""
        more = False
        while found := read(self.connection, self.no, last, READ_AT_ONCE):
            more = len(found) == READ_AT_ONCE
            new = [entry for _, entry in found]
            self._keep(self.replica.take(new, more))
            self.erasing.take(new)
            for entry in new:
                self._pass(entry)
            last = found[-1][0]
            if not more:
                break
        if more:
            self._keep(self.replica.take([]))
        return last

    def _newest(self) -> int:
        query = select(entries.c.no).order_by(entries.c.no.desc()).limit(1)
        return self.connection.scalar(query) or 0

    def _pass(self, entry: Entry) -> None:
        """The entry is a head of the log now, and its parents no longer are."""
        for parent in entry.parents:
            self.tips.pop(parent, None)
        self.tips[entry.id] = Place(entry.device, entry.seq, entry.lamport)

    def catch_up(self, arrived: bool = False) -> bool:
        """Takes in what others have written (`arrived`: this process, by another way); whether there was any."""
        if self._is_torn:
            self.reload()
        version = data_version(self.connection)
        if version == self._version and not arrived:
            return False
        if self._newest() == self._last:
            self._version = version
            self._words.clear()  # what was missing may have come
            self._made.clear()
            if arrived:
                self.changed()
            return False
        self._is_torn = True  # until all of it is folded: what fails half-way is folded anew
        with uncollected(), with_room(self.connection), transaction(self.connection, self.reload):
            self._heads.clear()
            before, self._last = self._last, self._take(rows.arrived_since, self._last)
            self._erase(before)
        self._is_torn, self._version = False, version
        self._purge_if_due()
        self._words.clear()
        self._made.clear()
        self.changed()
        return True

    def reload(self) -> None:
        """Folds anew from what the database holds, after something failed half-way."""
        self._words.clear()
        self._entries.clear()
        self._made.clear()
        self._load()

    def _erase(self, after: int | None = None) -> None:
        if self.erasing.apply(self.replica, after):
            self._words.clear()
            self._purge = True

    def _purge_if_due(self) -> None:
        if self._purge and not is_writing(self.connection):
            self._purge = False
            purge(self.connection)

    def words(self, identifier: str) -> dict[str, Any]:
        """The words of the entry with this short id; {} where they are missing or erased."""
        found = self._words.get(identifier)
        if found is None:
            if len(self._words) > WORDS_REMEMBERED:
                self._words.clear()
            row = rows.by_short_id(self.connection, self.no, identifier) if identifier else None
            found = self._words[identifier] = read_words(row.body if row else None)
        return found

    def entry(self, identifier: str) -> Entry | None:
        """The entry with this short id, or None."""
        found = self._entries.get(identifier)
        if found is None and (row := rows.by_short_id(self.connection, self.no, identifier)):
            if len(self._entries) > ENTRIES_REMEMBERED:
                self._entries.clear()
            found = self._entries[identifier] = rows.as_entry(row.id, row.key, row.header)
        return found

    def name(self, identifier: str) -> str:
        """The name that the entry with this short id gave; "" where it is missing or erased."""
        return str(self.words(identifier).get("name", ""))

    # --- writing -------------------------------------------------------------------------------------------------

    def act(
        self,
        key: Signer,
        events: Sequence[msgspec.Struct],
        act: bytes | None = None,
    ) -> list[Entry]:
        """Appends events of one device, all of them or none, durably. Raises `Refused` with the rule's reason.

        `act` is the 16 bytes chosen where the tap happened; the events after the first get acts derived from it.
        """
        return self._write(
            lambda: [self._append(key, *self._fields(event, act, number)) for number, event in enumerate(events)]
        )

    def plant(self, key: Signer, genesis: Entry, raw: Raw, events: Sequence[msgspec.Struct]) -> None:
        """Puts the genesis into a log that has none, with what its founder does in the same breath, and seals it."""

        def append() -> list[tuple[Entry, str]]:
            self._insert(genesis, raw)
            self.replica.append(genesis)
            written = [(genesis, self.replica.verdicts[genesis.id])]
            written += [self._append(key, *self._fields(event, None, 0)) for event in events]
            self._seal()
            return written

        self._write(append)

    def join(self, key: Signer, event: msgspec.Struct, invitation: str) -> Entry:
        """A new device's first entry, which cites its invitation. Raises `Refused`."""
        row = rows.by_short_id(self.connection, self.no, invitation)
        if row is None:
            raise Refused(Why.NO_INVITATION)
        cited = {row.id: Place(row.key, row.seq, row.lamport)}

        def append() -> list[tuple[Entry, str]]:
            declared, kept, body = self._fields(event, None, 0)
            entry = self._write_one(key, declared.name, kept, body, cited=cited)
            return [(entry, self.replica.verdicts.get(entry.id, ""))]

        return self._write(append)[0]

    def gather(self, key: Signer) -> None:
        """An entry that says nothing but what this node has seen, unless the device is frozen."""
        device = self.circle.roots.devices.get(public(key).hex())
        if device is None or device.forked:
            return
        self._write(lambda: [(self._write_one(key, LINKED, {}, None), "")])

    def _write(self, append: Callable[[], list[tuple[Entry, str]]]) -> list[Entry]:
        """Runs `append` in one transaction, after a look at what others wrote; whatever fails leaves no trace."""
        with transaction(self.connection, self.reload):
            self.catch_up()
            written = append()
            for _, verdict in written:
                if verdict:
                    raise Refused(self._reason(verdict))
            self._maybe_seal([entry for entry, _ in written])
        self._purge_if_due()
        self._made.clear()
        self.changed()
        return [entry for entry, _ in written]

    def _reason(self, code: str) -> Reason:
        for enumeration in (FoldWhy, *(module.reasons for module in self.modules)):
            for reason in enumeration:
                if reason.code == code:
                    return reason
        raise LookupError(code)

    def _fields(
        self, event: msgspec.Struct, act: bytes | None, number: int
    ) -> tuple[Event, dict[str, Any], bytes | None]:
        declared = known(type(event))
        kept, words = split(declared, event)
        if act is None:
            kept["act"] = os.urandom(ACT_SIZE)
        else:
            kept["act"] = act if number == 0 else _nth(act, number)
        return declared, kept, write_words(os.urandom(SALT_SIZE), normal(words))

    def _append(self, key: Signer, declared: Event, kept: dict[str, Any], body: bytes | None) -> tuple[Entry, str]:
        device = public(key)
        while sum(place.device != device for place in self.tips.values()) > MAX_SEEN:
            self._write_one(key, LINKED, {}, None)
        entry = self._write_one(key, declared.name, kept, body)
        return entry, self.replica.verdicts.get(entry.id, "")

    def _write_one(
        self,
        key: Signer,
        event: str,
        kept: dict[str, Any],
        body: bytes | None,
        time: int = 0,
        cited: dict[bytes, Place] | None = None,
    ) -> Entry:
        """Composes, signs and inserts one entry that cites every head that fits, and folds it."""
        device = public(key)
        before = self._head(device)
        heads = self.tips | (cited or {})
        seen = heads_to_see(heads.items(), device, MAX_SEEN)
        if cited:
            seen = heads_to_see([(head, heads[head]) for head in {*seen[: MAX_SEEN - 1], *cited}], device, MAX_SEEN)
        places = [heads[parent].lamport for parent in seen] + ([before[1].lamport] if before else [])
        try:
            entry, header = compose(
                self.id,
                device,
                seq=before[1].seq + 1 if before else 0,
                prev=before[0] if before else None,
                seen=seen,
                lamport=1 + max(places, default=-1),
                time=time or self.clock(),
                event=event,
                kept=kept,
                body=body,
            )
        except Rejected as error:  # what was filled in has no place in an entry
            raise Refused(Why.TOO_LARGE if error.code == "size" else FoldWhy.MALFORMED) from error
        self._insert(entry, Raw(header, sign(key, entry.id), body))
        on_top = len(self.tips) == 1
        if event == SEALED:
            self.replica.begin(entry)
        elif on_top:
            self.replica.append(entry)
        else:
            self._keep(self.replica.take([entry]))
        return entry

    def _head(self, device: bytes) -> tuple[bytes, Place] | None:
        if device not in self._heads:
            self._heads[device] = rows.head(self.connection, self.no, device)
        return self._heads[device]

    def _insert(self, entry: Entry, raw: Raw) -> None:
        device = self._devices.get(entry.device) or self._add_device(entry.device)
        row = (device, entry.seq, entry.lamport, entry.id, raw.header, raw.signature, raw.body)
        self._last = rows.store(self.connection, self.no, row)
        rows.advance(self.connection, device, entry)
        self._heads[entry.device] = (entry.id, Place(entry.device, entry.seq, entry.lamport))
        self._pass(entry)

    def _add_device(self, key: bytes) -> int:
        self._devices[key] = number = device_number(self.connection, self.no, key)
        return number

    # --- settling ------------------------------------------------------------------------------------------------

    def _keeper_key(self) -> Signer | None:
        return key_of_device(self.connection, self.no, bytes.fromhex(self.circle.roots.keeper))

    def _maybe_seal(self, written: list[Entry]) -> None:
        due = len(self.replica.pending.entries) >= SEAL_AFTER or any(e.event in DUE_AT_ONCE for e in written)
        if due:
            self._seal()
        self.erasing.take(written)
        self._erase()

    def seal(self) -> bool:
        """Settles what is pending, where this node holds the keeper's key; whether it did."""
        if len(self.replica.pending.entries) < 2 and self.replica.tree.size:
            return False
        sealed = False

        def append() -> list[tuple[Entry, str]]:
            nonlocal sealed
            sealed = self._seal()
            return []

        self._write(append)
        return sealed

    def seal_among_others(self) -> None:
        """Where the keeper takes in what others wrote, or hands the log on, all is settled but a few entries of the
        same day: so seals stay a few in a hundred."""
        if self.replica.lacking or self.circle.lacking() or self._keeper_key() is None:
            return
        waiting = self.replica.pending.entries
        is_late = self.clock() - self.circle.time >= A_DAY
        if is_late or len(waiting) >= SEAL_AMONG_OTHERS or any(e.event in DUE_AT_ONCE for e in waiting.values()):
            self.seal()

    def _seal(self) -> bool:
        key = self._keeper_key()
        keeper = self.circle.keeper_device()
        if key is None or keeper is None or keeper.forked:
            return False
        while len(self.tips) > MAX_SEEN:
            self._write_one(key, LINKED, {}, None)
        start, seal_time = self.replica.tree.size, max(self.clock(), self.circle.time)
        epoch, kept = self.replica.settle_all(seal_time)
        self._keep([epoch], start)
        self._write_one(key, SEALED, {**kept, "term": self.circle.roots.term}, None, seal_time)
        return True

    def _keep(self, settled: list[Epoch], start: int | None = None) -> None:
        """Writes down what was settled, and the snapshot where the replica made a new one."""
        if self.replica.lacking:
            return  # it is relayed, and settled once the program knows how
        if start is None:
            start = self.replica.tree.size - sum(len(epoch.entries) for epoch in settled)
        number = self.circle.roots.epoch - len(settled)
        noted: list[dict[str, Any]] = []
        for epoch in settled:
            rows.settle(self.connection, self.no, start, [entry.id for entry in epoch.entries], epoch.verdicts)
            start, number = start + len(epoch.entries), number + 1
            noted.append({"number": number, "size": start, "time": epoch.time, "peaks": epoch.peaks})
        if noted:
            same = {"circle": self.no, "up_to": rows.settled_up_to(self.connection, self.no)}
            self.connection.execute(upsert(epochs).on_conflict_do_nothing(), [one | same for one in noted])
        if self.replica.base:
            state = msgspec.msgpack.encode(self.replica.base)
            self.replica.base = None
            values = {"circle": self.no, "epoch": self.replica.base_epoch, "state": state}
            statement = upsert(snapshots).values(values)
            self.connection.execute(statement.on_conflict_do_update(index_elements=["circle"], set_=values))


def device_number(connection: Connection, circle: int, key: bytes) -> int:
    """The number of a device in a circle, given to it now where it is new."""
    query = select(devices.c.no).where(devices.c.circle == circle, devices.c.key == key)
    found = connection.scalar(query)
    if found is None:
        found = connection.execute(insert(devices).values(circle=circle, key=key)).lastrowid
    return int(found)


def _nth(act: bytes, number: int) -> bytes:
    """The acts of the events that one tap made, after the first: the same again when the tap is sent again."""
    return sha256(act + number.to_bytes(2, "big")).digest()[:ACT_SIZE]


def normal(words: dict[str, Any]) -> dict[str, Any]:
    """Words as they are written: NFC, without control signs or surrogates. Raises `Refused`."""
    written = {}
    for field, text in words.items():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise Refused(Why.NOT_WORDS) from error
        written[field] = normalize("NFC", "".join(sign for sign in text if sign >= " " or sign in "\n\t"))
    return written
