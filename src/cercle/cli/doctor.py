"""What is wrong with a node, looked at without changing anything of it."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from cercle import daily, daily_backup
from cercle.cli.terminal import Here, open_node
from cercle.core.fold import UpdateNeeded
from cercle.mail.server import said, server_of
from cercle.sentences import moment, plain
from cercle.store.database import FILE, SCHEMA, server, version
from cercle.store.live import Live, now
from cercle.store.node import Node
from cercle.store.tables import keys
from cercle.telling import member_names

ROOM_NEEDED = 200_000_000
CLOCK_OFF = 300_000

Finding = dict[str, Any]


# The one table without foreign keys.
ENTRIES_ASTRAY = (
    "SELECT count(*) FROM entries LEFT JOIN devices ON devices.no = device WHERE entries.circle IS NOT devices.circle"
)


def examine(here: Here) -> list[Finding]:
    """One finding after the other: what it is `about`, whether that is `ok`, and the `finding`, a sentence."""
    found = list(of_folder(here))
    if (here.folder / FILE).exists() and all(one["ok"] for one in found if one["about"] == "folder"):
        found += of_database(here)
        if all(one["ok"] for one in found if one["about"] in ("database", "schema")):
            found += of_circles(here)
    return found


def finding(about: str, is_ok: bool, sentence: str) -> Finding:
    return {"about": about, "ok": is_ok, "finding": sentence}


def of_folder(here: Here) -> Iterator[Finding]:
    _, folder = here.gettext, here.folder
    if not (folder / FILE).exists():
        yield finding("folder", True, _("There is no circle yet in %(folder)s.", folder=folder))
        return
    can_write = os.access(folder, os.W_OK | os.X_OK) and os.access(folder / FILE, os.W_OK)
    sentence = _("%(folder)s can be written.") if can_write else _("%(folder)s cannot be written.")
    yield finding("folder", can_write, sentence % {"folder": folder})
    open_to_others = [str(path) for path in (folder, folder / FILE) if is_open_to_others(path)]
    if open_to_others:
        names = ", ".join(open_to_others)
        yield finding("secrecy", False, _("Others of this machine may open %(names)s, where keys are.", names=names))
    else:
        yield finding("secrecy", True, _("Only its owner may open the data."))
    free = shutil.disk_usage(folder).free
    yield finding("disk", free >= ROOM_NEEDED, _("The disk has %(free)s MB left.", free=free // 1_000_000))
    process, _space, address = server(folder).partition(" ")
    runs = _("Process %(process)s serves this data at %(address)s", process=process, address=address)
    yield finding("server", True, runs if process else _("Cercle is not running now."))


def is_open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def of_database(here: Here) -> Iterator[Finding]:
    _, path = here.gettext, here.folder / FILE
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as connection:
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            astray = len(connection.execute("PRAGMA foreign_key_check").fetchall())
            astray += connection.execute(ENTRIES_ASTRAY).fetchone()[0]
        schema = version(path)
    except sqlite3.DatabaseError as error:
        yield finding("database", False, _("The database cannot be read: %(what)s.", what=error))
        return
    is_whole = answer == "ok"
    sentence = _("The database is whole.") if is_whole else _("The database is damaged: %(what)s.", what=answer)
    yield finding("database", is_whole, sentence)
    if schema > SCHEMA:
        yield finding("database", False, _("The data was written by a newer Cercle. Update this one."))
    elif schema < SCHEMA:
        yield finding("schema", False, _("The data is of an older Cercle; the next start brings it up to date."))
    if astray:
        yield finding("keys", False, _("%(count)s rows belong to a circle that is not there.", count=astray))


def of_circles(here: Here) -> Iterator[Finding]:
    with open_node(here) as node:
        for no, identifier in node.numbers().items():
            try:
                live = node.live(no)
            except UpdateNeeded as error:
                sentence = here.gettext("The circle uses something newer than this program: %(what)s.", what=str(error))
                yield finding("circle", False, f"{identifier.hex()[:12]}: {sentence}")
            else:
                yield from of_circle(here, node, live)
        yield of_backups(here, node)
        yield of_mail(here, node)


def of_backups(here: Here, node: Node) -> Finding:
    """Whether the last one that a restore would bring back is of late."""
    _, last, state = here.gettext, daily.said(node), daily_backup.state(node)
    if state is daily_backup.State.OFF:
        return finding("backup", True, _("No backup is made by itself: see cercle backup --help."))
    when = moment(last.made, here.language) if last.made else _("none yet")
    if state is daily_backup.State.GOOD:
        return finding("backup", True, _("The last backup that was tried is of %(when)s.", when=when))
    reason = daily_backup.problem(last.problem)
    why = here.gettext(reason.sentence) if reason is not None else _("It is older than it should be.")
    return finding("backup", False, _("The last backup that was tried: %(when)s. %(why)s", when=when, why=why))


def of_mail(here: Here, node: Node) -> Finding:
    """Whether the last reminders went, where there is a mail server."""
    _, server, last = here.gettext, server_of(node), said(node)
    if server is None:
        return finding("mail", True, _("No mail server is set up: see cercle mail --help."))
    if last.problem is not None:
        return finding("mail", False, _("No mail goes: %(why)s", why=_(last.problem.sentence)))
    return finding("mail", True, _("Mails go by %(host)s.", host=server.host))


def of_circle(here: Here, node: Node, live: Live) -> Iterator[Finding]:
    _, roots = here.gettext, live.circle.roots
    name = plain(live.name(roots.name)) or live.id.hex()[:12]
    held = node.connection.scalars(select(keys.c.key).where(keys.c.circle == live.no, keys.c.purpose == "device")).all()
    devices = [roots.devices.get(key.hex()) for key in held]
    frozen = {device.member for device in devices if device is not None and device.forked and device.member}
    if None in devices:
        yield finding(
            "keys", False, _("%(circle)s: this machine holds a key that the circle does not know.", circle=name)
        )
    if frozen:
        names = ", ".join(plain(member_names(live)[member]) for member in frozen)
        sentence = _("%(circle)s: a device of %(names)s contradicted itself and was frozen.", circle=name, names=names)
        yield finding("keys", False, sentence)
    if not held:
        yield finding("keys", True, _("%(circle)s: nobody writes here; this is a copy to read.", circle=name))
    elif bytes.fromhex(roots.keeper) not in held:
        yield finding(
            "keeper",
            True,
            _("%(circle)s: what is done here waits for the keeper of the log, on another machine.", circle=name),
        )
    else:
        yield finding("keeper", True, _("%(circle)s: this machine keeps the log.", circle=name))
    last = max([roots.time, *(entry.time for entry in live.replica.pending.entries.values())])
    if last > now() + CLOCK_OFF:
        when = moment(last, here.language)
        yield finding(
            "clock",
            False,
            _("%(circle)s: its last entry is of %(when)s, and this machine’s clock is behind.", circle=name, when=when),
        )
