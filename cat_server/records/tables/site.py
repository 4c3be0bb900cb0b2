"""The centre itself: its event, rooms, seats, PCs and officers."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from cat_server.records.tables.columns import big_column, false_column


class ExamEventRow(SQLModel, table=True):
    __tablename__ = "exam_event"
    id: str = Field(primary_key=True)
    code: str = Field(unique=True)
    name: str
    is_demo: bool
    kiosk_binding: str
    scoreboard: str
    scoreboard_delay_s: int
    scoreboard_masking: bool


class RoomRow(SQLModel, table=True):
    __tablename__ = "room"
    id: str = Field(primary_key=True)
    code: str = Field(unique=True)
    name: str
    is_enrolling: bool = Field(default=False, sa_column=false_column())


class SeatRow(SQLModel, table=True):
    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("room_id", "seat_no"),)
    id: str = Field(primary_key=True)
    room_id: str = Field(foreign_key="room.id")
    seat_no: int
    column_no: int
    row_no: int
    is_spare: bool
    is_blocked: bool = Field(default=False, sa_column=false_column())


class KioskRow(SQLModel, table=True):
    __tablename__ = "kiosk"
    id: str = Field(primary_key=True)
    code: str
    token_hash: str = Field(unique=True)
    seat_id: str | None = Field(default=None, foreign_key="seat.id")
    state: str
    address: str
    user_agent: str
    created_at_ms: int = Field(sa_column=big_column())


class OfficerRow(SQLModel, table=True):
    __tablename__ = "officer"
    id: str = Field(primary_key=True)
    username: str = Field(unique=True)
    name: str
    civil_servant_number: str
    role: str
    committee: str
    password_hash: str
    public_key: str
    wrapped_key: str
    is_active: bool


class OfficerSignInRow(SQLModel, table=True):
    __tablename__ = "officer_sign_in"
    token_hash: str = Field(primary_key=True)
    officer_id: str = Field(foreign_key="officer.id")
    created_at_ms: int = Field(sa_column=big_column())
    seen_at_ms: int = Field(sa_column=big_column())
    ended_at_ms: int | None = Field(sa_column=big_column(nullable=True))
