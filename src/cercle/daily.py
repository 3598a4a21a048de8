"""Backups that a node makes by itself: for which paper, into which folder, and what came of it. What makes them is
`cercle.daily_backup`, which takes more than a node that runs can spare."""

import os
from pathlib import Path

import msgspec

from cercle.core.event import Reason, Refused
from cercle.core.keys import public, signer
from cercle.store.node import Node

WORK = "backing-up"  # in the data, while one is made
KEY, FOLDER, SAID = "backup.key", "backup.folder", "backup.said"
HOUR, DAY = 3_600_000, 86_400_000
LATE = 2 * DAY
ABOUT = (
    "cercle-backups.txt"  # by it a folder is known again: that of a disk that is not plugged in is another one, empty
)
TEXT = """\
Backups of Cercle. Each is a whole one, locked: it opens with the 12 words on paper.
To restore: install Cercle on a machine, and type there: cercle restore FILE

Sauvegardes de Cercle. Chacune est entière et verrouillée : elle s’ouvre avec les 12 mots notés sur papier.
Pour restaurer : installer Cercle sur une machine, et y taper : cercle restore FICHIER
"""


class Why(Reason):
    NO_WORDS = (
        "backup.no_words",
        "There is no paper yet by which backups are locked. Make its words first: cercle backup --new-words.",
    )
    NO_FOLDER = ("backup.no_folder", "No folder is chosen yet into which backups go.")
    NOT_THERE = (
        "backup.not_there",
        "The folder of the backups is not there. If it is on a disk of its own, plug it in.",
    )
    INSIDE = ("backup.inside", "This folder is within the data itself, which the backups are to outlive.")
    FULL = ("backup.full", "There is no room left where the backup was to go.")
    NOT_WRITABLE = ("backup.not_writable", "The backup could not be written into its folder.")
    CUT_OFF = ("backup.cut_off", "The last backup was cut off before it was whole.")


class Said(msgspec.Struct):
    """What became of the backups, times in ms: when the last one was `tried`, and when the last one that is whole was
    `made`, its `file` and `size`; `problem` is the code of what stopped the last one, "" where nothing did."""

    tried: int = 0
    made: int = 0
    file: str = ""
    size: int = 0
    problem: str = ""


# --- what was chosen ---------------------------------------------------------------------------------------------


def keep_words(node: Node, seed: bytes) -> None:
    """Backups are locked for this paper from now on; of its key only the public part stays here."""
    node.keep_setting(KEY, public(signer(seed)))


def key_of(node: Node) -> bytes:
    return node.setting(KEY)


def choose(node: Node, folder: Path) -> None:
    """From now on backups go there by themselves. Raises `Refused` and OSError."""
    if not key_of(node):
        raise Refused(Why.NO_WORDS)
    chosen = folder.expanduser().resolve(strict=True)
    if chosen.is_relative_to(node.data.resolve()):
        raise Refused(Why.INSIDE)
    (chosen / ABOUT).write_text(TEXT, encoding="utf-8")
    node.keep_setting(FOLDER, os.fsencode(chosen))
    note(node, msgspec.structs.replace(said(node), tried=0, problem=""))


def stop(node: Node) -> None:
    node.keep_setting(FOLDER, b"")


def folder_of(node: Node) -> Path | None:
    chosen = node.setting(FOLDER)
    return Path(os.fsdecode(chosen)) if chosen else None


def is_beside(node: Node, folder: Path) -> bool:
    """Whether it is on the very disk on which the data is, so that both may be lost at once."""
    try:
        return folder.stat().st_dev == node.data.stat().st_dev
    except OSError:
        return False


# --- what came of it ---------------------------------------------------------------------------------------------


def said(node: Node) -> Said:
    kept = node.setting(SAID)
    return msgspec.json.decode(kept, type=Said) if kept else Said()


def note(node: Node, what: Said) -> None:
    node.keep_setting(SAID, msgspec.json.encode(what))


def is_due(node: Node) -> bool:
    """Once a day, and after one that did not come to its end an hour later. A clock that was put back does not keep it
    from being made."""
    if folder_of(node) is None:
        return False
    now, last = node.clock(), said(node)
    return not 0 <= now - last.made < DAY and not 0 <= now - last.tried < HOUR
