"""What pages need of roles."""

from typing import Any

from msgspec.structs import asdict

from cercle.core.fold import Circle


def names(circle: Circle) -> dict[str, str]:
    return {name: role.words for name, role in circle.roles.roles.items()}


def show(circle: Circle) -> dict[str, Any]:
    return {"roles": {name: asdict(role) for name, role in circle.roles.roles.items()}}
