"""The laws again, where entries are bytes that travel and rows that are kept: over random histories, through the door
by which they come in."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from cercle.core.entry import Entry, Raw, parse
from cercle.core.fold import state_hash
from cercle.core.replica import freeze
from cercle.modules import load
from cercle.store.live import Live
from cercle.store.receive import Received, Run, receive
from cercle.store.tables import entries
from cercle.store.verify import Why, verify
from tests.carrying import database
from tests.laws.histories import History, Step, Written, steps
from tests.laws.test_laws import all_at_once, outcome, told

chances = st.integers(0, 2**32 - 1).map(Random)


def as_runs(written: list[Written]) -> list[Run]:
    """Each entry as a run of its own: all of them were signed at birth."""
    return [(one.entry.device, [one.raw]) for one in written]


def take_in(connection: Connection, history: History, runs: list[Run]) -> Received:
    """The genesis, and then these runs, so many in a section as chance has it."""
    genesis, rest = as_runs([history.written[history.id]]), list(runs)
    sections = [genesis]
    while rest:
        size = history.random.choice((1, 3, 10, 100))
        sections.append(rest[:size])
        rest = rest[size:]
    received = receive(connection, history.id, sections)
    assert received.stopped is None
    return received


def folded(connection: Connection, history: History) -> tuple[bytes, bytes, list[tuple[bytes, str]], dict[bytes, str]]:
    """What a node comes to: the state and its hash, what is settled, in order, and the verdicts of what is pending."""
    live = Live(connection, load(), 1, history.id)
    query = select(entries.c.id, entries.c.verdict).where(entries.c.position.is_not(None)).order_by(entries.c.position)
    settled = [(row.id, row.verdict or "") for row in connection.execute(query)]
    return freeze(live.circle, live.replica.tree), state_hash(live.circle), settled, live.replica.verdicts


def expected(stored: list[Entry]) -> tuple[bytes, bytes, list[tuple[bytes, str]], dict[bytes, str]]:
    state, hashed, settled, pending, _ = outcome(all_at_once(stored))
    return state, hashed, settled, dict(pending)


def stored(connection: Connection) -> set[bytes]:
    return set(connection.scalars(select(entries.c.id)))


@given(steps, chances)
def test_whatever_comes_first_and_comes_again(told_steps: list[Step], random: Random) -> None:
    """Children before parents, the same entries twice, in any company: what lacks a parent waits for it."""
    history = History(told_steps, branches=2)
    runs = as_runs([*history.written.values(), *history.written.values()])
    random.shuffle(runs)
    with database() as connection:
        received = take_in(connection, history, runs)
        assert (received.new, received.waiting, received.rejected) == (len(history.written), 0, [])
        assert folded(connection, history) == expected([one.entry for one in history.written.values()])
        found = {finding.reason for finding in verify(connection, load(), 1)}
        assert found <= {Why.FORK, Why.SEAL}, "what was noted beside the entries is what they say"


@given(steps)
def test_without_any_words_the_verdicts_and_hashes_are_the_same(told_steps: list[Step]) -> None:
    history = History(told_steps, branches=2)
    with database() as connection:
        take_in(connection, history, as_runs(list(history.written.values())))
        assert connection.scalar(select(func.count()).where(entries.c.body.is_not(None))) != 0
        before = folded(connection, history)
        connection.exec_driver_sql("UPDATE entries SET body = NULL, erased = 1, position = NULL, verdict = NULL")
        connection.exec_driver_sql("DELETE FROM epochs")
        connection.exec_driver_sql("DELETE FROM snapshots")
        connection.exec_driver_sql("DELETE FROM erasures")
        assert folded(connection, history) == before


@given(steps, chances)
def test_a_byte_that_was_changed_is_found_and_its_entry_named(told_steps: list[Step], random: Random) -> None:
    history = History(told_steps, branches=2)
    victim = random.choice([one for one in history.written.values() if one.entry.id != history.id])
    changed = altered(victim, random, random.choice(list(history.written.values())))
    runs = [run for run in as_runs(list(history.written.values())) if run[1][0] is not victim.raw]
    with database() as connection:
        received = take_in(connection, history, [*runs, changed])
        assert [what for what, _ in received.rejected if what.startswith("section") or len(what) == 64] != []
        here = stored(connection)
        assert here == history.written.keys() - descendants(history, victim)
        kept = [one.entry for one in history.written.values() if one.entry.id in here]
        assert folded(connection, history) == expected(kept)
        assert len(kept) + received.waiting == len(history.written) - 1


def altered(victim: Written, random: Random, other: Written) -> Run:
    """The run of one entry with one byte flipped, lost or doubled, or with a part of another entry in its place."""
    parts = parts_of(victim)
    name = random.choice([name for name, part in parts.items() if part])
    part = parts[name]
    at = random.randrange(len(part))
    flipped = part[:at] + bytes([part[at] ^ 1 << random.randrange(8)]) + part[at + 1 :]
    bad = [flipped]
    if name in ("header", "body"):
        bad += [part[:at] + part[at + 1 :], part[: at + 1] + part[at:]]
    exchanged = parts_of(other)[name]
    if exchanged not in (part, b""):
        bad.append(exchanged)
    parts[name] = random.choice(bad)
    return parts["device"], [Raw(parts["header"], parts["signature"], parts["body"] or None)]


def parts_of(written: Written) -> dict[str, bytes]:
    raw = written.raw
    signature = raw.signature or b""
    return {"device": written.entry.device, "header": raw.header, "signature": signature, "body": raw.body or b""}


def descendants(history: History, of: Written) -> set[bytes]:
    """An entry, and all that cannot be judged without it."""
    found = {of.entry.id}
    for one in history.written.values():
        if found.intersection(one.entry.parents):
            found.add(one.entry.id)
    return found


@given(steps)
def test_an_entry_means_the_same_wherever_it_is_read(told_steps: list[Step]) -> None:
    history = History(told_steps)
    for one in history.written.values():
        assert parse(history.id, one.entry.device, one.raw.header, one.raw.body) == one.entry
    assert told(told_steps) == [one.entry for one in history.written.values()]
