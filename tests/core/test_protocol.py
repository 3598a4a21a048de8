"""docs/protocol.md names the codes and numbers of the source, and docs/states.md its states."""

import ast
import re
from importlib import import_module

import pytest

from cercle.core import entry, log, spelling
from cercle.core.fold import Why
from cercle.modules import load
from tests.house.tree import ROOT, parse
from tests.vectors.states import states

PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """What stands under a heading, up to the next one."""
    return PROTOCOL.split(f". {title}\n", 1)[1].split("\n## ", 1)[0]


def first_column(text: str) -> list[str]:
    return re.findall(r"^\| `([\w./]+)` \|", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "value"), re.findall(r"^\| `([\w.]+\.[A-Z_]+)` \| (-?\d+) \|", PROTOCOL, re.MULTILINE)
)
def test_a_number_is_the_source_s(name: str, value: str) -> None:
    module, _, constant = name.rpartition(".")
    assert getattr(import_module(module), constant) == int(value)


def test_the_fields_of_the_header_are_those_of_an_entry() -> None:
    assert first_column(section("The entry")) == ["version", *entry.Entry.__struct_fields__[2:]]


def test_the_codes_of_a_rejection_are_those_that_the_core_gives() -> None:
    given = set()
    for file in ("spelling", "entry", "log"):
        for node in ast.walk(parse(ROOT / "src" / "cercle" / "core" / f"{file}.py")):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Rejected":
                assert isinstance(node.args[0], ast.Constant)
                given.add(node.args[0].value)
    named = first_column(section("Taking an entry in"))
    assert len(named) == len(set(named))
    assert set(named) == given | {"signature"}  # which is said of a run: see `authentic`
    assert all(code in (spelling.Rejected.__doc__ or "") for code in named)


def test_the_codes_of_the_fold_are_its_reasons() -> None:
    assert first_column(section("The fold")) == [why.code for why in Why]


def test_the_steps_of_the_fold_name_each_of_its_reasons() -> None:
    steps = section("The fold") + section("Removals")
    assert {code for code in re.findall(r"`(circle\.[a-z_]+)`", steps) if code in {why.code for why in Why}} == {
        why.code for why in Why
    }


def test_what_is_hashed_and_signed_begins_as_it_says() -> None:
    for domain in (entry._DOMAIN, log._INVITATION_DOMAIN):
        assert f'"{domain[:-1].decode()}"' in PROTOCOL
        assert domain[-1:] == b"\0"
    assert f"`{entry._EVENT.pattern}`" in PROTOCOL


def test_the_modules_and_what_they_need_are_those_of_this_release() -> None:
    text = " ".join(section("Module versions").split())
    for module in load():
        assert f"`{module.name}` {module.version}" in text
        if module.needs:
            assert (
                f"`{module.name}` {module.version} (which needs {' and '.join(f'`{need}`' for need in module.needs)})"
                in text
            )


def test_the_states_are_written_down_as_they_are() -> None:
    """After a change of any state: `.venv/bin/python -m tests.vectors`."""
    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == states()
