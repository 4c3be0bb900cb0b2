"""When registration closes, whether it has, and who checked somebody in: what the cut-off and the desk ask."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from cat_server.domain.attempt import AttemptState
from cat_server.domain.events import EventKind
from cat_server.domain.exam_session import SittingState
from cat_server.records.tables import (
    AttemptRow,
    ExamSessionRow,
    LedgerRow,
    OfficerRow,
    SittingRow,
    table_of,
)

_attempt = table_of(AttemptRow)
_ledger = table_of(LedgerRow)
_officer = table_of(OfficerRow)
_session = table_of(ExamSessionRow)
_sitting = table_of(SittingRow)

_UNDER_WAY = (SittingState.REGISTERING.value, SittingState.RUNNING.value, SittingState.PAUSED.value)
_REGISTRATION = (EventKind.REGISTRATION_OPENED.value, EventKind.REGISTRATION_CLOSED.value)


@dataclass(frozen=True, slots=True)
class PlannedRegistration:
    """An exam session with a planned start that is under way; `room_ids` are those that still take registrations."""

    exam_session_id: str
    planned_start_at_ms: int
    profile_hash: str
    room_ids: tuple[str, ...]


def planned_registrations(connection: Connection) -> list[PlannedRegistration]:
    """Return every exam session with a planned start whose registration was opened and that is not closed yet."""
    rows = connection.execute(
        select(
            _session.c.id,
            _session.c.planned_start_at_ms,
            _session.c.profile_hash,
            _sitting.c.room_id,
            _sitting.c.state,
        )
        .join(_sitting, _sitting.c.exam_session_id == _session.c.id)
        .where(
            _session.c.planned_start_at_ms.is_not(None),
            _sitting.c.state.in_(_UNDER_WAY),
        )
        .order_by(_session.c.id, _sitting.c.room_id)
    )
    found: dict[str, PlannedRegistration] = {}
    for row in rows:
        known = found.get(row.id)
        rooms = known.room_ids if known else ()
        if row.state == SittingState.REGISTERING.value:
            rooms = (*rooms, row.room_id)
        found[row.id] = PlannedRegistration(row.id, row.planned_start_at_ms, row.profile_hash, rooms)
    return list(found.values())


def is_registration_closed(connection: Connection, exam_session_id: str) -> bool:
    """Tell whether the last thing the ledger says of the exam session's registration is that it closed."""
    last = connection.execute(
        select(_ledger.c.kind)
        .where(_ledger.c.chain == exam_session_id, _ledger.c.kind.in_(_REGISTRATION))
        .order_by(_ledger.c.number.desc())
        .limit(1)
    ).scalar()
    return last == EventKind.REGISTRATION_CLOSED.value


def attempts_in_state(connection: Connection, exam_session_id: str, state: AttemptState) -> list[str]:
    """Return the ids of an exam session's attempts in one state."""
    query = select(_attempt.c.id).where(
        _attempt.c.exam_session_id == exam_session_id, _attempt.c.state == state.value
    )
    return list(connection.execute(query.order_by(_attempt.c.id)).scalars())


def set_planned_start(connection: Connection, exam_session_id: str, planned_start_at_ms: int) -> None:
    """Plan an exam session for another time."""
    connection.execute(
        update(_session)
        .where(_session.c.id == exam_session_id)
        .values(planned_start_at_ms=planned_start_at_ms)
    )


def checked_in_by(connection: Connection, exam_session_id: str, attempt_id: str) -> str:
    """Return the name of the officer who checked somebody in last, "" where it was no officer."""
    envelopes = connection.execute(
        select(_ledger.c.envelope)
        .where(_ledger.c.chain == exam_session_id, _ledger.c.kind == EventKind.PARTICIPANT_CHECKED_IN.value)
        .order_by(_ledger.c.number.desc())
    ).scalars()
    for envelope in envelopes:
        content = json.loads(envelope)
        if content["body"]["attempt_id"] == attempt_id:
            query = select(_officer.c.name).where(_officer.c.id == content["actor"]["id"])
            return connection.execute(query).scalar() or ""
    return ""


def session_profile_hash(connection: Connection, exam_session_id: str) -> str:
    """Return the hash of an exam session's own profile."""
    query = select(_session.c.profile_hash).where(_session.c.id == exam_session_id)
    return str(connection.execute(query).scalar_one())
