"""Items hide behind a salt that follows from the sealed secret; the exam session's own was never used."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop a column that nothing reads."""
    op.drop_column("exam_session", "salt")
