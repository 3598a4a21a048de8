"""Carrying circles in and out: what other programs kept, and what they can read."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from cercle.cli.terminal import Here, Problem, command, give, open_node, writing
from cercle.exchange import member_called, writers
from cercle.export import journal
from cercle.imports import KINDS, Report, Where
from cercle.store.rows import raw_entries
from cercle.sync.bundle import Reader, write

File = click.Path(path_type=Path, dir_okay=False)


# --- bundles -----------------------------------------------------------------------------------------------------


@command("pack")
@click.argument("circle")
@click.argument("file", type=File)
def pack(here: Here, circle: str, file: Path) -> None:
    """Write the whole log of CIRCLE into FILE.

    A bundle, plain: who opens it reads everything, and cannot write with it. The keeper seals first what was pending.
    With --json: {"circle", "file", "entries", "size"}.
    """
    with open_node(here) as node:
        live = node.find(circle)
        live.seal()
        entries = live.replica.tree.size + len(live.replica.pending.entries)
        identifier = live.id.hex()
        write_whole(file, write(live.id, raw_entries(live.connection, live.no)))
    size = file.stat().st_size
    sentence = here.gettext(
        "%(count)s entries in %(file)s (%(size)s kB).", count=entries, file=file, size=-(-size // 1000)
    )
    give(here, {"circle": identifier, "file": str(file), "entries": entries, "size": size}, sentence)


@command("unpack")
@click.argument("file", type=File)
@click.pass_context
def unpack(context: click.Context, here: Here, file: Path) -> None:
    """Take in what the bundle FILE has and this node has not.

    Each entry is checked; what is there already changes nothing, and what lacks its parents waits for them. A circle
    that is not here yet becomes one to read. The status is 1 where something was not taken. With --json: {"circle",
    "new", "known", "filled", "waiting", "rejected"}.
    """
    with file.open("rb") as stream, open_node(here, is_new=True) as node:
        reader = Reader(stream)
        received = node.receive(reader.circle, reader.sections(), at_hand=stream.seekable())
    _ = here.gettext
    if received.stopped is not None:
        reason = received.stopped.reason
        taken = _("What came before was taken in: %(new)s new entries.", new=received.new) if received.new else ""
        raise Problem(reason.code, f"{_(reason.sentence)} {taken}".strip())
    told = {
        "circle": reader.circle.hex(),
        "new": received.new,
        "known": received.known,
        "filled": received.filled,
        "waiting": received.waiting,
        "rejected": received.rejected,
    }
    lines = [_("Circle %(circle)s: %(new)s new entries, %(known)s known ones.", **told)]
    if received.waiting:
        lines.append(_("%(waiting)s entries wait for others that are not here yet.", **told))
    lines += [_("Not taken: %(what)s (%(why)s)", what=what, why=why) for what, why in received.rejected]
    give(here, told, *lines)
    context.exit(1 if received.rejected else 0)


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
    write_whole(hledger, (f"{line}\n".encode() for line in lines))
    give(here, {"circle": identifier, "file": str(hledger)}, here.gettext("Written: %(path)s", path=hledger))


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """The whole file or, on a full disk, the one that was there; a pipe or a device takes it as it comes."""
    is_file = path.is_file() or not path.exists()
    beside = path.with_name(f"{path.name}.{os.getpid()}.part") if is_file else path
    with writing(path):
        try:
            with beside.open("wb") as out:
                out.writelines(pieces)
            if is_file:
                beside.replace(path)
        finally:
            if is_file:
                beside.unlink(missing_ok=True)
