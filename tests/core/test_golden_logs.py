"""tests/vectors/logs: the log of every release folds to the same order, verdicts, root and state, for ever."""

import json
from typing import Any

import pytest

from cercle import __version__
from cercle.core.entry import Entry, parse
from cercle.core.fold import state_hash
from cercle.core.log import Place, authentic, check_root, missing_parents
from cercle.core.replica import Replica
from cercle.modules import load
from tests.vectors.__main__ import HERE, lines, log

LOGS = sorted((HERE / "logs").glob("*.json"))


def read(told: dict[str, Any], with_words: bool = True) -> list[Entry]:
    """The entries of a log, each held to what an arriving one is held to."""
    known: dict[bytes, Entry] = {}
    circle = bytes.fromhex(told["circle"])
    for one in told["entries"]:
        body = bytes.fromhex(one["body"]) if one["body"] and with_words else None
        entry = parse(circle, bytes.fromhex(one["device"]), bytes.fromhex(one["header"]), body)
        places = {before: Place(e.device, e.seq, e.lamport) for before, e in known.items()}
        assert missing_parents(entry, places.get) == []
        if entry.prev is None:
            check_root(circle, entry, [known[parent] for parent in entry.seen])
        assert authentic([entry], [bytes.fromhex(one["signature"])]) == 1
        assert entry.id.hex() == one["id"]
        known[entry.id] = entry
    return list(known.values())


def outcome(replica: Replica, epochs: list[Any]) -> dict[str, Any]:
    settled = [pair for epoch in epochs for pair in zip(epoch.entries, epoch.verdicts, strict=True)]
    pending = [(entry, replica.verdicts[entry.id]) for entry in replica.pending.ordered()]
    return {
        "epochs": [len(epoch.entries) for epoch in epochs],
        "root": replica.tree.root().hex(),
        "state": state_hash(replica.circle).hex(),
        "order": [{"id": entry.id.hex(), "verdict": verdict} for entry, verdict in [*settled, *pending]],
    }


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_a_release_s_log_folds_as_it_did(path: Any) -> None:
    told = json.loads(path.read_text(encoding="utf-8"))
    expected = {name: told[name] for name in ("epochs", "root", "state", "order")}
    for with_words in (True, False):
        replica = Replica(load())
        assert outcome(replica, replica.take(read(told, with_words))) == expected
        assert replica.alarms == []
    one_by_one = Replica(load())
    epochs = [epoch for entry in read(told) for epoch in one_by_one.take([entry])]
    assert outcome(one_by_one, epochs) == expected


def test_this_release_s_log_is_its_household_s() -> None:
    """Before this release is tagged, what changes on purpose is written anew: `.venv/bin/python -m tests.vectors`."""
    assert (HERE / "logs" / f"{__version__}.json").read_text(encoding="utf-8") == lines(log())


def test_every_event_of_this_release_stands_in_its_log_and_some_are_void() -> None:
    told = json.loads((HERE / "logs" / f"{__version__}.json").read_text(encoding="utf-8"))
    verdicts = {one["id"]: one["verdict"] for one in told["order"]}
    entries = read(told)
    stood = {entry.event for entry in entries if verdicts[entry.id.hex()] == ""}
    replica = Replica(load())
    replica.take(entries)
    passed = [one for one in replica.circle.decisions.motions.values() if one.ended == "passed" and one.round]
    by_the_circle = {one.clauses[name].clause.event for one in passed for name in one.round.clauses}
    assert stood | by_the_circle == load().events.keys()
    assert len(set(verdicts.values())) > 8
    assert len(told["epochs"]) > 5
