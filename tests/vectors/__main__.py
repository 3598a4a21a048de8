"""Writes what the tests hold the program to: `python -m tests.vectors`. Not for use once a release is tagged."""

import json
from pathlib import Path
from typing import Any

from tests.vectors.by_hand import Circle
from tests.vectors.cases import cases
from tests.vectors.states import states

HERE = Path(__file__).parent


def entries() -> dict[str, Any]:
    circle = Circle()
    return {
        "about": "entries beside a small circle, and what becomes of each: see README.md",
        "circle": circle.id.hex(),
        "log": [entry.told() for entry in circle.entries],
        "cases": [
            {"about": about, "verdict": verdict, **entry.told(), "before": [one.told() for one in before]}
            for about, verdict, entry, before in cases()
        ],
    }


def lines(whole: dict[str, Any]) -> str:
    """JSON with each entry and each case on a line of its own, so that what changes is seen."""
    parts = []
    for name, value in whole.items():
        if isinstance(value, list):
            told = ",\n".join(json.dumps(one, ensure_ascii=False) for one in value)
            parts.append(f"{json.dumps(name)}: [\n{told}\n]")
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    (HERE / "entries.json").write_text(lines(entries()), encoding="utf-8")
    (HERE.parents[1] / "docs" / "states.md").write_text(states(), encoding="utf-8")
