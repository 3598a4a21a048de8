"""Who may change what the circle is."""

from typing import Any

from cercle.core.event import Reason, Refused
from cercle.core.fold import ADULT, Act, Circle, Device, Member
from cercle.core.module import rule
from cercle.modules.circle.events import Adopted, Begun, Linked, Renamed, Sealed, TurnedOff, TurnedOn


class Why(Reason):
    NEEDS = ("circle.needs", "This needs another module that the circle does not use yet.")
    OLDER = ("circle.older", "The circle uses this version already, or a newer one.")
    UNKNOWN_PART = ("circle.unknown_part", "There is no such page.")
    ON_ALREADY = ("circle.on_already", "This page is on already.")
    OFF_ALREADY = ("circle.off_already", "This page is off already.")


@rule(Begun)
def begun(circle: Circle, act: Act) -> None:
    """The fold lets only a genesis come here."""
    roots, event = circle.roots, act.event
    key = act.entry.device.hex()
    roots.begun = roots.name = act.id
    roots.form, roots.unit, roots.keeper = event.form, event.unit, key
    roots.modules = dict(event.modules)
    roots.members[act.id] = Member(ADULT)
    roots.devices[key] = Device(act.id, event.holder, event.node, 0, act.entry.id)
    circle.use_adopted()


@rule(Linked)
def linked(circle: Circle, act: Act) -> None:
    """Only its parents matter."""


@rule(Sealed)
def sealed(circle: Circle, act: Act) -> None:
    """Its effect is on order and time, before any rule; what it says is compared, and a mismatch is an alarm."""


@rule(Renamed)
def renamed(circle: Circle, act: Act) -> None:
    circle.roots.name = act.id


@rule(Adopted)
def adopted(circle: Circle, act: Act) -> None:
    roots, event = circle.roots, act.event
    if event.version <= max(roots.modules.get(event.module, 0), roots.coming.get(event.module, 0)):
        raise Refused(Why.OLDER)
    module = circle.loaded.by_name.get(event.module)
    if module is not None and any(need not in roots.modules for need in module.needs):
        raise Refused(Why.NEEDS)
    roots.coming[event.module] = event.version


@rule(TurnedOn)
def turned_on(circle: Circle, act: Act) -> None:
    turn(circle, act.event.part, True, Why.ON_ALREADY)


@rule(TurnedOff)
def turned_off(circle: Circle, act: Act) -> None:
    turn(circle, act.event.part, False, Why.OFF_ALREADY)


def turn(circle: Circle, code: str, on: bool, already: Why) -> None:
    parts: dict[str, Any] = {
        part.code: part for name in circle.roots.modules for part in circle.loaded.by_name[name].parts
    }
    if code not in parts:
        raise Refused(Why.UNKNOWN_PART)
    if circle.roots.parts.get(code, parts[code].at_start) == on:
        raise Refused(already)
    circle.roots.parts[code] = on
