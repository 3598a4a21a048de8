"""The devices by which people write: what each is called, and which is not theirs any more."""

from cercle.core.module import Module, events_in, rules_in
from cercle.modules.devices import events, read, rules

MODULE = Module(
    name="devices",
    needs=("circle", "people"),
    state=rules.Devices,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=rules.Why,
    at_seal=rules.at_seal,
    follows={
        "people.invited": rules.noted,
        "people.spare_kept": rules.noted,
        "people.joined": rules.used,
        "people.invitation_withdrawn": rules.withdrawn,
        "circle.sealed": rules.sealed,
    },
    show=read.show,
    web="cercle.modules.devices.web",
)
