"""Free seats, PINs and check-ins, as the registration desk needs them inside its transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from cat_server.records.tables import (
    AttemptRow,
    ExamSessionRow,
    FormRow,
    FormSetRow,
    ParticipantRow,
    RoomRow,
    SeatRow,
    SittingRow,
    table_of,
)

_attempt = table_of(AttemptRow)
_form = table_of(FormRow)
_form_set = table_of(FormSetRow)
_participant = table_of(ParticipantRow)
_room = table_of(RoomRow)
_seat = table_of(SeatRow)
_session = table_of(ExamSessionRow)
_sitting = table_of(SittingRow)


@dataclass(frozen=True, slots=True)
class DeskAttempt:
    """An attempt as the desk sees it."""

    attempt_id: str
    exam_session_id: str
    state: str
    profile_hash: str
    planned_start_at_ms: int | None
    room_id: str
    room_name: str
    seat_id: str
    seat_no: int
    participant_number: str
    participant_name: str


@dataclass(frozen=True, slots=True)
class FreeSeat:
    """A seat nobody holds in this exam session, with the form that belongs to it."""

    room_id: str
    room_name: str
    seat_id: str
    seat_no: int
    form_no: int


def desk_attempt(connection: Connection, attempt_id: str) -> DeskAttempt | None:
    """Return one attempt with its person, exam session and seat, or nothing."""
    row = connection.execute(
        select(
            _attempt,
            _session.c.planned_start_at_ms,
            _room.c.name.label("room_name"),
            _seat.c.seat_no,
            _participant.c.participant_number,
            _participant.c.name.label("participant_name"),
        )
        .join(_session, _session.c.id == _attempt.c.exam_session_id)
        .join(_participant, _participant.c.id == _attempt.c.participant_id)
        .outerjoin(_seat, _seat.c.id == _attempt.c.seat_id)
        .outerjoin(_room, _room.c.id == _attempt.c.room_id)
        .where(_attempt.c.id == attempt_id)
    ).first()
    if row is None:
        return None
    return DeskAttempt(
        row.id,
        row.exam_session_id,
        row.state,
        row.profile_hash,
        row.planned_start_at_ms,
        row.room_id or "",
        row.room_name or "",
        row.seat_id or "",
        row.seat_no or 0,
        row.participant_number,
        row.participant_name,
    )


def stored_pin_hmac(connection: Connection, attempt_id: str) -> str:
    """Return what is kept of an attempt's PIN, empty where none was issued."""
    query = select(_attempt.c.pin_hmac).where(_attempt.c.id == attempt_id)
    return str(connection.execute(query).scalar() or "")


def free_seats(
    connection: Connection, exam_session_id: str, room_id: str, states: Iterable[str] = ("REGISTERING",)
) -> list[FreeSeat]:
    """Return the ordinary seats that are free, in a room or (no room named) in all whose sitting is in `states`."""
    taken = select(_attempt.c.seat_id).where(
        _attempt.c.exam_session_id == exam_session_id, _attempt.c.seat_id.is_not(None)
    )
    query = (
        select(_seat.c.id, _seat.c.seat_no, _seat.c.room_id, _room.c.name, _form.c.form_no)
        .join(_room, _room.c.id == _seat.c.room_id)
        .join(
            _sitting,
            and_(_sitting.c.room_id == _seat.c.room_id, _sitting.c.exam_session_id == exam_session_id),
        )
        .join(_form_set, _form_set.c.exam_session_id == exam_session_id)
        .join(_form, and_(_form.c.form_set_id == _form_set.c.id, _form.c.seat_id == _seat.c.id))
        .where(_sitting.c.state.in_(tuple(states)), _seat.c.is_spare.is_(False), _seat.c.id.not_in(taken))
        .order_by(_room.c.code, _seat.c.seat_no)
    )
    given = select(_attempt.c.form_no).where(
        _attempt.c.exam_session_id == exam_session_id, _attempt.c.form_no.is_not(None)
    )
    # The form of a seat that somebody was moved away from went along with them: nobody else may get it.
    query = query.where(_seat.c.is_blocked.is_(False), _form.c.form_no.not_in(given))
    if room_id:
        query = query.where(_seat.c.room_id == room_id)
    return [
        FreeSeat(row.room_id, row.name, row.id, row.seat_no, row.form_no) for row in connection.execute(query)
    ]
