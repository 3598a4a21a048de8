"""Taking in what others wrote: each section of a bundle whole or not at all.

Nothing that is stored depends on who sent it. An entry is stored once all its parents are, if it is what it should be
against them, and if a valid signature stands at it or after it on its chain. What lacks a parent waits in a room of
its own, which is bounded, and is tried again with whatever arrives next.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter

import msgspec
from sqlalchemy import Connection, func, insert, select

from cercle.core.entry import Entry, Raw, Rejected, parse, parse_all
from cercle.core.event import Reason, Refused
from cercle.core.log import MAX_BRANCHES, SIGNED_EVERY, Place, authentic, check_root, missing_parents
from cercle.store import rows
from cercle.store.database import transaction, uncollected, with_room
from cercle.store.live import Live
from cercle.store.tables import circles, devices, heads, waiting

MOST_WAITING = 8192
MOST_WAITING_BYTES = 8 * 1024 * 1024
MOST_NAMED = 1000
AT_ONCE = 8  # sections in one transaction

WAITS = "waits"  # the fate of a group that lacks a parent; any other fate is the code of a rejection

Run = tuple[bytes, Sequence[Raw]]
Numbered = tuple[int, Sequence[Run]]  # a section, with its number in the bundle


class Why(Reason):
    NO_BEGINNING = ("store.no_beginning", "This circle is not here yet, and the file does not begin where it began.")


class Received(msgspec.Struct):
    """What became of the entries: `new` ones are stored, `known` ones were here, `filled` of them had lacked their
    body; so many wait now. `rejected`: the first thousand, each by its id or its place, with the code why. `stopped`:
    why the rest was not read; what came before stands. `circle` is its number here, 0 where it is not held."""

    circle: int = 0
    new: int = 0
    known: int = 0
    filled: int = 0
    waiting: int = 0
    rejected: list[tuple[str, str]] = []
    stopped: Refused | None = None

    @property
    def has_brought(self) -> bool:
        """Whether something is here now that was not."""
        return bool(self.new or self.filled)

    def reject(self, what: str, code: str) -> None:
        if len(self.rejected) < MOST_NAMED:
            self.rejected.append((what, code))

    def add(self, further: "Received") -> None:
        """What became of the entries that came after these."""
        self.circle, self.waiting, self.stopped = further.circle, further.waiting, further.stopped
        self.new += further.new
        self.known += further.known
        self.filled += further.filled
        for what, code in further.rejected:
            self.reject(what, code)


def receive(
    connection: Connection,
    circle: bytes,
    sections: Iterable[Sequence[Run]],
    folds: Callable[[int], Live] | None = None,
    at_hand: bool = False,
) -> Received:
    """Stores what is new and right in these sections, each whole or not at all. A circle that is new here begins in the
    first section. Where all are `at_hand`, so that nobody need be waited for, several are stored at once. What the
    circle of a number `folds` is written down as settled where a seal covers it; the caller has that circle finish."""
    received = Received(connection.scalar(select(circles.c.no).where(circles.c.id == circle)) or 0)
    numbered = enumerate(sections, 1)
    try:
        with uncollected(), with_room(connection):
            while here := _next(numbered, received):
                with transaction(connection):
                    _take(connection, circle, here.pop(), received, folds)
                    for _ in range(AT_ONCE - 1 if at_hand else 0):
                        if here := _next(numbered, received):
                            _take(connection, circle, here.pop(), received, folds)
    except Refused as refused:
        received.stopped = refused
    return received


def _next(sections: Iterator[Numbered], received: Received) -> list[Numbered]:
    """The next section; [] where there is none, or none that can be read. It is to be taken out of the list, so that
    no two are held at a time."""
    try:
        return list(islice(sections, 0 if received.stopped else 1))
    except Refused as refused:
        received.stopped = refused
        return []


def _take(
    connection: Connection,
    circle: bytes,
    numbered: Numbered,
    received: Received,
    folds: Callable[[int], Live] | None,
) -> None:
    """Stores one section. Raises `Refused` where a circle would begin in the middle."""
    at, section = numbered
    number = received.circle or connection.execute(insert(circles).values(id=circle)).lastrowid
    Intake(connection, circle, number, received, folds(number) if folds else None).take(section, f"section {at}")
    if not received.circle and not received.new:
        raise Refused(Why.NO_BEGINNING)
    received.circle = number


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """An entry that came, authentic by the last entry of its group."""

    entry: Entry
    raw: Raw
    group: int


class Places(dict[bytes, Place | Entry | None]):
    """Where the entries of a circle stand, looked up in the log once; None for those that it does not hold."""

    def __init__(self, connection: Connection, circle: int) -> None:
        self.connection = connection
        self.circle = circle

    def __missing__(self, identifier: bytes) -> Place | None:
        found = self[identifier] = rows.place(self.connection, self.circle, identifier)
        return found


class Intake:
    """One circle's door, for one section. Groups are the entries of a chain up to a signed one: they are stored
    together or not at all."""

    def __init__(
        self,
        connection: Connection,
        circle: bytes,
        no: int,
        received: Received,
        live: Live | None,
    ) -> None:
        self.connection = connection
        self.id = circle
        self.no = no
        self.received = received
        self.live = live
        self.devices: dict[bytes, int] = {}
        self.heads: dict[bytes, set[bytes]] = {}  # of each device: the last entry, or more of them where it has forked
        query = select(devices.c.key, devices.c.no, heads.c.entry).where(devices.c.circle == self.no)
        for key, number, head in connection.execute(query.join(heads, heads.c.device == devices.c.no)):
            self.devices[key] = number
            self.heads.setdefault(key, set()).add(head)
        self.waiting: rows.Waiting = {}  # read once something new has come, for which one of them may have waited
        self.arrivals: dict[bytes, Arrival] = {}
        self.fates: list[str] = []  # of each group: "" where it is stored, WAITS, or the code of a rejection
        self.places = Places(connection, no)
        self.bodies: list[tuple[bytes, bytes]] = []
        self.chained: set[bytes] = set()
        self.contested: set[bytes] = set()
        self.wrong: set[bytes] = set()

    def take(self, section: Sequence[Run], place: str) -> None:
        """Judges the entries of a section, and those that wait, and writes down what follows."""
        for number, (device, run) in enumerate(section, 1):
            self._add(self._read(device, run, f"{place}, run {number}"))
        if self.arrivals:
            self.waiting = rows.read_waiting(self.connection, self.no)
        else:
            here = select(func.count()).where(waiting.c.circle == self.no)
            self.received.waiting = self.connection.scalar(here) or 0
        for chain in chains([pair for identifier, pair in self.waiting.items() if identifier not in self.arrivals]):
            self._add(chain)
        ordered = sorted(self.arrivals.values(), key=attrgetter("entry.lamport"))
        for device in self.contested:
            self._hold_back(device, ordered)
        self._place(ordered)
        self._write(ordered)

    # --- reading -------------------------------------------------------------------------------------------------

    def _read(self, device: bytes, run: Sequence[Raw], place: str) -> list[tuple[Entry, Raw]]:
        """The entries of a run, as far as they are one chain that ends in a valid signature."""
        entries, code = self._parsed(device, run)
        before, named = [entry.id for entry in entries[:-1]], [entry.prev for entry in entries[1:]]
        if before != named:
            number = next(at for at, pair in enumerate(zip(before, named, strict=True), 1) if pair[0] != pair[1])
            del entries[number:]
            code = "chain"
        if code:
            self.received.reject(f"{place}, entry {len(entries) + 1}", code)
        count = authentic(entries, [raw.signature for raw in run[: len(entries)]])
        for pair in zip(entries[count:], run[count:], strict=False):
            # Of what is held already, the hash says which body is right.
            if pair[1].signature is not None or not self._known([pair]):
                self.received.reject(pair[0].id.hex(), "signature")
        return list(zip(entries[:count], run, strict=False))

    def _parsed(self, device: bytes, run: Sequence[Raw]) -> tuple[list[Entry], str]:
        """The entries of a run up to the first that is wrong in itself, and the code of what is wrong with that one."""
        try:
            return parse_all(self.id, device, [raw.header for raw in run], [raw.body for raw in run]), ""
        except Rejected:
            entries: list[Entry] = []
            for raw in run:
                try:
                    entries.append(parse(self.id, device, raw.header, raw.body))
                except Rejected as rejected:
                    return entries, rejected.code
            return entries, ""

    def _add(self, chain: list[tuple[Entry, Raw]]) -> None:
        """Leaves out what is here already, and puts the others into groups, each of which ends in a signature."""
        if not chain:
            return
        device, known = chain[0][0].device, self._known(chain)
        heads = self.heads.get(device, set())
        goes_on = not heads or known == len(chain) or chain[known][0].prev in heads
        if len(heads) > 1 or device in self.chained or not goes_on:
            self.contested.add(device)
        self.chained.add(device)
        arrivals, fates = self.arrivals, self.fates
        group, count = len(fates), 0
        for entry, raw in chain[known:]:
            if entry.id not in arrivals:
                arrivals[entry.id] = Arrival(entry, raw, group)
                count += 1
            if raw.signature is not None and count:
                self.fates.append("" if count <= SIGNED_EVERY else "signature")
                group, count = group + 1, 0
        if count:
            self.fates.append(WAITS)  # the end of a chain that has waited, and was too long to be kept

    def _known(self, chain: list[tuple[Entry, Raw]]) -> int:
        """How many of a chain the log holds: its beginning, since nothing is stored before its parents. Notes the
        bodies that they bring."""

        def is_new(pair: tuple[Entry, Raw]) -> bool:
            return self.places[pair[0].id] is None

        if chain[0][0].device not in self.devices or is_new(chain[0]):
            return 0
        known = bisect_left(chain, True, key=is_new)
        brought = {entry.id: raw.body for entry, raw in chain[:known] if raw.body is not None}
        lacking = rows.lacking(self.connection, self.no, list(brought))
        self.bodies += [(identifier, body) for identifier, body in brought.items() if identifier in lacking]
        self.received.known += known
        return known

    # --- judging -------------------------------------------------------------------------------------------------

    def _place(self, ordered: list[Arrival]) -> None:
        """Gives each entry its place after its parents, or its group another fate; then takes back the places of
        those whose groups fell."""
        fates, places = self.fates, self.places
        find = places.__getitem__
        for arrival in ordered:
            if fates[arrival.group]:
                continue
            entry = arrival.entry
            try:
                if missing_parents(entry, find):
                    fates[arrival.group] = WAITS
                    continue
                if entry.prev is None:
                    check_root(self.id, entry, [self._parent(parent) for parent in entry.seen])
            except Rejected as rejected:
                fates[arrival.group] = rejected.code
                self.wrong.add(entry.id)
                continue
            places[entry.id] = entry
        if any(fates):
            self._take_back(ordered)

    def _parent(self, identifier: bytes) -> Entry:
        found = self.places[identifier]
        return found if isinstance(found, Entry) else rows.entry(self.connection, self.no, identifier)

    def _take_back(self, ordered: list[Arrival]) -> None:
        """A group is stored whole or not at all, and so is what builds on it."""
        children: dict[bytes, list[int]] = {}
        members: dict[int, list[bytes]] = {}
        for arrival in ordered:
            members.setdefault(arrival.group, []).append(arrival.entry.id)
            for parent in arrival.entry.parents:
                children.setdefault(parent, []).append(arrival.group)
        fallen = [identifier for group in members if self.fates[group] for identifier in members[group]]
        while fallen:
            identifier = fallen.pop()
            self.places.pop(identifier, None)
            for group in children.get(identifier, ()):
                if not self.fates[group]:
                    self.fates[group] = WAITS
                    fallen += members[group]

    def _hold_back(self, device: bytes, ordered: list[Arrival]) -> None:
        """Two branches of a forked device prove the fork: any other waits until somebody else's entry descends from
        it."""
        own = {arrival.entry.id: arrival for arrival in ordered if arrival.entry.device == device}
        if not own:
            return
        tips, placed = set[bytes | None](self.heads.get(device, ())), set[bytes]()
        witnessed = descended_from(ordered, device, own)
        for arrival in own.values():
            entry = arrival.entry
            if entry.prev is not None and entry.prev not in placed and self.places[entry.prev] is None:
                continue  # it waits in any case
            if entry.prev not in tips and len(tips) >= MAX_BRANCHES and entry.id not in witnessed:
                self.fates[arrival.group] = self.fates[arrival.group] or WAITS
                continue
            tips.discard(entry.prev)
            tips.add(entry.id)
            placed.add(entry.id)

    # --- writing -------------------------------------------------------------------------------------------------

    def _write(self, ordered: list[Arrival]) -> None:
        stored: list[rows.New] = []
        entries: list[Entry] = []
        live = self.live
        erased: list[bytes] = []
        missing: list[bytes] = []
        last: dict[bytes, bytes] = {}
        fates, numbers = self.fates, self.devices
        for arrival in ordered:
            if fates[arrival.group]:
                continue
            entry, raw = arrival.entry, arrival.raw
            device = numbers.get(entry.device) or self._add_device(entry.device)
            body = raw.body
            if live is not None and body is not None and live.is_erased(entry):
                body = None
                erased.append(entry.id)
            elif body is None and entry.body_size:
                missing.append(entry.id)
            stored.append((device, entry.seq, entry.lamport, entry.id, raw.header, raw.signature, body))
            entries.append(entry)
            last[entry.device] = entry.id
        if stored:
            first = rows.next_number(self.connection)
            settled = live.take_in(entries, first) if live is not None else {}
            rows.store_all(self.connection, self.no, stored, first, settled)
        self.received.new += len(stored)
        if missing:
            rows.note_missing(self.connection, self.no, missing)
        for identifier in erased:
            rows.note_erased(self.connection, self.no, identifier)
        for identifier, body in self.bodies:
            self.received.filled += rows.fill_body(self.connection, self.no, identifier, body)
        tips = {
            numbers[device]: self._branches(device, ordered) if device in self.contested else {identifier}
            for device, identifier in last.items()
        }
        rows.write_heads(self.connection, tips)
        self._keep_waiting(ordered)

    def _branches(self, device: bytes, ordered: list[Arrival]) -> set[bytes]:
        """The last entries of a device and of its branches, now that these are stored; notes where it has forked."""
        heads = set(self.heads.get(device, ()))
        for arrival in ordered:
            entry = arrival.entry
            if entry.device != device or self.fates[arrival.group]:
                continue
            if entry.prev in heads:
                heads.remove(entry.prev)
            elif heads:
                rows.note_fork(self.connection, self.devices[device], entry.seq)
            heads.add(entry.id)
        return heads

    def _add_device(self, key: bytes) -> int:
        self.devices[key] = number = rows.device_number(self.connection, self.no, key)
        return number

    def _keep_waiting(self, ordered: list[Arrival]) -> None:
        """Whoever has waited longest goes first when there is no room for more."""
        if not self.waiting and not any(self.fates):
            return
        waits = {arrival.entry.id: arrival for arrival in ordered if self.fates[arrival.group] == WAITS}
        for arrival in ordered:
            fate = self.fates[arrival.group]
            if fate not in ("", WAITS):  # the others of its group have no signature left
                self.received.reject(arrival.entry.id.hex(), fate if arrival.entry.id in self.wrong else "signature")
        kept = {identifier: pair for identifier, pair in self.waiting.items() if identifier in waits}
        kept |= {one.entry.id: (one.entry, one.raw) for one in waits.values() if one.entry.id not in kept}
        size = sum(len(raw.header) + len(raw.body or b"") for _, raw in kept.values())
        while len(kept) > MOST_WAITING or size > MOST_WAITING_BYTES:
            _, raw = kept.pop(next(iter(kept)))
            size -= len(raw.header) + len(raw.body or b"")
        rows.write_waiting(self.connection, self.no, self.waiting, kept)
        self.waiting = kept
        self.received.waiting = len(kept)


def chains(pairs: Iterable[tuple[Entry, Raw]]) -> list[list[tuple[Entry, Raw]]]:
    """Entries of any devices as the chains that they form."""
    found: list[list[tuple[Entry, Raw]]] = []
    ends: dict[bytes, list[tuple[Entry, Raw]]] = {}
    for entry, raw in sorted(pairs, key=lambda pair: pair[0].lamport):
        chain = ends.pop(entry.prev, None) if entry.prev is not None else None
        if chain is None:
            chain = []
            found.append(chain)
        chain.append((entry, raw))
        ends[entry.id] = chain
    return found


def descended_from(ordered: list[Arrival], device: bytes, own: dict[bytes, Arrival]) -> set[bytes]:
    """The entries of a device, among its `own`, from which an entry of another one descends."""
    found: set[bytes] = set()
    waiting = [parent for one in ordered if one.entry.device != device for parent in one.entry.seen if parent in own]
    while waiting:
        identifier = waiting.pop()
        before = own[identifier].entry.prev
        found.add(identifier)
        if before is not None and before in own and before not in found:
            waiting.append(before)
    return found
