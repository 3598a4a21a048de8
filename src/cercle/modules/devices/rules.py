"""Whose device may be named and revoked, and by whom."""

from msgspec import Struct

from cercle.core.event import Reason, Refused
from cercle.core.fold import ADULT, Act, Circle, Device
from cercle.core.module import rule
from cercle.modules.devices import events


class Why(Reason):
    NO_DEVICE = ("devices.no_device", "There is no such device in the circle.")
    NOT_YOURS = ("devices.not_yours", "Only the person who writes by this device can say that.")
    THIS_ONE = ("devices.this_one", "A device is revoked from another one.")
    KEEPER = ("devices.keeper", "This device seals the log: that role is handed on first.")
    REVOKED = ("devices.revoked_already", "This device is revoked already.")


class Devices(Struct):
    """By their keys in hexadecimal: `names`, the short id of the entry that says it; `revoked`, of the one that did.
    `invited`: the device by which each invitation was made, and each spare put aside, while that may be of use."""

    names: dict[str, str] = {}
    revoked: dict[str, str] = {}
    invited: dict[str, str] = {}


def noted(circle: Circle, act: Act) -> None:
    """What follows an invitation: once its device is revoked, nobody comes in by it."""
    circle.devices.invited[act.id] = act.entry.device.hex()


def used(circle: Circle, act: Act) -> None:
    """What follows when somebody comes in: what admits nobody any more need not be noted."""
    admits = circle.people.invitations
    circle.devices.invited = {one: key for one, key in circle.devices.invited.items() if admits[one].left}


def held(circle: Circle, key: bytes) -> Device:
    """A device of somebody who is in the circle. Raises `Refused`."""
    found = circle.roots.devices.get(key.hex())
    if found is None or not found.member or circle.roots.members[found.member].gone:
        raise Refused(Why.NO_DEVICE)
    return found


@rule(events.Named)
def named(circle: Circle, act: Act) -> None:
    if held(circle, act.event.device).member != act.by:
        raise Refused(Why.NOT_YOURS)
    circle.devices.names[act.event.device.hex()] = act.id


@rule(events.Revoked)
def revoked(circle: Circle, act: Act) -> None:
    key = act.event.device
    check_revoking(circle, act.by, key.hex())
    if key == act.entry.device:
        raise Refused(Why.THIS_ONE)
    circle.roots.devices[key.hex()].forked = True  # it is frozen like one that has told two stories
    circle.devices.revoked[key.hex()] = act.id
    for invitation, by in circle.devices.invited.items():
        if by == key.hex():
            circle.people.invitations[invitation].left = 0


def check_revoking(circle: Circle, by: str, key: str) -> None:
    """Raises `Refused` where `by` may not revoke this device, whatever they write by."""
    device = held(circle, bytes.fromhex(key))
    members = circle.roots.members
    if device.member != by and not (members[by].kind == ADULT != members[device.member].kind):
        raise Refused(Why.NOT_YOURS)
    if key == circle.roots.keeper:
        raise Refused(Why.KEEPER)
    if key in circle.devices.revoked:
        raise Refused(Why.REVOKED)
