"""What officers do to a whole room: open registration, start, pause, resume, close."""

from __future__ import annotations

from collections.abc import Callable

from cat_server.domain.attempt import AttemptCommand, AttemptState, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_clock import ExamClock
from cat_server.domain.exam_session import (
    TRANSITIONS,
    SittingCommand,
    SittingState,
    next_sitting_state,
)
from cat_server.domain.ids import SERVER, Actor
from cat_server.domain.live import AttemptContext
from cat_server.domain.refusals import Refusal
from cat_server.domain.registration import forfeits_at_start
from cat_server.records.attempt_steps import begin_attempts, end_attempt
from cat_server.records.attempts import change_attempt
from cat_server.records.contexts import contexts_in
from cat_server.records.profiles import profile_of
from cat_server.records.sittings import (
    Sitting,
    at_work_in,
    refresh_exam_session_state,
    save_clock,
    sittings_of,
)
from cat_server.records.write_lane import Tx, WriteLane
from question_bank.canonical import Json

_CLOSING: dict[AttemptState, tuple[AttemptCommand, EventKind]] = {
    AttemptState.SCHEDULED: (AttemptCommand.CLOSE_ABSENT, EventKind.ATTEMPT_ABSENT),
    AttemptState.REGISTERED: (AttemptCommand.CLOSE_UNSTARTED, EventKind.ATTEMPT_FORFEITED),
    AttemptState.SEATED: (AttemptCommand.CLOSE_UNSTARTED, EventKind.ATTEMPT_FORFEITED),
    AttemptState.READY: (AttemptCommand.CLOSE_UNSTARTED, EventKind.ATTEMPT_FORFEITED),
    AttemptState.RUNNING: (AttemptCommand.FORCE_CLOSE, EventKind.ATTEMPT_FORCE_CLOSED),
    AttemptState.PAUSED: (AttemptCommand.FORCE_CLOSE, EventKind.ATTEMPT_FORCE_CLOSED),
}


async def open_registration(lane: WriteLane, exam_session_id: str, room_id: str, actor: Actor) -> None:
    """Let the desk check participants in, for one room or (no room named) all.

    Raises:
        Refusal: `SITTING_UNKNOWN` or `SITTING_STATE`.
    """

    def each(tx: Tx, sitting: Sitting) -> None:
        state = next_sitting_state(sitting.state, SittingCommand.OPEN_REGISTRATION)
        save_clock(tx.connection, sitting, sitting.clock, state=state.value)
        event = Event(EventKind.REGISTRATION_OPENED, {"room_id": sitting.room_id})
        tx.append(exam_session_id, event, actor)

    await _for_rooms(lane, exam_session_id, room_id, SittingCommand.OPEN_REGISTRATION, each)


async def start_sitting(
    lane: WriteLane, exam_session_id: str, room_id: str, actor: Actor, *, reason: str = "", approver: str = ""
) -> None:
    """Start the exam for the whole room at once: everybody seated begins at the same clock value.

    Who is checked in but has not signed in forfeits, unless the profile lets people begin late.

    Raises:
        Refusal: `SITTING_UNKNOWN`, `SITTING_STATE`, `NOBODY_SEATED`, or `ROOM_BUSY` while another exam session is not
            closed in the room.
    """

    def each(tx: Tx, sitting: Sitting) -> None:
        state = next_sitting_state(sitting.state, SittingCommand.START)
        if other := at_work_in(tx.connection, sitting.room_id, exam_session_id):
            raise Refusal("ROOM_BUSY", {"code": other})
        clock = sitting.clock.set_running(tx.now, is_running=True)
        control_no = sitting.control_no + 1
        save_clock(
            tx.connection,
            sitting,
            clock,
            state=state.value,
            control_no=control_no,
            started_at_ms=tx.now.at_ms,
        )
        body: dict[str, Json] = {"room_id": sitting.room_id, "control_no": control_no}
        private = {"reason": reason} if reason else {}
        event = Event(EventKind.SITTING_STARTED, body, private)
        tx.append(exam_session_id, event, actor, approver, clock.clock_ms)
        contexts = contexts_in(tx.connection, exam_session_id, sitting.room_id)
        seated = [
            context
            for context in contexts.values()
            if context.state in (AttemptState.SEATED, AttemptState.READY)
        ]
        if not seated:
            raise Refusal("NOBODY_SEATED")
        begin_attempts(tx, seated, clock.clock_ms, actor)
        for context in contexts.values():
            policy = profile_of(tx.connection, context.profile_hash).policy
            if forfeits_at_start(context.state, policy.late_start):
                _close_attempt(tx, context, clock, SERVER, "")

    await _for_rooms(lane, exam_session_id, room_id, SittingCommand.START, each)


async def pause_sitting(
    lane: WriteLane, exam_session_id: str, room_id: str, actor: Actor, *, reason: str = "", approver: str = ""
) -> None:
    """Stop the exam clock of a room, or (no room named) of every room that runs.

    Raises:
        Refusal: `SITTING_UNKNOWN`, `SITTING_STATE` or `REASON_MISSING`.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    await _switch(
        lane,
        exam_session_id,
        room_id,
        actor,
        SittingCommand.PAUSE,
        EventKind.SITTING_PAUSED,
        reason,
        approver,
    )


async def resume_sitting(
    lane: WriteLane, exam_session_id: str, room_id: str, actor: Actor, *, reason: str = "", approver: str = ""
) -> None:
    """Let the exam clock of a paused room run on, or (no room named) of every paused room.

    Raises:
        Refusal: `SITTING_UNKNOWN` or `SITTING_STATE`.
    """
    await _switch(
        lane,
        exam_session_id,
        room_id,
        actor,
        SittingCommand.RESUME,
        EventKind.SITTING_RESUMED,
        reason,
        approver,
    )


async def _switch(
    lane: WriteLane,
    exam_session_id: str,
    room_id: str,
    actor: Actor,
    command: SittingCommand,
    kind: EventKind,
    reason: str,
    approver: str,
) -> None:
    def each(tx: Tx, sitting: Sitting) -> None:
        state = next_sitting_state(sitting.state, command)
        clock = sitting.clock.set_running(tx.now, is_running=state is SittingState.RUNNING)
        control_no = sitting.control_no + 1
        save_clock(tx.connection, sitting, clock, state=state.value, control_no=control_no)
        event = Event(
            kind,
            {"room_id": sitting.room_id, "control_no": control_no},
            {"reason": reason.strip()} if reason.strip() else {},
        )
        tx.append(exam_session_id, event, actor, approver, clock.clock_ms)

    await _for_rooms(lane, exam_session_id, room_id, command, each)


async def close_sitting(
    lane: WriteLane, exam_session_id: str, room_id: str, actor: Actor, *, reason: str = "", approver: str = ""
) -> None:
    """End the exam in a room: who still works is force-closed, who never began forfeits, who never came is absent.

    The absent are counted when the last room closes, since nobody knows before which room they would have got.

    Raises:
        Refusal: `SITTING_UNKNOWN`, `SITTING_STATE`, or `REASON_MISSING` while somebody is still at work.
    """

    def each(tx: Tx, sitting: Sitting) -> None:
        state = next_sitting_state(sitting.state, SittingCommand.CLOSE)
        clock = sitting.clock.set_running(tx.now, is_running=False)
        control_no = sitting.control_no + 1
        contexts = contexts_in(tx.connection, exam_session_id, sitting.room_id)
        at_work = [c for c in contexts.values() if c.state in (AttemptState.RUNNING, AttemptState.PAUSED)]
        if at_work and not reason.strip():
            raise Refusal("REASON_MISSING")
        save_clock(
            tx.connection,
            sitting,
            clock,
            state=state.value,
            control_no=control_no,
            closed_at_ms=tx.now.at_ms,
        )
        for context in contexts.values():
            _close_attempt(tx, context, clock, actor, reason.strip())
        if _is_last(tx, exam_session_id):
            for context in contexts_in(tx.connection, exam_session_id).values():
                if context.state is AttemptState.SCHEDULED:
                    _close_attempt(tx, context, clock, actor, "")
        event = Event(
            EventKind.SITTING_CLOSED,
            {"room_id": sitting.room_id, "control_no": control_no},
            {"reason": reason.strip()} if reason.strip() else {},
        )
        tx.append(exam_session_id, event, actor, approver, clock.clock_ms)

    await _for_rooms(lane, exam_session_id, room_id, SittingCommand.CLOSE, each)


def _is_last(tx: Tx, exam_session_id: str) -> bool:
    return all(each.state is SittingState.CLOSED for each in sittings_of(tx.connection, exam_session_id))


def _close_attempt(tx: Tx, context: AttemptContext, clock: ExamClock, actor: Actor, reason: str) -> None:
    if context.state not in _CLOSING:
        return
    command, kind = _CLOSING[context.state]
    state = next_attempt_state(context.state, command)
    body: dict[str, Json] = {"attempt_id": context.attempt_id}
    if state is AttemptState.FORCE_CLOSED:
        ended_ms = context.clock_ms(tx.now)
        body["ended_clock_ms"] = ended_ms
        end_attempt(tx, context, state, ended_ms)
    else:
        change_attempt(tx.connection, context.attempt_id, state=state.value)
    tx.append(
        context.exam_session_id,
        Event(kind, body, {"reason": reason} if reason else {}),
        actor,
        "",
        clock.clock_ms,
    )


async def _for_rooms(
    lane: WriteLane,
    exam_session_id: str,
    room_id: str,
    command: SittingCommand,
    each: Callable[[Tx, Sitting], None],
) -> None:
    """Do it in a room or, with no room named, in every room that the command fits now, all in one transaction."""

    def operation(tx: Tx) -> None:
        sittings = sittings_of(tx.connection, exam_session_id, room_id)
        if not sittings:
            raise Refusal("SITTING_UNKNOWN")
        fitting = [sitting for sitting in sittings if (sitting.state, command) in TRANSITIONS]
        for sitting in fitting if fitting and not room_id else sittings:
            each(tx, sitting)
        refresh_exam_session_state(tx.connection, exam_session_id)

    await lane.run(operation)
