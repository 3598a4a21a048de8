"""A Grocy household whose stock goes on: rows as Grocy 4 itself writes them, in a copy of the real file.

Booking follows what that program does: a purchase is a row of `stock` and one of `stock_log`; what is used comes from
open entries first, then from what expires first; opening or moving a part splits an entry; nothing is ever deleted from
the log, a booking that was taken back is only marked.
"""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "data" / "grocy" / "grocy.db"
DAY = "2026-11-22"
IN_ORDER_OF_USE = "open DESC, best_before_date, purchased_date, id"


class Kitchen:
    """The household's database, to be changed by SQL; Grocy's own triggers need functions that only Grocy has."""

    def __init__(self, path: Path) -> None:
        shutil.copyfile(FILE, path)
        self.path = path
        self.number = 0
        self.sql = sqlite3.connect(path, isolation_level=None)
        self.sql.row_factory = sqlite3.Row
        self.sql.execute("PRAGMA synchronous = OFF")
        triggers = self.sql.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        drops = "".join(f"DROP TRIGGER {row[0]};" for row in triggers)
        self.sql.executescript(f"BEGIN; {drops} COMMIT;")

    def insert(self, table: str, **values: Any) -> int:
        marks = ", ".join("?" * len(values))
        cursor = self.sql.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))
        return int(cursor.lastrowid or 0)

    def unique(self) -> str:
        """As Grocy's stock and correlation ids: never twice the same."""
        self.number += 1
        return f"7c{self.number:011x}"

    def entries(self, product: int, **equal: Any) -> list[sqlite3.Row]:
        where = "".join(f" AND {column} IS ?" for column in equal)
        query = f"SELECT * FROM stock WHERE product_id = ?{where} ORDER BY {IN_ORDER_OF_USE}"
        return self.sql.execute(query, [product, *equal.values()]).fetchall()

    def stock(self, product: int) -> float:
        return float(sum(row["amount"] for row in self.entries(product)))

    def log(self, entry: sqlite3.Row, kind: str, amount: float, **more: Any) -> int:
        kept = ("product_id", "best_before_date", "purchased_date", "stock_id", "price", "opened_date", "location_id")
        values = {column: entry[column] for column in kept} | {"amount": amount, "transaction_type": kind}
        values |= {"transaction_id": self.unique(), "user_id": 1, "shopping_location_id": entry["shopping_location_id"]}
        return self.insert("stock_log", **(values | more))

    # --- what people do ----------------------------------------------------------------------------------------------

    def buy(self, product: int, amount: float, kind: str = "purchase", **more: Any) -> str:
        """Gives the id of the new stock entry."""
        values = {
            "product_id": product,
            "amount": amount,
            "best_before_date": "2026-12-24",
            "purchased_date": DAY,
            "stock_id": self.unique(),
            "price": 1.5,
            "location_id": 2,
            "shopping_location_id": 1,
        } | more
        self.insert("stock", **values)
        self.insert("stock_log", **values, transaction_type=kind, transaction_id=self.unique(), user_id=2)
        return str(values["stock_id"])

    def use(self, product: int, amount: float, kind: str = "consume", spoiled: int = 0) -> list[int]:
        """Gives the bookings, one an entry."""
        booked = []
        for entry in self.entries(product):
            part = min(amount, entry["amount"])
            if part > 0:
                used = {"used_date": DAY, "spoiled": spoiled}
                booked.append(self.log(entry, kind, -part, **used))
                self.lower(entry, part)
                amount -= part
        return booked

    def lower(self, entry: sqlite3.Row, amount: float) -> None:
        if amount == entry["amount"]:
            self.sql.execute("DELETE FROM stock WHERE id = ?", [entry["id"]])
        else:
            self.sql.execute("UPDATE stock SET amount = amount - ? WHERE id = ?", [amount, entry["id"]])

    def count(self, product: int, amount: float) -> None:
        more = amount - self.stock(product)
        if more > 0:
            self.buy(product, more, "inventory-correction", shopping_location_id=None)
        elif more < 0:
            self.use(product, -more, "inventory-correction")

    def open(self, product: int, amount: float, days_left: str | None = None) -> None:
        """What is opened keeps until `days_left` from then on; the rest of the entry becomes one of its own."""
        for entry in self.entries(product, open=0):
            part = min(amount, entry["amount"])
            if part <= 0:
                break
            self.log(entry, "product-opened", part, opened_date=DAY)
            if part < entry["amount"]:
                self.copy(entry, amount=entry["amount"] - part, stock_id=self.unique())
            self.sql.execute(
                "UPDATE stock SET amount = ?, open = 1, opened_date = ?, best_before_date = ? WHERE id = ?",
                [part, DAY, days_left or entry["best_before_date"], entry["id"]],
            )
            amount -= part

    def copy(self, entry: sqlite3.Row, **changed: Any) -> None:
        values = {column: entry[column] for column in entry.keys() if column != "id"}  # noqa: SIM118
        self.insert("stock", **(values | changed))

    def move(self, product: int, amount: float, origin: int, place: int, best_before: str | None = None) -> None:
        for entry in self.entries(product, location_id=origin):
            part = min(amount, entry["amount"])
            if part <= 0:
                break
            together, until = self.unique(), best_before or entry["best_before_date"]
            self.log(entry, "transfer_from", -part, correlation_id=together)
            self.log(entry, "transfer_to", part, correlation_id=together, location_id=place, best_before_date=until)
            if part == entry["amount"]:
                self.sql.execute(
                    "UPDATE stock SET location_id = ?, best_before_date = ? WHERE id = ?", [place, until, entry["id"]]
                )
            else:
                self.lower(entry, part)
                self.copy(entry, amount=part, location_id=place, best_before_date=until)
            amount -= part

    def edit(self, entry: sqlite3.Row, **changed: Any) -> None:
        together = self.unique()
        self.log(entry, "stock-edit-old", entry["amount"], correlation_id=together, stock_row_id=entry["id"])
        columns = ", ".join(f"{column} = ?" for column in changed)
        self.sql.execute(f"UPDATE stock SET {columns} WHERE id = ?", [*changed.values(), entry["id"]])
        (after,) = self.sql.execute("SELECT * FROM stock WHERE id = ?", [entry["id"]]).fetchall()
        self.log(after, "stock-edit-new", after["amount"], correlation_id=together, stock_row_id=entry["id"])

    def take_back_use(self, booking: int) -> None:
        (row,) = self.sql.execute("SELECT * FROM stock_log WHERE id = ?", [booking]).fetchall()
        kept = ("product_id", "best_before_date", "purchased_date", "stock_id", "price", "opened_date", "location_id")
        values = {column: row[column] for column in kept}
        self.insert("stock", **values, amount=-row["amount"], open=int(row["opened_date"] is not None))
        self.sql.execute("UPDATE stock_log SET undone = 1, undone_timestamp = ? WHERE id = ?", [DAY, booking])

    def take_back_purchase(self, stock_id: str) -> None:
        self.sql.execute("DELETE FROM stock WHERE stock_id = ?", [stock_id])
        self.sql.execute("UPDATE stock_log SET undone = 1 WHERE stock_id = ?", [stock_id])
