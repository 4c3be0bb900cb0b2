"""Extra time for one or several participants: append-only grants with a reason (design 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cat_server.domain.attempt import AttemptCommand, AttemptState, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import SittingState
from cat_server.domain.ids import Actor
from cat_server.domain.live import AttemptContext
from cat_server.domain.refusals import Refusal
from cat_server.domain.timing import ends_clock_ms, open_block
from cat_server.records.attempt_steps import refuse_alone
from cat_server.records.attempts import NewGrant, add_grant, change_attempt, end_block
from cat_server.records.contexts import contexts_of
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.tokens import new_id
from question_bank.canonical import Json

LONGEST_GRANT_MS = 4 * 3_600_000


@dataclass(frozen=True, slots=True)
class GrantOrder:
    """Time to grant, why and by whom. `interruption` is the ledger event of the lost time it makes good, or 0."""

    milliseconds: int
    reason: str
    actor: Actor
    approver: str
    interruption: int = 0


async def grant_time(
    lane: WriteLane,
    attempt_ids: Sequence[str],
    milliseconds: int,
    reason: str,
    actor: Actor,
    approver: str = "",
) -> None:
    """Grant time to each attempt's open block.

    An attempt that timed out runs again, and what has passed since (`dead_ms`) is granted on top, so that
    `milliseconds` are there to use.

    Raises:
        Refusal: `REASON_MISSING`, `GRANT_SIZE`, `ATTEMPT_UNKNOWN`, `SITTING_CLOSED`, `ATTEMPT_STATE` or
            `APPROVER_MISSING` where the profile asks for a second officer.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    if not 0 < milliseconds <= LONGEST_GRANT_MS:
        raise Refusal("GRANT_SIZE", {"minutes": LONGEST_GRANT_MS // 60_000})

    def operation(tx: Tx) -> None:
        contexts = contexts_of(tx.connection, attempt_ids)
        if len(contexts) != len(set(attempt_ids)):
            raise Refusal("ATTEMPT_UNKNOWN")
        for context in contexts.values():
            refuse_alone(tx, context, "grant_time", actor, approver)
            grant(tx, context, GrantOrder(milliseconds, reason.strip(), actor, approver))

    await lane.run(operation)


def grant(tx: Tx, context: AttemptContext, order: GrantOrder) -> None:
    """Write a grant to an attempt's open block, or to its last one, which is then open again.

    Raises:
        Refusal: `SITTING_CLOSED` or `ATTEMPT_STATE`.
    """
    actor, approver = order.actor, order.approver
    if context.sitting_state not in (SittingState.RUNNING, SittingState.PAUSED):
        raise Refusal("SITTING_CLOSED")
    clock_ms = context.clock.at(tx.now)
    block = open_block(context.blocks)
    dead_ms = 0
    if block is None:
        next_attempt_state(context.state, AttemptCommand.REOPEN)
        block = context.blocks[-1]
        dead_ms = max(clock_ms - ends_clock_ms(block, context.grants), 0)
        end_block(tx.connection, context.attempt_id, block.block_no, None)
        change_attempt(
            tx.connection, context.attempt_id, state=AttemptState.RUNNING.value, ended_clock_ms=None
        )
        reopened = Event(
            EventKind.ATTEMPT_REOPENED, {"attempt_id": context.attempt_id, "block_no": block.block_no}
        )
        tx.append(context.exam_session_id, reopened, actor, approver, clock_ms)
    granted = order.milliseconds + dead_ms
    new = NewGrant(
        new_id(), context.attempt_id, block.block_no, granted, order.reason, actor.actor_id, approver
    )
    add_grant(tx.connection, tx.now, new)
    body: dict[str, Json] = {
        "grant_id": new.grant_id,
        "attempt_id": context.attempt_id,
        "block_no": block.block_no,
        "milliseconds": granted,
        "dead_ms": dead_ms,
    }
    if order.interruption:
        body["interruption"] = order.interruption
    tx.append(
        context.exam_session_id,
        Event(EventKind.TIME_GRANTED, body, {"reason": order.reason}),
        actor,
        approver,
        clock_ms,
    )
