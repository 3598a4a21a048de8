"""What the home agrees for the days to come, at the weekly meeting or between two of them."""

from cercle.core.module import Module, Part, events_in, rules_in
from cercle.modules.week import events, read, rules

MODULE = Module(
    name="week",
    needs=("people",),
    state=rules.Week,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=rules.Why,
    names=read.names,
    show=read.show,
    parts=(
        Part(
            "week",
            "The week",
            "week",
            "week",
            offer="One page for the family meeting, on screen and on paper.",
            rank=37,
            beside=True,
        ),
    ),
)
