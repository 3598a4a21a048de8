"""Tasks that somebody sees to for all, for a term: handed on, rotated, and recalled by the circle."""

from cercle.core.module import Module, events_in, rules_in
from cercle.modules.roles import events, read, rules

MODULE = Module(
    name="roles",
    needs=("people", "charter"),
    state=rules.Roles,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=rules.Why,
    at_seal=rules.at_seal,
    names=read.names,
    show=read.show,
)
