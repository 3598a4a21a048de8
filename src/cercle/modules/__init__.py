"""The capabilities of a circle, a folder each: a new one is one line here, or an entry point elsewhere."""

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from cercle.core.module import Module, Modules

NAMES = (
    "circle",
    "people",
    "accounts",
    "groceries",
    "tasks",
    "merit",
    "week",
    "devices",
    "pools",
    "charter",
    "decisions",
    "roles",
    "meetings",
)


@cache
def load() -> Modules:
    """All modules that are installed, in an order in which each stands after those it needs."""
    own: list[Module] = [import_module(f"cercle.modules.{name}").MODULE for name in NAMES]
    return Modules(own + [point.load() for point in entry_points(group="cercle.modules")])
