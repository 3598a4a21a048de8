"""What pages need of the circle as such."""

from typing import Any

from cercle.core.fold import Circle
from cercle.core.module import Module, Part


def parts(circle: Circle) -> list[tuple[Part, bool]]:
    """Every page that the adopted modules offer, in menu order, and whether this circle has it on."""
    roots = circle.roots
    offered = [part for name in roots.modules for part in circle.loaded.by_name[name].parts]
    return [(part, roots.parts.get(part.code, part.at_start)) for part in sorted(offered, key=lambda part: part.rank)]


def offered(circle: Circle) -> list[tuple[Part, bool]]:
    """The same, and every page of a module that this program has and the circle does not use yet."""
    more = [part for module in circle.loaded for part in module.parts if module.name not in circle.roots.modules]
    return sorted([*parts(circle), *((part, False) for part in more)], key=lambda pair: pair[0].rank)


def lacking(circle: Circle, code: str) -> list[Module]:
    """The modules that the circle has to adopt before it can use this page, each after those that it needs."""
    wanted = {module.name for module in circle.loaded if any(part.code == code for part in module.parts)}
    for module in reversed(list(circle.loaded)):
        if module.name in wanted:
            wanted.update(module.needs)
    return [one for one in circle.loaded if one.name in wanted and one.name not in circle.roots.modules]


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
