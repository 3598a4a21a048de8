"""What pages need of what was agreed."""

from typing import Any

from msgspec.structs import asdict

from cercle.core.fold import Circle
from cercle.modules.week.rules import Agreement


def agreements(circle: Circle, first: str, last: str) -> list[tuple[str, Agreement]]:
    """Those that are open, and those that ended between these days, as they were made."""
    found: dict[str, Agreement] = circle.week.agreements
    return [(key, one) for key, one in found.items() if not one.ended or first <= one.day <= last]


def names(circle: Circle) -> dict[str, str]:
    """Each agreement's id, to the entry whose words say it."""
    return {key: one.words for key, one in circle.week.agreements.items()}


def show(circle: Circle) -> dict[str, Any]:
    return {"agreements": {key: asdict(one) for key, one in circle.week.agreements.items()}}
