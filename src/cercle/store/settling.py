"""What is settled of a circle, written down and read again: where each entry stands, the epochs, and a snapshot."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from cercle.core.replica import Epoch, Frozen, Replica
from cercle.store import rows
from cercle.store.tables import epochs, settings, snapshots


class Settling:
    """Of one circle. `numbers` are those of the rows that are pending, by their ids."""

    def __init__(self, connection: Connection, circle: int) -> None:
        self.connection = connection
        self.no = circle
        self.numbers: dict[bytes, int] = {}

    def snapshot(self) -> tuple[Frozen | None, int]:
        """The last snapshot, and how many epochs are in it."""
        row = self.connection.execute(select(snapshots).where(snapshots.c.circle == self.no)).first()
        try:
            return (msgspec.msgpack.decode(row.state, type=Frozen), row.epoch) if row else (None, 0)
        except ValueError:
            return None, 0

    def again(self, replica: Replica) -> tuple[Frozen | None, Iterator[Epoch]]:
        """A snapshot, and what was settled after it up to where the replica stands: others may have settled more, and
        have made a snapshot of that, than it has heard of."""
        heard = replica.roots.epoch
        frozen, epoch = self.snapshot() if replica.base_epoch else (None, 0)
        if epoch != replica.base_epoch:
            frozen, epoch = None, 0
        return frozen, islice(rows.settled(self.connection, self.no, epoch), heard - epoch)

    def begin(self, last: int) -> None:
        """Entries are taken in after the one of that number, of which some may be settled before all is done that
        follows from them: a process that fails between the two leaves it to the next one."""
        values = {"name": f"unfinished {self.no}", "value": msgspec.msgpack.encode(last)}
        self.connection.execute(upsert(settings).values(values).on_conflict_do_nothing())

    def unfinished(self) -> int | None:
        """After which number somebody has begun to take entries in, and has not finished, or not yet."""
        value = self.connection.scalar(select(settings.c.value).where(settings.c.name == f"unfinished {self.no}"))
        return msgspec.msgpack.decode(value, type=int) if value is not None else None

    def finish(self) -> None:
        self.connection.execute(delete(settings).where(settings.c.name == f"unfinished {self.no}"))

    def keep(
        self, replica: Replica, settled: list[Epoch], start: int | None = None, coming: int | None = None
    ) -> dict[int, rows.Settled]:
        """Writes down what was settled, and the snapshot where the replica made a new one; gives the places of those
        that are not stored yet, which have the numbers from `coming` on."""
        places: dict[int, rows.Settled] = {}
        if replica.lacking:
            return places  # it is relayed, and settled once the program knows how
        if start is None:
            start = replica.tree.size - sum(len(epoch.entries) for epoch in settled)
        number = replica.roots.epoch - len(settled)
        noted: list[dict[str, Any]] = []
        for epoch in settled:
            for at, (one, verdict) in enumerate(zip(epoch.entries, epoch.verdicts, strict=True), start):
                places[self.numbers.pop(one.id)] = at, verdict or None
            start, number = start + len(epoch.entries), number + 1
            noted.append({"number": number, "size": start, "time": epoch.time, "peaks": epoch.peaks})
        here = places if coming is None else {no: place for no, place in places.items() if no < coming}
        rows.settle(self.connection, here)
        if noted:
            same = {"circle": self.no, "up_to": rows.settled_up_to(self.connection, self.no)}
            self.connection.execute(upsert(epochs).on_conflict_do_nothing(), [one | same for one in noted])
        if replica.base:
            state = msgspec.msgpack.encode(replica.base)
            replica.base = None
            values = {"circle": self.no, "epoch": replica.base_epoch, "state": state}
            statement = upsert(snapshots).values(values)
            self.connection.execute(statement.on_conflict_do_update(index_elements=["circle"], set_=values))
        return places
