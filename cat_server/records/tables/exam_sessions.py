"""What an exam session is made from and runs on: bank, profile, people, sittings and drawn forms."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from cat_server.records.tables.columns import big_column, bytes_column, empty_column


class BankRow(SQLModel, table=True):
    __tablename__ = "bank"
    id: str = Field(primary_key=True)
    title: str
    items: int
    items_hash: str
    keys_hash: str
    stats_hash: str
    bank_hash: str
    imported_at_ms: int = Field(sa_column=big_column())


class ProfileRow(SQLModel, table=True):
    __tablename__ = "profile"
    hash: str = Field(primary_key=True)
    profile_id: str
    version: int
    content: bytes = Field(sa_column=bytes_column())


class ParticipantRow(SQLModel, table=True):
    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("exam_event_id", "participant_number"),)
    id: str = Field(primary_key=True)
    exam_event_id: str = Field(foreign_key="exam_event.id")
    participant_number: str = Field(index=True)
    name: str
    nik: str
    birth_date: str
    agency: str
    position: str
    formation: str
    category: str
    accommodation: str
    photo_hash: str = Field(default="", sa_column=empty_column())


class FormationRow(SQLModel, table=True):
    __tablename__ = "formation"
    exam_event_id: str = Field(primary_key=True, foreign_key="exam_event.id")
    agency: str = Field(primary_key=True)
    position: str = Field(primary_key=True)
    formation: str = Field(primary_key=True)
    quota: int


class ExamSessionRow(SQLModel, table=True):
    __tablename__ = "exam_session"
    id: str = Field(primary_key=True)
    exam_event_id: str = Field(foreign_key="exam_event.id")
    code: str = Field(unique=True)
    title: str
    day_ordinal: int
    cumulative_number: int
    state: str
    planned_start_at_ms: int | None = Field(sa_column=big_column(nullable=True))
    profile_hash: str = Field(foreign_key="profile.hash")
    bank_id: str = Field(foreign_key="bank.id")


class SittingRow(SQLModel, table=True):
    __tablename__ = "sitting"
    exam_session_id: str = Field(primary_key=True, foreign_key="exam_session.id")
    room_id: str = Field(primary_key=True, foreign_key="room.id")
    state: str
    clock_ms: int = Field(sa_column=big_column())
    boot_id: str
    boot_ns: int = Field(sa_column=big_column())
    ticked_at_ms: int = Field(default=0, sa_column=big_column(default=0))
    control_no: int
    started_at_ms: int | None = Field(sa_column=big_column(nullable=True))
    closed_at_ms: int | None = Field(sa_column=big_column(nullable=True))


class FormSetRow(SQLModel, table=True):
    __tablename__ = "form_set"
    id: str = Field(primary_key=True)
    exam_session_id: str = Field(foreign_key="exam_session.id", unique=True)
    engine: str
    blueprint_hash: str
    items_hash: str
    keys_hash: str
    stats_hash: str
    seed_commitment: str
    forms: int


class FormSetInputsRow(SQLModel, table=True):
    """What a drawing was made from (public inputs as `cjson/1`, the public draw's text), and its fairness report."""

    __tablename__ = "form_set_inputs"
    form_set_id: str = Field(primary_key=True, foreign_key="form_set.id")
    content: bytes = Field(sa_column=bytes_column())
    public_draw: str
    report: bytes = Field(sa_column=bytes_column())


class FormRow(SQLModel, table=True):
    __tablename__ = "form"
    form_set_id: str = Field(primary_key=True, foreign_key="form_set.id")
    form_no: int = Field(primary_key=True)
    content: bytes = Field(sa_column=bytes_column())
    hash: str
    seat_id: str | None = Field(default=None, foreign_key="seat.id")
