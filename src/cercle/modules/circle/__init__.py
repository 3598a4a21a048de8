"""The circle itself: how it begins, what it uses, and the seals by which its time passes."""

from cercle.core.fold import Roots
from cercle.core.module import Module, Part, events_in, rules_in
from cercle.modules.circle import events, read, rules

MODULE = Module(
    name="circle",
    state=Roots,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=rules.Why,
    show=read.show,
    parts=(
        Part(
            "today",
            "Today",
            "home",
            "today",
            offer="One page for the day: what waits, what runs out, who is away.",
            rank=5,
            beside=True,
        ),
    ),
)
