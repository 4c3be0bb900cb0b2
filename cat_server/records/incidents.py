"""Reads and writes incidents as officers recorded them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from cat_server.domain.incident import IncidentReport
from cat_server.domain.instants import Instant
from cat_server.records.tables import (
    AttemptRow,
    IncidentRow,
    OfficerRow,
    ParticipantRow,
    RoomRow,
    SeatRow,
    SittingRow,
    table_of,
)

_incident = table_of(IncidentRow)
_room = table_of(RoomRow)
_seat = table_of(SeatRow)
_attempt = table_of(AttemptRow)
_participant = table_of(ParticipantRow)
_officer = table_of(OfficerRow)
_sitting = table_of(SittingRow)


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident with the names its ids stand for; empty (`seat_no` None) where it concerns nobody in particular.

    `code` is `category.code`, `duration_s` seconds (0: a moment), `actor_name` the officer who recorded it.
    """

    incident_id: str
    code: str
    occurred_at_ms: int
    duration_s: int
    room_id: str
    room_name: str
    seat_no: int | None
    participant_number: str
    participant_name: str
    description: str
    measure: str
    actor_name: str
    recorded_at_ms: int


@dataclass(frozen=True, slots=True)
class IncidentPlace:
    """Where an incident happened: ids, empty where there is none."""

    room_id: str
    seat_id: str
    attempt_id: str


def add_incident(
    connection: Connection,
    now: Instant,
    incident_id: str,
    exam_session_id: str,
    report: IncidentReport,
    actor_id: str,
) -> None:
    """Insert an incident; incidents are never changed."""
    connection.execute(
        insert(_incident).values(
            id=incident_id,
            exam_session_id=exam_session_id,
            code=report.code,
            room_id=report.room_id,
            seat_id=report.seat_id,
            attempt_id=report.attempt_id,
            description=report.description,
            measure=report.measure,
            occurred_at_ms=report.occurred_at_ms,
            duration_s=report.duration_s,
            actor_id=actor_id,
            recorded_at_ms=now.at_ms,
        )
    )


def place_of_attempt(connection: Connection, exam_session_id: str, attempt_id: str) -> IncidentPlace | None:
    """Return where a participant of the exam session sits, or None for a stranger."""
    row = connection.execute(
        select(_attempt.c.room_id, _attempt.c.seat_id).where(
            _attempt.c.id == attempt_id, _attempt.c.exam_session_id == exam_session_id
        )
    ).first()
    return None if row is None else IncidentPlace(row.room_id or "", row.seat_id or "", attempt_id)


def place_of_seat(
    connection: Connection, exam_session_id: str, room_id: str, seat_no: int
) -> IncidentPlace | None:
    """Return a seat of the exam session with who sits on it, or None where there is no such seat."""
    seat_id = connection.execute(
        select(_seat.c.id)
        .join(_sitting, _sitting.c.room_id == _seat.c.room_id)
        .where(
            _sitting.c.exam_session_id == exam_session_id,
            _seat.c.room_id == room_id,
            _seat.c.seat_no == seat_no,
        )
    ).scalar()
    if seat_id is None:
        return None
    attempt_id = connection.execute(
        select(_attempt.c.id).where(
            _attempt.c.exam_session_id == exam_session_id, _attempt.c.seat_id == seat_id
        )
    ).scalar()
    return IncidentPlace(room_id, seat_id, attempt_id or "")


def has_room(connection: Connection, exam_session_id: str, room_id: str) -> bool:
    """Tell whether the exam session is held in this room."""
    query = select(_sitting.c.room_id).where(
        _sitting.c.exam_session_id == exam_session_id, _sitting.c.room_id == room_id
    )
    return connection.execute(query).first() is not None


def incidents_of(connection: Connection, exam_session_id: str) -> tuple[IncidentLine, ...]:
    """Return the incidents of an exam session in the order in which they happened."""
    rows = connection.execute(
        select(
            _incident,
            _room.c.name.label("room_name"),
            _seat.c.seat_no,
            _participant.c.participant_number,
            _participant.c.name.label("participant_name"),
            _officer.c.name.label("officer_name"),
        )
        .outerjoin(_room, _room.c.id == _incident.c.room_id)
        .outerjoin(_seat, _seat.c.id == _incident.c.seat_id)
        .outerjoin(_attempt, _attempt.c.id == _incident.c.attempt_id)
        .outerjoin(_participant, _participant.c.id == _attempt.c.participant_id)
        .outerjoin(_officer, _officer.c.id == _incident.c.actor_id)
        .where(_incident.c.exam_session_id == exam_session_id)
        .order_by(_incident.c.occurred_at_ms, _incident.c.recorded_at_ms, _incident.c.id)
    )
    return tuple(
        IncidentLine(
            incident_id=row.id,
            code=row.code,
            occurred_at_ms=row.occurred_at_ms,
            duration_s=row.duration_s,
            room_id=row.room_id,
            room_name=row.room_name or "",
            seat_no=row.seat_no,
            participant_number=row.participant_number or "",
            participant_name=row.participant_name or "",
            description=row.description,
            measure=row.measure,
            actor_name=row.officer_name or "",
            recorded_at_ms=row.recorded_at_ms,
        )
        for row in rows
    )
