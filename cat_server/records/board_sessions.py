"""Reads exam sessions, their rooms and seats for the officers' pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, not_, select

from cat_server.domain.exam_session import SittingState
from cat_server.records.tables import (
    AttemptRow,
    ExamEventRow,
    ExamSessionRow,
    KioskRow,
    ProfileRow,
    RoomRow,
    SeatRow,
    SittingRow,
    table_of,
)

_event = table_of(ExamEventRow)
_session = table_of(ExamSessionRow)
_profile = table_of(ProfileRow)
_sitting = table_of(SittingRow)
_room = table_of(RoomRow)
_seat = table_of(SeatRow)
_attempt = table_of(AttemptRow)
_kiosk = table_of(KioskRow)


@dataclass(frozen=True, slots=True)
class StoredExamSession:
    """An exam session with its event. `profile_content` are the stored bytes of its profile."""

    exam_session_id: str
    code: str
    title: str
    event_name: str
    is_demo: bool
    state: str
    planned_start_at_ms: int | None
    day_ordinal: int
    cumulative_number: int
    bank_id: str
    profile_hash: str
    profile_content: bytes
    scoreboard: str
    scoreboard_delay_s: int
    scoreboard_masking: bool


@dataclass(frozen=True, slots=True)
class StoredSitting:
    """An exam session in one room, with the exam clock as last persisted."""

    exam_session_id: str
    room_id: str
    room_code: str
    room_name: str
    state: str
    clock_ms: int
    control_no: int
    started_at_ms: int | None
    closed_at_ms: int | None
    seats: int


@dataclass(frozen=True, slots=True)
class StoredSeat:
    """A seat, its place on the room's plan (1-based column and row) and whether a PC is enrolled for it."""

    seat_id: str
    room_id: str
    seat_no: int
    column_no: int
    row_no: int
    is_spare: bool
    has_kiosk: bool
    is_blocked: bool = False


def signed_sessions(connection: Connection) -> Mapping[str, str]:
    """Return the code of each exam session that is signed in every room, by its id, in the order in which they were closed."""
    closed_at = select(func.max(_sitting.c.closed_at_ms)).where(_sitting.c.exam_session_id == _session.c.id)
    rows = connection.execute(
        select(_session.c.id, _session.c.code)
        .where(_session.c.state == SittingState.SIGNED.value)
        .order_by(closed_at.scalar_subquery(), _session.c.cumulative_number)
    )
    return {row.id: row.code for row in rows}


def exam_sessions(connection: Connection) -> tuple[StoredExamSession, ...]:
    """Return every exam session, the earliest planned first, those without a plan last."""
    rows = connection.execute(
        select(
            _session,
            _event.c.name.label("event_name"),
            _event.c.is_demo,
            _event.c.scoreboard,
            _event.c.scoreboard_delay_s,
            _event.c.scoreboard_masking,
            _profile.c.content.label("profile_content"),
        )
        .join(_event, _event.c.id == _session.c.exam_event_id)
        .join(_profile, _profile.c.hash == _session.c.profile_hash)
        .order_by(_session.c.planned_start_at_ms.is_(None), _session.c.planned_start_at_ms, _session.c.code)
    )
    return tuple(
        StoredExamSession(
            row.id,
            row.code,
            row.title,
            row.event_name,
            bool(row.is_demo),
            row.state,
            row.planned_start_at_ms,
            row.day_ordinal,
            row.cumulative_number,
            row.bank_id,
            row.profile_hash,
            bytes(row.profile_content),
            row.scoreboard,
            row.scoreboard_delay_s,
            bool(row.scoreboard_masking),
        )
        for row in rows
    )


def sittings(connection: Connection) -> tuple[StoredSitting, ...]:
    """Return every sitting of every exam session, rooms by code."""
    counted = select(_seat.c.room_id, func.count()).group_by(_seat.c.room_id)
    seats: dict[str, int] = {row[0]: row[1] for row in connection.execute(counted)}
    rows = connection.execute(
        select(_sitting, _room.c.code.label("room_code"), _room.c.name.label("room_name"))
        .join(_room, _room.c.id == _sitting.c.room_id)
        .order_by(_room.c.code)
    )
    return tuple(
        StoredSitting(
            row.exam_session_id,
            row.room_id,
            row.room_code,
            row.room_name,
            row.state,
            row.clock_ms,
            row.control_no,
            row.started_at_ms,
            row.closed_at_ms,
            seats.get(row.room_id, 0),
        )
        for row in rows
    )


def attempts_by_state(connection: Connection) -> Mapping[tuple[str, str], Counter[str]]:
    """Return how many attempts are in each state, by exam session and room (room "" before check-in).

    A voided attempt is passed over where the participant sits again.
    """
    counts: dict[tuple[str, str], Counter[str]] = {}
    later = _attempt.alias("later")
    has_later = (
        select(later.c.id)
        .where(
            later.c.exam_session_id == _attempt.c.exam_session_id,
            later.c.participant_id == _attempt.c.participant_id,
            later.c.ordinal > _attempt.c.ordinal,
        )
        .exists()
    )
    rows = connection.execute(
        select(_attempt.c.exam_session_id, _attempt.c.room_id, _attempt.c.state, func.count())
        .where(not_(and_(_attempt.c.state == "VOIDED", has_later)))
        .group_by(_attempt.c.exam_session_id, _attempt.c.room_id, _attempt.c.state)
    )
    for exam_session_id, room_id, state, count in rows:
        counts.setdefault((exam_session_id, room_id or ""), Counter())[state] = count
    return counts


def seats(connection: Connection) -> tuple[StoredSeat, ...]:
    """Return the seats of every room, in order of room and number."""
    enrolled = set(
        connection.execute(select(_kiosk.c.seat_id).where(_kiosk.c.seat_id.is_not(None))).scalars()
    )
    rows = connection.execute(select(_seat).order_by(_seat.c.room_id, _seat.c.seat_no))
    return tuple(
        StoredSeat(
            row.id,
            row.room_id,
            row.seat_no,
            row.column_no,
            row.row_no,
            bool(row.is_spare),
            row.id in enrolled,
            bool(row.is_blocked),
        )
        for row in rows
    )
