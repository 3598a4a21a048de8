"""Chores and whose turn it is, hours worked, and who carries how much of it."""

from cercle.core.module import Module, Part, events_in, rules_in
from cercle.modules.tasks import events, read, rules, state

MODULE = Module(
    name="tasks",
    needs=("people",),
    state=state.Tasks,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=state.Why,
    names=read.names,
    show=read.show,
    parts=(
        Part(
            "tasks",
            "Tasks",
            "tasks",
            "tasks",
            offer="Share the chores: whose turn it is, and who carries how much.",
            rank=25,
        ),
    ),
    web="cercle.modules.tasks.web",
)
