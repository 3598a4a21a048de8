"""Erasing words: the rows lose body and salt, and what arrives later under an erasure loses them too."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, update

from cercle.core.entry import Entry, short
from cercle.core.fold import Circle
from cercle.core.replica import Replica
from cercle.store import rows
from cercle.store.tables import entries, erasures

ENTRY_ERASED = "people.entry_erased"
WORDS_ERASED = "people.words_erased"
NAMING = {"people.added": None, "people.described": "member"}


class Erasing:
    """The erasures of one circle: those in effect, and those that wait for a seal."""

    def __init__(self, connection: Connection, circle: int) -> None:
        self.connection = connection
        self.no = circle
        query = select(erasures.c.entry).where(erasures.c.circle == circle)
        self.done: set[bytes] = set(connection.scalars(query))
        self.waiting: list[Entry] = []
        self.of_people: list[Entry] = []

    def take(self, new: Iterable[Entry]) -> None:
        """Notes the erasures among entries that came in."""
        for entry in new:
            if entry.event in (ENTRY_ERASED, WORDS_ERASED):
                if entry.event == WORDS_ERASED:
                    self.of_people.append(entry)
                if entry.id not in self.done:
                    self.waiting.append(entry)

    def apply(self, replica: Replica, new: Iterable[Entry] = ()) -> bool:
        """Carries out what is in effect now; whether words were removed, so that the caller purges what is left."""
        removed = False
        for entry in [entry for entry in self.waiting if self._is_due(replica, entry)]:
            self.waiting.remove(entry)
            self.done.add(entry.id)
            self.connection.execute(insert(erasures).values(circle=self.no, entry=entry.id))
            removed = self._erase(replica.circle, entry) or removed
        late = [entry for entry in new if self._is_covered(replica.circle, entry)]
        for entry in late:
            removed = self._drop(entry.id) or removed
        return removed

    def _is_due(self, replica: Replica, entry: Entry) -> bool:
        verdict = replica.verdicts.get(entry.id)
        if verdict is None:
            return self.connection.scalar(select(entries.c.verdict).where(entries.c.id == entry.id)) is None
        device = replica.circle.roots.devices.get(entry.device.hex())
        target = entry.kept.get("author" if entry.event == ENTRY_ERASED else "member")
        return verdict == "" and device is not None and device.member == target

    def _erase(self, circle: Circle, entry: Entry) -> bool:
        if entry.event == WORDS_ERASED:
            return self._erase_person(circle, entry)
        row = rows.by_short_id(self.connection, self.no, entry.kept["entry"])
        if row is None or author(circle, row.key) != entry.kept["author"]:
            return False
        return self._drop(row.id)

    def _erase_person(self, circle: Circle, entry: Entry) -> bool:
        removed = False
        for found in rows.arrived(self.connection, self.no):
            if self._is_under(circle, found, entry):
                removed = self._drop(found.id) or removed
        return removed

    def _is_covered(self, circle: Circle, entry: Entry) -> bool:
        return any(one.id in self.done and self._is_under(circle, entry, one) for one in self.of_people)

    @staticmethod
    def _is_under(circle: Circle, entry: Entry, erasure: Entry) -> bool:
        """Written before, by that person's devices, or naming that person."""
        member = erasure.kept["member"]
        if entry.lamport >= erasure.lamport:
            return False
        if author(circle, entry.device) == member:
            return True
        field = NAMING.get(entry.event, "")
        return field != "" and member == (entry.kept.get(field) if field else short(entry.id))

    def _drop(self, identifier: bytes) -> bool:
        changed = update(entries).where(entries.c.id == identifier, entries.c.body.is_not(None))
        return self.connection.execute(changed.values(body=None, erased=1)).rowcount > 0


def author(circle: Circle, device: bytes) -> str:
    """The member who holds this device; "" for a stranger's."""
    known = circle.roots.devices.get(device.hex())
    return known.member if known else ""


def purge(connection: Connection) -> None:
    """Truncates the write-ahead log, where the words may still stand; free pages are zeroed as they are freed."""
    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
