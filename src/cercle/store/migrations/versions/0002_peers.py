"""Where the circles of this node are held elsewhere."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
REST: dict[str, Any] = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "peers",
        sa.Column("no", NUMBER, primary_key=True),
        sa.Column("circle", NUMBER, sa.ForeignKey("circles.no"), **REST),
        sa.Column("address", sa.Text, **REST),
        sa.Column("met", NUMBER, server_default="0", **REST),
        sa.Column("invitation", sa.LargeBinary(32)),
    )
    op.create_index("peers_by_address", "peers", ["circle", "address"], unique=True)
