"""Signing in looks a participant up by number and a PC by what it was used for: without scanning all of either."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two indexes; nothing that exists changes."""
    op.create_index("ix_participant_participant_number", "participant", ["participant_number"])
    op.create_index("ix_sign_in_kiosk_id", "sign_in", ["kiosk_id"])
