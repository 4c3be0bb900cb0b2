"""Reads the append-only list of time grants, with the names behind the ids."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from cat_server.records.tables import (
    AttemptRow,
    OfficerRow,
    ParticipantRow,
    RoomRow,
    SeatRow,
    TimeGrantRow,
    table_of,
)

_grant = table_of(TimeGrantRow)
_attempt = table_of(AttemptRow)
_participant = table_of(ParticipantRow)
_room = table_of(RoomRow)
_seat = table_of(SeatRow)
_actor = table_of(OfficerRow).alias("actor")
_approver = table_of(OfficerRow).alias("approver")


@dataclass(frozen=True, slots=True)
class GrantLine:
    """One grant: to whom, in which block, how much (milliseconds, negative where taken back), why, by whom, when.

    Names are empty where no officer is behind the id; `seat_no` is None before and after a seat is held.
    """

    grant_id: str
    attempt_id: str
    participant_number: str
    participant_name: str
    room_name: str
    seat_no: int | None
    block_no: int
    milliseconds: int
    reason: str
    actor_name: str
    approver_name: str
    granted_at_ms: int


def grants_of(connection: Connection, exam_session_id: str, attempt_id: str = "") -> tuple[GrantLine, ...]:
    """Return the grants of an exam session or of one of its attempts, the newest first."""
    query = (
        select(
            _grant,
            _participant.c.participant_number,
            _participant.c.name.label("participant_name"),
            _room.c.name.label("room_name"),
            _seat.c.seat_no,
            _actor.c.name.label("actor_name"),
            _approver.c.name.label("approver_name"),
        )
        .join(_attempt, _attempt.c.id == _grant.c.attempt_id)
        .join(_participant, _participant.c.id == _attempt.c.participant_id)
        .outerjoin(_room, _room.c.id == _attempt.c.room_id)
        .outerjoin(_seat, _seat.c.id == _attempt.c.seat_id)
        .outerjoin(_actor, _actor.c.id == _grant.c.actor_id)
        .outerjoin(_approver, _approver.c.id == _grant.c.approver)
        .where(_attempt.c.exam_session_id == exam_session_id)
        .order_by(_grant.c.granted_at_ms.desc(), _participant.c.participant_number)
    )
    if attempt_id:
        query = query.where(_grant.c.attempt_id == attempt_id)
    return tuple(
        GrantLine(
            grant_id=row.id,
            attempt_id=row.attempt_id,
            participant_number=row.participant_number,
            participant_name=row.participant_name,
            room_name=row.room_name or "",
            seat_no=row.seat_no,
            block_no=row.block_no,
            milliseconds=row.milliseconds,
            reason=row.reason,
            actor_name=row.actor_name or "",
            approver_name=row.approver_name or "",
            granted_at_ms=row.granted_at_ms,
        )
        for row in connection.execute(query)
    )
