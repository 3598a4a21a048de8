"""The README of a module says of each event what its fields are: it is also the help of the command and of the page."""

import re
from importlib.resources import files

import pytest

from cercle.core.event import Event
from cercle.core.module import Module
from cercle.modules import load

MODULES = list(load())
EVENTS = [pytest.param(module, event, id=event.name) for module in MODULES for event in module.events.values()]


def readme(module: Module) -> str:
    return files(f"cercle.modules.{module.name}").joinpath("README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("module", "event"), EVENTS)
def test_each_event_stands_in_the_readme_with_its_fields(module: Module, event: Event) -> None:
    (line,) = re.findall(rf"^- \*\*`{re.escape(event.name)}`\*\* \(.+?\): (.+?)\.(?:\s|$)", readme(module), re.M | re.S)
    told = re.findall(r"`(\w+)`|\*(\w+)\*", line)
    assert [kept or word for kept, word in told] == [name for name, _ in event.fields]
    assert [word for _, word in told if word] == list(event.words)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_readme_tells_of_no_event_that_there_is_not(module: Module) -> None:
    told = set(re.findall(rf"`({module.name}\.\w+)`", readme(module)))
    assert told == set(module.events)
