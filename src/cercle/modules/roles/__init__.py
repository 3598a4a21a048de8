"""Tasks that somebody sees to for all, for a term: handed on, rotated, and recalled by the circle."""

from cercle.core.module import Module, Part, events_in, rules_in
from cercle.modules.roles import events, read, rules

MODULE = Module(
    name="roles",
    needs=("people", "devices", "charter", "decisions"),
    state=rules.Roles,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=rules.Why,
    at_seal=rules.at_seal,
    names=read.names,
    show=read.show,
    parts=(
        Part(
            "roles",
            "Roles",
            "role",
            "roles",
            offer="Who sees to what for all, until when, and who is next.",
            rank=38,
        ),
    ),
    web="cercle.modules.roles.web",
)
