"""Meetings: when and where, who comes, what is talked about, and what was said and agreed."""

from cercle.core.module import Module, Part, events_in, rules_in
from cercle.modules.meetings import events, read, rules, state

MODULE = Module(
    name="meetings",
    needs=("people", "tasks", "decisions"),
    state=state.Meetings,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=state.Why,
    names=read.names,
    show=read.show,
    parts=(
        Part(
            "meetings",
            "Meetings",
            "meeting",
            "meetings",
            offer="Meet on a rhythm: who comes, what to talk about, and the minutes.",
            rank=47,
        ),
    ),
    web="cercle.modules.meetings.web",
)
