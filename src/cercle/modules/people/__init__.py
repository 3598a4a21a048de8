"""The people of a circle: who is in it, how one comes in, is away, leaves, and takes back one's words."""

from cercle.core.module import Module, Part, events_in, rules_in
from cercle.modules.people import events, read, rules

MODULE = Module(
    name="people",
    state=rules.People,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=rules.Why,
    names=read.names,
    show=read.show,
    parts=(Part("people", "People", "people", "people", rank=35, at_start=True),),
    web="cercle.modules.people.web",
)
