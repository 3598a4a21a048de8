"""The README of a module says of each event what its fields are, in English and in French: it is also the help of the
command and of the page."""

import re
from importlib.resources import files

import pytest

from cercle.core.event import Event
from cercle.core.module import Module
from cercle.modules import load

MODULES = list(load())
EVENTS = [pytest.param(module, event, id=event.name) for module in MODULES for event in module.events.values()]
in_both_languages = pytest.mark.parametrize("name", ["README.md", "README.fr.md"])


def readme(module: Module, name: str) -> str:
    return files(f"cercle.modules.{module.name}").joinpath(name).read_text(encoding="utf-8")


@in_both_languages
@pytest.mark.parametrize(("module", "event"), EVENTS)
def test_each_event_stands_in_the_readme_with_its_fields(module: Module, event: Event, name: str) -> None:
    line_of = rf"^- \*\*`{re.escape(event.name)}`\*\* \(.+?\)\s?: (.+?)\.(?:\s|$)"
    (line,) = re.findall(line_of, readme(module, name), re.M | re.S)
    told = re.findall(r"`(\w+)`|\*(\w+)\*", line)
    assert [kept or word for kept, word in told] == [field for field, _ in event.fields]
    assert [word for _, word in told if word] == list(event.words)


@in_both_languages
@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_readme_tells_of_no_event_that_there_is_not(module: Module, name: str) -> None:
    told = set(re.findall(rf"`({module.name}\.\w+)`", readme(module, name)))
    assert told == set(module.events)
