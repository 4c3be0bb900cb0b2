"""Steps that several actions take with an attempt inside their transaction: begin, end, move on to the next block."""

from __future__ import annotations

from collections.abc import Sequence

from cat_server.domain.attempt import AttemptCommand, AttemptState, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import SittingState
from cat_server.domain.ids import Actor, ActorKind
from cat_server.domain.live import AttemptContext
from cat_server.domain.refusals import Refusal
from cat_server.domain.timing import AttemptBlock, open_block, start_blocks
from cat_server.records.attempts import add_blocks, change_attempt, end_block, set_states
from cat_server.records.contexts import context_of
from cat_server.records.profiles import profile_of
from cat_server.records.write_lane import Tx
from question_bank.canonical import Json


def participant_actor(context: AttemptContext) -> Actor:
    """Return the participant of an attempt as who acts."""
    return Actor(ActorKind.PARTICIPANT, context.participant_id)


def begin_attempts(tx: Tx, contexts: Sequence[AttemptContext], clock_ms: int, actor: Actor) -> None:
    """Start the first block of these attempts at `clock_ms`."""
    started: dict[str, Sequence[AttemptBlock]] = {}
    for context in contexts:
        next_attempt_state(context.state, AttemptCommand.START)
        progress = start_blocks(allowed_of(tx, context), clock_ms)
        started[context.attempt_id] = progress.started
        for block in progress.started:
            body: dict[str, Json] = {
                "attempt_id": context.attempt_id,
                "block_no": block.block_no,
                "started_clock_ms": block.started_clock_ms,
                "allowed_ms": block.allowed_ms,
            }
            tx.append(context.exam_session_id, Event(EventKind.ATTEMPT_STARTED, body), actor, "", clock_ms)
    add_blocks(tx.connection, started)
    set_states(tx.connection, started, AttemptState.RUNNING.value)


def allowed_of(tx: Tx, context: AttemptContext) -> tuple[int, ...]:
    """Return the time for each block of this attempt, with the accommodations that its category has a right to."""
    profile = profile_of(tx.connection, context.profile_hash)
    codes = context.accommodation.split()
    blocks = range(1, len(profile.blocks) + 1)
    return tuple(profile.allowed_ms(number, codes, context.category) for number in blocks)


def end_attempt(tx: Tx, context: AttemptContext, state: AttemptState, ended_clock_ms: int) -> None:
    """Write the end of an attempt and of its open block."""
    for block in context.blocks:
        if block.ended_clock_ms is None:
            end_block(tx.connection, context.attempt_id, block.block_no, ended_clock_ms)
    change_attempt(
        tx.connection,
        context.attempt_id,
        state=state.value,
        ended_clock_ms=ended_clock_ms,
        paused_clock_ms=None,
    )


def ended_clock_ms(tx: Tx, context: AttemptContext) -> int:
    """Return the clock value at which an attempt that is ended now ends, or has ended already."""
    if context.blocks and open_block(context.blocks) is None:
        return max(each.ended_clock_ms or 0 for each in context.blocks)
    return context.clock_ms(tx.now)


def append_progress(
    tx: Tx,
    context: AttemptContext,
    ended: Sequence[AttemptBlock],
    started: Sequence[AttemptBlock],
    clock_ms: int,
) -> None:
    """Append the events of blocks that ended and started."""
    for kind, blocks in ((EventKind.BLOCK_ENDED, ended), (EventKind.BLOCK_STARTED, started)):
        for block in blocks:
            body: dict[str, Json] = {"attempt_id": context.attempt_id}
            names = (
                ("block_no", "ended_clock_ms")
                if kind is EventKind.BLOCK_ENDED
                else ("block_no", "started_clock_ms", "allowed_ms")
            )
            body |= {name: getattr(block, name) for name in names}
            tx.append(context.exam_session_id, Event(kind, body), participant_actor(context), "", clock_ms)


def decided_context(tx: Tx, attempt_id: str, action: str, actor: Actor, approver: str) -> AttemptContext:
    """Return the attempt that officers decide about, also after it has ended.

    Raises:
        Refusal: `ATTEMPT_UNKNOWN`, `ALREADY_OFFICIAL`, or what `refuse_alone` refuses.
    """
    context = context_of(tx.connection, attempt_id)
    if context is None:
        raise Refusal("ATTEMPT_UNKNOWN")
    if context.sitting_state is SittingState.SIGNED:
        raise Refusal("ALREADY_OFFICIAL")
    refuse_alone(tx, context, action, actor, approver)
    return context


def refuse_alone(tx: Tx, context: AttemptContext, action: str, actor: Actor, approver: str) -> None:
    """Refuse what the profile's `two_person` policy demands a second officer for.

    Raises:
        Refusal: `APPROVER_MISSING` or `APPROVER_SAME`.
    """
    if action in profile_of(tx.connection, context.profile_hash).policy.two_person:
        if not approver:
            raise Refusal("APPROVER_MISSING")
        if approver == actor.actor_id:
            raise Refusal("APPROVER_SAME")
