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


def show(circle: Circle) -> dict[str, Any]:
    return asdict(circle.devices)
