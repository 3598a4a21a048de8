"""A module: one capability of a circle. Its declaration is all that the rest of the program knows of it."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import msgspec

from cercle.core.event import Event, Reason

Rule = Callable[[Any, Any], None]


def rule(event: type[msgspec.Struct]) -> Callable[[Rule], Rule]:
    """Marks the function that judges this event: it raises `Refused` first, or changes the state."""

    def mark(function: Rule) -> Rule:
        function.rule_of = event  # type: ignore[attr-defined]
        return function

    return mark


class Part(msgspec.Struct, frozen=True):
    """A page of a module that a circle turns on when it wants it: `code`, and English msgids for menu and offer. The
    menu is in the order of `rank`, whatever the modules. One that gathers what stands `beside` it is offered once the
    circle uses more than it began with."""

    code: str
    label: str
    icon: str
    path: str
    offer: str = ""
    rank: int = 100
    at_start: bool = False
    beside: bool = False


class Module(msgspec.Struct, frozen=True, kw_only=True):
    """What a module declares. `state` is the struct of its kept state, made empty by calling it.

    `at_seal(circle, since)` runs inside the fold when the circle's time has gone on from `since`.
    `follows` names events of the modules in `needs`, each with what it brings about here: a function of (circle, act),
    run inside the fold once such an event was accepted. It never raises `Refused`: what it cannot do it leaves undone.
    `names(circle)` maps the ids that the module brought to the short id of the entry whose words name them.
    `web` is the dotted name of the module's views, imported only by the web.
    """

    name: str
    version: int = 1
    needs: tuple[str, ...] = ()
    state: type[Any]
    events: Mapping[str, Event]
    rules: Mapping[str, Rule]
    reasons: type[Reason]
    at_seal: Callable[[Any, int], None] | None = None
    follows: Mapping[str, Rule] = {}
    names: Callable[[Any], Mapping[str, str]] | None = None
    show: Callable[[Any], dict[str, Any]] | None = None
    parts: tuple[Part, ...] = ()
    web: str = ""


def events_in(module: ModuleType) -> dict[str, Event]:
    """The events that a module's `events.py` declares, by name."""
    found = (vars(module)[name] for name in vars(module))
    events = (thing.__dict__["__event__"] for thing in found if isinstance(thing, type) and "__event__" in vars(thing))
    return {event.name: event for event in events}


def rules_in(module: ModuleType) -> dict[str, Rule]:
    """The rules that a module's `rules.py` holds, by the name of their event."""
    found = (thing for thing in vars(module).values() if hasattr(thing, "rule_of"))
    return {thing.rule_of.__event__.name: thing for thing in found}


class Modules:
    """The modules that this program knows, in an order in which each stands after those it needs."""

    def __init__(self, modules: list[Module]) -> None:
        self.by_name: dict[str, Module] = {}
        waiting = {module.name: module for module in modules}
        while waiting:
            ready = [m for m in waiting.values() if all(need in self.by_name for need in m.needs)]
            if not ready:
                raise ValueError(f"modules need what is not there: {', '.join(sorted(waiting))}")
            for module in ready:
                self.by_name[module.name] = waiting.pop(module.name)
        self.events: dict[str, Event] = {}
        self.rules: dict[str, Rule] = {}
        for module in self.by_name.values():
            self.events.update(module.events)
            self.rules.update(module.rules)
            missing = module.events.keys() ^ module.rules.keys()
            if missing:
                raise ValueError(f"an event without a rule, or a rule without an event: {sorted(missing)}")
            needed = {event for need in module.needs for event in self.by_name[need].events}
            if astray := module.follows.keys() - needed:
                raise ValueError(f"{module.name} follows what no module that it needs declares: {sorted(astray)}")

    def __iter__(self) -> Any:
        return iter(self.by_name.values())

    def reason(self, code: str) -> str:
        """The English sentence of a refusal's code; the code itself where no module here knows it."""
        from cercle.core.fold import Why  # which stands on this file

        enumerations: list[type[Reason]] = [Why, *(module.reasons for module in self.by_name.values())]
        for enumeration in enumerations:
            for reason in enumeration:
                if reason.code == code:
                    return reason.sentence
        return code
