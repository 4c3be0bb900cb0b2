"""Who may not take part after all, and who may again: both are an officer's decision with a reason."""

from __future__ import annotations

from cat_server.actions.check_in import IssuedPin, admit, known_attempt, take_back
from cat_server.domain.attempt import AttemptCommand, AttemptState, next_attempt_state
from cat_server.domain.documents import Shown
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import SittingState
from cat_server.domain.ids import Actor
from cat_server.domain.refusals import Refusal
from cat_server.domain.registration import refuse_after_cutoff
from cat_server.records.attempts import change_attempt
from cat_server.records.desk import DeskAttempt
from cat_server.records.profiles import profile_of
from cat_server.records.sittings import sittings_of
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.keyring import Secrets
from cat_server.runtime.tokens import new_pin
from question_bank.scoring_profile import Policy

_OPEN = (SittingState.REGISTERING,)
_STARTED = (SittingState.RUNNING, SittingState.PAUSED)


async def refuse_admission(lane: WriteLane, attempt_id: str, reason: str, actor: Actor) -> None:
    """Forfeit a participant who does not meet the conditions (no document, dress, ...); a seat is given back.

    Raises:
        Refusal: `REASON_MISSING`, `ATTEMPT_UNKNOWN` or `ATTEMPT_STATE`.
    """
    _refuse_without(reason)

    def operation(tx: Tx) -> None:
        found = known_attempt(tx, attempt_id)
        state = AttemptState(found.state)
        if state is AttemptState.REGISTERED:
            take_back(tx, found, reason.strip(), actor)
            state = AttemptState.SCHEDULED
        state = next_attempt_state(state, AttemptCommand.REFUSE_ADMISSION)
        change_attempt(tx.connection, attempt_id, state=state.value)
        event = Event(EventKind.ATTEMPT_FORFEITED, {"attempt_id": attempt_id}, {"reason": reason.strip()})
        tx.append(found.exam_session_id, event, actor)

    await lane.run(operation)


async def reinstate(lane: WriteLane, attempt_id: str, reason: str, actor: Actor) -> None:
    """Take a forfeiture back.

    Without a seat the participant is scheduled again, as long as registration is open. With one (the room began
    before they had signed in, through no fault of theirs) they may sign in at their seat and begin with the time that
    remains; more is a grant of time.

    Raises:
        Refusal: `REASON_MISSING`, `ATTEMPT_UNKNOWN`, `ATTEMPT_STATE`, `PIN_CLOSED` or `SITTING_CLOSED`.
    """
    _refuse_without(reason)

    def operation(tx: Tx) -> None:
        found = known_attempt(tx, attempt_id)
        if found.seat_id:
            state = next_attempt_state(AttemptState(found.state), AttemptCommand.READMIT)
            sittings = sittings_of(tx.connection, found.exam_session_id, found.room_id)
            if not any(each.state in _STARTED for each in sittings):
                raise Refusal("SITTING_CLOSED")
        else:
            policy = _policy(tx, found)
            refuse_after_cutoff(tx.now.at_ms, found.planned_start_at_ms, policy.registration_cutoff_s)
            state = next_attempt_state(AttemptState(found.state), AttemptCommand.REINSTATE)
        write_reinstated(tx, found.exam_session_id, attempt_id, state, reason.strip(), actor)

    await lane.run(operation)


async def admit_late(
    lane: WriteLane,
    secrets: Secrets,
    attempt_id: str,
    room_id: str,
    actor: Actor,
    shown: Shown,
    reason: str,
) -> IssuedPin:
    """Check somebody in after the cut-off, on a coordinator's decision with a reason.

    Until the room starts this is always possible; afterwards only where the profile lets people begin late
    (domain.md 2.3: the late policy is the event's).

    Raises:
        Refusal: `REASON_MISSING`, `ATTEMPT_UNKNOWN`, `ATTEMPT_STATE`, `DOCUMENTS_MISSING`, `DOCUMENT_UNKNOWN`,
            `TOO_LATE_FOR_ROOM` or `NO_FREE_SEAT`.
    """
    _refuse_without(reason)
    pin = new_pin()

    def operation(tx: Tx) -> IssuedPin:
        found = known_attempt(tx, attempt_id)
        state = AttemptState(found.state)
        if state is not AttemptState.SCHEDULED:
            if found.seat_id:
                raise Refusal("ATTEMPT_STATE", {"state": state.value, "command": "admit_late"})
            state = next_attempt_state(state, AttemptCommand.REINSTATE)
        write_reinstated(tx, found.exam_session_id, attempt_id, state, reason.strip(), actor)
        states = _OPEN if _policy(tx, found).late_start == "refuse" else _OPEN + _STARTED
        sittings = sittings_of(tx.connection, found.exam_session_id, room_id)
        if not any(each.state in states for each in sittings):
            raise Refusal("TOO_LATE_FOR_ROOM")
        return admit(tx, secrets, found, room_id, actor, shown, pin, states)

    return await lane.run(operation)


def write_reinstated(
    tx: Tx, exam_session_id: str, attempt_id: str, state: AttemptState, reason: str, actor: Actor
) -> None:
    """Write that an absence or forfeiture no longer holds."""
    change_attempt(tx.connection, attempt_id, state=state.value)
    body = {"attempt_id": attempt_id, "state": state.value}
    tx.append(exam_session_id, Event(EventKind.ATTEMPT_REINSTATED, body, {"reason": reason}), actor)


def _policy(tx: Tx, found: DeskAttempt) -> Policy:
    return profile_of(tx.connection, found.profile_hash).policy


def _refuse_without(reason: str) -> None:
    if not reason.strip():
        raise Refusal("REASON_MISSING")
