"""Every test by which the threat model says that a promise is held is there."""

import re

from tests.house.tree import ROOT

NAMED = re.compile(r"`((?:tests|src)/[\w/]+\.py)::(test_\w+)`")


def test_each_test_that_holds_a_promise_is_there() -> None:
    named = NAMED.findall((ROOT / "docs" / "threats.md").read_text(encoding="utf-8"))
    assert len(named) > 40
    text = {path: (ROOT / path).read_text(encoding="utf-8") for path, _ in named if (ROOT / path).exists()}
    assert [f"{path}::{name}" for path, name in named if f"def {name}(" not in text.get(path, "")] == []


def test_each_line_of_a_table_says_what_holds_it_or_that_nothing_does() -> None:
    lines = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line, after in zip(lines, [*lines[1:], ""], strict=True) if not after.startswith("|---")]
    without = [row for row in rows if row.startswith("| ") and not NAMED.search(row)]
    assert [row.split("|")[1].strip() for row in without] == ["who gives you Cercle"]
