"""Pausing one participant and letting them go on, while the room's exam clock keeps its own time.

A paused attempt stands at a value of the exam clock (`paused_clock_ms`). When it goes on, the exam time that passed
meanwhile is given back as a grant, so that deadlines stay plain clock values and what was charged adds up to the
millisecond. A pause of the whole room stops the exam clock itself: nothing passes, nothing is given back twice.
"""

from __future__ import annotations

from cat_server.domain.attempt import AttemptCommand, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import SittingState
from cat_server.domain.ids import Actor
from cat_server.domain.live import AttemptContext
from cat_server.domain.refusals import Refusal
from cat_server.domain.timing import open_block, remaining_ms
from cat_server.records.attempts import NewGrant, add_grant, change_attempt
from cat_server.records.contexts import context_of
from cat_server.records.events_by_kind import last_event
from cat_server.records.sittings import raise_control_no
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.tokens import new_id
from question_bank.canonical import Json


async def pause_attempt(lane: WriteLane, attempt_id: str, reason: str, actor: Actor) -> None:
    """Stop the time of one running attempt; also in a room that is paused, whose resuming then leaves this one out.

    Raises:
        Refusal: `REASON_MISSING`, `ATTEMPT_UNKNOWN`, `SITTING_CLOSED`, `ATTEMPT_STATE`, or `TIME_IS_UP` where nothing
            is left to stop.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING")

    def operation(tx: Tx) -> None:
        context = _context(tx, attempt_id)
        state = next_attempt_state(context.state, AttemptCommand.PAUSE)
        clock_ms = context.clock.at(tx.now)
        block = open_block(context.blocks)
        if block is None or not remaining_ms(block, context.grants, clock_ms):
            raise Refusal("TIME_IS_UP")
        change_attempt(tx.connection, attempt_id, state=state.value, paused_clock_ms=clock_ms)
        body: dict[str, Json] = {
            "attempt_id": attempt_id,
            "paused_clock_ms": clock_ms,
            "control_no": _raised(tx, context),
        }
        event = Event(EventKind.ATTEMPT_PAUSED, body, {"reason": reason.strip()})
        tx.append(context.exam_session_id, event, actor, "", clock_ms)

    await lane.run(operation)


async def resume_attempt(lane: WriteLane, attempt_id: str, actor: Actor) -> None:
    """Let one paused attempt go on with exactly the time it had; in a paused room it goes on with the room.

    Raises:
        Refusal: `ATTEMPT_UNKNOWN`, `SITTING_CLOSED` or `ATTEMPT_STATE`.
    """

    def operation(tx: Tx) -> None:
        context = _context(tx, attempt_id)
        state = next_attempt_state(context.state, AttemptCommand.RESUME)
        clock_ms = context.clock.at(tx.now)
        paused_ms = clock_ms - context.clock_ms(tx.now)
        change_attempt(tx.connection, attempt_id, state=state.value, paused_clock_ms=None)
        body: dict[str, Json] = {
            "attempt_id": attempt_id,
            "paused_ms": paused_ms,
            "control_no": _raised(tx, context),
        }
        event = Event(EventKind.ATTEMPT_RESUMED, body)
        tx.append(context.exam_session_id, event, actor, "", clock_ms)
        if paused_ms:
            _give_back(tx, context, paused_ms, actor)

    await lane.run(operation)


def _context(tx: Tx, attempt_id: str) -> AttemptContext:
    context = context_of(tx.connection, attempt_id)
    if context is None:
        raise Refusal("ATTEMPT_UNKNOWN")
    if context.sitting_state not in (SittingState.RUNNING, SittingState.PAUSED):
        raise Refusal("SITTING_CLOSED")
    return context


def _raised(tx: Tx, context: AttemptContext) -> int:
    return raise_control_no(tx.connection, context.exam_session_id, context.room_id, context.control_no)


def _give_back(tx: Tx, context: AttemptContext, paused_ms: int, actor: Actor) -> None:
    block = open_block(context.blocks)
    if block is None:
        return
    chain = context.exam_session_id
    paused = last_event(tx.connection, chain, EventKind.ATTEMPT_PAUSED, context.attempt_id)
    reason = str(paused.private.get("reason", "")) if paused else ""
    grant = NewGrant(new_id(), context.attempt_id, block.block_no, paused_ms, reason, actor.actor_id, "")
    add_grant(tx.connection, tx.now, grant)
    body: dict[str, Json] = {
        "grant_id": grant.grant_id,
        "attempt_id": context.attempt_id,
        "block_no": block.block_no,
        "milliseconds": paused_ms,
        "dead_ms": paused_ms,
    }
    event = Event(EventKind.TIME_GRANTED, body, {"reason": reason})
    tx.append(chain, event, actor, "", context.clock.at(tx.now))
