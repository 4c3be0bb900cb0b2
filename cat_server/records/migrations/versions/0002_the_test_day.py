"""What the test day needs: photos, formations, blocked seats, enrolment of rooms, pauses of one, incidents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables; nothing that exists changes."""
    _add("room", sa.Column("is_enrolling", sa.Boolean(), nullable=False, server_default=sa.false()))
    _add("seat", sa.Column("is_blocked", sa.Boolean(), nullable=False, server_default=sa.false()))
    _add("participant", sa.Column("photo_hash", sa.String(), nullable=False, server_default=""))
    _add("attempt", sa.Column("paused_clock_ms", sa.BigInteger(), nullable=True))
    _add("attempt", sa.Column("documents", sa.String(), nullable=False, server_default=""))
    _add("attempt", sa.Column("photo_hash", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "formation",
        sa.Column("exam_event_id", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("formation", sa.String(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["exam_event_id"], ["exam_event.id"]),
        sa.PrimaryKeyConstraint("exam_event_id", "agency", "position", "formation"),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("exam_session_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("seat_id", sa.String(), nullable=False),
        sa.Column("attempt_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("occurred_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("recorded_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["exam_session_id"], ["exam_session.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_exam_session_id"), ["exam_session_id"], unique=False)


def _add(table: str, column: sa.Column[object]) -> None:
    # A plain ADD COLUMN: rebuilding a table would lose its triggers.
    op.add_column(table, column)
