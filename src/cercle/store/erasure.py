"""Erasing words: the rows lose body and salt, and what arrives later under an erasure loses them too."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from cercle.core.entry import Entry, short
from cercle.core.fold import Circle, Why
from cercle.core.replica import Replica
from cercle.store import rows
from cercle.store.database import forget_copies, patience
from cercle.store.tables import entries, erasures

ENTRY_ERASED = "people.entry_erased"
WORDS_ERASED = "people.words_erased"
NAMING = {"people.added": None, "people.described": "member"}
# Where an author's erasure of their own words is void for one of these, it may have been carried out before that was
# known, where nobody else had the words: so it counts all the same.
STILL_OWN = tuple(why.code for why in (Why.FORKED, Why.LEFT, Why.REMOVED))


class Erasing:
    """The erasures of one circle: those in effect, and those that wait for a seal."""

    def __init__(self, connection: Connection, circle: int) -> None:
        self.connection = connection
        self.no = circle
        query = select(erasures.c.entry).where(erasures.c.circle == circle)
        self.done = {identifier: rows.entry(connection, circle, identifier) for identifier in connection.scalars(query)}
        pending = rows.pending_among(connection, circle, list(self.done))
        self.early = {identifier: self.done[identifier] for identifier in pending}  # carried out before it was settled
        self.waiting: list[Entry] = []
        self.authors: dict[str, str] = {}  # whose each device is, as was known when this was last looked at
        self.has_news = False  # something was erased here of which this node has not told yet

    def take(self, new: Iterable[Entry]) -> None:
        """Notes the erasures among entries that came in."""
        self.waiting += [e for e in new if e.event in (ENTRY_ERASED, WORDS_ERASED) and e.id not in self.done]

    def apply(self, replica: Replica, after: int | None = None) -> bool:
        """Carries out what is in effect now, also on what arrived after that number; whether words were removed, so
        that the caller purges what is left."""
        removed = False
        if self.note_authors(replica) and self.done:
            for erasure in self.done.values():
                removed = self._erase(replica.circle, erasure) or removed
            self._give_back(replica.circle)
        for erasure in list(self.early.values()):
            if not self._is_due(replica, erasure):
                self._take_back(replica.circle, erasure)
            elif erasure.id not in replica.verdicts:
                del self.early[erasure.id]
        for erasure in [erasure for erasure in self.waiting if self._is_due(replica, erasure)]:
            self.waiting.remove(erasure)
            self.done[erasure.id] = erasure
            if erasure.id in replica.verdicts:
                self.early[erasure.id] = erasure
            self.has_news = True
            values = {"circle": self.no, "entry": erasure.id}  # another process may have been first
            self.connection.execute(insert(erasures).values(values).on_conflict_do_nothing())
            removed = self._erase(replica.circle, erasure) or removed
        if self.done and after is not None:
            for entry in rows.arrived(self.connection, self.no, after):
                if self.covers(replica.circle, entry):
                    removed = self._drop(entry) or removed
        return removed

    def note_authors(self, replica: Replica) -> bool:
        """Looks up whose each device is; whether that is another than before: who joined is known only now, or did
        not come in after all."""
        before, self.authors = self.authors, {key: one.member for key, one in replica.roots.devices.items()}
        return self.authors != before

    def covers(self, circle: Circle, entry: Entry) -> bool:
        """Whether an erasure that is in effect has removed the words of this entry."""
        return any(is_under(circle, entry, erasure) for erasure in self.done.values())

    def _is_due(self, replica: Replica, erasure: Entry) -> bool:
        verdict = replica.verdicts.get(erasure.id)
        if verdict is None:
            settled = select(entries.c.verdict).where(rows.is_entry(self.no, erasure.id))
            return takes_effect(replica.circle, erasure, self.connection.scalar(settled) or "", True)
        return takes_effect(replica.circle, erasure, verdict, False)

    def _erase(self, circle: Circle, erasure: Entry) -> bool:
        if erasure.event == ENTRY_ERASED:
            row = rows.by_short_id(self.connection, self.no, erasure.kept["entry"])
            found: Iterable[Entry] = [rows.as_entry(row.id, row.key, row.header)] if row else []
        else:
            found = rows.arrived(self.connection, self.no, 0)
        dropped = [self._drop(entry) for entry in found if is_under(circle, entry, erasure)]
        return any(dropped)

    def _take_back(self, circle: Circle, erasure: Entry) -> None:
        """What was erased at once, and is of no effect after all, as things stand now: the words are missing, and are
        asked for where they still are."""
        del self.early[erasure.id], self.done[erasure.id]
        self.waiting.append(erasure)
        this_one = (erasures.c.circle == self.no) & (erasures.c.entry == erasure.id)
        self.connection.execute(delete(erasures).where(this_one))
        self._give_back(circle)

    def _give_back(self, circle: Circle) -> None:
        """What no erasure covers, as things stand now, takes its words in again where they come."""
        dropped = [entry for entry, _, is_erased in rows.bodies_of(self.connection, self.no) if is_erased]
        for entry in dropped:
            if not self.covers(circle, entry):
                rows.note_missing_again(self.connection, self.no, entry.id)

    def _drop(self, entry: Entry) -> bool:
        """Also where the body is missing: it must not be filled in later."""
        if entry.body_hash is None:
            return False
        return rows.note_erased(self.connection, self.no, entry.id) > 0


def takes_effect(circle: Circle, erasure: Entry, verdict: str, is_settled: bool) -> bool:
    """Whether words are to be removed by now: one's own at once, those of somebody else once that is settled."""
    if author(circle, erasure.device) != target_of(erasure):
        return verdict == "" and is_settled
    names_one = erasure.event != ENTRY_ERASED or type(erasure.kept.get("entry")) is str  # what is void may be anything
    return verdict in ("", *STILL_OWN) and names_one


def target_of(erasure: Entry) -> str:
    """Whose words are erased."""
    return str(erasure.kept.get("author" if erasure.event == ENTRY_ERASED else "member"))


def is_under(circle: Circle, entry: Entry, erasure: Entry) -> bool:
    """Whether these words are meant: those of that entry, if its author is said rightly; or what was written before
    by that person's devices, or names that person."""
    if erasure.event == ENTRY_ERASED:
        return short(entry.id) == erasure.kept["entry"] and author(circle, entry.device) == erasure.kept["author"]
    member = erasure.kept["member"]
    if entry.lamport >= erasure.lamport:
        return False
    if author(circle, entry.device) == member:
        return True
    field = NAMING.get(entry.event, "")
    return field != "" and member == (entry.kept.get(field) if field else short(entry.id))


def author(circle: Circle, device: bytes) -> str:
    """The member who holds this device; "" for a stranger's."""
    known = circle.roots.devices.get(device.hex())
    return known.member if known else ""


def purge(connection: Connection) -> bool:
    """Truncates the write-ahead log, where the words may still stand, and deletes what was kept from before a
    migration; free pages are zeroed as they are freed. Nobody is waited for: False where somebody still reads what was,
    and it is to be tried again."""
    forget_copies(connection)
    with patience(connection, 0):
        busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return not busy
