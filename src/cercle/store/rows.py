"""Entries as rows: written by number, read back without being checked again."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
from libipld import decode_dag_cbor as decode
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)

from cercle.core.entry import Entry, Raw
from cercle.core.log import Place
from cercle.core.replica import Epoch
from cercle.store.database import run
from cercle.store.tables import ID_BEGINS, ROOM, devices, entries, epochs, heads, missing, snapshots, waiting

Found = Row[Any]

READ_AT_ONCE = 1000
_READ = (entries.c.no, entries.c.id, devices.c.key, entries.c.header)
_beginning: ColumnElement[bytes] = literal_column(ID_BEGINS, LargeBinary)
_of_circle: ColumnElement[int] = literal_column(
    "+entries.circle", BigInteger
)  # so that SQLite looks rows up by their id or number
_LACKS = entries.c.body.is_(None) & (entries.c.erased == 0)
_JOINED = entries.join(devices, entries.c.device == devices.c.no)
_SETTLED = "SELECT id, device, header FROM entries WHERE circle = ? AND position >= ? ORDER BY position"


def is_entry(circle: int, identifier: bytes) -> ColumnElement[bool]:
    """Which row is meant, so that the index finds it."""
    return and_(_beginning == identifier[:8], entries.c.id == identifier, _of_circle == circle)


def as_entry(identifier: bytes, device: bytes, header: bytes) -> Entry:
    """An entry of the log from its row: what stands there was checked when it came in."""
    return Entry(identifier, device, *decode(header)[1:])


def arrived_since(connection: Connection, circle: int, no: int, most: int | None = None) -> list[tuple[int, Entry]]:
    """(number, entry) of the first that came after number `no`, in the order of arrival: parents before children."""
    query = select(*_READ).select_from(_JOINED)
    query = query.where(_of_circle == circle, entries.c.no > no).order_by(entries.c.no).limit(most)
    return [(row[0], as_entry(row[1], row[2], row[3])) for row in connection.execute(query)]


def arrived(connection: Connection, circle: int, no: int) -> Iterator[Entry]:
    """Every entry of the circle that came after number `no`, in the order of arrival."""
    query = select(*_READ).select_from(_JOINED).where(_of_circle == circle, entries.c.no > no)
    for row in connection.execute(query.order_by(entries.c.no).execution_options(yield_per=4096)):
        yield as_entry(row[1], row[2], row[3])


def raw_entries(connection: Connection, circle: int, up_to: int = 0) -> Iterator[tuple[Entry, Raw]]:
    """Every entry with its bytes, in the order of arrival: parents before children. `up_to`: none that arrived after
    the one of that number."""
    columns = (*_READ, entries.c.signature, entries.c.body)
    query = select(*columns).select_from(_JOINED).where(_of_circle == circle).order_by(entries.c.no)
    query = query.where(entries.c.no <= up_to) if up_to else query
    for row in connection.execute(query.execution_options(yield_per=1000)):
        yield as_entry(row[1], row[2], row[3]), Raw(row[3], row[4], row[5])


_FIRST_PENDING = "SELECT no FROM entries WHERE no > ? AND +circle = ? AND position IS NULL ORDER BY no LIMIT 1"


def pending(connection: Connection, circle: int, no: int, most: int) -> list[tuple[int, Entry]]:
    """The same of what no seal covers."""
    query = select(*_READ).select_from(_JOINED).where(_of_circle == circle, entries.c.position.is_(None))
    query = query.where(entries.c.no > max(no, noted_up_to(connection, circle))).order_by(entries.c.no).limit(most)
    return [(row[0], as_entry(row[1], row[2], row[3])) for row in connection.execute(query)]


def noted_up_to(connection: Connection, circle: int) -> int:
    """The number up to which all entries were settled when that was last noted: what is pending comes after it."""
    query = select(epochs.c.up_to).where(epochs.c.circle == circle).order_by(epochs.c.number.desc()).limit(1)
    return connection.scalar(query) or 0


def settled_up_to(connection: Connection, circle: int) -> int:
    """The same as it is now."""
    noted = noted_up_to(connection, circle)
    first = connection.exec_driver_sql(_FIRST_PENDING, (noted, circle)).scalar()
    return first - 1 if first else next_number(connection) - 1


def settled(connection: Connection, circle: int, after_epoch: int) -> Iterator[Epoch]:
    """Each epoch after that number, the first being number 1, without its verdicts."""
    query = select(epochs).where(epochs.c.circle == circle)
    keys = {row.no: row.key for row in connection.execute(select(devices).where(devices.c.circle == circle))}
    bounds = connection.execute(query.order_by(epochs.c.number)).all()
    start = 0 if after_epoch == 0 else next(row.size for row in bounds if row.number == after_epoch)
    found: Any = connection.exec_driver_sql(_SETTLED, (circle, start)).cursor  # a cold start reads every entry
    for bound in bounds:
        if bound.number > after_epoch:
            some = islice(found, bound.size - start)
            found_here = [Entry(entry, keys[device], *decode(header)[1:]) for entry, device, header in some]
            start = bound.size
            yield Epoch(found_here, [], bound.time, bound.peaks)


def unsettle(connection: Connection, circle: int) -> None:
    """Nothing of the circle is settled any more, and is to be folded from the first entry on."""
    connection.execute(update(entries).where(_of_circle == circle).values(position=None, verdict=ROOM))
    connection.execute(delete(epochs).where(epochs.c.circle == circle))
    connection.execute(delete(snapshots).where(snapshots.c.circle == circle))


def peaks_after(connection: Connection, circle: int, number: int) -> bytes:
    """Those of the Merkle tree after the epoch of that number; b"" where there is none."""
    query = select(epochs.c.peaks).where(epochs.c.circle == circle, epochs.c.number == number)
    return connection.scalar(query) or b""


def last_epoch(connection: Connection, circle: int) -> int:
    """The number of the epoch that was closed last; 0 where none is."""
    return connection.scalar(select(func.max(epochs.c.number)).where(epochs.c.circle == circle)) or 0


def last_size(connection: Connection, circle: int) -> int:
    """How many entries are settled."""
    return connection.scalar(select(func.max(epochs.c.size)).where(epochs.c.circle == circle)) or 0


def size_after(connection: Connection, circle: int, position: int) -> int:
    """How many entries are settled once the epoch is closed in which the one at this place stands."""
    query = select(func.min(epochs.c.size)).where(epochs.c.circle == circle, epochs.c.size > position)
    return connection.scalar(query) or 0


def leaves(connection: Connection, circle: int, size: int) -> Iterator[bytes]:
    """The leaves of the Merkle tree of the first `size` settled entries."""
    query = select(entries.c.id, entries.c.verdict).where(entries.c.circle == circle, entries.c.position < size)
    for row in connection.execute(query.order_by(entries.c.position)):
        yield row.id + (row.verdict or "").encode()


def settled_with(connection: Connection, circle: int, event: str) -> list[Found]:
    """The rows, with the devices' keys, of the settled entries of an event that are not void, in order: a look at every
    header there is."""
    query = select(entries, devices.c.key).select_from(_JOINED).where(entries.c.circle == circle)
    query = query.where(entries.c.position.is_not(None), entries.c.verdict.is_(None))
    found = connection.execute(
        query.where(func.instr(entries.c.header, event.encode()) > 0).order_by(entries.c.position)
    )
    return [row for row in found if decode(row.header)[6] == event]


def void_with(connection: Connection, circle: int, event: str, most: int) -> list[Found]:
    """The rows, with the devices' keys, of the latest settled entries of an event that are void, the newest first: a
    look at every verdict there is."""
    query = select(entries, devices.c.key).select_from(_JOINED).where(entries.c.circle == circle)
    query = query.where(entries.c.position.is_not(None), entries.c.verdict.is_not(None))
    query = query.where(func.instr(entries.c.header, event.encode()) > 0)
    return list(connection.execute(query.order_by(entries.c.position.desc()).limit(most)))


def has_event(connection: Connection, circle: int, event: str) -> bool:
    """Whether the log may hold such an event: a look at every header there is."""
    query = select(entries.c.no).where(_of_circle == circle, func.instr(entries.c.header, event.encode()) > 0)
    return connection.execute(query.limit(1)).first() is not None


def of_device(connection: Connection, circle: int, key: bytes, seq: int = 0) -> list[Found]:
    """The rows, with the device's key, of a chain from that number on: a look at every entry there is."""
    query = select(entries, devices.c.key).select_from(_JOINED).where(devices.c.circle == circle, devices.c.key == key)
    return list(connection.execute(query.where(entries.c.seq >= seq).order_by(entries.c.seq)))


def epoch_of_size(connection: Connection, circle: int, size: int) -> tuple[bytes, int] | None:
    """Of the epoch after which so many entries are settled: the peaks of the tree, and a number of arrival up to which
    no entry stands in a later epoch. None where no epoch ends there."""
    of_circle = select(epochs).where(epochs.c.circle == circle)
    row = connection.execute(of_circle.where(epochs.c.size == size)).first()
    if row is None:
        return None
    after = connection.execute(of_circle.where(epochs.c.number == row.number + 1)).first()
    if after is None or after.up_to > row.up_to:
        return row.peaks, row.up_to
    earlier = select(func.max(epochs.c.up_to)).where(epochs.c.circle == circle, epochs.c.up_to < row.up_to)
    return row.peaks, connection.scalar(earlier) or 0


_UP_TO = "SELECT no, id FROM entries WHERE no <= ? AND circle = ? ORDER BY no DESC LIMIT 1"


def ids_back(connection: Connection, circle: int, last: int) -> Iterator[bytes]:
    """The ids of entries that came before the one with number `last`, at doubling distances back."""
    distance = 1
    while found := connection.exec_driver_sql(_UP_TO, (last - distance, circle)).first():
        yield found[1]
        distance *= 2


def after(connection: Connection, circle: int, no: int, backwards: bool = False) -> Iterator[Found]:
    """The row, with the device's key, of every entry that came after number `no`, in the order of arrival or the other
    way round. Others may write while it is read: no cursor stays open."""
    query = select(entries, devices.c.key).select_from(_JOINED).where(_of_circle == circle, entries.c.no > no)
    query = query.order_by(entries.c.no.desc() if backwards else entries.c.no).limit(READ_AT_ONCE)
    found = connection.execute(query).all()
    while found:
        yield from found
        last = found[-1].no
        further = query.where(entries.c.no < last if backwards else entries.c.no > last)
        found = connection.execute(further).all() if len(found) == READ_AT_ONCE else []


_PLACE = f"""SELECT key, seq, lamport FROM entries JOIN devices ON entries.device = devices.no
WHERE {ID_BEGINS} = ? AND entries.id = ? AND +entries.circle = ?"""


def place(connection: Connection, circle: int, identifier: bytes) -> Place | None:
    """Where an entry of this circle stands, or None. As short as it may be: it is asked twice for every chain that
    comes."""
    row = connection.exec_driver_sql(_PLACE, (identifier[:8], identifier, circle)).first()
    return Place(row[0], row[1], row[2]) if row else None


def entry(connection: Connection, circle: int, identifier: bytes) -> Entry:
    """An entry that the log of this circle holds."""
    query = select(*_READ).select_from(_JOINED).where(is_entry(circle, identifier))
    row = connection.execute(query).one()
    return as_entry(row[1], row[2], row[3])


def lacking(connection: Connection, circle: int, identifiers: list[bytes]) -> set[bytes]:
    """Those of these entries whose body is missing and was not erased."""
    found: set[bytes] = set()
    for at in range(0, len(identifiers), 500):
        some = identifiers[at : at + 500]
        query = select(entries.c.id).where(_beginning.in_([identifier[:8] for identifier in some]))
        found.update(connection.scalars(query.where(entries.c.id.in_(some), _LACKS, _of_circle == circle)))
    return found


def pending_among(connection: Connection, circle: int, identifiers: list[bytes]) -> list[bytes]:
    """Those of these entries that no seal covers."""
    found: list[bytes] = []
    for at in range(0, len(identifiers), 500):
        some = identifiers[at : at + 500]
        query = select(entries.c.id).where(_beginning.in_([identifier[:8] for identifier in some]))
        found += connection.scalars(
            query.where(entries.c.id.in_(some), entries.c.position.is_(None), _of_circle == circle)
        )
    return found


# As short as it may be: it runs once for every entry there is.
_STORE = (
    "INSERT INTO entries (circle, device, seq, lamport, id, header, signature, body, position, verdict) "
    "VALUES ({}, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

# device, seq, lamport, id, header, signature, body
New = tuple[int, int, int, bytes, bytes, bytes | None, bytes | None]
# position, verdict: None for ok
Settled = tuple[int | None, str | None]
PENDING: Settled = (None, ROOM)


def store(connection: Connection, circle: int, new: New) -> int:
    """Adds an entry that is pending; gives its number."""
    return run(connection, _STORE.format(circle), (*new, *PENDING)).lastrowid or 0


def store_all(connection: Connection, circle: int, new: list[New], first: int, settled: dict[int, Settled]) -> None:
    """Adds entries, whose numbers follow one another from `first` on; some are settled already, by their numbers."""
    find = settled.get
    rows = [(*one, *find(no, PENDING)) for no, one in enumerate(new, first)]
    connection.exec_driver_sql(_STORE.format(circle), rows)


def next_number(connection: Connection) -> int:
    """The one that the next entry gets, of whichever circle."""
    return int(connection.exec_driver_sql("SELECT coalesce(max(no), 0) + 1 FROM entries").scalar_one())


def fill_body(connection: Connection, circle: int, identifier: bytes, body: bytes) -> int:
    """Gives an entry the body that it lacks; 0 where it has one, or where it was erased."""
    change = update(entries).where(is_entry(circle, identifier))
    change = change.where(entries.c.body.is_(None), entries.c.erased == 0).values(body=body)
    _miss_no_more(connection, circle, identifier)
    return connection.execute(change).rowcount


def note_missing(connection: Connection, circle: int, identifiers: list[bytes]) -> None:
    """These came without the bodies that they were written with."""
    connection.execute(insert(missing), [{"circle": circle, "entry": one} for one in identifiers])


def missing_bodies(connection: Connection, circle: int, most: int) -> list[bytes]:
    """Entries that lack theirs, though nobody has erased it."""
    return list(connection.scalars(select(missing.c.entry).where(missing.c.circle == circle).limit(most)))


def _miss_no_more(connection: Connection, circle: int, identifier: bytes) -> None:
    connection.execute(delete(missing).where(missing.c.circle == circle, missing.c.entry == identifier))


def note_erased(connection: Connection, circle: int, identifier: bytes) -> int:
    """An entry loses its words, or never gets them; 0 where it was so before."""
    _miss_no_more(connection, circle, identifier)
    change = update(entries).where(is_entry(circle, identifier), entries.c.erased == 0)
    return connection.execute(change.values(body=None, erased=1)).rowcount


def note_missing_again(connection: Connection, circle: int, identifier: bytes) -> None:
    """An entry that was erased lacks its words from now on, and takes them in where they come."""
    connection.execute(update(entries).where(is_entry(circle, identifier)).values(erased=0))
    note_missing(connection, circle, [identifier])


def device_number(connection: Connection, circle: int, key: bytes) -> int:
    """The number of a device in a circle, given to it now where it is new."""
    query = select(devices.c.no).where(devices.c.circle == circle, devices.c.key == key)
    found = connection.scalar(query)
    if found is None:
        found = connection.execute(insert(devices).values(circle=circle, key=key)).lastrowid
    return int(found)


def note_fork(connection: Connection, device: int, seq: int) -> None:
    """Notes that a device has two entries of that seq; the lowest is kept."""
    first = func.min(func.coalesce(devices.c.forked_at, seq), seq)
    connection.execute(update(devices).where(devices.c.no == device).values(forked_at=first))


def write_heads(connection: Connection, found: dict[int, set[bytes]]) -> None:
    """Makes these the last entries of each device's chain and of its branches."""
    if found:
        connection.execute(delete(heads).where(heads.c.device.in_(found)))
        pairs = [{"device": device, "entry": entry} for device, entries in found.items() for entry in entries]
        connection.execute(insert(heads), pairs)


_ADVANCE = "UPDATE heads SET entry = ? WHERE device = ? AND entry = ?"


def advance(connection: Connection, device: int, entry: Entry) -> None:
    """This entry of the device is the last one now, in place of the one before it."""
    if entry.prev is None:
        connection.execute(insert(heads).values(device=device, entry=entry.id))
    else:
        run(connection, _ADVANCE, (entry.id, device, entry.prev))


def whole(connection: Connection, circle: int) -> Iterator[Found]:
    """Every row of the circle as it stands, without the device's key, in the order of arrival."""
    query = select(entries).where(_of_circle == circle).order_by(entries.c.no)
    yield from connection.execute(query.execution_options(yield_per=4096))


def bodies_of(connection: Connection, circle: int) -> Iterator[tuple[Entry, bool, bool]]:
    """Every entry of the circle, whether its body is there, and whether it is noted as erased."""
    query = select(*_READ, entries.c.body.is_not(None), entries.c.erased).select_from(_JOINED)
    query = query.where(_of_circle == circle).order_by(entries.c.no)
    for row in connection.execute(query.execution_options(yield_per=4096)):
        yield as_entry(row[1], row[2], row[3]), bool(row[4]), bool(row[5])


Waiting = dict[bytes, tuple[Entry, Raw]]


def read_waiting(connection: Connection, circle: int) -> Waiting:
    """The entries that lack a parent, those that have waited longest first."""
    query = select(waiting).where(waiting.c.circle == circle).order_by(waiting.c.no)
    return {
        row.id: (as_entry(row.id, row.key, row.header), Raw(row.header, row.signature, row.body))
        for row in connection.execute(query)
    }


def write_waiting(connection: Connection, circle: int, before: Waiting, after: Waiting) -> None:
    """Makes the room of those that wait what it is now."""
    gone = [{"of_id": identifier} for identifier in before if identifier not in after]
    if gone:
        connection.execute(delete(waiting).where(waiting.c.id == bindparam("of_id")), gone)
    come = [
        {"circle": circle, "key": entry.device, "id": entry.id} | msgspec.structs.asdict(raw)
        for entry, raw in after.values()
        if entry.id not in before
    ]
    if come:
        connection.execute(insert(waiting), come)


def is_short_id(text: str) -> bool:
    """Whether a text has the form of a short id: 20 lower-case hexadecimal digits."""
    return len(text) == 20 and all(digit in "0123456789abcdef" for digit in text)


_BY_SHORT_ID = f"""SELECT entries.*, key FROM entries JOIN devices ON entries.device = devices.no
WHERE {ID_BEGINS} = ? AND id BETWEEN ? AND ? AND +entries.circle = ?"""


def by_short_id(connection: Connection, circle: int, identifier: str) -> Found | None:
    """The row (with the device's key) of the entry whose id begins with these 20 hex digits, or None. As short as it
    may be: a page asks it for every name that it shows first."""
    if not is_short_id(identifier):
        return None
    low = bytes.fromhex(identifier)
    return connection.exec_driver_sql(_BY_SHORT_ID, (low[:8], low, low + b"\xff" * 22, circle)).first()


def bodies(connection: Connection, circle: int, identifiers: list[str]) -> dict[str, Raw]:
    """The raw entries for short ids, those that are there."""
    found: dict[str, Raw] = {}
    for identifier in identifiers:
        row = by_short_id(connection, circle, identifier)
        if row is not None:
            found[identifier] = Raw(row.header, row.signature, row.body)
    return found


def settle(connection: Connection, settled: dict[int, Settled]) -> None:
    """Writes down where entries stand, by their numbers, and what was found of them."""
    if settled:
        changes = [(*found, no) for no, found in settled.items()]
        connection.exec_driver_sql("UPDATE entries SET position = ?, verdict = ? WHERE no = ?", changes)


def head(connection: Connection, circle: int, device: bytes) -> tuple[bytes, Place] | None:
    """The last entry (id, place) of a device's chain, or None where it has written nothing yet."""
    query = select(heads.c.entry).join(devices, heads.c.device == devices.c.no)
    found = connection.scalars(query.where(devices.c.circle == circle, devices.c.key == device)).all()
    places = [(identifier, place(connection, circle, identifier)) for identifier in found]
    known = [(identifier, there) for identifier, there in places if there is not None]
    return max(known, key=lambda pair: (pair[1].seq, pair[0]), default=None)
