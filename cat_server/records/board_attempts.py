"""Reads attempts with their participants, papers and presence for the officers' pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from cat_server.records.tables import (
    AttemptRow,
    FormRow,
    FormSetRow,
    ParticipantRow,
    PresenceRow,
    ProfileRow,
    RoomRow,
    SeatRow,
    table_of,
)

_attempt = table_of(AttemptRow)
_participant = table_of(ParticipantRow)
_presence = table_of(PresenceRow)
_form = table_of(FormRow)
_form_set = table_of(FormSetRow)
_profile = table_of(ProfileRow)
_room = table_of(RoomRow)
_seat = table_of(SeatRow)


@dataclass(frozen=True, slots=True)
class StoredAttempt:
    """One participant in one exam session, with what identifies the person at the desk and on a board."""

    attempt_id: str
    exam_session_id: str
    participant_id: str
    participant_number: str
    name: str
    nik: str
    birth_date: str
    agency: str
    position: str
    formation: str
    category: str
    accommodation: str
    state: str
    profile_hash: str
    room_id: str
    room_name: str
    seat_no: int | None
    form_no: int | None
    epoch: int
    pin_issued_at_ms: int | None
    ordinal: int = 1


@dataclass(frozen=True, slots=True)
class StoredPresence:
    """What a kiosk last told of itself."""

    seen_at_ms: int
    position: int
    unsent: int
    is_offline_ready: bool


def attempts_of(connection: Connection, exam_session_id: str) -> tuple[StoredAttempt, ...]:
    """Return the attempts of an exam session in order of participant number, of one person the latest first."""
    statement = _attempts().where(_attempt.c.exam_session_id == exam_session_id)
    rows = connection.execute(
        statement.order_by(_participant.c.participant_number, _attempt.c.ordinal.desc())
    ).mappings()
    return tuple(_stored(row) for row in rows)


def attempt(connection: Connection, attempt_id: str) -> StoredAttempt | None:
    """Return one attempt, or None."""
    row = connection.execute(_attempts().where(_attempt.c.id == attempt_id)).mappings().first()
    return None if row is None else _stored(row)


def presences(connection: Connection, exam_session_id: str) -> Mapping[str, StoredPresence]:
    """Return the last presence of each kiosk by attempt."""
    rows = connection.execute(
        select(_presence)
        .join(_attempt, _attempt.c.id == _presence.c.attempt_id)
        .where(_attempt.c.exam_session_id == exam_session_id)
    )
    return {
        row.attempt_id: StoredPresence(row.seen_at_ms, row.position, row.unsent, bool(row.is_offline_ready))
        for row in rows
    }


def forms_of(connection: Connection, exam_session_id: str) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the stored bytes of every form of an exam session, one by one: all together they are large."""
    rows = connection.execute(
        select(_form.c.form_no, _form.c.content)
        .join(_form_set, _form_set.c.id == _form.c.form_set_id)
        .where(_form_set.c.exam_session_id == exam_session_id)
    )
    for form_no, content in rows:
        yield form_no, bytes(content)


def profiles_of(connection: Connection, exam_session_id: str) -> Mapping[str, bytes]:
    """Return the stored bytes of every profile an attempt of the exam session is taken by, by hash."""
    rows = connection.execute(
        select(_profile.c.hash, _profile.c.content)
        .join(_attempt, _attempt.c.profile_hash == _profile.c.hash)
        .where(_attempt.c.exam_session_id == exam_session_id)
        .distinct()
    )
    return {profile_hash: bytes(content) for profile_hash, content in rows}


def keys_hash_of(connection: Connection, exam_session_id: str) -> str:
    """Return the hash of the key sheet that the exam session's forms were drawn with, or ""."""
    statement = select(_form_set.c.keys_hash).where(_form_set.c.exam_session_id == exam_session_id)
    return connection.execute(statement).scalar() or ""


def _attempts() -> Select[Any]:
    return (
        select(
            _attempt.c.id.label("attempt_id"),
            _attempt.c.exam_session_id,
            _attempt.c.participant_id,
            _participant.c.participant_number,
            _participant.c.name,
            _participant.c.nik,
            _participant.c.birth_date,
            _participant.c.agency,
            _participant.c.position,
            _participant.c.formation,
            _participant.c.category,
            _participant.c.accommodation,
            _attempt.c.state,
            _attempt.c.profile_hash,
            _attempt.c.room_id,
            _room.c.name.label("room_name"),
            _seat.c.seat_no,
            _attempt.c.form_no,
            _attempt.c.epoch,
            _attempt.c.pin_issued_at_ms,
            _attempt.c.ordinal,
        )
        .join(_participant, _participant.c.id == _attempt.c.participant_id)
        .outerjoin(_room, _room.c.id == _attempt.c.room_id)
        .outerjoin(_seat, _seat.c.id == _attempt.c.seat_id)
    )


def _stored(row: RowMapping) -> StoredAttempt:
    return StoredAttempt(**{**row, "room_id": row["room_id"] or "", "room_name": row["room_name"] or ""})
