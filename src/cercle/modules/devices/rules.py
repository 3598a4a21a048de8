"""Whose device may be named and revoked, and by whom."""

from msgspec import Struct

from cercle.core.event import Reason, Refused
from cercle.core.fold import ADULT, Act, Circle, Device
from cercle.core.module import rule
from cercle.modules.devices import events
from cercle.modules.people.rules import Invitation

UNTIL_IT_STANDS = 14 * 86_400_000  # ms of the circle's time: a kit that somebody else made is noticed by then


class Why(Reason):
    NO_DEVICE = ("devices.no_device", "There is no such device in the circle.")
    NOT_YOURS = ("devices.not_yours", "Only the person who writes by this device can say that.")
    THIS_ONE = ("devices.this_one", "A device is revoked from another one.")
    KEEPER = ("devices.keeper", "This device keeps the log: that role is handed on first.")
    REVOKED = ("devices.revoked_already", "This device is revoked already.")
    FROZEN = ("devices.frozen", "This device was revoked: it cannot keep the log.")
    KEEPS_ALREADY = ("devices.keeps_already", "This device keeps the log already.")
    NO_ADULT = ("devices.no_adult", "Only the device of an adult can be chosen to keep the log.")
    CAME_BY_KIT = (
        "devices.came_by_kit",
        "This device has come in by the recovery kit: for some days, only the kit itself outranks it.",
    )
    NOT_BY_KIT = (
        "devices.not_by_kit",
        "Only a device that came in lately, by a recovery kit more than 14 days old, can say that.",
    )
    TERM = ("devices.term", "That choice is over, or you have already named another device in it.")


class Consent(Struct, frozen=True):
    """Which device somebody wants to seal the log, in hexadecimal, and from which term on."""

    device: str
    term: int


class Kit(Struct):
    """A recovery kit of `member`, made by the device `by`; `key` is the public part of that of its words. It stands
    from the first seal on that is past `due` (ms)."""

    member: str
    key: str
    by: str
    due: int
    stands: bool = False


class Came(Struct, frozen=True):
    """A device that came in by a kit that stands, and until when (ms) it has that kit's rank."""

    kit: str
    until: int


class Devices(Struct):
    """By their keys in hexadecimal: `names`, the short id of the entry that says it; `revoked`, of the one that did.
    `invited`: the device by which each invitation was made, and each spare put aside, while that may be of use.
    `successor`: the device that seals from the next seal on, "" where that stays as it is; `former`: the one that has
    made the last seal, where it handed the role on by that. `agreed`: by member, whom they want instead of a keeper who
    is lost; `deciding`: the adults who had a device at the last seal; `lost`: how many keepers were replaced so.
    `kits`: the recovery kits that are of use, by id: for each person one that stands, and one that does not yet.
    `came`: the devices that have the rank of one; `outranked`: by the id of the entry that revoked all others, by which
    kit."""

    names: dict[str, str] = {}
    revoked: dict[str, str] = {}
    invited: dict[str, str] = {}
    successor: str = ""
    former: str = ""
    agreed: dict[str, Consent] = {}
    deciding: list[str] = []
    lost: int = 0
    kits: dict[str, Kit] = {}
    came: dict[str, Came] = {}
    outranked: dict[str, str] = {}


def noted(circle: Circle, act: Act) -> None:
    """What follows an invitation: once its device is revoked, nobody comes in by it."""
    circle.devices.invited[act.id] = act.entry.device.hex()


def used(circle: Circle, act: Act) -> None:
    """What follows when somebody comes in: what admits nobody any more need not be noted; and who came by a kit that
    stands has its rank."""
    devices, admits = circle.devices, circle.people.invitations
    devices.invited = {one: key for one, key in devices.invited.items() if admits[one].left}
    kit = devices.kits.get(act.event.invitation)
    if kit is not None and kit.stands:
        until = circle.time + UNTIL_IT_STANDS
        devices.came[act.entry.device.hex()] = Came(act.event.invitation, until)


def withdrawn(circle: Circle, act: Act) -> None:
    """What follows where an adult withdraws an invitation: a kit is none of those, and stays good."""
    if act.event.invitation in circle.devices.kits:
        circle.people.invitations[act.event.invitation].left = -1


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
    revoke(circle, key.hex(), act.id)


def revoke(circle: Circle, key: str, entry: str) -> None:
    """Nothing counts any more that the device writes, nor what it had prepared; but for a kit that stands."""
    circle.roots.devices[key].forked = True  # it is frozen like one that has told two stories
    circle.devices.revoked[key] = entry
    circle.devices.came.pop(key, None)
    for invitation, by in circle.devices.invited.items():
        if by == key:
            circle.people.invitations[invitation].left = 0
    for name, kit in list(circle.devices.kits.items()):
        if kit.by == key and not kit.stands:
            put_away(circle, name)


def put_away(circle: Circle, kit: str) -> None:
    """Nobody comes in by it any more."""
    del circle.devices.kits[kit]
    circle.people.invitations[kit].left = 0


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
    if device.member == by and key in circle.devices.came:
        raise Refused(Why.CAME_BY_KIT)


@rule(events.KitMade)
def kit_made(circle: Circle, act: Act) -> None:
    """It is an invitation for the very person, which admits at once where no other kit of theirs stands."""
    devices = circle.devices
    for name, kit in list(devices.kits.items()):
        if kit.member == act.by and not kit.stands:
            put_away(circle, name)
    is_second = any(kit.member == act.by for kit in devices.kits.values())
    kind = circle.roots.members[act.by].kind
    circle.people.invitations[act.id] = Invitation(act.by, kind, act.by, 0 if is_second else -1, 0)
    due = circle.time + UNTIL_IT_STANDS
    devices.kits[act.id] = Kit(act.by, act.event.key.hex(), act.entry.device.hex(), due)


@rule(events.OthersRevoked)
def others_revoked(circle: Circle, act: Act) -> None:
    """What the others had said about who is to keep the log goes with them, so that the person can say it anew."""
    devices, device = circle.devices, act.entry.device.hex()
    came = devices.came.get(device)
    if came is None or came.kit not in devices.kits:
        raise Refused(Why.NOT_BY_KIT)
    del devices.came[device]
    for key, one in circle.roots.devices.items():
        if one.member == act.by and key != device and key not in devices.revoked:
            revoke(circle, key, act.id)
    devices.outranked[act.id] = came.kit
    devices.agreed.pop(act.by, None)


@rule(events.HandedOn)
def handed_on(circle: Circle, act: Act) -> None:
    key = act.event.device.hex()
    held(circle, act.event.device)
    if key in circle.devices.revoked:
        raise Refused(Why.FROZEN)
    if key == circle.roots.keeper:
        raise Refused(Why.KEEPS_ALREADY)
    circle.devices.successor = key


@rule(events.KeeperAgreed)
def keeper_agreed(circle: Circle, act: Act) -> None:
    key, term = act.event.device.hex(), act.event.term
    device = held(circle, act.event.device)
    if circle.roots.members[device.member].kind != ADULT:
        raise Refused(Why.NO_ADULT)
    if key in circle.devices.revoked:
        raise Refused(Why.FROZEN)
    if key == circle.roots.keeper:
        raise Refused(Why.KEEPS_ALREADY)
    before = circle.devices.agreed.get(act.by)
    if term <= circle.roots.term or (before is not None and term <= before.term):
        raise Refused(Why.TERM)
    circle.devices.agreed[act.by] = Consent(key, term)


def sealed(circle: Circle, act: Act) -> None:
    """What follows the last seal of a keeper, which stands in the next one's epoch: they seal no more."""
    if act.entry.device.hex() == circle.devices.former:
        circle.devices.former = ""


def at_seal(circle: Circle, since: int) -> None:
    """The seal by which the role goes on is the last one of its term; where the successor cannot seal by then, since
    they left or their device is frozen, the role stays. Where enough want another keeper, this was the seal of that
    one, the first of its term."""
    roots, devices = circle.roots, circle.devices
    mandate = circle.mandate()
    key, devices.successor, devices.former = devices.successor, "", ""
    named = roots.devices.get(key)
    if mandate is not None:
        roots.keeper, roots.term = mandate
        devices.lost += 1
    elif named is not None and not named.forked and not roots.members[named.member].gone:
        devices.former, roots.keeper = roots.keeper, key
        roots.term += 1
    ripen(circle)
    still = {name: one for name, one in devices.agreed.items() if one.term > roots.term and one.device != roots.keeper}
    devices.agreed = still
    writing = {device.member for device in roots.devices.values()}
    adults = (name for name, one in roots.members.items() if one.kind == ADULT and not one.gone)
    devices.deciding = [name for name in adults if name in writing]


def ripen(circle: Circle) -> None:
    """Kits that are due stand, each in the place of the one before; and what came by one long ago has no rank left."""
    devices, time = circle.devices, circle.roots.time
    for name, kit in list(devices.kits.items()):
        if kit.stands or time < kit.due:
            continue
        for former, other in list(devices.kits.items()):
            if other.member == kit.member and other.stands:
                put_away(circle, former)
        kit.stands = True
        circle.people.invitations[name].left = -1
    devices.came = {key: one for key, one in devices.came.items() if time < one.until}
