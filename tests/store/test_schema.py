"""The tables of a node's database: a new file, and one that was brought to today's schema step by step."""

from pathlib import Path

from sqlalchemy import Connection, create_engine

from cercle.store.database import FILE, SCHEMA, begin, open_database, upgrade, version


def tables(connection: Connection) -> dict[str, dict[str, str]]:
    """Every table with its columns, its keys and its indexes, as SQLite itself sees them."""
    master = "SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'"
    found = {name: {"sql": " ".join(sql.split())} for name, sql in connection.exec_driver_sql(master)}
    columns = connection.exec_driver_sql("PRAGMA table_info(alembic_version)").all()
    return found | {"alembic_version": {"columns": str(columns)}}


def test_a_new_file_is_as_the_migrations_would_have_made_it(tmp_path: Path) -> None:
    found = []
    for make in (begin, upgrade):
        engine = create_engine(f"sqlite:///{tmp_path / make.__name__}")
        with engine.begin() as connection:
            make(connection)
        with engine.connect() as connection:
            found.append(tables(connection))
        engine.dispose()
    assert found[0] == found[1]
    assert version(tmp_path / "begin") == version(tmp_path / "upgrade") == SCHEMA


def test_a_new_file_is_for_its_owner_s_eyes_alone(tmp_path: Path) -> None:
    open_database(tmp_path / "data").dispose()
    assert (tmp_path / "data" / FILE).stat().st_mode & 0o777 == 0o600
