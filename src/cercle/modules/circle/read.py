"""What pages need of the circle as such."""

from typing import Any

from cercle.core.fold import Circle
from cercle.core.module import Part


def parts(circle: Circle) -> list[tuple[Part, bool]]:
    """Every page that the adopted modules offer, in menu order, and whether this circle has it on."""
    roots = circle.roots
    offered = [part for name in roots.modules for part in circle.loaded.by_name[name].parts]
    return [(part, roots.parts.get(part.code, part.at_start)) for part in sorted(offered, key=lambda part: part.rank)]


def is_on(circle: Circle, code: str) -> bool:
    """Whether the circle uses this page."""
    return any(on for part, on in parts(circle) if part.code == code)


def show(circle: Circle) -> dict[str, Any]:
    roots = circle.roots
    return {
        "form": roots.form,
        "unit": roots.unit,
        "modules": roots.modules,
        "parts": {part.code: on for part, on in parts(circle)},
        "epoch": roots.epoch,
        "time": roots.time,
        "keeper": roots.keeper,
    }
