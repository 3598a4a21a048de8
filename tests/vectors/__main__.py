"""Writes what the tests hold the program to: `.venv/bin/python -m tests.vectors`.

Once a release is tagged, its log and the cases of its entries stay as they are: what is written anew then is for the
next one.
"""

import json
from pathlib import Path
from typing import Any

from cercle import __version__
from cercle.core.fold import state_hash
from cercle.core.replica import Replica
from tests.story import Story
from tests.vectors.a_household import household
from tests.vectors.by_hand import Circle
from tests.vectors.cases import cases
from tests.vectors.meetings import meetings
from tests.vectors.proofs import proofs
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


def log() -> dict[str, Any]:
    """The golden log: entries in the order in which they were written, and all that their fold comes to."""
    story = household()
    replica = Replica(story.modules)
    epochs = replica.take(story.entries.values())
    settled = [pair for epoch in epochs for pair in zip(epoch.entries, epoch.verdicts, strict=True)]
    pending = [(entry, replica.verdicts[entry.id]) for entry in replica.pending.ordered()]
    return {
        "about": "a household's story, and what every later release must fold it to: see README.md",
        "release": __version__,
        "circle": story.id.hex(),
        "epochs": [len(epoch.entries) for epoch in epochs],
        "root": replica.tree.root().hex(),
        "state": state_hash(replica.circle).hex(),
        "order": [{"id": entry.id.hex(), "verdict": verdict} for entry, verdict in [*settled, *pending]],
        "entries": [told(story, identifier) for identifier in story.raws],
    }


def told(story: Story, identifier: bytes) -> dict[str, str | None]:
    raw = story.raws[identifier]
    parts = {"header": raw.header, "signature": raw.signature, "body": raw.body}
    told = {part: value.hex() if value is not None else None for part, value in parts.items()}
    return {"id": identifier.hex(), "device": story.entries[identifier].device.hex(), **told}


if __name__ == "__main__":
    (HERE / "entries.json").write_text(lines(entries()), encoding="utf-8")
    (HERE / "logs").mkdir(exist_ok=True)
    (HERE / "logs" / f"{__version__}.json").write_text(lines(log()), encoding="utf-8")
    (HERE / "meetings.json").write_text(lines(meetings()), encoding="utf-8")
    (HERE / "proofs.json").write_text(lines(proofs()), encoding="utf-8")
    (HERE.parents[1] / "docs" / "states.md").write_text(states(), encoding="utf-8")
