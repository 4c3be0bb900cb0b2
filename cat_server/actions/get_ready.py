"""From the sign-in to the start: identity confirmed, pledge accepted, instructions read."""

from __future__ import annotations

from cat_server.domain.attempt import AttemptCommand, AttemptState, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import SittingState
from cat_server.domain.ids import SERVER
from cat_server.domain.live import AttemptContext
from cat_server.domain.refusals import Refusal
from cat_server.records.attempt_steps import begin_attempts, participant_actor
from cat_server.records.attempts import change_attempt
from cat_server.records.contexts import context_of
from cat_server.records.profiles import profile_of
from cat_server.records.write_lane import Tx, WriteLane


async def confirm_identity(lane: WriteLane, attempt_id: str) -> None:
    """Record that the participant says: this is me.

    Raises:
        Refusal: `ATTEMPT_UNKNOWN`.
    """

    def operation(tx: Tx) -> None:
        context = _context(tx, attempt_id)
        if not context.has_confirmed_identity:
            change_attempt(tx.connection, attempt_id, has_confirmed_identity=True)
            _append(tx, context, EventKind.IDENTITY_CONFIRMED)

    await lane.run(operation)


async def accept_pledge(lane: WriteLane, attempt_id: str) -> None:
    """Record the integrity pledge.

    Raises:
        Refusal: `ATTEMPT_UNKNOWN` or `IDENTITY_NOT_CONFIRMED`.
    """

    def operation(tx: Tx) -> None:
        context = _context(tx, attempt_id)
        if not context.has_confirmed_identity:
            raise Refusal("IDENTITY_NOT_CONFIRMED")
        if not context.has_accepted_pledge:
            change_attempt(tx.connection, attempt_id, has_accepted_pledge=True)
            _append(tx, context, EventKind.PLEDGE_ACCEPTED)

    await lane.run(operation)


async def get_ready(lane: WriteLane, attempt_id: str) -> None:
    """Record that the participant is ready; in a room that has begun, a late attempt starts as the profile says.

    Who sits again after a voided attempt has the full time.

    Raises:
        Refusal: `ATTEMPT_UNKNOWN`, `PLEDGE_MISSING` or `ATTEMPT_STATE`.
    """

    def operation(tx: Tx) -> None:
        context = _context(tx, attempt_id)
        if not context.has_accepted_pledge:
            raise Refusal("PLEDGE_MISSING")
        if context.state in (AttemptState.READY, AttemptState.RUNNING, AttemptState.PAUSED):
            return
        state = next_attempt_state(context.state, AttemptCommand.GET_READY)
        change_attempt(tx.connection, attempt_id, state=state.value)
        _append(tx, context, EventKind.PARTICIPANT_READY)
        if context.sitting_state in (SittingState.RUNNING, SittingState.PAUSED):
            profile = profile_of(tx.connection, context.profile_hash)
            is_full = profile.policy.late_start == "full_time" or context.ordinal > 1
            begin_attempts(tx, [context], context.clock.at(tx.now) if is_full else 0, SERVER)

    await lane.run(operation)


def _context(tx: Tx, attempt_id: str) -> AttemptContext:
    context = context_of(tx.connection, attempt_id)
    if context is None:
        raise Refusal("ATTEMPT_UNKNOWN")
    return context


def _append(tx: Tx, context: AttemptContext, kind: EventKind) -> None:
    event = Event(kind, {"attempt_id": context.attempt_id})
    tx.append(context.exam_session_id, event, participant_actor(context), "", context.clock.at(tx.now))
