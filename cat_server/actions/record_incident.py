"""Recording an incident of an exam session: what, where, since when, and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import Actor
from cat_server.domain.incident import IncidentReport, refuse_report
from cat_server.domain.refusals import Refusal
from cat_server.records.incidents import (
    IncidentPlace,
    add_incident,
    has_room,
    place_of_attempt,
    place_of_seat,
)
from cat_server.records.sittings import sittings_of
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.incident_codes import incident_codes
from cat_server.runtime.tokens import new_id
from question_bank.canonical import Json


@dataclass(frozen=True, slots=True)
class Where:
    """Where it happened, as far as it is known: a participant, or a seat of a room, or a room, or nothing."""

    room_id: str = ""
    seat_no: int | None = None
    attempt_id: str = ""


async def record_incident(
    lane: WriteLane, exam_session_id: str, report: IncidentReport, where: Where, actor: Actor
) -> str:
    """Record an incident and return its id. It may be written down while results are not official yet, and after.

    Raises:
        Refusal: `INCIDENT_CODE_UNKNOWN`, what `refuse_report` refuses, `SITTING_UNKNOWN`, `ATTEMPT_UNKNOWN` or
            `SEAT_UNKNOWN`.
    """
    incident_codes().refuse_unknown(report.code)
    incident_id = new_id()

    def operation(tx: Tx) -> str:
        refuse_report(report, tx.now.at_ms)
        place = _place(tx, exam_session_id, where)
        told = replace(
            report,
            description=report.description.strip(),
            measure=report.measure.strip(),
            room_id=place.room_id,
            seat_id=place.seat_id,
            attempt_id=place.attempt_id,
        )
        add_incident(tx.connection, tx.now, incident_id, exam_session_id, told, actor.actor_id)
        tx.append(exam_session_id, _recorded(incident_id, told), actor)
        return incident_id

    return await lane.run(operation)


def _place(tx: Tx, exam_session_id: str, where: Where) -> IncidentPlace:
    if not sittings_of(tx.connection, exam_session_id):
        raise Refusal("SITTING_UNKNOWN")
    if where.attempt_id:
        place = place_of_attempt(tx.connection, exam_session_id, where.attempt_id)
        if place is None:
            raise Refusal("ATTEMPT_UNKNOWN")
        return place
    if where.room_id and not has_room(tx.connection, exam_session_id, where.room_id):
        raise Refusal("SITTING_UNKNOWN")
    if where.seat_no is None:
        return IncidentPlace(where.room_id, "", "")
    place = place_of_seat(tx.connection, exam_session_id, where.room_id, where.seat_no)
    if place is None:
        raise Refusal("SEAT_UNKNOWN", {"seat": where.seat_no})
    return place


def _recorded(incident_id: str, told: IncidentReport) -> Event:
    body: dict[str, Json] = {
        "incident_id": incident_id,
        "code": told.code,
        "room_id": told.room_id,
        "seat_id": told.seat_id,
        "attempt_id": told.attempt_id,
        "occurred_at_ms": told.occurred_at_ms,
        "duration_s": told.duration_s,
    }
    private: dict[str, Json] = {"description": told.description, "measure": told.measure}
    return Event(EventKind.INCIDENT_RECORDED, body, private)
