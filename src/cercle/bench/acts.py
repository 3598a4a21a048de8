"""One durable act, as form and API call it: beside one signature and one row, written as durably."""

import os
import sqlite3
from collections.abc import Callable
from itertools import count
from pathlib import Path

from cercle import beginnings
from cercle.bench.measure import Progress, Result, cpu, folder, medians
from cercle.core.keys import sign, signer
from cercle.modules import load
from cercle.modules.accounts.events import Transferred
from cercle.store.database import PAGE_SIZE
from cercle.store.node import Node

AT_ONCE = 100
RUNS = 25
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", f"page_size={PAGE_SIZE}")


def act(progress: Progress) -> Result:
    """Seals that fall due are among the acts."""
    with folder() as place:
        node = Node(place / "node", load())
        live, amina = beginnings.start(node, node.new_person(), "Les Lilas", "Amina")
        bruno = beginnings.add(node, live, amina, "Bruno")
        cents = count(1)

        def acts() -> None:
            for _ in range(AT_ONCE):
                node.act(
                    live, amina, Transferred(unit="eur", amount=next(cents), payer=amina, to=bruno, what="Le pain")
                )

        write_row = row_writer(place / "rows.db")
        ours, least = medians(progress, lambda: cpu(acts), lambda: cpu(write_row), runs=RUNS)
        node.close()
    rows = [
        {"what": "one signature (PyNaCl) and one row (sqlite3)", "cpu_s": least / AT_ONCE},
        {"what": "one act, signed, judged and stored durably", "cpu_s": ours / AT_ONCE},
    ]
    return {"rows": rows, "ratio": ours / least}


def row_writer(path: Path) -> Callable[[], None]:
    """What signs and stores so many rows of the size of an entry, each in a transaction of its own."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in reversed(PRAGMAS):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE entries (no INTEGER PRIMARY KEY, id BLOB, header BLOB, signature BLOB, body BLOB)")
    key = signer(bytes(32))
    header, body = bytes(230), bytes(40)

    def write() -> None:
        for _ in range(AT_ONCE):
            identifier = os.urandom(32)
            row = (identifier, header, sign(key, identifier), body)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO entries (id, header, signature, body) VALUES (?, ?, ?, ?)", row)
            connection.execute("COMMIT")

    return write
