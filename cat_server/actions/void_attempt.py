"""Voiding an attempt that must not count, and letting the same person sit again with a paper nobody has seen.

See docs/decisions/0011-voided-attempts.md.
"""

from __future__ import annotations

from cat_server.actions.check_in import IssuedPin
from cat_server.domain.attempt import AttemptCommand, AttemptState, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import SittingState
from cat_server.domain.ids import Actor
from cat_server.domain.live import AttemptContext
from cat_server.domain.refusals import Refusal
from cat_server.records.attempt_steps import decided_context, end_attempt, ended_clock_ms
from cat_server.records.attempts import change_attempt
from cat_server.records.desk import desk_attempt
from cat_server.records.new_exam_sessions import NewAttempt, add_attempts
from cat_server.records.spare_forms import next_spare_form
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.incident_codes import incident_codes
from cat_server.runtime.keyring import Secrets
from cat_server.runtime.tokens import new_id, new_pin, pin_hmac
from question_bank.canonical import Json

OPEN = frozenset({SittingState.REGISTERING, SittingState.RUNNING, SittingState.PAUSED})
"""States of a room in which somebody whose attempt was voided may sit again."""


async def void_attempt(
    lane: WriteLane,
    secrets: Secrets,
    attempt_id: str,
    reason_code: str,
    reason: str,
    actor: Actor,
    approver: str = "",
    *,
    sits_again: bool = False,
) -> IssuedPin | None:
    """Void an attempt; with `sits_again`, return the slip of a new attempt on the same seat with a spare form.

    `reason_code` is an incident code that may void. The new attempt begins with its full time when the participant is
    ready, whatever the room's clock says.

    Raises:
        Refusal: `REASON_MISSING`, `INCIDENT_CODE_UNKNOWN`, `ATTEMPT_UNKNOWN`, `ALREADY_OFFICIAL`, `ATTEMPT_STATE`,
            `APPROVER_MISSING` where the profile asks for a second officer, `SITTING_CLOSED` or `NO_SPARE_FORM`.
    """
    incident_codes().refuse_as_voiding(reason_code)
    if not reason.strip():
        raise Refusal("REASON_MISSING")
    new_attempt_id, pin = new_id(), new_pin()

    def operation(tx: Tx) -> IssuedPin | None:
        context = decided_context(tx, attempt_id, "disqualify", actor, approver)
        state = next_attempt_state(context.state, AttemptCommand.VOID)
        if sits_again and context.sitting_state not in OPEN:
            raise Refusal("SITTING_CLOSED")
        ended_ms = ended_clock_ms(tx, context)
        end_attempt(tx, context, state, ended_ms)
        change_attempt(tx.connection, attempt_id, seat_id=None)
        body: dict[str, Json] = {
            "attempt_id": attempt_id,
            "ended_clock_ms": ended_ms,
            "reason_code": reason_code,
        }
        event = Event(EventKind.ATTEMPT_VOIDED, body, {"reason": reason.strip()})
        tx.append(context.exam_session_id, event, actor, approver, context.clock.at(tx.now))
        if not sits_again:
            return None
        _seat_again(tx, context, new_attempt_id, actor)
        hashed = pin_hmac(secrets.pin_key, new_attempt_id, pin)
        return _slip(tx, context, new_attempt_id, hashed, pin, actor)

    return await lane.run(operation)


def _seat_again(tx: Tx, voided: AttemptContext, attempt_id: str, actor: Actor) -> None:
    form_no = next_spare_form(tx.connection, voided.exam_session_id)
    if form_no is None:
        raise Refusal("NO_SPARE_FORM")
    new = NewAttempt(attempt_id, voided.participant_id, voided.ordinal + 1)
    add_attempts(tx.connection, voided.exam_session_id, voided.profile_hash, [new])
    change_attempt(
        tx.connection,
        attempt_id,
        state=next_attempt_state(AttemptState.SCHEDULED, AttemptCommand.CHECK_IN).value,
        room_id=voided.room_id,
        seat_id=voided.seat_id,
        form_no=form_no,
    )
    scheduled: dict[str, Json] = {
        "attempt_id": attempt_id,
        "participant_id": voided.participant_id,
        "ordinal": new.ordinal,
        "profile_hash": voided.profile_hash,
    }
    seated: dict[str, Json] = {
        "attempt_id": attempt_id,
        "room_id": voided.room_id,
        "seat_id": voided.seat_id,
        "form_no": form_no,
    }
    clock_ms = voided.clock.at(tx.now)
    for kind, body in (
        (EventKind.PARTICIPANT_SCHEDULED, scheduled),
        (EventKind.PARTICIPANT_CHECKED_IN, seated),
    ):
        tx.append(voided.exam_session_id, Event(kind, body), actor, "", clock_ms)


def _slip(tx: Tx, voided: AttemptContext, attempt_id: str, hashed: str, pin: str, actor: Actor) -> IssuedPin:
    change_attempt(tx.connection, attempt_id, pin_hmac=hashed, pin_issued_at_ms=tx.now.at_ms)
    event = Event(EventKind.PIN_ISSUED, {"attempt_id": attempt_id})
    tx.append(voided.exam_session_id, event, actor, "", voided.clock.at(tx.now))
    found = desk_attempt(tx.connection, attempt_id)
    if found is None:
        raise Refusal("ATTEMPT_UNKNOWN")
    return IssuedPin(
        attempt_id,
        found.participant_name,
        found.participant_number,
        found.room_name,
        found.seat_no,
        pin,
    )
