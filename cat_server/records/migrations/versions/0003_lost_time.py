"""Lost time: the exam clock at a kiosk's last sign of life."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column; nothing that exists changes."""
    op.add_column("presence", sa.Column("clock_ms", sa.BigInteger(), nullable=False, server_default="0"))
