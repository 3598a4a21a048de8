"""Two replicas that have seen any parts of one history: what the one sends by the frontier of the other is all that the
other lacks."""

from random import Random

import msgspec
from hypothesis import given

from cercle.modules import load
from cercle.store.frontier import Frontier, frontier, lacking
from cercle.store.live import Live
from cercle.store.receive import receive
from cercle.sync.bundle import write
from tests.carrying import Pairs, database, sections_of
from tests.laws.histories import History, Step, Written, steps
from tests.laws.test_laws_of_the_store import as_runs, chances, stored


def seen_by_somebody(history: History, random: Random) -> list[Written]:
    """Some of its entries with all that they descend from, in the order in which they were written."""
    found, waiting = {history.id}, random.sample(list(history.written), random.randint(1, len(history.written)))
    while waiting:
        identifier = waiting.pop()
        if identifier not in found:
            found.add(identifier)
            waiting.extend(history.written[identifier].entry.parents)
    return [one for identifier, one in history.written.items() if identifier in found]


def bundle(circle: bytes, pairs: Pairs) -> bytes:
    return b"".join(write(circle, pairs))


def carried(frontier: Frontier) -> Frontier:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(frontier), type=Frontier)


@given(steps, chances)
def test_whoever_has_seen_whatever(told_steps: list[Step], random: Random) -> None:
    history = History(told_steps, branches=2)
    with database() as ours, database() as theirs:
        for connection in (ours, theirs):
            sections = [as_runs([one]) for one in seen_by_somebody(history, random)]
            receive(connection, history.id, sections)
        us, them = (Live(connection, load(), 1, history.id) for connection in (ours, theirs))
        for here, there in ((us, them), (them, us)):
            assert (frontier(here).same() == frontier(there).same()) == (
                stored(here.connection) == stored(there.connection)
            )
            before = stored(here.connection) - stored(there.connection)
            sent = list(lacking(here, carried(frontier(there))))
            assert before <= {entry.id for entry, _ in sent}
            last, came = there.last, sections_of(bundle(history.id, sent))
            received = receive(there.connection, history.id, came, lambda no, there=there: there)
            assert received.new == len(before)
            assert (received.waiting, received.rejected) == (0, [])
            there.finish(last)
        assert stored(ours) == stored(theirs)
        assert frontier(us).same() == frontier(them).same()
        assert list(lacking(us, carried(frontier(them)))) == []
