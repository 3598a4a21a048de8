"""Opening a node's database: durable, migrated, and owned by at most one server."""

import fcntl
import gc
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, create_engine, event, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from cercle.store.tables import metadata

FILE = "cercle.db"
SERVING = "serving"
BEFORE = ".before-"
PATIENCE = 10_000  # ms that one process waits for another
SCHEMA = "0004"
PAGE_SIZE = 8192
# In KiB, below 0; SQLite takes 2,000 by itself. What is read again and again is kept by the replica already.
CACHE, LARGE_CACHE = -500, -4000
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", f"cache_size={CACHE}")

# Of what is neither number nor text, sqlite3 asks at length how to store it, for a third of the time that a row takes.
# Bytes are stored as they are, and None as nothing; what the library itself calls is quicker than a function of ours.
sqlite3.register_adapter(bytes, bytes.__bytes__)
sqlite3.register_adapter(type(None), dict[None, None]().get)

_MIGRATIONS = Path(__file__).parent / "migrations"


class InUse(Exception):
    """Another server runs on this data: `about` says which."""

    def __init__(self, about: str) -> None:
        super().__init__(about)
        self.about = about


class Newer(Exception):
    """The data has a schema that only a newer program knows."""


def open_database(data: Path) -> Engine:
    """The engine of a node's database, made or migrated first where that is needed (with a copy beside it).

    One connection, in one thread: the program's one process is the queue. `data` is made with mode 700.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / FILE
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    migrate(path)
    return connect(path)


def connect(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",  # transactions begin where the program says so
        connect_args={"check_same_thread": False, "timeout": PATIENCE / 1000},
    )

    @event.listens_for(engine, "connect")
    def settle_in(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def run(connection: Connection, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
    """Runs what every act runs without SQLAlchemy’s share, which is a fifth of an act. Raises its errors."""
    raw: Any = connection.connection.dbapi_connection
    try:
        found: sqlite3.Cursor = raw.execute(statement, values)
    except sqlite3.Error as error:
        raise DBAPIError.instance(statement, values, error, sqlite3.Error) from error
    return found


@contextmanager
def transaction(connection: Connection, restore: Callable[[], None] | None = None) -> Iterator[None]:
    """All or nothing, durably. It takes the write lock at once, so that what is read inside is still so when it is
    written. A transaction inside another one is rolled back alone, or later with that one; `restore` is called after
    either, to bring what is in memory back to what the database holds."""
    depth = connection.info.get("depth", 0)
    restores, before = connection.info.setdefault("restores", []), rows_written(connection)
    if restore is not None and restore not in restores:
        restores.append(restore)
    try:
        run(connection, f"SAVEPOINT inner{depth}" if depth else "BEGIN IMMEDIATE")
        connection.info["depth"] = depth + 1
        yield
        run(connection, f"RELEASE inner{depth}" if depth else "COMMIT")
    except BaseException:
        with suppress(DBAPIError):  # SQLite has rolled back by itself where the disk was full
            for statement in (f"ROLLBACK TO inner{depth}", f"RELEASE inner{depth}") if depth else ("ROLLBACK",):
                run(connection, statement)
        for bring_back in restores if rows_written(connection) != before else ():
            bring_back()
        raise
    finally:
        connection.info["depth"] = depth
        if not depth:
            restores.clear()


@contextmanager
def uncollected() -> Iterator[None]:
    """While entries come by the thousand: there are no cycles in them, and to look for some takes as long as to read
    them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def with_room(connection: Connection) -> Iterator[None]:
    """While entries may come by the thousand: a larger cache, so that the pages of the index by id stay in it."""
    connection.exec_driver_sql(f"PRAGMA cache_size = {LARGE_CACHE}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {CACHE}")


@contextmanager
def patience(connection: Connection, most: int) -> Iterator[None]:
    """While other processes are waited for no longer than `most` ms."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {most}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE}")


def is_writing(connection: Connection) -> bool:
    """Whether a transaction is under way."""
    return bool(connection.info.get("depth"))


def rows_written(connection: Connection) -> int:
    """How many rows this connection has written since it was opened."""
    raw: Any = connection.connection.dbapi_connection
    return int(raw.total_changes)


def data_version(connection: Connection) -> int:
    """A number that changes when another connection has written.

    Source: https://www.sqlite.org/pragma.html#pragma_data_version
    """
    raw: Any = connection.connection.dbapi_connection
    return int(raw.execute("PRAGMA data_version").fetchone()[0])


def version(path: Path) -> str:
    """The schema that the file has; "" for a new one."""
    with sqlite3.connect(path, timeout=10) as connection:
        found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if found else None
    connection.close()
    return row[0] if row else ""


def migrate(path: Path) -> None:
    """Brings the file to this program's schema, or leaves it as it was: it works on a copy, then swaps. Raises `Newer`,
    and `InUse` where another process serves the old file, which would go on writing into what is no longer there."""
    if version(path) == SCHEMA:
        return
    with (path.parent / ".migrating").open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        found = version(path)  # another process may have done it meanwhile
        if found > SCHEMA:
            raise Newer(found)
        about = server(path.parent)
        if found and about and about.partition(" ")[0] != str(os.getpid()):
            raise InUse(about)
        if found < SCHEMA:
            _migrate(path, found)


def _migrate(path: Path, found: str) -> None:
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    os.close(os.open(beside, os.O_CREAT | os.O_RDWR, 0o600))
    if found:
        copy(path, beside)
    engine = create_engine(f"sqlite:///{beside}")
    with engine.begin() as connection:
        if found:
            upgrade(connection)
        else:
            begin(connection)
    engine.dispose()
    if found:
        copy(path, path.with_suffix(f"{BEFORE}{SCHEMA}"))
    os.replace(beside, path)
    for leftover in ("-wal", "-shm"):
        Path(f"{path}{leftover}").unlink(missing_ok=True)


def forget_copies(connection: Connection) -> None:
    """Those that were made before a migration hold all that there was then."""
    file = connection.engine.url.database
    if file != ":memory:":
        for found in Path(file or "").parent.glob(f"{Path(FILE).stem}{BEFORE}*"):
            found.unlink(missing_ok=True)


def begin(connection: Connection) -> None:
    """The tables of a new file, at once: as the migrations, one after the other, would have made them."""
    connection.exec_driver_sql(f"PRAGMA page_size = {PAGE_SIZE}")
    metadata.create_all(connection)
    version = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
    version.create(connection)
    connection.execute(insert(version).values(version_num=SCHEMA))


def upgrade(connection: Connection) -> None:
    """Runs the migrations that an older file lacks."""
    from alembic import command  # heavy, and seldom needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def copy(source: Path, target: Path) -> None:
    """A consistent copy of a database that may be in use, for its owner's eyes alone."""
    os.close(os.open(target, os.O_CREAT | os.O_RDWR, 0o600))
    with sqlite3.connect(source, timeout=10) as origin, sqlite3.connect(target) as destination:
        origin.backup(destination)
    origin.close()
    destination.close()


def hold(data: Path, about: str) -> Any:
    """Says that this process serves `data`, in a line that begins with its number; keep what it gives. Raises `InUse`
    where another one does."""
    holder = (data / SERVING).open("a+")
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder.seek(0)
        raise InUse(holder.read().strip()) from error
    holder.truncate(0)
    holder.write(about)
    holder.flush()
    return holder


def server(data: Path) -> str:
    """What the process that serves `data` said of itself; "" where none does."""
    try:
        with (data / SERVING).open() as holder:
            try:
                fcntl.flock(holder, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return holder.read().strip()
    except FileNotFoundError:
        pass
    return ""
