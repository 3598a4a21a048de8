"""Looking over a circle's log, or a bundle of one, from the bytes on."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from cercle.cli.proving import tell_proof, tell_same
from cercle.cli.terminal import Here, command, give, open_node, showing_progress
from cercle.core.entry import read_words
from cercle.modules import load
from cercle.store.database import FILE
from cercle.store.frontier import Frontier, lacking
from cercle.store.keyring import opening_seeds
from cercle.store.live import Live
from cercle.store.node import Node, NotFound
from cercle.store.receive import Why
from cercle.store.tables import entries
from cercle.store.verify import Finding, Progress, verify, verify_sections
from cercle.sync.bundle import Parser, Section, Unreadable, write
from cercle.sync.locked import reading

NAMING = (b"circle.begun", b"circle.renamed")


@command("verify")
@click.argument("wanted", metavar="CIRCLE|FILE")
@click.option("--proof", "is_proof", is_flag=True, help="FILE is a proof that `cercle prove` made.")
@click.option("--compare", metavar="CHECKPOINT", help="Whether another member's log of CIRCLE tells the same.")
@click.pass_context
def verify_command(context: click.Context, here: Here, wanted: str, is_proof: bool, compare: str | None) -> None:
    """Check a circle's log, or the bundle FILE, byte by byte.

    Every signature, every link between entries, their order, what the rules say of them, and the words. A file that is
    locked is opened with the keys that are here. The status is 1 where anything is found. With --json: {"circle",
    "found"}, each finding with its "code", "place" (an entry's id, or where else) and "reason".

    With --proof: that an entry was sealed, by the proof alone; nothing of the circle need be here. With --json:
    {"circle", "entry", "device", "event", "words", "verdict", "place", "count", "checkpoint", "time", "here"}; "here"
    is whether the log of this node says so too, null where it has not got so far, or does not hold the circle: then the
    proof is as true as the device that sealed it, and a member can tell by the checkpoint.

    With --compare: what `cercle prove CIRCLE` printed for another member, such as 5912-K7QM-2XPD-ABCD-EFGH-IJKL-MNOP.
    """
    if is_proof:
        context.exit(tell_proof(here, Path(wanted)))
    if compare is not None:
        context.exit(tell_same(here, wanted, compare))
    circle, found = look(here, wanted)
    told: dict[str, Any] = {
        "circle": circle.hex() if circle else None,
        "found": [
            {"code": one.reason.code, "place": one.place, "reason": here.gettext(one.reason.sentence)} for one in found
        ],
    }
    lines = [f"{one['place']}  {one['reason']}".strip() for one in told["found"]]
    give(here, told, *(lines or [here.gettext("All is well: every entry is as it was signed.")]))
    context.exit(1 if found else 0)


def look(here: Here, wanted: str) -> tuple[bytes, list[Finding]]:
    """The circle's id, empty where a file says none, and what was found. A file that goes on from somewhere is looked
    over together with what is here. Raises `NotFound`, OSError."""
    file = Path(wanted)
    with showing_progress(here, here.gettext("Checking")) as progress:
        if (here.folder / FILE).exists():
            with open_node(here) as node:
                no = number_of(node, wanted)
                if no is not None:
                    return node.numbers()[no], verify(node.connection, node.modules, no, progress)
                if file.exists():
                    return look_at_file(file, opening_seeds(node.connection), progress, node)
        if not file.exists():
            raise NotFound(wanted, [])
        return look_at_file(file, [], progress)


def number_of(node: Node, wanted: str) -> int | None:
    """The number of the circle of that id or name; None where there is none. Raises `NotFound` where several fit."""
    numbers = node.numbers()
    fits = [no for no, identifier in numbers.items() if wanted and identifier.hex().startswith(wanted.lower())]
    if len(fits) != 1:
        fits = [no for no in numbers if wanted in names_of(node, no)] or fits
    if len(fits) > 1:
        raise NotFound(wanted, [numbers[no].hex() for no in fits])
    return fits[0] if fits else None


def names_of(node: Node, no: int) -> set[str]:
    """The name of a circle; where its log is too damaged to be folded, every name that is still to be read in it."""
    try:
        live = node.live(no)
        found = {live.name(live.circle.roots.name)}
    except Exception:  # whatever the bytes lead to: this command is there to tell
        found = set()
    if found - {""}:
        return found
    query = select(entries.c.header, entries.c.body).where(entries.c.circle == no, entries.c.body.is_not(None))
    rows = node.connection.execute(query).all()
    return {str(read_words(row.body).get("name", "")) for row in rows if any(event in row.header for event in NAMING)}


def look_at_file(
    file: Path, seeds: list[bytes], progress: Progress, node: Node | None = None
) -> tuple[bytes, list[Finding]]:
    try:
        circle, found = sections_in(file, seeds, progress)
        lives = [node.live(no) for no, identifier in node.numbers().items() if identifier == circle] if node else []
        if lives and [one.reason for one in found] == [Why.NO_BEGINNING]:
            return sections_in(file, seeds, progress, sections_of(lives[0]))
        return circle, found
    except Unreadable as unreadable:
        return b"", [Finding(unreadable.reason, f"byte {unreadable.at}" if unreadable.at else "")]


def sections_in(
    file: Path, seeds: list[bytes], progress: Progress, before: Iterable[Section] = ()
) -> tuple[bytes, list[Finding]]:
    """The circle of a file, and what is found in it after what came before. Raises `Unreadable`."""
    with file.open("rb") as stream, reading(stream, seeds) as reader:
        return reader.circle, verify_sections(reader.circle, chain(before, reader.sections()), load(), progress)


def sections_of(live: Live) -> Iterator[Section]:
    """The whole log that is here, as a bundle brings it."""
    parser = Parser()
    for piece in write(live.id, lacking(live, Frontier())):
        yield from parser.feed(piece)
