"""Keeping a node safe: backup, restore, and what is wrong with it."""

import sys
from pathlib import Path

import click
from msgspec import to_builtins
from msgspec.structs import replace

from cercle import backup as backups
from cercle import daily as days
from cercle import daily_backup
from cercle.cli.doctor import examine
from cercle.cli.terminal import Here, command, give, open_node, showing_progress, writing
from cercle.paper import new_words as new_words_in
from cercle.paper import seed_of
from cercle.restoring import Person, Restored, is_locked
from cercle.sentences import plain as plain_name
from cercle.store.node import Node

Target = click.Path(path_type=Path, dir_okay=False)
Folder = click.Path(path_type=Path, exists=True, file_okay=False)


@command("backup")
@click.argument("file", type=Target, required=False)
@click.option("--plain", is_flag=True, help="Not locked: whoever holds FILE can act as everybody of this node.")
@click.option("--new-words", is_flag=True, help="Make the words that open backups from now on, and print them once.")
@click.option("--my-words", is_flag=True, help="Type in words that you have on paper already, from another machine.")
@click.option("--daily", metavar="FOLDER", type=Folder, help="From now on `cercle up` puts one there each day.")
@click.option("--stop", is_flag=True, help="From now on none is made by itself.")
def backup(
    here: Here, file: Path | None, plain: bool, new_words: bool, my_words: bool, daily: Path | None, stop: bool
) -> None:
    """Copy the whole node into FILE, keys included.

    It is locked for the 12 words that --new-words makes, once there are some; without FILE it goes where the daily
    ones go. Each is tried before it counts: restored into a folder of its own, looked over from the first byte on, and
    compared. It may run while the node does. An earlier backup of that name is replaced, any other file is not. With
    --json: {"file", "size", "locked", "without"}: who could not be brought in again by a restore; or {"words"}, or
    {"folder"}.
    """
    if sum((new_words, my_words, daily is not None, stop, file is not None)) > 1:
        raise click.UsageError(here.gettext("These do not go together."))
    with open_node(here) as node:
        if new_words or my_words:
            take_words(here, node, new_words)
        elif stop:
            days.stop(node)
            give(here, {"folder": None}, here.gettext("No backup is made by itself any more."))
        else:
            if daily is not None:
                days.choose(node, daily)
            make_one(here, node, file, plain)


def take_words(here: Here, node: Node, is_new: bool) -> None:
    """Those of a new paper, or of one that there is already."""
    _ = here.gettext
    if not is_new:
        days.keep_words(node, seed_of(ask_words(here)))
        return give(here, {"words": None}, _("Backups are locked for these words from now on."))
    words = new_words_in(here.language)
    seed = seed_of(words)
    numbered = [f"{number:>4}  {word}" for number, word in enumerate(words.split(), 1)]
    lines = [_("Write these 12 words on paper now, and keep the paper away from this machine:"), "", *numbered, ""]
    lines += [
        _("They are shown this once. Whoever has them opens every backup; without them nobody does."),
        _("Older backups still need the older words."),
    ]
    give(here, {"words": words}, *lines)
    sys.stdout.flush()  # who could not be shown them goes on with those of before
    return days.keep_words(node, seed)


def ask_words(here: Here) -> str:
    return str(click.prompt(here.gettext("The 12 words of the paper, in their order:"), prompt_suffix=" ", err=True))


def make_one(here: Here, node: Node, file: Path | None, plain: bool) -> None:
    """Now, into a file or where the daily ones go, and says what it is worth."""
    _ = here.gettext
    if file is None:
        key = days.key_of(node)
        file, made = daily_backup.make(node)
    else:
        key = b"" if plain else days.key_of(node)
        with writing(file):
            made = backups.back_up(node, file, key)
    lines = [
        _("%(file)s holds all of it (%(size)s kB).", file=file, size=-(-made.size // 1000)),
        _("It was restored on trial, and all came back as it is here."),
    ]
    if key:
        lines.append(_("It opens with the 12 words of your paper alone."))
    else:
        lines.append(_("Keep it safe: whoever holds it holds the keys of everybody here."))
    if days.is_beside(node, file):
        lines.append(_("It is on the same disk as the data: when that disk breaks, both are gone."))
    if made.without:
        names = named(made.without)
        lines.append(_("No spare key could be put aside for %(names)s, so a restore leaves them out.", names=names))
    told = {"file": str(file), "size": made.size, "locked": bool(key), "without": to_builtins(made.without)}
    give(here, told, *lines)


@command("restore")
@click.argument("file", type=Target)
@click.option("--in-place", is_flag=True, help="The old machine is gone for good, and this one takes its place.")
def restore(here: Here, file: Path, in_place: bool) -> None:
    """Make a node out of the backup FILE, in an empty data folder.

    Where it is locked, the 12 words of the paper are asked for. All of it is looked over. The old machine may go on:
    everybody gets a new key here, and signs in anew (`cercle signin`). A circle whose keeper is the old machine settles
    nothing here until that machine is heard, by a bundle.

    With --in-place this node goes on with the old keys and sessions, and seals. If the old machine, or a copy of it,
    ever writes again, its people's devices will have told two stories, and every circle freezes them. Unpack what
    bundles there are from after the backup before anybody writes. With --json: {"circles", "joined", "left",
    "waiting", "found"}; "found" is how many things are not as they should be.
    """
    seed = seed_of(ask_words(here)) if is_locked(file) else None
    with showing_progress(here, here.gettext("Looking it over")) as progress:
        restored = backups.restore(file, here.folder, in_place, seed, progress)
    result = to_builtins(replace(restored, stands=[]))
    del result["stands"]
    give(here, result, *told(here, restored, in_place))


def told(here: Here, restored: Restored, in_place: bool) -> list[str]:
    _ = here.gettext
    count = len(restored.circles)
    again = here.ngettext(
        "%(count)s circle is in %(folder)s again.", "%(count)s circles are in %(folder)s again.", count
    )
    lines = [again % {"count": count, "folder": here.folder}]
    if restored.found:
        lines.append(_("Not all of it is as it was written: cercle verify says where."))
    else:
        lines.append(_("All of it was looked over, and is as it was written."))
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
        names = ", ".join(map(plain_name, restored.waiting))
        lines.append(
            _(
                "Until there is news of the old machine, nothing is confirmed in %(names)s: all goes on as pending.",
                names=names,
            )
        )
    return lines


def named(people: list[Person]) -> str:
    return ", ".join(dict.fromkeys(plain_name(person.name) or person.member for person in people))


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
