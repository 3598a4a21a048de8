"""Who wants reminders by e-mail, and what was sent."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
REST: dict[str, Any] = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("no", NUMBER, primary_key=True),
        sa.Column("circle", NUMBER, sa.ForeignKey("circles.no"), **REST),
        sa.Column("person", NUMBER, sa.ForeignKey("people.no"), **REST),
        sa.Column("address", sa.Text, **REST),
        sa.Column("confirmed", NUMBER, server_default="0", **REST),
        sa.Column("kinds", sa.Text, **REST),
        sa.Column("since", NUMBER, **REST),
        sa.Column("refused", sa.Text, server_default="", **REST),
        sa.Column("stop", sa.LargeBinary(16), **REST),
    )
    op.create_index("reminders_by_person", "reminders", ["circle", "person"], unique=True)
    op.create_table(
        "reminded",
        sa.Column("circle", NUMBER, sa.ForeignKey("circles.no"), primary_key=True),
        sa.Column("person", NUMBER, sa.ForeignKey("people.no"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("about", sa.Text, primary_key=True),
        sa.Column("at", NUMBER, primary_key=True),
        sa.Column("time", NUMBER, **REST),
    )
