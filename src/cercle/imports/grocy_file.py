"""The file of a Grocy household, read as plain rows, from a copy: nothing is written beside the file."""

import re
import shutil
import sqlite3
from contextlib import closing
from fractions import Fraction
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import Struct

from cercle.core.event import Refused, is_day
from cercle.imports.bringing import Bringing, act_of, mark_of, tidy
from cercle.imports.report import Why
from cercle.modules.groceries.state import Groceries

MARK = mark_of("grocy")

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
MAGIC = b"SQLite format 3\0"
MOST_BYTES = 100 * 10**6
# Without these tables and columns it is no database of Grocy's.
NEEDED = {
    "migrations": {"migration", "execution_time_timestamp"},
    "locations": {"id", "name"},
    "products": {"id", "name", "location_id", "qu_id_stock"},
    "quantity_units": {"id", "name"},
    "shopping_list": {"id", "product_id", "note", "amount"},
    "stock": {"id", "product_id", "amount", "best_before_date", "stock_id"},
    "stock_log": {"id", "product_id", "amount", "best_before_date", "stock_id", "transaction_type"},
    "users": {"id", "username"},
}
SINCE_RELEASE_3 = {
    "chores": {"id", "name", "period_type"},
    "chores_log": {"id", "chore_id", "tracked_time"},
    "product_barcodes": {"id", "product_id", "barcode"},
    "product_groups": {"id", "name"},
    "quantity_unit_conversions": {"id", "from_qu_id", "to_qu_id", "factor", "product_id"},
    "shopping_locations": {"id", "name"},
}
NEVER = "2888"  # the year from which on Grocy means that something keeps for ever
LONGEST_NAME = 200
LONGEST_NOTE = 2000

_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_TAG = re.compile(r"<(br|/p|/li|/div|/h\d)\b[^>]*>|<[^>]*>", re.IGNORECASE)

Row = dict[str, Any]


class File(Struct, frozen=True):
    """`origin` tells one household from another; `counts` has the number of rows of every table."""

    origin: str
    name: str
    tables: dict[str, list[Row]]
    counts: dict[str, int]


class Household(Struct):
    """A file on its way into a circle. `ids`: table and row, to the short id, or the code, by which the circle knows
    it; `new`: the products that this import has brought; `seen`: table, to the last row that an earlier one saw."""

    into: Bringing
    file: File
    seen: dict[str, int]
    ids: dict[tuple[str, int], str] = {}
    new: list[str] = []

    @property
    def groceries(self) -> Groceries:
        return self.into.live.circle.groceries

    def rows(self, table: str) -> list[Row]:
        return self.file.tables.get(table, [])

    def act(self, table: str, row: Row, *more: object) -> bytes:
        return act_of(MARK, self.file.origin, table, row["id"], row.get("row_created_timestamp"), *more)

    def was_left(self, table: str, row: Row) -> bool:
        """Whether an earlier import has left this row. What hindered it may be gone by now; but much may have happened
        since, and what it says may no longer be so."""
        return row["id"] <= self.seen.get(table, 0) and self.act(table, row) not in self.into.there

    def known(self, table: str, identifier: Any) -> str | None:
        return self.ids.get((table, identifier))


def read(path: Path) -> File:
    """Reads the whole file. Raises `Refused` where it is no Grocy database."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refused(Why.TOO_LARGE)
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise Refused(Why.NOT_GROCY)
        with TemporaryDirectory(prefix="cercle-") as folder:
            return read_copy(copy(path, Path(folder)), path.stem)
    except OSError as error:
        raise Refused(Why.NO_FILE) from error
    except (sqlite3.Error, UnicodeDecodeError) as error:  # what is broken is also named by broken bytes
        raise Refused(Why.BROKEN) from error


def copy(path: Path, folder: Path) -> Path:
    """A copy, with what Grocy had not yet written into the file itself, if it runs right now."""
    for suffix in ("", "-wal", "-journal"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            shutil.copyfile(beside, folder / f"grocy.db{suffix}")
    return folder / "grocy.db"


def read_copy(path: Path, name: str) -> File:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise Refused(Why.BROKEN)
        columns = {row[0]: columns_of(connection, row[0]) for row in connection.execute(TABLES).fetchall()}
        for tables, why in ((NEEDED, Why.NOT_GROCY), (SINCE_RELEASE_3, Why.OLD_GROCY)):
            if any(not needed <= columns.get(table, set()) for table, needed in tables.items()):
                raise Refused(why)
        found = {
            table: [
                dict(row)
                for row in connection.execute(f"SELECT * FROM {table} ORDER BY id")
                if isinstance(row["id"], int)
            ]
            for table in ("recipes", *NEEDED, *SINCE_RELEASE_3)
            if "id" in columns.get(table, ())
        }
        counts = {
            table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            for table in columns
            if table.isidentifier()
        }
        installed = connection.execute("SELECT min(migration), min(execution_time_timestamp) FROM migrations")
        return File(repr(tuple(installed.fetchone())), tidy(name) or "grocy", found, counts)


def columns_of(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}


# --- what stands in a field ------------------------------------------------------------------------------------------


def name_in(value: Any) -> str:
    return tidy(str(value or ""))[:LONGEST_NAME]


def user_name(user: Row) -> str:
    whole = f"{user.get('first_name') or ''} {user.get('last_name') or ''}"
    return name_in(whole) or name_in(user.get("username")) or "?"


def note_in(value: Any) -> str:
    """A description as plain text: Grocy keeps it as HTML."""
    text = unescape(_TAG.sub(lambda tag: "\n" if tag.group(1) else " ", str(value or "")))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:LONGEST_NOTE]


def number_in(value: Any) -> Fraction | None:
    """The exact number that is meant: of what SQLite keeps as a double, the shortest decimal. None where there is
    none, or one that nobody can mean."""
    text = str(value).strip()
    number = Fraction(text) if _NUMBER.fullmatch(text) else None
    return number if number is not None and abs(number) < 10**9 else None


def day_in(value: Any) -> str | None:
    """A day, or None where there is none, or Grocy means that something keeps for ever."""
    day = str(value or "")[:10]
    return day if is_day(day) and day < NEVER else None


def thousandths(number: Fraction) -> int:
    """A half rounds away from zero."""
    sign = -1 if number < 0 else 1
    return sign * int(abs(number) * 1000 + Fraction(1, 2))
