"""What the circle itself does: the events that a decision carries, all of them or none, inside the fold."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import msgspec

from cercle.core.entry import Entry
from cercle.core.event import CIRCLE, Refused
from cercle.core.fold import Act, Circle, Why


class Clause(msgspec.Struct, frozen=True):
    """An event that a decision carries: `id` is the short one of the entry that says it, by which what it brings is
    named; `kept` are the fields that its rule reads."""

    id: str
    event: str
    kept: dict[str, Any]


class Failed(msgspec.Struct, frozen=True):
    """Why nothing of a decision was done: the clause that a rule refused, and the code of its reason."""

    clause: str
    reason: str


def legible(circle: Circle, event: str, kept: dict[str, Any]) -> str:
    """Whether a decision may carry such an event here: "", or the code of the reason why not."""
    known = circle.declared(event)
    if known is None:
        return Why.UNKNOWN.code
    if CIRCLE not in known[0].may:
        return Why.NOT_ALLOWED.code
    try:
        known[0].read(kept, known[0].kept)
    except msgspec.ValidationError:
        return Why.MALFORMED.code
    return ""


def enact(circle: Circle, clauses: Sequence[Clause]) -> Failed | None:
    """Does what the circle has decided, at the circle's time. Where a rule refuses one clause, none of them leaves a
    trace: the states are others then than before, and equal to them."""
    before = deepcopy(circle.states) if len(clauses) > 1 else circle.states
    for clause in clauses:
        if reason := _enact_one(circle, clause):
            circle.put_back(before)
            return Failed(clause.id, reason)
    return None


def _enact_one(circle: Circle, clause: Clause) -> str:
    if reason := legible(circle, clause.event, clause.kept):
        return reason
    known = circle.declared(clause.event)
    assert known is not None
    declared, rule = known
    entry = Entry(
        bytes.fromhex(clause.id),
        b"",
        0,
        None,
        [],
        0,
        circle.time,
        clause.event,
        clause.kept,
        body_size=0,
        body_hash=None,
    )
    try:
        rule(circle, Act(CIRCLE, declared.read(clause.kept, declared.kept), entry, clause.id))
    except Refused as refusal:
        return refusal.reason.code
    return ""
