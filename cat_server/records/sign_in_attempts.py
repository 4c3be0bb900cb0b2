"""Reads the attempts that a participant number may sign in to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from cat_server.records.tables import (
    AttemptRow,
    ExamEventRow,
    ExamSessionRow,
    KioskRow,
    ParticipantRow,
    SeatRow,
    table_of,
)

_attempt = table_of(AttemptRow)
_event = table_of(ExamEventRow)
_kiosk = table_of(KioskRow)
_participant = table_of(ParticipantRow)
_seat = table_of(SeatRow)
_session = table_of(ExamSessionRow)

_ATTEMPTS = (
    select(
        _attempt.c.id,
        _attempt.c.exam_session_id,
        _attempt.c.state,
        _attempt.c.pin_hmac,
        _attempt.c.seat_id,
        _seat.c.seat_no,
        _attempt.c.kiosk_id,
        _kiosk.c.state.label("kiosk_state"),
        _attempt.c.epoch,
        _event.c.kiosk_binding,
    )
    .join(_session, _session.c.id == _attempt.c.exam_session_id)
    .join(_event, _event.c.id == _session.c.exam_event_id)
    .outerjoin(_seat, _seat.c.id == _attempt.c.seat_id)
    .outerjoin(_kiosk, _kiosk.c.id == _attempt.c.kiosk_id)
    .where(
        # Said of the attempt itself: with the person this is the start of an index, and nobody else's attempts are read.
        _attempt.c.exam_session_id.in_(
            select(_session.c.id).where(_session.c.state.not_in(("CLOSED", "SIGNED")))
        )
    )
    .order_by(_attempt.c.pin_issued_at_ms.desc())
)
_NUMBER = _participant.c.participant_number
_PERSON = select(_participant.c.id)
_BY_NUMBER = _ATTEMPTS.where(
    _attempt.c.participant_id.in_(_PERSON.where(_NUMBER.in_(bindparam("numbers", expanding=True))))
)
_BY_ANY_CASE = _ATTEMPTS.where(
    _attempt.c.participant_id.in_(_PERSON.where(func.upper(_NUMBER) == bindparam("number")))
)


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """An attempt that a participant number may sign in to."""

    attempt_id: str
    exam_session_id: str
    state: str
    pin_hmac: str
    seat_id: str
    seat_no: int
    kiosk_id: str
    kiosk_state: str
    epoch: int
    kiosk_binding: str


def sign_in_attempts(connection: Connection, participant_number: str) -> list[SignInAttempt]:
    """Return the checked-in attempts of a participant number in exam sessions that are not closed, newest first.

    Capitals do not matter. A number that is typed as it stands on file is found by index; all others only by reading everybody's.
    """
    given = {participant_number, participant_number.upper(), participant_number.lower()}
    rows = connection.execute(_BY_NUMBER, {"numbers": sorted(given)}).all()
    if not rows:
        rows = connection.execute(_BY_ANY_CASE, {"number": participant_number.upper()}).all()
    return [
        SignInAttempt(
            attempt_id,
            exam_session_id,
            state,
            pin_hmac,
            seat_id,
            seat_no,
            kiosk_id or "",
            kiosk_state or "",
            epoch,
            kiosk_binding,
        )
        for (
            attempt_id,
            exam_session_id,
            state,
            pin_hmac,
            seat_id,
            seat_no,
            kiosk_id,
            kiosk_state,
            epoch,
            kiosk_binding,
        ) in rows
        if seat_id
    ]
