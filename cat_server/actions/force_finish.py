"""Ending one attempt by an officer's decision."""

from __future__ import annotations

from cat_server.domain.attempt import AttemptCommand, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import Actor
from cat_server.domain.refusals import Refusal
from cat_server.records.attempt_steps import end_attempt, refuse_alone
from cat_server.records.contexts import context_of
from cat_server.records.write_lane import Tx, WriteLane
from question_bank.canonical import Json


async def force_finish(
    lane: WriteLane, attempt_id: str, reason: str, actor: Actor, approver: str = ""
) -> None:
    """End a running or paused attempt; its saved answers count. One that is paused alone ends where its clock stood.

    Raises:
        Refusal: `REASON_MISSING`, `ATTEMPT_UNKNOWN`, `ATTEMPT_STATE` or `APPROVER_MISSING`.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING")

    def operation(tx: Tx) -> None:
        context = context_of(tx.connection, attempt_id)
        if context is None:
            raise Refusal("ATTEMPT_UNKNOWN")
        refuse_alone(tx, context, "force_finish", actor, approver)
        state = next_attempt_state(context.state, AttemptCommand.FORCE_CLOSE)
        ended_ms = context.clock_ms(tx.now)
        end_attempt(tx, context, state, ended_ms)
        body: dict[str, Json] = {"attempt_id": attempt_id, "ended_clock_ms": ended_ms}
        event = Event(EventKind.ATTEMPT_FORCE_CLOSED, body, {"reason": reason.strip()})
        tx.append(context.exam_session_id, event, actor, approver, context.clock.at(tx.now))

    await lane.run(operation)
