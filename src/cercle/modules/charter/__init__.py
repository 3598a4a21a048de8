"""The rules that a circle gives itself: who may do what, how it decides, and how much one may spend alone."""

from cercle.core.module import Module, events_in, rules_in
from cercle.modules.charter import events, read, rules

MODULE = Module(
    name="charter",
    needs=("people",),
    state=rules.Charter,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=rules.Why,
    at_seal=rules.at_seal,
    show=read.show,
)
