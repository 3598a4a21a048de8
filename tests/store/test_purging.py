"""What was erased is nowhere in the data folder: also where somebody was reading, and from before a migration."""

import sqlite3
from contextlib import closing
from pathlib import Path

from cercle import beginnings
from cercle.core.entry import short
from cercle.modules import load
from cercle.modules.groceries.events import ProductAdded
from cercle.modules.people.events import EntryErased
from cercle.store.database import BEFORE, FILE, SCHEMA, copy
from cercle.store.node import Node

WORD = "Elderberries"


def holds(data: Path) -> list[str]:
    """The files in which the word still stands."""
    return [path.name for path in sorted(data.iterdir()) if WORD.encode() in path.read_bytes()]


def test_words_go_once_nobody_reads_what_was_before(tmp_path: Path) -> None:
    node = Node(tmp_path, load())
    live, amina = beginnings.start(node, node.new_person(), "Chez nous", "Amina")
    entry = node.act(live, amina, ProductAdded(name=WORD))[0]
    copy(tmp_path / FILE, (tmp_path / FILE).with_suffix(f"{BEFORE}{SCHEMA}"))
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entries").fetchone()
        node.act(live, amina, EntryErased(entry=short(entry.id), author=amina))
        assert holds(tmp_path) == [f"{FILE}-wal"], "what a migration left is gone at once"
        reader.execute("COMMIT")
    node.live(1)
    assert holds(tmp_path) == []
    node.close()
