"""Writing what a file holds into a circle: all of it or nothing, and what was brought before only once."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from unicodedata import normalize

import msgspec
from babel.numbers import get_currency_precision
from sqlalchemy import func, select

from cercle import beginnings
from cercle.core.entry import ACT_SIZE, Entry, read_words, short
from cercle.core.event import Refused
from cercle.core.fold import ADULT, UpdateNeeded
from cercle.imports.report import Report, Why
from cercle.modules.circle.events import TurnedOn
from cercle.modules.circle.read import parts
from cercle.modules.people.events import Added
from cercle.modules.people.rules import profile
from cercle.store.database import transaction
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.rows import as_entry
from cercle.store.tables import devices, entries

MARK_SIZE = 4
LONGEST_NAME = 80
NAMING = (b"people.described", b"people.added", b"people.joined")


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Where a file is to go: into `circle` (id, beginning of it, or name), else into the circle that an import of it
    made before, else into a new one called `name`, which `founder` starts and which counts in `unit`, a currency
    such as "eur" (else: what the file says). `by` is the member who writes, `person` who uses this node's pages."""

    circle: str = ""
    name: str = ""
    founder: str = ""
    unit: str = ""
    by: str = ""
    person: int | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What the choice of a circle needs of a file that was read: the acts that it will bring, the people in the
    order of the file, its currency, and its name."""

    mark: bytes
    acts: frozenset[bytes]
    people: list[str]
    unit: str
    name: str


def mark_of(kind: str) -> bytes:
    """The bytes with which the act of everything begins that imports of this kind bring, so that the log itself
    remembers what came from where."""
    return sha256(f"cercle-import/{kind}".encode()).digest()[:MARK_SIZE]


def act_of(mark: bytes, *content: object) -> bytes:
    """The act of one record: the same for the same content, whenever and wherever it is brought."""
    return mark + sha256(mark + msgspec.msgpack.encode(content)).digest()[: ACT_SIZE - MARK_SIZE]


def tidy(name: str) -> str:
    """A name in NFC, with single spaces and without control signs, as words are written."""
    return " ".join(normalize("NFC", "".join(sign if sign >= " " else " " for sign in name)).split())


def key_of(name: str) -> str:
    """By what a name is found again: its case does not matter."""
    return tidy(name).casefold()


def digits(unit: str) -> int:
    """How many digits the minor unit of a currency has; two where nobody knows."""
    return get_currency_precision(unit.upper())


class Bringing:
    """A file on its way into a circle. `there`: the act of everything that such imports brought, and its short id."""

    def __init__(self, node: Node, live: Live, by: str, mark: bytes, report: Report) -> None:
        self.node = node
        self.live = live
        self.by = by
        self.report = report
        self.there = {entry.kept["act"]: short(entry.id) for entry, _ in in_effect(live, mark)}
        self._members = members_by_name(live)

    def brought(self, what: str, act: bytes) -> str | None:
        """The short id of what was brought before, or None."""
        entry = self.there.get(act)
        if entry is not None:
            self.count(self.report.already, what)
        return entry

    def bring(self, what: str, act: bytes, event: msgspec.Struct) -> str:
        """The short id of what the event brings. Raises `Refused`."""
        entry = self.write(event, act)
        self.count(self.report.brought, what)
        return entry

    def write(self, event: msgspec.Struct, act: bytes | None = None) -> str:
        """The short id of what the event brings. Raises `Refused`."""
        entry = short(self.node.act(self.live, self.by, event, act=act)[0].id)
        if act is not None:
            self.there[act] = entry
        return entry

    def count(self, counts: dict[str, int], what: str) -> None:
        counts[what] = counts.get(what, 0) + 1

    def person(self, name: str) -> str:
        """The member who has that name, or had it; added where there is none."""
        member = self._members.get(key_of(name))
        if member is None:
            added = Added(colour=beginnings.next_colour(self.live.circle), name=name)
            member = self._members[key_of(name)] = self.write(added)
            self.count(self.report.brought, "people")
        return member

    def turn_on(self, code: str) -> None:
        """Shows the page on which one finds what was brought."""
        if any(part.code == code and not on for part, on in parts(self.live.circle)):
            self.node.act(self.live, self.by, TurnedOn(part=code))


@contextmanager
def bringing(node: Node, source: Source, where: Where, report: Report) -> Iterator[Bringing]:
    """Everything inside is one transaction, on a connection of its own: whatever fails leaves no trace, neither in
    the database nor in the circles that `node` has in memory."""
    own = Node(node.data, node.modules)
    try:
        with transaction(own.connection):
            live, by, new = choose(own, source, where)
            report.circle, report.member, report.new = live.id.hex(), by, new
            if new and key_of(live.name(profile(live.circle, by).words)) in map(key_of, source.people):
                report.brought["people"] = 1
            yield Bringing(own, live, by, source.mark, report)
    finally:
        own.close()


def choose(node: Node, source: Source, where: Where) -> tuple[Live, str, bool]:
    """The circle, the member who writes, and whether the circle is new. Raises `Refused`, `NotFound`."""
    live = node.find(where.circle) if where.circle else brought_before(node, source.acts, where.person)
    if live is not None:
        return live, where.by or writer(node, live, where.person), False
    person = node.owner() if where.person is None else where.person
    name = tidy(where.name)[:LONGEST_NAME] or source.name
    founder = tidy(where.founder) or (source.people or [name])[0]
    started, by = beginnings.start(node, person, name, founder, unit=where.unit or source.unit)
    return started, by, True


def brought_before(node: Node, acts: frozenset[bytes], person: int | None) -> Live | None:
    """The circle, one of that person's, that holds the most of what a file brings, if any does."""
    most, found = 0, None
    for no in node.numbers() if person is None else node.circles_of(person):
        try:
            live = node.live(no)
        except UpdateNeeded:
            continue
        common = len(acts & acts_of(live))
        if common > most:
            most, found = common, live
    return found


def acts_of(live: Live) -> set[bytes]:
    """The acts of everybody that took effect."""
    return set().union(*live.circle.acts.values())


def writer(node: Node, live: Live, person: int | None) -> str:
    """Who writes: that person, or where nobody is signed in the first adult whose key is here. Raises `Refused`."""
    members = live.circle.roots.members
    if person is None:
        candidates = [member for member, known in members.items() if known.kind == ADULT and not known.gone]
    else:
        candidates = [member for no, member in node.circles_of(person).items() if no == live.no]
    for member in candidates:
        try:
            node.key(live, member)
        except Refused:
            continue
        return member
    raise Refused(Why.NO_WRITER)


def members_by_name(live: Live) -> dict[str, str]:
    """Every name that somebody of the circle has or had, and who it is. Names of today come before older ones, and
    people who are there before those who have gone."""
    found: dict[str, str] = {}
    members = live.circle.roots.members
    for member in sorted(members, key=lambda one: bool(members[one].gone)):
        found.setdefault(key_of(live.name(profile(live.circle, member).words)), member)
    for naming in NAMING:
        for entry, body in in_effect(live, naming):
            named = short(entry.id) if naming == b"people.added" else entry.kept.get("member")
            member = named or live.circle.roots.devices[entry.device.hex()].member
            found.setdefault(key_of(str(read_words(body).get("name", ""))), member)
    found.pop("", None)
    return found


def in_effect(live: Live, wanted: bytes) -> Iterator[tuple[Entry, bytes | None]]:
    """The entries in whose header these bytes stand, void ones aside, with their bodies, in the order of arrival."""
    query = select(entries.c.id, devices.c.key, entries.c.header, entries.c.body)
    query = query.join_from(entries, devices, entries.c.device == devices.c.no).order_by(entries.c.no)
    query = query.where(entries.c.circle == live.no, entries.c.position.is_(None) | entries.c.verdict.is_(None))
    for row in live.connection.execute(query.where(func.instr(entries.c.header, wanted) > 0)):
        if not live.replica.verdicts.get(row.id):
            yield as_entry(row.id, row.key, row.header), row.body
