"""A circle that this node holds: its replica in memory, catching up with the rows, and `act()`, which writes them."""

import os
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from hashlib import sha256
from typing import Any, TypeVar
from unicodedata import normalize

import msgspec
from sqlalchemy import Connection, select

from cercle.core.entry import ACT_SIZE, MAX_SEEN, SALT_SIZE, Entry, Raw, Rejected, compose, read_words, write_words
from cercle.core.event import Event, Reason, Refused, known, split
from cercle.core.fold import KEEPER_AGREED, REMOVAL_AGREED, Circle, UpdateNeeded
from cercle.core.fold import Why as FoldWhy
from cercle.core.keys import Signer, public, sign
from cercle.core.log import LINKED, SEALED, Place, heads_to_see
from cercle.core.module import Modules
from cercle.core.replica import Epoch, Frozen, Replica
from cercle.core.standing import standing
from cercle.store import rows
from cercle.store.database import data_version, is_writing, transaction, uncollected, with_room
from cercle.store.erasure import Erasing, purge
from cercle.store.keyring import key_of_device
from cercle.store.settling import Settling
from cercle.store.tables import entries

SEAL_AFTER, SEAL_AMONG_OTHERS = 128, 32  # pending entries
A_DAY = 86_400_000
DUE_AT_ONCE = frozenset({
    "circle.adopted", REMOVAL_AGREED, "people.entry_erased", "people.words_erased",
    "devices.handed_on", "devices.revoked", "devices.others_revoked", KEEPER_AGREED,
    "pools.paid_in", "pools.spent", "pools.returned", "pools.allowance_asked", "pools.allowance_revoked",
    "pools.signed", "decisions.opened", "decisions.lot_read",
})  # fmt: skip
WORDS_REMEMBERED = 20_000
ENTRIES_REMEMBERED = 1000
READ_AT_ONCE = 8192

T = TypeVar("T")


class Why(Reason):
    NO_KEY = ("store.no_key", "This machine holds no key of that person for this circle.")
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
        self.is_torn = True
        with uncollected(), transaction(self.connection):
            self.settling = Settling(self.connection, self.no)
            self._load_settled()
            self._heads.clear()
            self._devices.clear()
            self.erasing = Erasing(self.connection, self.no)
            self.tips: dict[bytes, Place] = {}
            self._take(rows.pending, 0)
            self.erasing.note_authors(self.replica)
            unfinished = self.settling.unfinished()
            if unfinished is not None:
                came = rows.arrived(self.connection, self.no, unfinished)
                self.erasing.take(one for one in came if one.id not in self.replica.pending.entries)
                self.settling.finish()
            if unfinished is not None or self.erasing.waiting or self.erasing.early:
                self._erase(unfinished)
            self._last = self._newest()
            self._version = data_version(self.connection)
        self.is_torn = False

    def _load_settled(self) -> None:
        frozen, epoch = self.settling.snapshot()
        try:
            self.replica = Replica(self.modules, frozen, self._settled_again)
        except (ValueError, KeyError):  # it is of another version of the program, and made anew
            self.replica, epoch = Replica(self.modules, None, self._settled_again), 0
        self.replica.load(rows.settled(self.connection, self.no, epoch))

    def _settled_again(self) -> tuple[Frozen | None, Iterator[Epoch]]:
        return self.settling.again(self.replica)

    def _take(self, read: Callable[[Connection, int, int, int], list[tuple[int, Entry]]], last: int) -> int:
        """Folds the entries that are read after that number, so many at a time, and writes down what is settled by
        them; gives the number of the last one."""
        while found := read(self.connection, self.no, last, READ_AT_ONCE):
            self._fold([entry for _, entry in found], [no for no, _ in found])
            last = found[-1][0]
            if len(found) < READ_AT_ONCE:
                break
        return self._fold_rest() or last

    def _fold(self, new: list[Entry], numbers: Sequence[int], coming: int | None = None) -> dict[int, rows.Settled]:
        """Folds entries that are new here, but for what is pending where they sort among it; `_fold_rest` does that.
        Gives the places of those that are not stored yet, which have the numbers from `coming` on."""
        placed: dict[int, rows.Settled] = {}
        if not self.replica.disputed:
            self.settling.numbers.update(zip([entry.id for entry in new], numbers, strict=True))
            placed = self.settling.keep(self.replica, self.replica.take(new, more=True), coming=coming)
            self.erasing.take(new)
            self._pass(new)
        return placed

    def _fold_rest(self) -> int:
        """Folds what is pending. The number of the last entry, where the whole log was folded anew for it; else 0."""
        if self.replica.disputed:
            return self._weigh()
        if self.replica.is_behind:
            self.settling.keep(self.replica, self.replica.take([]))
        return 0

    def _weigh(self) -> int:
        """Folds the whole log anew, with every seal of it weighed: what was settled may be pending again. Gives the
        number of the last entry."""
        try:
            weighed = standing(self.modules, rows.arrived(self.connection, self.no, 0))
        except UpdateNeeded as needed:
            self.replica.lacking = str(needed)
            return self._newest()
        rows.unsettle(self.connection, self.no)
        self.replica = Replica(self.modules, None, self._settled_again, weighed)
        self.erasing = Erasing(self.connection, self.no)
        self.tips, self.settling = {}, Settling(self.connection, self.no)
        return self._take(rows.arrived_since, 0)

    def _newest(self) -> int:
        query = select(entries.c.no).order_by(entries.c.no.desc()).limit(1)
        return self.connection.scalar(query) or 0

    def _pass(self, new: list[Entry]) -> None:
        """The entries are heads of the log now, but for those that others of them have seen; their parents no longer
        are."""
        seen = {parent for entry in new for parent in entry.parents}
        for parent in seen & self.tips.keys():
            del self.tips[parent]
        self.tips |= {one.id: Place(one.device, one.seq, one.lamport) for one in new if one.id not in seen}

    def catch_up(self) -> bool:
        """Takes in what others have written; whether there was any."""
        if self.is_torn:
            self.reload()
        self._purge_if_due()
        version = data_version(self.connection)
        if version == self._version:
            return False
        if self._newest() == self._last:
            self._version = version
            self._words.clear()  # what was missing may have come
            self._made.clear()
            return False
        if rows.peaks_after(self.connection, self.no, self.replica.roots.epoch) != b"".join(self.replica.tree.peaks):
            self.reload()  # another process has folded the whole log anew
            self.changed()
            return True
        self.is_torn = True  # until all of it is folded: what fails half-way is folded anew
        with uncollected(), with_room(self.connection), transaction(self.connection, self.reload):
            self._heads.clear()
            before, self._last = self._last, self._take(rows.arrived_since, self._last)
            self._erase(before)
        self.is_torn, self._version = False, version
        self._tell()
        return True

    def take_in(self, new: list[Entry], first: int) -> dict[int, rows.Settled]:
        """Folds entries that are about to be stored, in the same transaction, under the numbers from `first` on; gives
        the places of those that are settled by it. `finish` once no more come."""
        self.catch_up()
        self.settling.begin(self._last)
        self._heads.clear()
        self._last = first + len(new) - 1
        return self._fold(new, range(first, first + len(new)), first)

    def finish(self, before: int) -> None:
        """All that came after that number is stored: what is pending is folded, and what was erased is dropped."""
        with uncollected(), with_room(self.connection), transaction(self.connection, self.reload):
            self._last = self._fold_rest() or self._last
            self._erase(before)
            self.settling.finish()
        self._tell()

    def _tell(self) -> None:
        """Of what others wrote."""
        self._purge_if_due()
        self._words.clear()
        self._made.clear()
        self.changed()

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

    def purge(self) -> None:
        """What was deleted, goes for good, as soon as nobody reads what was before."""
        self._purge = True
        self._purge_if_due()

    def _purge_if_due(self) -> None:
        if self._purge and not is_writing(self.connection):
            self._purge = not purge(self.connection)

    def is_erased(self, entry: Entry) -> bool:
        """Whether the words of an entry must not come back."""
        return bool(self.erasing.done) and not self.replica.lacking and self.erasing.covers(self.circle, entry)

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
            self.settling.keep(self.replica, self.replica.take([entry]))
        return entry

    def _head(self, device: bytes) -> tuple[bytes, Place] | None:
        if device not in self._heads:
            self._heads[device] = rows.head(self.connection, self.no, device)
        return self._heads[device]

    def _insert(self, entry: Entry, raw: Raw) -> None:
        device = self._devices.get(entry.device) or self._add_device(entry.device)
        row = (device, entry.seq, entry.lamport, entry.id, raw.header, raw.signature, raw.body)
        self._last = self.settling.numbers[entry.id] = rows.store(self.connection, self.no, row)
        rows.advance(self.connection, device, entry)
        self._heads[entry.device] = (entry.id, Place(entry.device, entry.seq, entry.lamport))
        self._pass([entry])

    def _add_device(self, key: bytes) -> int:
        self._devices[key] = number = rows.device_number(self.connection, self.no, key)
        return number

    # --- settling ------------------------------------------------------------------------------------------------

    def _keeper_key(self) -> Signer | None:
        return key_of_device(self.connection, self.no, bytes.fromhex(self.circle.sealing()[0]))

    def _maybe_seal(self, written: list[Entry]) -> None:
        due = len(self.replica.pending.entries) >= SEAL_AFTER or any(e.event in DUE_AT_ONCE for e in written)
        if due:
            self._seal()
        self.erasing.take(written)
        self._erase()

    def seal(self, is_due: bool = False) -> bool:
        """Settles what is pending, where there is something or a seal `is_due` by itself, and this node holds the
        keeper's key; whether it did."""
        if len(self.replica.pending.entries) < 2 and self.replica.tree.size and not is_due:
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
        key, (device, term) = self._keeper_key(), self.circle.sealing()
        if key is None or self.circle.roots.devices[device].forked:
            return False
        while len(self.tips) > MAX_SEEN:
            self._write_one(key, LINKED, {}, None)
        start, seal_time = self.replica.tree.size, max(self.clock(), self.circle.time)
        epoch, kept = self.replica.settle_all(seal_time)
        self.settling.keep(self.replica, [epoch], start)
        self._write_one(key, SEALED, {**kept, "term": term}, None, seal_time)
        return True


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
