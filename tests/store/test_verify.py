"""Looking over a log: a flipped, missing or swapped byte anywhere in it is found and named."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from cercle.core import replica
from cercle.modules import load
from cercle.modules.circle.events import TurnedOn
from cercle.modules.groceries.events import Listed, ProductAdded
from cercle.modules.people.events import EntryErased
from cercle.store.live import Live
from cercle.store.tables import ROOM
from cercle.store.verify import Finding, verify, verify_sections
from cercle.sync.bundle import Reader, Unreadable
from tests.carrying import bundle_of, database, pairs_of, take_in
from tests.story import Story


@pytest.fixture(scope="module")
def story() -> Story:
    """A household with words, erased words, void entries and five seals; the last entries are not settled yet."""
    story = Story("bruno", "chloe")
    for number in range(5):
        milk = story.amina.brings(ProductAdded(name=f"Milk {number}"))
        with story.apart(story.bruno):
            story.bruno.does(Listed(product=milk, note="from the farm"))
            story.chloe.does(Listed(product=milk))
        story.bruno.brings(
            EntryErased(entry=story.bruno.brings(ProductAdded(name="A slip")), author=story.bruno.member)
        )
        story.seal()
    story.chloe.does(TurnedOn(part="stock"))
    story.amina.brings(ProductAdded(name="Rice"))
    return story


def raw_connection(connection: Connection) -> sqlite3.Connection:
    raw: Any = connection.connection.dbapi_connection
    return raw


@pytest.fixture(scope="module")
def image(story: Story) -> bytes:
    """The database of a node that holds the whole story, with a saved state."""
    with pytest.MonkeyPatch.context() as patch, database() as connection:
        patch.setattr(replica, "FREEZE_AFTER", 20)
        take_in(connection, bundle_of(story))
        live = Live(connection, load(), 1, story.id)
        live.seal()
        assert connection.exec_driver_sql("SELECT count(*) FROM snapshots").scalar() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM erasures").scalar() == 5
        return raw_connection(connection).serialize()


@contextmanager
def opened(image: bytes) -> Iterator[Connection]:
    with database() as connection:
        raw_connection(connection).deserialize(image)
        yield connection


def verify_bundle(raw: bytes) -> list[Finding]:
    try:
        reader = Reader(BytesIO(raw))
    except Unreadable as unreadable:
        return [Finding(unreadable.reason, str(unreadable))]
    return verify_sections(reader.circle, reader.sections(), load())


def codes(findings: list[Finding]) -> set[str]:
    return {finding.reason.code.removeprefix("verify.") for finding in findings}


def test_a_log_that_is_as_it_was_written_is_found_so(story: Story, image: bytes) -> None:
    with opened(image) as connection:
        steps: list[tuple[int, int]] = []
        assert verify(connection, load(), 1, lambda done, of_all: steps.append((done, of_all))) == []
        assert steps[-1] == (2 * len(story.raws), 2 * len(story.raws))
    assert codes(verify_bundle(bundle_of(story))) == set()


# Where each column's content comes from the log, and so can be told from any other.
COLUMNS = {
    "entries": ("device", "seq", "lamport", "position", "verdict", "id", "header", "signature", "body", "erased"),
    "epochs": ("number", "size", "time", "peaks"),
    "snapshots": ("epoch", "state"),
    "erasures": ("entry",),
    "devices": ("key", "forked_at"),
    "heads": ("device", "entry"),
    "circles": ("id",),
}


def damaged(value: Any, column: str, data: st.DataObject) -> Any:
    if value is None:
        return {"verdict": "circle.left", "signature": bytes(64), "body": b"0123456789abcdef words"}.get(column, 1)
    if isinstance(value, int):
        return value + data.draw(st.sampled_from([1000] if column == "number" else [-1, 1, 1000]))
    if isinstance(value, str):
        nothing = (
            [] if value == ROOM else [None]
        )  # an earlier Cercle put nothing there, where a verdict is still to come
        return data.draw(st.sampled_from([*nothing, value + "x"]))
    how = data.draw(st.sampled_from(["flip", "lose", "swap"]))
    at = data.draw(st.integers(0, len(value) - 1))
    if how == "flip":
        return value[:at] + bytes([value[at] ^ 1 << data.draw(st.integers(0, 7))]) + value[at + 1 :]
    if how == "lose":
        return value[:at] + value[at + 1 :]
    others = [other for other in range(len(value)) if value[other] != value[at]]
    other = data.draw(st.sampled_from(others))
    swapped = bytearray(value)
    swapped[at], swapped[other] = value[other], value[at]
    return bytes(swapped)


@given(st.data())
def test_whatever_is_changed_in_a_row_is_found(image: bytes, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from([*COLUMNS, "entries", "entries"]))
    column = data.draw(st.sampled_from(COLUMNS[table]))
    with opened(image) as connection:
        raw = raw_connection(connection)
        raw.execute("PRAGMA foreign_keys = OFF")
        row = data.draw(st.sampled_from(raw.execute(f"SELECT rowid, {column} FROM {table}").fetchall()))
        value = damaged(row[1], column, data)
        raw.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, row[0]))
        assert verify(connection, load(), 1) != []


@given(st.data())
def test_whichever_row_is_lost_is_found(image: bytes, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(["entries", "epochs", "erasures", "heads"]))
    with opened(image) as connection:
        raw = raw_connection(connection)
        raw.execute("PRAGMA foreign_keys = OFF")
        numbers = [number for (number,) in raw.execute(f"SELECT rowid FROM {table}")]
        raw.execute(f"DELETE FROM {table} WHERE rowid = ?", (data.draw(st.sampled_from(numbers)),))
        assert verify(connection, load(), 1) != []


@given(st.data())
def test_whatever_is_changed_in_a_file_is_found(story: Story, data: st.DataObject) -> None:
    value = damaged(bundle_of(story), "", data)
    assert verify_bundle(value) != []


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE entries SET id = zeroblob(32) WHERE no = 9", "id"),
        ("UPDATE entries SET header = zeroblob(200) WHERE no = 9", "spelling"),
        ("UPDATE entries SET header = zeroblob(200) WHERE no = 3", "spelling"),  # which the device's first entry cites
        ("UPDATE entries SET device = -1 WHERE no = 3", "id"),
        ("UPDATE entries SET signature = zeroblob(64) WHERE no = 9", "signature"),
        ("UPDATE entries SET signature = NULL WHERE no = (SELECT max(no) FROM entries)", "signature"),
        ("UPDATE entries SET body = zeroblob(20) WHERE no = (SELECT min(no) FROM entries WHERE body NOTNULL)", "body"),
        ("UPDATE entries SET body = NULL WHERE no = (SELECT min(no) FROM entries WHERE body NOTNULL)", "missing"),
        ("UPDATE entries SET erased = 1 - erased WHERE no = 10", "erased"),
        ("UPDATE entries SET lamport = lamport + 1 WHERE no = 10", "row"),
        ("UPDATE entries SET erased = 2 WHERE erased = 1", "row"),
        ("UPDATE entries SET verdict = 'circle.left' WHERE position = 10", "verdict"),
        ("UPDATE entries SET position = 9 WHERE position = 10", "order"),
        ("UPDATE entries SET position = 1000 WHERE position = 10", "order"),
        ("UPDATE epochs SET time = time + 1 WHERE number = 2", "epoch"),
        ("UPDATE epochs SET up_to = up_to + 1000", "row"),
        ("UPDATE snapshots SET state = x'80'", "snapshot"),
        ("DELETE FROM entries WHERE no = 9", "parents"),
        ("UPDATE entries SET header = 'é' || CAST(x'ff' AS TEXT) WHERE no = 9", "database"),
        ("UPDATE devices SET forked_at = 3 WHERE no = 1", "row"),
        ("INSERT INTO erasures VALUES (1, zeroblob(32))", "erased"),
    ],
)
def test_each_damage_has_its_name(image: bytes, statement: str, code: str) -> None:
    with opened(image) as connection:
        raw = raw_connection(connection)
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute(statement)
        assert code in codes(verify(connection, load(), 1))


def test_a_seal_that_says_otherwise_is_named() -> None:
    story = Story("bruno")
    story.bruno.brings(ProductAdded(name="Milk"))
    lie = {"term": 0, "count": 3, "root": bytes(32)}
    story.write(story.amina, "circle.sealed", lie, None)
    findings = verify_bundle(bundle_of(story))
    assert [(found.reason.code, found.place) for found in findings] == [("verify.seal", story.amina.last.id.hex())]


def test_a_fork_is_named_where_it_begins() -> None:
    story = Story("bruno")
    twin = story.bruno.twin()
    for person in (story.bruno, twin):
        person.does(ProductAdded(name="Milk"))
        person.does(ProductAdded(name="Bread"))
    (found,) = verify_bundle(bundle_of(story))
    assert found.reason.code == "verify.fork"
    assert found.place in {story.bruno.last.prev.hex(), twin.last.prev.hex()}  # whichever came second


def test_a_bundle_without_some_words_says_which() -> None:
    story = Story("bruno")
    story.bruno.brings(ProductAdded(name="Milk"))
    lacking = [(entry, type(raw)(raw.header, raw.signature, None)) for entry, raw in pairs_of(story)]
    findings = verify_bundle(bundle_of(story, lacking))
    assert codes(findings) == {"missing"}
    assert len(findings) == sum(raw.body is not None for raw in story.raws.values())


def test_a_bundle_of_the_end_alone_does_not_begin() -> None:
    story = Story("bruno")
    (found,) = verify_bundle(bundle_of(story, pairs_of(story)[3:]))
    assert (found.reason.code, found.place) == ("store.no_beginning", "section 1")


def test_a_damaged_beginning_is_named_and_nothing_is_said_of_where_it_begins() -> None:
    story = Story("bruno")
    (genesis, raw), *others = pairs_of(story)
    found = verify_bundle(bundle_of(story, [(genesis, type(raw)(raw.header, raw.signature, bytes(20))), *others]))
    assert codes(found) == {"body"}
    assert all(one.place != one.reason.sentence for one in found)


def test_what_waits_in_a_bundle_lacks_a_parent() -> None:
    story = Story("bruno")
    story.bruno.brings(ProductAdded(name="Milk"))
    story.bruno.brings(ProductAdded(name="Bread"))
    *most, _, last = pairs_of(story)
    (found,) = verify_bundle(bundle_of(story, [*most, last]))
    assert (found.reason.code, found.place) == ("verify.parents", last[0].id.hex())
