"""Reads what a kiosk's pages show: the PC, its participant, the paper."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from cat_server.records.tables import (
    AttemptRow,
    ExamEventRow,
    ExamSessionRow,
    ParticipantRow,
    RoomRow,
    SeatRow,
    table_of,
)

_attempt = table_of(AttemptRow)
_event = table_of(ExamEventRow)
_participant = table_of(ParticipantRow)
_room = table_of(RoomRow)
_seat = table_of(SeatRow)
_session = table_of(ExamSessionRow)

_PERSONS = (
    select(
        _participant.c.participant_number,
        _participant.c.name,
        _participant.c.agency,
        _participant.c.position,
        _participant.c.category,
        _session.c.title,
        _session.c.planned_start_at_ms,
        _session.c.bank_id,
        _seat.c.seat_no,
        _room.c.name.label("room_name"),
        _attempt.c.id,
    )
    .select_from(_attempt)
    .join(_participant, _participant.c.id == _attempt.c.participant_id)
    .join(_session, _session.c.id == _attempt.c.exam_session_id)
    .outerjoin(_seat, _seat.c.id == _attempt.c.seat_id)
    .outerjoin(_room, _room.c.id == _attempt.c.room_id)
    .where(_attempt.c.id.in_(bindparam("attempt_ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Person:
    """Who sits an attempt, where, and in which exam session."""

    participant_number: str
    name: str
    agency: str
    position: str
    category: str
    exam_title: str
    planned_start_at_ms: int | None
    bank_id: str
    seat_no: int
    room_name: str


def persons_of(connection: Connection, attempt_ids: Collection[str]) -> dict[str, Person]:
    """Return the persons of these attempts by attempt."""
    rows = connection.execute(_PERSONS, {"attempt_ids": list(attempt_ids)})
    return {row.id: Person(*row[:8], row.seat_no or 0, row.room_name or "") for row in rows}


def is_open_binding(connection: Connection) -> bool:
    """Tell whether a PC may sign participants in before it was given a seat (demo events only)."""
    query = (
        select(_event.c.id)
        .join(_session, _session.c.exam_event_id == _event.c.id)
        .where(_event.c.kiosk_binding == "open", _session.c.state.not_in(("CLOSED", "SIGNED")))
    )
    return connection.execute(query).first() is not None
