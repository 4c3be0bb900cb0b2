"""What forms follow from: the public inputs of a drawing, and the public draw mixed in, and how equal they came out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table; nothing that exists changes."""
    op.create_table(
        "form_set_inputs",
        sa.Column("form_set_id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("public_draw", sa.String(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["form_set_id"], ["form_set.id"]),
        sa.PrimaryKeyConstraint("form_set_id"),
    )
