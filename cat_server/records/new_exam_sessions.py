"""What a new exam session consists of: sittings, forms, attempts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from cat_server.records.tables import (
    AttemptRow,
    ExamSessionRow,
    FormRow,
    FormSetRow,
    ParticipantRow,
    ProfileRow,
    RoomRow,
    SittingRow,
    table_of,
)
from question_bank.forms import FormSet
from question_bank.scoring_profile import Profile

_session = table_of(ExamSessionRow)
_sitting = table_of(SittingRow)
_room = table_of(RoomRow)
_form_set = table_of(FormSetRow)
_form = table_of(FormRow)
_attempt = table_of(AttemptRow)
_participant = table_of(ParticipantRow)
_profile = table_of(ProfileRow)


@dataclass(frozen=True, slots=True)
class ExamSessionSummary:
    """An exam session as lists show it. `rooms` are codes; `attempts` counts participants."""

    exam_session_id: str
    exam_event_id: str
    code: str
    title: str
    day_ordinal: int
    cumulative_number: int
    state: str
    planned_start_at_ms: int | None
    profile_hash: str
    bank_id: str
    rooms: tuple[str, ...]
    attempts: int


@dataclass(frozen=True, slots=True)
class NewExamSession:
    """The values of a new `exam_session` row."""

    exam_session_id: str
    exam_event_id: str
    code: str
    title: str
    day_ordinal: int
    cumulative_number: int
    planned_start_at_ms: int | None
    profile_hash: str
    bank_id: str


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """A participant's place in the exam session."""

    attempt_id: str
    participant_id: str
    ordinal: int = 1


def keep_profile(connection: Connection, profile: Profile) -> None:
    """Insert a profile unless it is stored already."""
    known = connection.execute(select(_profile.c.hash).where(_profile.c.hash == profile.hash)).first()
    if known is None:
        connection.execute(
            insert(_profile).values(
                hash=profile.hash,
                profile_id=profile.profile_id,
                version=profile.version,
                content=profile.content,
            )
        )


def profile_content(connection: Connection, profile_hash: str) -> bytes:
    """Return the stored bytes of a profile."""
    content = connection.execute(
        select(_profile.c.content).where(_profile.c.hash == profile_hash)
    ).scalar_one()
    return bytes(content)


def add_exam_session(connection: Connection, new: NewExamSession, room_ids: Sequence[str]) -> None:
    """Insert an exam session and its sittings, PREPARED."""
    connection.execute(
        insert(_session).values(
            id=new.exam_session_id,
            exam_event_id=new.exam_event_id,
            code=new.code,
            title=new.title,
            day_ordinal=new.day_ordinal,
            cumulative_number=new.cumulative_number,
            state="PREPARED",
            planned_start_at_ms=new.planned_start_at_ms,
            profile_hash=new.profile_hash,
            bank_id=new.bank_id,
        )
    )
    connection.execute(
        insert(_sitting),
        [
            {
                "exam_session_id": new.exam_session_id,
                "room_id": room_id,
                "state": "PREPARED",
                "clock_ms": 0,
                "boot_id": "",
                "boot_ns": 0,
                "control_no": 0,
            }
            for room_id in room_ids
        ],
    )


def add_forms(
    connection: Connection,
    exam_session_id: str,
    form_set_id: str,
    drawn: FormSet,
    seat_ids: Sequence[str],
) -> None:
    """Insert a drawing; form n belongs to the n-th seat, the rest are spares."""
    connection.execute(
        insert(_form_set).values(
            id=form_set_id,
            exam_session_id=exam_session_id,
            engine=drawn.engine,
            blueprint_hash=drawn.blueprint_hash,
            items_hash=drawn.items_hash,
            keys_hash=drawn.keys_hash,
            stats_hash=drawn.stats_hash,
            seed_commitment=drawn.seed_commitment,
            forms=len(drawn.forms),
        )
    )
    connection.execute(
        insert(_form),
        [
            {
                "form_set_id": form_set_id,
                "form_no": number,
                "content": form.encoded,
                "hash": form.hash,
                "seat_id": seat_ids[number - 1] if number <= len(seat_ids) else None,
            }
            for number, form in enumerate(drawn.forms, start=1)
        ],
    )


def add_attempts(
    connection: Connection, exam_session_id: str, profile_hash: str, attempts: Sequence[NewAttempt]
) -> None:
    """Insert attempts, SCHEDULED."""
    if not attempts:
        return
    connection.execute(
        insert(_attempt),
        [
            {
                "id": each.attempt_id,
                "exam_session_id": exam_session_id,
                "participant_id": each.participant_id,
                "ordinal": each.ordinal,
                "state": "SCHEDULED",
                "profile_hash": profile_hash,
                "epoch": 0,
                "pin_hmac": "",
                "has_confirmed_identity": False,
                "has_accepted_pledge": False,
            }
            for each in attempts
        ],
    )


def exam_session_summaries(connection: Connection) -> tuple[ExamSessionSummary, ...]:
    """Return every exam session, in order of its number."""
    rooms: dict[str, list[str]] = {}
    for row in connection.execute(
        select(_sitting.c.exam_session_id, _room.c.code)
        .join(_room, _room.c.id == _sitting.c.room_id)
        .order_by(_room.c.code)
    ):
        rooms.setdefault(row.exam_session_id, []).append(row.code)
    counts = {
        row.exam_session_id: row.attempts
        for row in connection.execute(
            select(
                _attempt.c.exam_session_id, func.count(_attempt.c.participant_id.distinct()).label("attempts")
            ).group_by(_attempt.c.exam_session_id)
        )
    }
    return tuple(
        ExamSessionSummary(
            row.id,
            row.exam_event_id,
            row.code,
            row.title,
            row.day_ordinal,
            row.cumulative_number,
            row.state,
            row.planned_start_at_ms,
            row.profile_hash,
            row.bank_id,
            tuple(rooms.get(row.id, ())),
            counts.get(row.id, 0),
        )
        for row in connection.execute(select(_session).order_by(_session.c.cumulative_number))
    )


def scheduled_attempts(connection: Connection, exam_session_id: str) -> tuple[str, ...]:
    """Return the attempts of an exam session that are SCHEDULED, by participant number."""
    rows = connection.execute(
        select(_attempt.c.id)
        .join(_participant, _participant.c.id == _attempt.c.participant_id)
        .where(_attempt.c.exam_session_id == exam_session_id, _attempt.c.state == "SCHEDULED")
        .order_by(_participant.c.participant_number)
    )
    return tuple(rows.scalars())
