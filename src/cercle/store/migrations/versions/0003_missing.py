"""Which entries lack the body that they were written with, though nobody has erased it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "missing",
        sa.Column("circle", NUMBER, sa.ForeignKey("circles.no"), primary_key=True),
        sa.Column("entry", sa.LargeBinary(32), primary_key=True),
    )
