"""Disqualifying a participant: the attempt ends, its score is kept but takes part in no ranking (domain.md 2.3)."""

from __future__ import annotations

from cat_server.domain.attempt import AttemptCommand, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import Actor
from cat_server.domain.refusals import Refusal
from cat_server.records.attempt_steps import decided_context, end_attempt, ended_clock_ms
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.incident_codes import incident_codes
from question_bank.canonical import Json


async def disqualify(
    lane: WriteLane, attempt_id: str, reason_code: str, reason: str, actor: Actor, approver: str = ""
) -> None:
    """Disqualify whoever has checked in, also after their attempt has ended, until results are official.

    `reason_code` is an incident code that may disqualify.

    Raises:
        Refusal: `REASON_MISSING`, `INCIDENT_CODE_UNKNOWN`, `ATTEMPT_UNKNOWN`, `ALREADY_OFFICIAL`, `ATTEMPT_STATE`, or
            `APPROVER_MISSING` where the profile asks for a second officer.
    """
    incident_codes().refuse_as_disqualification(reason_code)
    if not reason.strip():
        raise Refusal("REASON_MISSING")

    def operation(tx: Tx) -> None:
        context = decided_context(tx, attempt_id, "disqualify", actor, approver)
        state = next_attempt_state(context.state, AttemptCommand.DISQUALIFY)
        ended_ms = ended_clock_ms(tx, context)
        end_attempt(tx, context, state, ended_ms)
        body: dict[str, Json] = {
            "attempt_id": attempt_id,
            "ended_clock_ms": ended_ms,
            "reason_code": reason_code,
        }
        event = Event(EventKind.ATTEMPT_DISQUALIFIED, body, {"reason": reason.strip()})
        tx.append(context.exam_session_id, event, actor, approver, context.clock.at(tx.now))

    await lane.run(operation)
