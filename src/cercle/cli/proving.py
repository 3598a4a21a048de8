"""Showing to others that an entry was settled, and to each other that all were told the same."""

from pathlib import Path
from typing import Any

import click

from cercle.cli.terminal import Here, Problem, command, give, open_node
from cercle.proofs import Proven, check, checkpoint, compare, prove
from cercle.sentences import moment
from cercle.store.database import FILE

LARGEST = 1024 * 1024


@command("prove")
@click.argument("circle")
@click.argument("entry", required=False)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-words", is_flag=True, help="Tell what the entry says in words, too.")
def prove_command(here: Here, circle: str, entry: str | None, file: Path | None, with_words: bool) -> None:
    """Prove that ENTRY of CIRCLE was sealed, by a small FILE.

    Whoever has the file can check it by `cercle verify --proof FILE`, and needs nothing else of the circle. ENTRY is an
    id, or its first 20 digits, as the log shows it. Without ENTRY: the checkpoint of CIRCLE, by which another member
    sees by `cercle verify CIRCLE --compare CHECKPOINT` that both were told the same. With --json: {"circle", "file",
    "size"}, or {"circle", "checkpoint"}.
    """
    with open_node(here) as node:
        live = node.find(circle)
        identifier = live.id.hex()
        if entry is None:
            told = checkpoint(live)
            give(here, {"circle": identifier, "checkpoint": told}, told or here.gettext("Nothing is sealed yet."))
            return
        raw = prove(live, entry[:20].lower(), with_words)
    file = file or Path(f"{entry[:20].lower()}.cercle-proof")
    file.write_bytes(raw)
    said = here.gettext("%(file)s (%(size)s bytes).", file=file, size=len(raw))
    give(here, {"circle": identifier, "file": str(file), "size": len(raw)}, said)


def tell_proof(here: Here, file: Path) -> int:
    """What a proof proves; the exit status."""
    with file.open("rb") as stream:
        proven = check(stream.read(LARGEST))
    same = same_here(here, proven)
    words = {name: str(text) for name, text in proven.words.items()}
    told: dict[str, Any] = {"circle": proven.circle.hex(), "entry": proven.entry.id.hex()}
    told |= {"device": proven.entry.device.hex(), "event": proven.entry.event, "words": words}
    told |= {"verdict": proven.verdict or "ok", "place": proven.index, "count": proven.count}
    told["checkpoint"] = proven.checkpoint
    give(here, told | {"time": proven.time, "here": same}, *lines(here, told, proven.time, same))
    return 1 if same is False else 0


def same_here(here: Here, proven: Proven) -> bool | None:
    """Whether this node's log was settled as the proof says; None where it cannot tell."""
    if not (here.folder / FILE).exists():
        return None
    with open_node(here) as node:
        held = next((no for no, identifier in node.numbers().items() if identifier == proven.circle), None)
        return compare(node.live(held), proven.checkpoint) if held is not None else None


def lines(here: Here, told: dict[str, Any], time: int, same: bool | None) -> list[str]:
    _ = here.gettext
    facts = [
        (_("Circle"), told["circle"]),
        (_("Entry"), told["entry"]),
        (_("Device"), told["device"]),
        (_("Event"), told["event"]),
        *((name, text) for name, text in told["words"].items()),
        (_("Verdict"), told["verdict"]),
        (_("Sealed"), moment(time, here.language)),
        (_("Checkpoint"), told["checkpoint"]),
    ]
    here_too = {
        None: _(
            "It is as true as the device that sealed it, which may keep the log no more: "
            "compare the checkpoint with a member’s."
        ),
        True: _("The log on this machine says so too."),
        False: _("The log on this machine was told otherwise: its members were told two stories."),
    }
    first = _("Entry %(place)s of %(count)s was sealed so.", place=told["place"] + 1, count=told["count"])
    return [first, *(f"{label}  {text}" for label, text in facts), here_too[same]]


def tell_same(here: Here, circle: str, said: str) -> int:
    """Whether a checkpoint that another member said is of the same log; the exit status."""
    with open_node(here) as node:
        live = node.find(circle)
        same, mine = compare(live, said), checkpoint(live)
    sentence = {
        True: here.gettext("Both tell the same."),
        False: here.gettext(
            "They tell two stories: ask the keeper of the log, and look at `cercle verify` on both machines."
        ),
        None: here.gettext("This machine has not got so far yet: let both meet, and compare again."),
    }[same]
    if same is None:
        raise Problem("not_so_far", sentence)
    give(here, {"same": same, "checkpoint": mine}, sentence)
    return 0 if same else 1
