"""What can go wrong with a command, as one plain sentence each."""

import errno
import sqlite3
from typing import TYPE_CHECKING

from cercle.cli.terminal import Here, Problem

if TYPE_CHECKING:
    from cercle.store.node import NotFound


# What of a command was written wrongly, whatever the circle is in.
WRONG_USAGE = {"unknown_event", "not_fields", "unknown_field", "malformed"}


def problem_of(error: Exception, here: Here) -> Problem | None:
    """The code and sentence for what people can do something about; None for a fault of this program."""
    if isinstance(error, Problem):
        return error
    cause = getattr(error, "orig", None) or error  # SQLAlchemy keeps the driver's error within its own
    if isinstance(cause, sqlite3.Error):
        return _of_database(cause, here)
    if isinstance(cause, OSError):
        return _of_system(cause, here)
    return _of_cercle(error, here)


def _of_database(error: sqlite3.Error, here: Here) -> Problem | None:
    _, folder = here.gettext, here.folder
    cannot_write = ("read_only", _("The data in %(folder)s cannot be written. Nothing was changed.", folder=folder))
    busy = ("busy", _("Something else is writing to the data. Try again in a moment."))
    known = {
        "FULL": ("disk_full", _("The disk is full. Nothing was changed.")),
        "READONLY": cannot_write,
        "PERM": cannot_write,
        "CANTOPEN": ("no_access", _("The data in %(folder)s cannot be opened.", folder=folder)),
        "BUSY": busy,
        "LOCKED": busy,
        "NOTADB": ("not_a_database", _("The data in %(folder)s is no database of Cercle.", folder=folder)),
        "CORRUPT": ("damaged", _("The data in %(folder)s is damaged. Restore the last backup.", folder=folder)),
        "IOERR": ("disk_fails", _("The disk does not answer as it should. Nothing was changed.")),
    }
    kind = getattr(error, "sqlite_errorname", "").split("_")  # such as SQLITE_IOERR_WRITE
    found = known.get(kind[1]) if len(kind) > 1 else None
    return Problem(*found) if found else None


def _of_system(error: OSError, here: Here) -> Problem:
    path = error.filename or here.folder
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem("disk_full", here.gettext("The disk is full. Nothing was changed."))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Problem("no_access", here.gettext("%(path)s may not be read or written from here.", path=path))
    if error.errno == errno.ENOENT:
        return Problem("no_file", here.gettext("There is no %(path)s.", path=path))
    if error.errno in (errno.EISDIR, errno.ENOTDIR, errno.EEXIST):
        return Problem("no_file", here.gettext("%(path)s is not what it should be: a file, or a folder.", path=path))
    return Problem("system", f"{path}: {error.strerror or error}")


def _of_cercle(error: Exception, here: Here) -> Problem | None:
    from cercle.core.event import Refused
    from cercle.core.fold import UpdateNeeded
    from cercle.core.spelling import Rejected
    from cercle.exchange import Unfit
    from cercle.store.database import InUse, Newer
    from cercle.store.node import NotFound

    if isinstance(error, Refused):
        return Problem(error.reason.code, here.gettext(error.reason.sentence))
    if isinstance(error, Unfit):
        return Problem(error.code, str(error), status=2 if error.code in WRONG_USAGE else 1)
    if isinstance(error, NotFound):
        return _not_found(error, here)
    if isinstance(error, InUse):
        process, _, address = error.about.partition(" ")
        sentence = here.gettext("Cercle runs on this data already: process %(process)s, %(address)s")
        return Problem("in_use", sentence % {"process": process, "address": address})
    if isinstance(error, Newer):
        return Problem("newer", here.gettext("The data was written by a newer Cercle. Update this one."))
    if isinstance(error, UpdateNeeded):
        sentence = here.gettext("The circle uses something newer than this program: %(what)s.", what=str(error))
        return Problem("update_needed", sentence)
    if isinstance(error, Rejected):
        return Problem(
            f"rejected.{error.code}", here.gettext("This is not as an entry should be: %(what)s.", what=error)
        )
    return None


def _not_found(error: "NotFound", here: Here) -> Problem:
    if error.choices:
        sentence = here.gettext(
            "More than one circle fits %(name)s: %(ids)s.", name=error.wanted, ids=", ".join(error.choices)
        )
        return Problem("ambiguous_circle", sentence)
    return Problem("unknown_circle", here.gettext("There is no circle called %(name)s here.", name=error.wanted))
