"""The attempts of an exam session with all that belongs to them: person, seat, blocks, grants and answers."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from cat_server.records.tables import (
    AnswerRow,
    AttemptBlockRow,
    AttemptRow,
    ParticipantRow,
    PresenceRow,
    QuarantinedAnswerRow,
    RoomRow,
    SeatRow,
    TimeGrantRow,
    table_of,
)

_attempt = table_of(AttemptRow)
_participant = table_of(ParticipantRow)
_room = table_of(RoomRow)
_seat = table_of(SeatRow)
_block = table_of(AttemptBlockRow)
_grant = table_of(TimeGrantRow)
_answer = table_of(AnswerRow)
_quarantined = table_of(QuarantinedAnswerRow)
_presence = table_of(PresenceRow)


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """The answer that counts for one item."""

    position: int
    response: tuple[str, ...]
    is_flagged: bool
    epoch: int
    seq: int
    number: int


@dataclass(frozen=True, slots=True)
class BlockRecord:
    """A block of an attempt, in exam-clock milliseconds."""

    block_no: int
    started_clock_ms: int
    allowed_ms: int
    ended_clock_ms: int | None


@dataclass(frozen=True, slots=True)
class GrantRecord:
    """Extra time, in milliseconds."""

    block_no: int
    milliseconds: int
    reason: str


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """An attempt and the person it belongs to.

    `unsent` is what its PC last said it still had to deliver, `seen_at_ms` when it last said anything.
    """

    attempt_id: str
    participant_id: str
    ordinal: int
    state: str
    profile_hash: str
    room_id: str | None
    room_code: str
    seat_id: str | None
    seat_no: int | None
    form_no: int | None
    epoch: int
    ended_clock_ms: int | None
    paused_clock_ms: int | None
    participant_number: str
    name: str
    agency: str
    position: str
    formation: str
    category: str
    accommodation: str
    unsent: int
    seen_at_ms: int | None
    quarantined: int
    documents: str
    photo_hash: str
    blocks: tuple[BlockRecord, ...]
    grants: tuple[GrantRecord, ...]
    answers: tuple[AnswerRecord, ...]

    @property
    def responses(self) -> Mapping[int, tuple[str, ...]]:
        """The responses by position, as scoring takes them."""
        return {each.position: each.response for each in self.answers}


def read_attempts(connection: Connection, exam_session_id: str) -> tuple[AttemptRecord, ...]:
    """Return every attempt of an exam session, by participant number and ordinal."""
    blocks, grants, answers, quarantined = _parts(connection, exam_session_id)
    rows = connection.execute(
        select(
            _attempt,
            _participant.c.participant_number,
            _participant.c.name,
            _participant.c.agency,
            _participant.c.position.label("wanted_position"),
            _participant.c.formation,
            _participant.c.category,
            _participant.c.accommodation,
            _room.c.code.label("room_code"),
            _seat.c.seat_no,
            _presence.c.unsent,
            _presence.c.seen_at_ms,
        )
        .join(_participant, _participant.c.id == _attempt.c.participant_id)
        .outerjoin(_room, _room.c.id == _attempt.c.room_id)
        .outerjoin(_seat, _seat.c.id == _attempt.c.seat_id)
        .outerjoin(_presence, _presence.c.attempt_id == _attempt.c.id)
        .where(_attempt.c.exam_session_id == exam_session_id)
        .order_by(_participant.c.participant_number, _attempt.c.ordinal)
    )
    return tuple(
        AttemptRecord(
            attempt_id=row.id,
            participant_id=row.participant_id,
            ordinal=row.ordinal,
            state=row.state,
            profile_hash=row.profile_hash,
            room_id=row.room_id,
            room_code=row.room_code or "",
            seat_id=row.seat_id,
            seat_no=row.seat_no,
            form_no=row.form_no,
            epoch=row.epoch,
            ended_clock_ms=row.ended_clock_ms,
            paused_clock_ms=row.paused_clock_ms,
            participant_number=row.participant_number,
            name=row.name,
            agency=row.agency,
            position=row.wanted_position,
            formation=row.formation,
            category=row.category,
            accommodation=row.accommodation,
            unsent=row.unsent or 0,
            seen_at_ms=row.seen_at_ms,
            quarantined=quarantined.get(row.id, 0),
            documents=row.documents,
            photo_hash=row.photo_hash,
            blocks=tuple(blocks.get(row.id, ())),
            grants=tuple(grants.get(row.id, ())),
            answers=tuple(answers.get(row.id, ())),
        )
        for row in rows
    )


def _parts(
    connection: Connection, exam_session_id: str
) -> tuple[
    dict[str, list[BlockRecord]],
    dict[str, list[GrantRecord]],
    dict[str, list[AnswerRecord]],
    dict[str, int],
]:
    def rows_of(table: Any, *order: str) -> Any:  # noqa: ANN401 - a Core table
        return connection.execute(
            select(table)
            .join(_attempt, _attempt.c.id == table.c.attempt_id)
            .where(_attempt.c.exam_session_id == exam_session_id)
            .order_by(*(table.c[name] for name in order))
        )

    blocks: dict[str, list[BlockRecord]] = defaultdict(list)
    for row in rows_of(_block, "attempt_id", "block_no"):
        blocks[row.attempt_id].append(
            BlockRecord(row.block_no, row.started_clock_ms, row.allowed_ms, row.ended_clock_ms)
        )
    grants: dict[str, list[GrantRecord]] = defaultdict(list)
    for row in rows_of(_grant, "attempt_id", "granted_at_ms", "id"):
        grants[row.attempt_id].append(GrantRecord(row.block_no, row.milliseconds, row.reason))
    answers: dict[str, list[AnswerRecord]] = defaultdict(list)
    for row in rows_of(_answer, "attempt_id", "position"):
        answers[row.attempt_id].append(
            AnswerRecord(
                row.position,
                tuple(json.loads(row.response)),
                row.is_flagged,
                row.epoch,
                row.seq,
                row.number,
            )
        )
    quarantined: dict[str, int] = defaultdict(int)
    for row in rows_of(_quarantined, "number"):
        quarantined[row.attempt_id] += 1
    return blocks, grants, answers, quarantined
