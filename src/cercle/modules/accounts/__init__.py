"""One double-entry ledger for everything that a circle counts: money now, merit and hours later."""

from cercle.core.module import Module, Part, events_in, rules_in
from cercle.modules.accounts import events, read, rules

MODULE = Module(
    name="accounts",
    needs=("people",),
    state=rules.Accounts,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=rules.Why,
    show=read.show,
    parts=(
        Part(
            "money",
            "Money",
            "money",
            "money",
            offer="See who paid what, and settle up in a few transfers.",
            rank=30,
        ),
    ),
    web="cercle.modules.accounts.web",
)
