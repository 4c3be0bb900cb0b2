"""An exam session is planned for another time, before it has begun (domain.md 2.7)."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.actions.refuse_admission import write_reinstated
from cat_server.domain.attempt import AttemptCommand, AttemptState, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import SittingState
from cat_server.domain.ids import Actor
from cat_server.domain.refusals import Refusal
from cat_server.domain.registration import is_past_cutoff
from cat_server.records.profiles import profile_of
from cat_server.records.registrations import (
    attempts_in_state,
    is_registration_closed,
    session_profile_hash,
    set_planned_start,
)
from cat_server.records.sittings import sittings_of
from cat_server.records.write_lane import Tx, WriteLane


@dataclass(frozen=True, slots=True)
class Postponed:
    """What the new plan brought: how many absences no longer hold, and whether registration is open again."""

    reinstated: int
    is_reopened: bool


async def postpone_exam_session(
    lane: WriteLane, exam_session_id: str, planned_start_at_ms: int, reason: str, actor: Actor
) -> Postponed:
    """Plan another start. Where the new cut-off lies ahead, absences are taken back and registration opens again.

    Raises:
        Refusal: `REASON_MISSING`, `SITTING_UNKNOWN`, `POSTPONE_STARTED` or `POSTPONE_PAST`.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    return await lane.run(
        lambda tx: _postpone(tx, exam_session_id, planned_start_at_ms, reason.strip(), actor)
    )


def _postpone(tx: Tx, exam_session_id: str, planned_start_at_ms: int, reason: str, actor: Actor) -> Postponed:
    sittings = sittings_of(tx.connection, exam_session_id)
    if not sittings:
        raise Refusal("SITTING_UNKNOWN")
    if any(each.state not in (SittingState.PREPARED, SittingState.REGISTERING) for each in sittings):
        raise Refusal("POSTPONE_STARTED")
    if planned_start_at_ms <= tx.now.at_ms:
        raise Refusal("POSTPONE_PAST")
    set_planned_start(tx.connection, exam_session_id, planned_start_at_ms)
    event = Event(
        EventKind.EXAM_SESSION_POSTPONED, {"planned_start_at_ms": planned_start_at_ms}, {"reason": reason}
    )
    tx.append(exam_session_id, event, actor)
    profile = profile_of(tx.connection, session_profile_hash(tx.connection, exam_session_id))
    if is_past_cutoff(tx.now.at_ms, planned_start_at_ms, profile.policy.registration_cutoff_s):
        return Postponed(0, is_reopened=False)
    is_closed = is_registration_closed(tx.connection, exam_session_id)
    if is_closed:
        for sitting in sittings:
            if sitting.state is SittingState.REGISTERING:
                opened = Event(EventKind.REGISTRATION_OPENED, {"room_id": sitting.room_id})
                tx.append(exam_session_id, opened, actor)
    absent = attempts_in_state(tx.connection, exam_session_id, AttemptState.ABSENT)
    scheduled = next_attempt_state(AttemptState.ABSENT, AttemptCommand.REINSTATE)
    for attempt_id in absent:
        write_reinstated(tx, exam_session_id, attempt_id, scheduled, reason, actor)
    return Postponed(len(absent), is_reopened=is_closed)
