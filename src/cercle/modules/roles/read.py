"""What pages need of roles."""

from typing import Any

from msgspec import to_builtins

from cercle.core.fold import Circle


def names(circle: Circle) -> dict[str, str]:
    return {name: role.words for name, role in circle.roles.roles.items()}


def show(circle: Circle) -> dict[str, Any]:
    return {"roles": {name: to_builtins(role) for name, role in circle.roles.roles.items()}}
