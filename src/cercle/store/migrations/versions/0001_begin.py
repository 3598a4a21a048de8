"""The tables of the first release, written out: a released migration never changes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
REST: dict[str, Any] = {"nullable": False}


def upgrade() -> None:
    log_tables()
    node_tables()


def log_tables() -> None:
    op.create_table(
        "circles",
        sa.Column("no", NUMBER, primary_key=True),
        sa.Column("id", sa.LargeBinary(32), unique=True, **REST),
    )
    op.create_table(
        "devices",
        sa.Column("no", NUMBER, primary_key=True),
        sa.Column("circle", NUMBER, sa.ForeignKey("circles.no"), **REST),
        sa.Column("key", sa.LargeBinary(32), **REST),
        sa.Column("forked_at", NUMBER),
    )
    op.create_index("devices_by_key", "devices", ["circle", "key"], unique=True)
    op.create_table(
        "heads",
        sa.Column("device", NUMBER, sa.ForeignKey("devices.no"), **REST),
        sa.Column("entry", sa.LargeBinary(32), **REST),
    )
    op.create_index("heads_by_device", "heads", ["device"])
    op.create_table(
        "entries",
        sa.Column("no", NUMBER, primary_key=True),
        sa.Column("circle", NUMBER, **REST),
        sa.Column("device", NUMBER, **REST),
        sa.Column("seq", NUMBER, **REST),
        sa.Column("lamport", NUMBER, **REST),
        sa.Column("position", NUMBER),
        sa.Column("verdict", sa.Text),
        sa.Column("id", sa.LargeBinary(32), **REST),
        sa.Column("header", sa.LargeBinary, **REST),
        sa.Column("signature", sa.LargeBinary(64)),
        sa.Column("body", sa.LargeBinary),
        sa.Column("erased", sa.Integer, server_default="0", **REST),
    )
    op.create_index("entries_by_id", "entries", [sa.text("substr(id, 1, 8)")])
    settled = sa.text("position IS NOT NULL")
    op.create_index("entries_by_position", "entries", ["circle", "position"], sqlite_where=settled)
    op.create_table(
        "epochs",
        sa.Column("circle", NUMBER, sa.ForeignKey("circles.no"), primary_key=True),
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("size", NUMBER, **REST),
        sa.Column("time", NUMBER, **REST),
        sa.Column("peaks", sa.LargeBinary, **REST),
        sa.Column("up_to", NUMBER, **REST),
    )
    op.create_table(
        "snapshots",
        sa.Column("circle", NUMBER, sa.ForeignKey("circles.no"), primary_key=True),
        sa.Column("epoch", NUMBER, **REST),
        sa.Column("state", sa.LargeBinary, **REST),
    )
    op.create_table(
        "waiting",
        sa.Column("no", NUMBER, primary_key=True),
        sa.Column("circle", NUMBER, sa.ForeignKey("circles.no"), **REST),
        sa.Column("key", sa.LargeBinary(32), **REST),
        sa.Column("id", sa.LargeBinary(32), unique=True, **REST),
        sa.Column("header", sa.LargeBinary, **REST),
        sa.Column("signature", sa.LargeBinary(64)),
        sa.Column("body", sa.LargeBinary),
    )
    op.create_table(
        "erasures",
        sa.Column("circle", NUMBER, sa.ForeignKey("circles.no"), primary_key=True),
        sa.Column("entry", sa.LargeBinary(32), primary_key=True),
    )


def node_tables() -> None:
    op.create_table(
        "people",
        sa.Column("no", NUMBER, primary_key=True),
        sa.Column("language", sa.Text, server_default="", **REST),
        sa.Column("pin", sa.Text, server_default="", **REST),
    )
    op.create_table(
        "keys",
        sa.Column("no", NUMBER, primary_key=True),
        sa.Column("circle", NUMBER, sa.ForeignKey("circles.no"), **REST),
        sa.Column("person", NUMBER, sa.ForeignKey("people.no"), **REST),
        sa.Column("member", sa.Text, **REST),
        sa.Column("key", sa.LargeBinary(32), **REST),
        sa.Column("seed", sa.LargeBinary(32), **REST),
        sa.Column("purpose", sa.Text, **REST),
        sa.Column("invitation", sa.Text, server_default="", **REST),
    )
    op.create_index("keys_by_circle", "keys", ["circle", "member"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("circle", NUMBER, sa.ForeignKey("circles.no"), **REST),
        sa.Column("seed", sa.LargeBinary(32), **REST),
    )
    op.create_table(
        "tokens",
        sa.Column("hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("purpose", sa.Text, **REST),
        sa.Column("person", NUMBER, sa.ForeignKey("people.no")),
        sa.Column("circle", NUMBER, sa.ForeignKey("circles.no")),
        sa.Column("made", NUMBER, **REST),
        sa.Column("until", NUMBER, **REST),
        sa.Column("label", sa.Text, server_default="", **REST),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.LargeBinary, **REST),
    )
