"""What pages, and who meets a device, need of it."""

from typing import Any

from msgspec.structs import asdict

from cercle.core.event import Refused
from cercle.core.fold import Circle
from cercle.modules.devices.rules import Devices, check_revoking


def of(circle: Circle) -> Devices:
    """What the circle has noted of its devices; nothing where it does not use this module."""
    found: Devices | None = circle.states.get("devices")
    return found if found is not None else Devices()


def may_revoke(circle: Circle, by: str, key: str) -> bool:
    """Whether `by` may, from another device than this one."""
    try:
        check_revoking(circle, by, key)
    except Refused:
        return False
    return True


def kits_in_use(circle: Circle) -> list[tuple[str, bytes]]:
    """(member, public key) of each recovery kit by which somebody may come in now."""
    admits = circle.people.invitations if circle.states.get("devices") is not None else {}
    return [(kit.member, bytes.fromhex(kit.key)) for name, kit in of(circle).kits.items() if admits[name].left]


def kit_by(circle: Circle, key: bytes) -> str | None:
    """The recovery kit with this public key: the oldest one, since anybody may say the key of another's."""
    return next((name for name, kit in of(circle).kits.items() if kit.key == key.hex()), None)


def show(circle: Circle) -> dict[str, Any]:
    return asdict(circle.devices)
