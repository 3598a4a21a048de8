"""tests/vectors/entries.json: an entry's bytes in, its verdict out, step by step as docs/protocol.md has them."""

import json
from pathlib import Path
from typing import Any

import pytest

from cercle.core.entry import Entry, Rejected, parse
from cercle.core.fold import Why
from cercle.core.log import Place, authentic, check_root, missing_parents
from cercle.core.replica import Replica
from cercle.modules import load
from tests.vectors.__main__ import entries, lines

FILE = Path(__file__).parent.parent / "vectors" / "entries.json"
VECTORS = json.loads(FILE.read_text(encoding="utf-8"))
CIRCLE = bytes.fromhex(VECTORS["circle"])


class Known:
    """Entries that were taken in."""

    def __init__(self) -> None:
        self.entries: dict[bytes, Entry] = {}

    def take(self, told: dict[str, Any]) -> str:
        """What becomes of an entry, up to the fold: `ok`, `waits` or `rejected` with a code."""
        header, body, signature, device = (
            bytes.fromhex(told[part]) if told[part] is not None else None
            for part in ("header", "body", "signature", "device")
        )
        assert header is not None
        assert device is not None
        try:
            entry = parse(CIRCLE, device, header, body)
            if missing_parents(entry, self.place):
                return "waits"
            if entry.prev is None:
                check_root(CIRCLE, entry, [self.entries[parent] for parent in entry.seen])
        except Rejected as rejected:
            return f"rejected {rejected.code}"
        if authentic([entry], [signature]) == 0:
            return "rejected signature"
        assert entry.id.hex() == told["id"]
        self.entries[entry.id] = entry
        return "ok"

    def place(self, identifier: bytes) -> Place | None:
        found = self.entries.get(identifier)
        return Place(found.device, found.seq, found.lamport) if found else None


def verdicts(known: Known) -> dict[str, str]:
    replica = Replica(load())
    epochs = replica.take(known.entries.values())
    settled = {e.id: verdict for epoch in epochs for e, verdict in zip(epoch.entries, epoch.verdicts, strict=True)}
    return {identifier.hex(): verdict for identifier, verdict in {**settled, **replica.verdicts}.items()}


def test_the_circle_beside_the_cases_is_right() -> None:
    known = Known()
    assert [known.take(told) for told in VECTORS["log"]] == ["ok"] * len(VECTORS["log"])
    assert set(verdicts(known).values()) == {""}


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["about"])
def test_an_entry_gets_its_verdict(case: dict[str, Any]) -> None:
    known = Known()
    before = [*VECTORS["log"], *case["before"]]
    waiting = [*before, case]
    fates: dict[str, str] = {}
    while waiting:  # the case may stand before what is told beside it
        fates |= {one["id"]: known.take(one) for one in waiting}
        left = [one for one in waiting if fates[one["id"]] == "waits"]
        if len(left) == len(waiting):
            break
        waiting = left
    verdict = fates[case["id"]]
    if verdict == "ok":
        reason = verdicts(known)[case["id"]]
        verdict = f"void {reason}" if reason else "ok"
    assert verdict == case["verdict"]
    assert {fates[one["id"]] for one in before} == {"ok"}


def test_the_file_is_what_is_written_from_the_cases() -> None:
    """So that neither the bytes of what this program writes nor the expectations change without being seen."""
    assert FILE.read_text(encoding="utf-8") == lines(entries())


def test_no_case_stands_twice_and_every_code_has_one() -> None:
    cases = VECTORS["cases"]
    assert len({case["about"] for case in cases}) == len(cases)
    codes = {case["verdict"] for case in cases}
    rejected = {"spelling", "size", "version", "body", "chain", "lamport", "root", "signature", "genesis"}
    assert {f"rejected {code}" for code in rejected} <= codes
    assert {f"void {why.code}" for why in Why} <= codes
