"""The shopping list, the stock and what was bought: from "we are out of milk" to who owes whom for it."""

from cercle.core.module import Module, Part, events_in, rules_in
from cercle.modules.groceries import events, read, rules, state, stock

MODULE = Module(
    name="groceries",
    needs=("people", "accounts"),
    state=state.Groceries,
    events=events_in(events),
    rules=rules_in(rules) | rules_in(stock),
    reasons=state.Why,
    names=read.names,
    show=read.show,
    parts=(
        Part("list", "List", "list", "list", rank=10, at_start=True),
        Part(
            "stock",
            "Stock",
            "stock",
            "stock",
            offer="Know what is at home, where it is, and what expires first.",
            rank=20,
        ),
        Part("prices", "Prices", "chart", "prices", offer="See what things cost, and where they cost less.", rank=40),
        Part("waste", "Waste", "leaf", "waste", offer="See what was thrown away, and what it had cost.", rank=50),
    ),
    web="cercle.modules.groceries.web",
)
