"""Exam events and their participants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from cat_server.records.tables import AttemptRow, ExamEventRow, ParticipantRow, table_of

_event = table_of(ExamEventRow)
_participant = table_of(ParticipantRow)
_attempt = table_of(AttemptRow)


@dataclass(frozen=True, slots=True)
class ExamEvent:
    """A selection event with its policy. `scoreboard` is live, delayed, progress or off."""

    exam_event_id: str
    code: str
    name: str
    is_demo: bool
    kiosk_binding: str
    scoreboard: str
    scoreboard_delay_s: int
    scoreboard_masking: bool


@dataclass(frozen=True, slots=True)
class Participant:
    """A person on a roster. `nik` is the national id; `accommodation` holds codes, separated by spaces."""

    participant_id: str
    participant_number: str
    name: str
    nik: str = ""
    birth_date: str = ""
    agency: str = ""
    position: str = ""
    formation: str = ""
    category: str = ""
    accommodation: str = ""
    photo_hash: str = ""


def add_exam_event(connection: Connection, event: ExamEvent) -> None:
    """Insert an exam event."""
    connection.execute(
        insert(_event).values(
            id=event.exam_event_id,
            code=event.code,
            name=event.name,
            is_demo=event.is_demo,
            kiosk_binding=event.kiosk_binding,
            scoreboard=event.scoreboard,
            scoreboard_delay_s=event.scoreboard_delay_s,
            scoreboard_masking=event.scoreboard_masking,
        )
    )


def exam_events(connection: Connection) -> tuple[ExamEvent, ...]:
    """Return every exam event, by code."""
    return tuple(
        ExamEvent(
            row.id,
            row.code,
            row.name,
            row.is_demo,
            row.kiosk_binding,
            row.scoreboard,
            row.scoreboard_delay_s,
            row.scoreboard_masking,
        )
        for row in connection.execute(select(_event).order_by(_event.c.code))
    )


def add_participants(connection: Connection, exam_event_id: str, people: Sequence[Participant]) -> None:
    """Insert the people of a roster."""
    connection.execute(
        insert(_participant),
        [
            {
                "id": each.participant_id,
                "exam_event_id": exam_event_id,
                "participant_number": each.participant_number,
                "name": each.name,
                "nik": each.nik,
                "birth_date": each.birth_date,
                "agency": each.agency,
                "position": each.position,
                "formation": each.formation,
                "category": each.category,
                "accommodation": each.accommodation,
                "photo_hash": each.photo_hash,
            }
            for each in people
        ],
    )


def participants(connection: Connection, exam_event_id: str) -> tuple[Participant, ...]:
    """Return the participants of an event, by number."""
    rows = connection.execute(
        select(_participant)
        .where(_participant.c.exam_event_id == exam_event_id)
        .order_by(_participant.c.participant_number)
    )
    return tuple(
        Participant(
            row.id,
            row.participant_number,
            row.name,
            row.nik,
            row.birth_date,
            row.agency,
            row.position,
            row.formation,
            row.category,
            row.accommodation,
            row.photo_hash,
        )
        for row in rows
    )


def scheduled_participants(connection: Connection, exam_event_id: str) -> frozenset[str]:
    """Return the ids of participants of an event who have an attempt in some exam session."""
    rows = connection.execute(
        select(_attempt.c.participant_id)
        .join(_participant, _participant.c.id == _attempt.c.participant_id)
        .where(_participant.c.exam_event_id == exam_event_id)
    )
    return frozenset(rows.scalars())
