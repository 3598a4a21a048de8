"""The laws of the log, over random histories of every module's events.

A replica that is given a history in any order in which parents come before children must come to the same bytes.
"""

import os
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from itertools import takewhile
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cercle.core import replica
from cercle.core.entry import Entry
from cercle.core.fold import KEEPER_AGREED, Circle, Trouble, Why, close_epoch, fold_epoch, state_hash
from cercle.core.merkle import Tree
from cercle.core.replica import Epoch, Replica, freeze
from cercle.core.shelf import packed
from cercle.core.standing import Course, Weighing, standing
from cercle.modules import load
from tests.house.tree import ROOT
from tests.laws.histories import KINDS, History, Side, Step, steps

chances = st.integers(0, 2**32 - 1).map(Random)


def all_at_once(entries: list[Entry]) -> Side:
    side = Side(load())
    side.hear(entries)
    return side


def outcome(side: Side) -> tuple[Any, ...]:
    """All that a fold comes to: the state, byte for byte, its hash, every verdict in order, and every alarm."""
    replica = side.replica
    verdicts = [(entry.id, replica.verdicts[entry.id]) for entry in replica.pending.ordered()]
    alarms = sorted(seal.id for seal in replica.alarms)
    return freeze(replica.circle, replica.tree), state_hash(replica.circle), side.settled, verdicts, alarms


def lasting(known: list[Entry], later: list[Entry]) -> int:
    """How many of the entries that are settled for who knows so much stay so, once more is heard: all of them, or those
    up to the first seal that counts no more, since its keeper was replaced."""
    modules = load()
    course = Course(Circle(modules), Tree(), {entry.id: entry for entry in known})
    Weighing(modules, known).go_on(course)
    counts = standing(modules, later)
    epochs = zip(course.seals, course.epochs, strict=True)
    return sum(len(epoch) for _, epoch in takewhile(lambda one: counts[one[0].id], epochs))


def told(history: list[Step]) -> list[Entry]:
    return [written.entry for written in History(history).written.values()]


def shuffled(entries: list[Entry], random: Random) -> list[Entry]:
    """Another order in which parents come before children."""
    waiting = {entry.id: sum(1 for _ in entry.parents) for entry in entries}
    children: dict[bytes, list[Entry]] = {}
    for entry in entries:
        for parent in entry.parents:
            children.setdefault(parent, []).append(entry)
    ready, order = [entry for entry in entries if not waiting[entry.id]], []
    while ready:
        entry = ready.pop(random.randrange(len(ready)))
        order.append(entry)
        for child in children.get(entry.id, ()):
            waiting[child.id] -= 1
            if not waiting[child.id]:
                ready.append(child)
    assert len(order) == len(entries)
    return order


def in_parts(entries: list[Entry], random: Random) -> list[list[Entry]]:
    parts = []
    while entries:
        size = random.choice((1, 2, 5, 20))
        parts.append(entries[:size])
        entries = entries[size:]
    return parts


def epochs_of(entries: list[Entry]) -> tuple[list[Epoch], list[Entry]]:
    """The epochs that a history settles, and what is pending, in order."""
    replica = Replica(load())
    return replica.take(entries), replica.pending.ordered()


@given(steps, chances)
def test_any_order_of_arrival_gives_the_same_bytes(history: list[Step], random: Random) -> None:
    entries = told(history)
    expected = outcome(all_at_once(entries))
    for _ in range(3):
        assert outcome(all_at_once(shuffled(entries, random))) == expected


@given(steps, chances)
def test_one_by_one_is_all_at_once_and_what_is_settled_stays(history: list[Step], random: Random) -> None:
    entries = told(history)
    expected = all_at_once(entries)
    for parts in ([[one] for one in shuffled(entries, random)], in_parts(shuffled(entries, random), random)):
        side = Side(load())
        for part in parts:
            side.hear(part)
            count = len(side.settled)
            if side.settled != expected.settled[:count]:
                stays = lasting(list(side.entries.values()), entries)
                assert stays < count
                assert side.settled[:stays] == expected.settled[:stays]
        assert outcome(side) == outcome(expected)


@given(steps)
def test_whoever_writes_folds_as_those_who_hear_of_it(history: list[Step]) -> None:
    for side in History(history).sides:
        assert outcome(side) == outcome(all_at_once(list(side.entries.values())))


@given(steps)
def test_a_refused_event_leaves_no_trace_and_every_unit_sums_to_zero(history: list[Step]) -> None:
    epochs, pending = epochs_of(told(history))
    circle = Circle(load())
    judge = circle.judge

    def watched(entry: Entry, trouble: Trouble) -> str:
        before = trace(circle)
        verdict = judge(entry, trouble)
        assert verdict == "" or trace(circle) == before, f"{verdict} left a trace"
        assert unbalanced(circle) == {}
        return verdict

    circle.judge = watched  # type: ignore[method-assign]
    for epoch in epochs:
        assert fold_epoch(circle, epoch.entries) == epoch.verdicts
        close_epoch(circle, epoch.time)
    fold_epoch(circle, pending)


def trace(circle: Circle) -> bytes:
    """The whole state, and the acts that count, but for how far each chain has got, and the chains of strangers."""
    states = {
        name: msgspec.to_builtins(state, builtin_types=(bytes,), enc_hook=packed)
        for name, state in circle.states.items()
    }
    devices = circle.roots.devices
    states["circle"]["devices"] = {key: (one.member, one.holder) for key, one in devices.items() if one.member}
    return msgspec.msgpack.encode([states, {member: sorted(acts) for member, acts in circle.acts.items()}])


def unbalanced(circle: Circle) -> dict[str, Any]:
    """What does not sum to zero: postings of a unit, and the parts of a cent that are carried to the next."""
    accounts = circle.states.get("accounts")
    if accounts is None:
        return {}
    posted = {unit: sum(balances.values()) for unit, balances in accounts.balances.items()}
    carried = {unit: sum(map(int, carry.of.values())) for unit, carry in accounts.carries.items()}
    return {unit: (posted[unit], carried.get(unit)) for unit in posted if posted[unit] or carried.get(unit)}


@given(steps, chances)
def test_a_start_from_a_snapshot_changes_nothing(history: list[Step], random: Random) -> None:
    entries = told(history)
    order = shuffled(entries, random)
    cut = random.randint(0, len(order))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replica, "FREEZE_AFTER", random.choice((1, 10, 2048)))
        before = all_at_once(order[:cut])
        after = restarted(before, order[:cut], random)
        assert outcome(after)[:4] == outcome(before)[:4]
        for part in in_parts(order[cut:], random):
            after.hear(part)
        assert outcome(after)[:4] == outcome(all_at_once(entries))[:4]


def restarted(side: Side, came: list[Entry], random: Random) -> Side:
    """The same from what a disk would hold: a snapshot as of some epoch, the later ones, with the peaks that were noted
    or without, and what is pending."""
    epoch = random.randint(0, len(side.epochs))
    old = Replica(load())
    old.load(without_verdicts(side.epochs[:epoch]))
    old.freeze()
    new = Side(load())
    new.replica = Replica(load(), old.base)
    later = without_verdicts(side.epochs[epoch:], with_peaks=random.random() < 0.5)
    new.replica.load(later)
    new.settle([*side.epochs[:epoch], *later])
    new.entries = {entry.id: entry for entry in came}
    new.take([entry for entry in came if entry.id in side.replica.pending.entries])
    return new


def without_verdicts(epochs: list[Epoch], with_peaks: bool = False) -> list[Epoch]:
    return [Epoch(epoch.entries, [], epoch.time, epoch.peaks if with_peaks else b"") for epoch in epochs]


@given(steps)
def test_seals_say_what_is_so_and_one_that_does_not_is_an_alarm(history: list[Step]) -> None:
    made = History(history)
    entries = [written.entry for written in made.written.values()]
    side = all_at_once(entries)
    leaves, counts = [identifier + verdict.encode() for identifier, verdict in side.settled], standing(load(), entries)
    for entry in entries:
        if entry.id in made.honest and counts[entry.id]:
            assert entry.kept["root"] == merkle_root(leaves[: entry.kept["count"]])
    alarms = {seal.id for seal in side.replica.alarms}
    assert {seal for seal in made.false if counts[seal]} <= alarms <= made.false
    if not any(entry.event == KEEPER_AGREED for entry in entries):  # nobody's seals can have been displaced
        assert alarms == made.false
        assert all(counts[seal] for seal in made.honest)


def merkle_root(leaves: list[bytes]) -> bytes:
    """As RFC 6962, section 2.1 defines it, by recursion."""
    if len(leaves) < 2:
        return sha256(b"\0" + leaves[0] if leaves else b"").digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + merkle_root(leaves[:half]) + merkle_root(leaves[half:])).digest()


def test_histories_reach_what_they_are_to_try() -> None:
    """Every event stands at least once, or is done by the circle; every reason of the fold itself is given, and votes
    end in all the ways that one round can; most of what is tried stands."""
    stood, reasons, results = Counter[str](), Counter[str](), Counter[str]()
    for seed in range(200):
        random = Random(seed)
        entries = told([(random.choice(KINDS), random.randrange(2**32)) for _ in range(60)])
        side = all_at_once(entries)
        verdicts = {**dict(side.settled), **side.replica.verdicts}
        stood.update(entry.event for entry in entries if verdicts[entry.id] == "")
        reasons.update(verdicts.values())
        decisions = side.replica.circle.states.get("decisions")
        for motion in decisions.motions.values() if decisions else ():
            results.update(one.result for one in motion.outcomes)
            if motion.ended == "passed" and motion.round is not None:
                stood.update(motion.clauses[name].clause.event for name in motion.round.clauses)
    assert {"passed", "failed", "undone", "drawing"} <= results.keys()
    assert load().events.keys() - stood.keys() == set()
    assert {why.code for why in Why} - reasons.keys() == set()
    assert reasons[""] > sum(reasons.values()) / 2


ELSEWHERE = """
from hashlib import sha256
from random import Random
from tests.house.tree import ROOT
from tests.laws.histories import KINDS
from tests.laws.test_laws import all_at_once, outcome, told

digest = sha256()
for seed in range(30):
    random = Random(seed)
    digest.update(repr(outcome(all_at_once(told([(random.choice(KINDS), seed + n) for n in range(40)])))).encode())
print(digest.hexdigest())
"""


def test_another_process_comes_to_the_same() -> None:
    """No rule leans on what Python leaves to chance: the order of sets is another one in every process."""
    found = set()
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        ran = subprocess.run(
            [sys.executable, "-c", ELSEWHERE], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        found.add(ran.stdout)
    assert len(found) == 1
