"""Carrying circles in and out: what other programs kept, and what they can read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click
from sqlalchemy.exc import DBAPIError

from cercle.cli.problems import problem_of
from cercle.cli.terminal import Here, Problem, Progress, command, give, open_node, showing_progress, writing
from cercle.core.entry import Entry, Raw
from cercle.exchange import member_called, writers
from cercle.export import journal
from cercle.imports import KINDS, Report, Where
from cercle.meeting import pack as packed
from cercle.meeting import read_frontier
from cercle.sentences import plain
from cercle.stick import openers
from cercle.store.frontier import Frontier, lacking
from cercle.store.keyring import opening_seeds
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.receive import Received
from cercle.sync.bundle import Section, write
from cercle.sync.locked import lock, reading
from cercle.telling import member_names

File = click.Path(path_type=Path, dir_okay=False)


# --- bundles -----------------------------------------------------------------------------------------------------


@command("pack")
@click.argument("circle")
@click.argument("file", type=File)
@click.option("--to", "names", metavar="MEMBER", multiple=True, help="Lock FILE for this member; for several, again.")
@click.option("--to-all", "is_for_all", is_flag=True, help="Lock FILE for all who are in the circle.")
@click.option("--since", metavar="CODE", help="Only what is not there where `cercle sync CIRCLE --code` said CODE.")
def pack(here: Here, circle: str, file: Path, names: tuple[str, ...], is_for_all: bool, since: str | None) -> None:
    """Write the log of CIRCLE into FILE.

    A bundle. With --to or --to-all only the machines of these members can read it, and nobody who finds it: it is safe
    to carry. Without, it is plain: who opens it reads everything, and cannot write with it. The keeper seals first what
    was pending. With --json: {"circle", "file", "entries", "size", "to"}.
    """
    there = frontier_in(here, since)
    with open_node(here) as node, showing_progress(here, here.gettext("Packing")) as progress:
        live = node.find(circle)
        devices = locked_for(here, live, None if is_for_all else names) if names or is_for_all else {}
        live.seal()
        counted = Counted(lacking(live, there), live.replica.tree.size + len(live.replica.pending.entries), progress)
        with whole(file) as out:
            if devices:
                lock(packed(live.id, counted), out, [key for keys in devices.values() for key in keys])
            else:
                out.writelines(write(live.id, counted))
        identifier, to = live.id.hex(), [member_names(live)[member] for member in devices]
    count, size = counted.count, file.stat().st_size
    said = here.ngettext(
        "%(count)s entry in %(file)s (%(size)s kB).", "%(count)s entries in %(file)s (%(size)s kB).", count
    )
    lines = [said % {"count": count, "file": file, "size": -(-size // 1000)}]
    if to:
        lines.append(here.gettext("Only their machines open it: %(names)s.", names=", ".join(to)))
    give(here, {"circle": identifier, "file": str(file), "entries": count, "size": size, "to": to}, *lines)


def frontier_in(here: Here, code: str | None) -> Frontier:
    """Raises `click.UsageError`."""
    try:
        return read_frontier(code) if code is not None else Frontier()
    except ValueError as error:
        sentence = here.gettext("This is no code such as “cercle sync CIRCLE --code” prints on the other machine.")
        raise click.UsageError(sentence) from error


def locked_for(here: Here, live: Live, names: tuple[str, ...] | None) -> dict[str, list[bytes]]:
    """The members of these names (None: all of them) with their devices. Raises `Unfit` and `Problem`."""
    if names is None:
        return openers(live)
    wanted = {member_called(live, name, language=here.language): name for name in names}
    devices = openers(live, wanted)
    for member, name in wanted.items():
        if live.circle.roots.members[member].gone:
            raise Problem("gone", here.gettext("%(name)s is not in the circle any more.", name=name))
        if member not in devices:
            raise Problem("no_device", here.gettext("%(name)s has no machine that could open a file.", name=name))
    return devices


class Counted:
    """Entries, counted as they go by."""

    def __init__(self, entries: Iterator[tuple[Entry, Raw]], of: int, progress: Progress) -> None:
        self.entries = entries
        self.of = of
        self.progress = progress
        self.count = 0

    def __iter__(self) -> "Counted":
        return self

    def __next__(self) -> tuple[Entry, Raw]:
        pair = next(self.entries)
        self.count += 1
        if self.count % 1000 == 0:
            self.progress(self.count, self.of)
        return pair


@command("unpack")
@click.argument("file", type=File)
@click.pass_context
def unpack(context: click.Context, here: Here, file: Path) -> None:
    """Take in what the bundle FILE has and this node has not.

    A file that is locked is opened with the keys that are here. Each entry is checked; what is there already changes
    nothing, and what lacks its parents waits for them. A circle that is not here yet becomes one to read. The status is
    1 where something was not taken. With --json: {"circle", "new", "known", "filled", "waiting", "rejected"}.
    """
    circle, name, received = taken_in(here, file)
    _ = here.gettext
    if received.stopped is not None:
        reason = received.stopped.reason
        taken = here.ngettext(
            "What came before was taken in: %(new)s new entry.",
            "What came before was taken in: %(new)s new entries.",
            received.new,
        )
        raise Problem(
            reason.code, f"{_(reason.sentence)} {taken % {'new': received.new} if received.new else ''}".strip()
        )
    told = {
        "circle": circle.hex(),
        "new": received.new,
        "known": received.known,
        "filled": received.filled,
        "waiting": received.waiting,
        "rejected": received.rejected,
    }
    said = here.ngettext(
        "%(name)s: %(new)s new entry, %(known)s known.", "%(name)s: %(new)s new entries, %(known)s known.", received.new
    )
    lines = [said % {"name": plain(name) or circle.hex(), "new": received.new, "known": received.known}]
    if received.waiting:
        waits = here.ngettext(
            "%(waiting)s entry waits for what another file brings: an earlier one, or one of the whole circle.",
            "%(waiting)s entries wait for what another file brings: an earlier one, or one of the whole circle.",
            received.waiting,
        )
        lines.append(waits % told)
    lines += [_("Not taken: %(what)s (%(why)s)", what=what, why=why) for what, why in received.rejected]
    give(here, told, *lines)
    context.exit(1 if received.rejected else 0)


def taken_in(here: Here, file: Path) -> tuple[bytes, str, Received]:
    """The circle of a file, its name, and what became of its entries. Raises `Refused` and `Problem`."""

    def watched(stream: BinaryIO, sections: Iterator[Section], progress: Progress) -> Iterator[Section]:
        size = file.stat().st_size
        for section in sections:
            if stream.seekable():
                progress(stream.tell(), size)
            yield section

    with file.open("rb") as stream, open_node(here, is_new=True) as node:
        seeds = opening_seeds(node.connection)
        with showing_progress(here, here.gettext("Unpacking")) as progress, reading(stream, seeds) as reader:
            sections = watched(stream, reader.sections(), progress)
            try:
                received = node.receive(reader.circle, sections, at_hand=stream.seekable())
                return reader.circle, name_of(node, received), received
            except DBAPIError as error:
                problem = problem_of(error, here)
                if problem is None or problem.code not in ("disk_full", "disk_fails"):
                    raise
                again = here.gettext("The disk is full or fails. Take the file in again once there is room.")
                raise Problem(problem.code, again) from error


def name_of(node: Node, received: Received) -> str:
    """Of the circle that was taken in; "" where nothing was, or where it cannot be read here yet."""
    live = node.live(received.circle) if received.circle else None
    return live.name(live.circle.roots.name) if live is not None and not live.replica.lacking else ""


# --- other programs ----------------------------------------------------------------------------------------------


@command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=File)
@click.option("--circle", help="Into this circle; else where an earlier import of it went, or a new one.")
@click.option("--name", default="", help="What a new circle is called.")
@click.option("--founder", default="", help="Who starts a new circle: one of the names in FILE, or another.")
@click.option("--by", metavar="NAME", help="Who brings it; else the first adult who writes on this node.")
def bring(here: Here, kind: str, file: Path, circle: str | None, name: str, founder: str, by: str | None) -> None:
    """Bring in what another program kept.

    KIND is the program: ihatemoney (bills.json or bills.csv) or grocy (grocy.db). All of FILE comes in or, where it
    cannot be read, nothing; what came in before is not doubled. With --json: {"circle", "member", "new", "brought",
    "already", "left", "warnings"}.
    """
    with open_node(here, is_new=True) as node:
        member = ""
        if by:
            found = node.find(circle) if circle else None
            if found is None:
                raise click.UsageError(here.gettext("--by needs --circle."))
            member = member_called(found, by, writers(node, found), here.language)
        where = Where(circle=circle or "", name=name, founder=founder, by=member)
        report = KINDS[kind].bring(node, file, where)
    told = report.plain(here.gettext)
    give(here, told, *as_text(here, report, told))


def as_text(here: Here, report: Report, told: dict[str, Any]) -> list[str]:
    _ = here.gettext
    started = _("A new circle has begun: %(circle)s", circle=report.circle)
    lines = [started if report.new else _("Into the circle %(circle)s", circle=report.circle)]
    counted = ((_("Brought: %(what)s."), report.brought), (_("There already: %(what)s."), report.already))
    for sentence, counts in counted:
        if counts:
            lines.append(sentence % {"what": ", ".join(f"{count} {_(what)}" for what, count in counts.items())})
    for left in told["left"]:
        examples = f" ({', '.join(left['examples'])})" if left["examples"] else ""
        what = f"{left['count']} {_(left['what'])}"
        lines.append(_("Left: %(what)s. %(why)s", what=what, why=f"{left['why']}{examples}"))
    return [*lines, *told["warnings"]]


@command("export")
@click.argument("circle")
@click.option(
    "--hledger",
    type=click.Path(path_type=Path, allow_dash=True),
    required=True,
    help="Write the accounts as a journal that hledger reads; - for standard output.",
)
def export(here: Here, circle: str, hledger: Path) -> None:
    """Write the accounts of CIRCLE for hledger.

    Each entry that posted something is a transaction, and `hledger balance` gives what the pages show. With --json:
    {"circle", "file"}.
    """
    with open_node(here) as node:
        live = node.find(circle)
        lines = list(journal(live, here.language))
        identifier = live.id.hex()
    if str(hledger) == "-":
        click.echo("\n".join(lines))
        return
    with whole(hledger) as out:
        out.writelines(f"{line}\n".encode() for line in lines)
    give(here, {"circle": identifier, "file": str(hledger)}, here.gettext("Written: %(path)s", path=hledger))


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """To write the whole file or, on a full disk, leave the one that was there; a pipe or a device takes it as it
    comes."""
    is_file = path.is_file() or not path.exists()
    beside = path.with_name(f"{path.name}.{os.getpid()}.part") if is_file else path
    with writing(path):
        try:
            with beside.open("wb") as out:
                yield out
            if is_file:
                beside.replace(path)
        finally:
            if is_file:
                beside.unlink(missing_ok=True)
