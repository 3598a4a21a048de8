"""A common purse, from which each device can spend its own part without asking anybody."""

from cercle.core.module import Module, Part, events_in, rules_in
from cercle.modules.pools import events, read, rules

MODULE = Module(
    name="pools",
    needs=("people", "accounts", "devices"),
    state=rules.Pools,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=rules.Why,
    at_seal=rules.at_seal,
    names=read.names,
    show=read.show,
    parts=(
        Part(
            "purse",
            "Purse",
            "purse",
            "purse",
            offer="Put money together, and spend it without ever spending it twice.",
            rank=31,
        ),
    ),
    web="cercle.modules.pools.web",
)
