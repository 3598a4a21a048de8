"""Keeping a node safe: backup, restore, and what is wrong with it."""

from pathlib import Path

import click
from msgspec import to_builtins

from cercle import backup as backups
from cercle.backup import Person, Restored
from cercle.cli.doctor import examine
from cercle.cli.terminal import Here, command, give, open_node, writing
from cercle.sentences import plain

Target = click.Path(path_type=Path, dir_okay=False)


@command("backup")
@click.argument("file", type=Target)
def backup(here: Here, file: Path) -> None:
    """Copy the whole node into FILE, keys included.

    It may run while the node does. An earlier backup of that name is replaced, any other file is not. Whoever holds
    FILE can act as everybody of this node. With --json: {"file", "size", "without"}: who could not be brought in again
    by a restore.
    """
    with open_node(here) as node, writing(file):
        without = backups.back_up(node, file)
    size = file.stat().st_size
    _ = here.gettext
    lines = [
        _("%(file)s holds all of it (%(size)s kB).", file=file, size=-(-size // 1000)),
        _("Keep it safe: whoever holds it holds the keys of everybody here."),
    ]
    if without:
        lines.append(
            _("No spare key could be put aside for %(names)s, so a restore leaves them out.", names=named(without))
        )
    give(here, {"file": str(file), "size": size, "without": to_builtins(without)}, *lines)


@command("restore")
@click.argument("file", type=Target)
@click.option("--in-place", is_flag=True, help="The old machine is gone for good, and this one takes its place.")
def restore(here: Here, file: Path, in_place: bool) -> None:
    """Make a node out of the backup FILE, in an empty data folder.

    The old machine may go on: everybody gets a new key here, and signs in anew (`cercle signin`). A circle whose
    keeper is the old machine settles nothing here until that machine is heard, by a bundle.

    With --in-place this node goes on with the old keys and sessions, and seals. If the old machine, or a copy of it,
    ever writes again, its people's devices will have told two stories, and every circle freezes them. Unpack what
    bundles there are from after the backup before anybody writes. With --json: {"circles", "joined", "left",
    "waiting"}.
    """
    restored = backups.restore(file, here.folder, in_place)
    give(here, to_builtins(restored), *told(here, restored, in_place))


def told(here: Here, restored: Restored, in_place: bool) -> list[str]:
    _ = here.gettext
    count = len(restored.circles)
    again = here.ngettext(
        "%(count)s circle is in %(folder)s again.", "%(count)s circles are in %(folder)s again.", count
    )
    lines = [again % {"count": count, "folder": here.folder}]
    if in_place:
        lines.append(_("The old machine must never write again, nor any copy of it: the circles would freeze both."))
    elif restored.joined:
        names = named(restored.joined)
        lines.append(_("New keys were made for %(names)s. They sign in anew: cercle signin NAME", names=names))
    if restored.left:
        lines.append(
            _("%(names)s could not be brought in: an adult of the circle invites them.", names=named(restored.left))
        )
    if restored.waiting:
        names = ", ".join(map(plain, restored.waiting))
        lines.append(
            _("Until the old machine is heard, nothing is settled in %(names)s: all goes on as pending.", names=names)
        )
    return lines


def named(people: list[Person]) -> str:
    return ", ".join(dict.fromkeys(plain(person.name) or person.member for person in people))


@command("doctor")
@click.pass_context
def doctor(context: click.Context, here: Here) -> None:
    """Check this node, a line for each thing.

    Its folder, disk, database, keys and clock, and whether it runs. The status is 1 if something is wrong. With --json:
    a list of {"about", "ok", "finding"}.
    """
    found = examine(here)
    marks = {True: here.gettext("fine"), False: click.style(here.gettext("wrong"), fg="red")}
    give(here, found, *(f"{marks[one['ok']]}  {one['finding']}" for one in found))
    context.exit(0 if all(one["ok"] for one in found) else 1)
