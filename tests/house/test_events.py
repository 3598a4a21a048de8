"""Every event is whole: a sentence in each language, a test that it works and one that it is refused."""

import ast
import re
from pathlib import Path

import pytest

from cercle.core.event import Event
from cercle.modules import load

EVENTS = [pytest.param(event, id=event.name) for event in load().events.values()]
ROOT = Path(__file__).parents[2]

# What is written by the story itself, by these names, rather than told as an event.
TOLD = {"Begun": "Story", "Sealed": "seal", "Invited": "invite", "Joined": "join"}


def sources_of(module: str) -> list[ast.Module]:
    folder = ROOT / "src" / "cercle" / "modules" / module / "tests"
    return [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("test_*.py"))]


def calls(trees: list[ast.Module]) -> list[ast.Call]:
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def refusals(trees: list[ast.Module]) -> set[str]:
    """The events that some test makes inside a call of `is_refused`, or beside one in a loop or a table."""
    found: set[str] = set()
    for tree in trees:
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            made = {name_of(node) for node in ast.walk(function) if isinstance(node, ast.Call)}
            if "is_refused" in made or "refused" in function.name:
                found |= made
    return found


@pytest.mark.parametrize("event", EVENTS)
def test_sentences_in_both_languages_name_only_what_the_event_says(event: Event) -> None:
    known = {name for name, _ in event.fields} | {"by"}
    for language in ("en", "fr"):
        told = set(re.findall(r"\{(\w+)\}", event.sentences[language]))
        assert event.sentences[language].strip()
        assert told <= known
    assert event.about.endswith(".")


@pytest.mark.parametrize("event", EVENTS)
def test_it_is_tested_to_work_and_to_be_refused(event: Event) -> None:
    trees = sources_of(event.module)
    struct = event.type.__name__
    made = {name_of(call) for call in calls(trees)}
    assert struct in made or TOLD.get(struct) in made, "no test makes it"
    assert struct in refusals(trees) or TOLD.get(struct) in refusals(trees), "no test sees it refused"
