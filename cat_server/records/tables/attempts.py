"""One participant's way through an exam session, and what was decided about it."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from cat_server.records.tables.columns import big_column, empty_column


class AttemptRow(SQLModel, table=True):
    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("exam_session_id", "participant_id", "ordinal"),
        Index(
            "one_live_attempt_per_seat",
            "exam_session_id",
            "seat_id",
            unique=True,
            sqlite_where=text("seat_id IS NOT NULL"),
        ),
    )
    id: str = Field(primary_key=True)
    exam_session_id: str = Field(foreign_key="exam_session.id", index=True)
    participant_id: str = Field(foreign_key="participant.id")
    ordinal: int
    state: str
    profile_hash: str = Field(foreign_key="profile.hash")
    room_id: str | None = Field(default=None, foreign_key="room.id")
    seat_id: str | None = Field(default=None, foreign_key="seat.id")
    kiosk_id: str | None = Field(default=None, foreign_key="kiosk.id")
    form_no: int | None = None
    epoch: int
    pin_hmac: str
    pin_issued_at_ms: int | None = Field(sa_column=big_column(nullable=True))
    has_confirmed_identity: bool
    has_accepted_pledge: bool
    finish_seq: int | None = Field(sa_column=big_column(nullable=True))
    ended_clock_ms: int | None = Field(sa_column=big_column(nullable=True))
    paused_clock_ms: int | None = Field(default=None, sa_column=big_column(nullable=True))
    documents: str = Field(default="", sa_column=empty_column())
    photo_hash: str = Field(default="", sa_column=empty_column())


class SignInRow(SQLModel, table=True):
    __tablename__ = "sign_in"
    token_hash: str = Field(primary_key=True)
    attempt_id: str = Field(foreign_key="attempt.id", index=True)
    kiosk_id: str = Field(foreign_key="kiosk.id", index=True)
    epoch: int
    created_at_ms: int = Field(sa_column=big_column())
    ended_at_ms: int | None = Field(sa_column=big_column(nullable=True))


class PresenceRow(SQLModel, table=True):
    """What a kiosk last told of itself: live, never evidence, not part of any fold."""

    __tablename__ = "presence"
    attempt_id: str = Field(primary_key=True, foreign_key="attempt.id")
    seen_at_ms: int = Field(sa_column=big_column())
    clock_ms: int = Field(sa_column=big_column())
    position: int
    unsent: int
    is_offline_ready: bool
    lost_focus: int


class AttemptBlockRow(SQLModel, table=True):
    __tablename__ = "attempt_block"
    attempt_id: str = Field(primary_key=True, foreign_key="attempt.id")
    block_no: int = Field(primary_key=True)
    started_clock_ms: int = Field(sa_column=big_column())
    allowed_ms: int = Field(sa_column=big_column())
    ended_clock_ms: int | None = Field(sa_column=big_column(nullable=True))


class TimeGrantRow(SQLModel, table=True):
    __tablename__ = "time_grant"
    id: str = Field(primary_key=True)
    attempt_id: str = Field(foreign_key="attempt.id", index=True)
    block_no: int
    milliseconds: int = Field(sa_column=big_column())
    reason: str
    actor_id: str
    approver: str
    granted_at_ms: int = Field(sa_column=big_column())


class IncidentRow(SQLModel, table=True):
    """An incident as an officer recorded it; ids are empty where it concerns nobody or no seat in particular."""

    __tablename__ = "incident"
    id: str = Field(primary_key=True)
    exam_session_id: str = Field(foreign_key="exam_session.id", index=True)
    code: str
    room_id: str
    seat_id: str
    attempt_id: str
    description: str
    measure: str
    occurred_at_ms: int = Field(sa_column=big_column())
    duration_s: int
    actor_id: str
    recorded_at_ms: int = Field(sa_column=big_column())
