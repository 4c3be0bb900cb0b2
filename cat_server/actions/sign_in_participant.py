"""A participant signs in with number and PIN on the kiosk of the seat (design 7)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from cat_server.domain.attempt import AttemptCommand, AttemptState, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import SittingState
from cat_server.domain.ids import Actor, ActorKind
from cat_server.domain.live import AttemptContext
from cat_server.domain.refusals import Refusal
from cat_server.records import kiosks as records
from cat_server.records.attempts import change_attempt
from cat_server.records.contexts import context_of
from cat_server.records.kiosk_occupants import is_occupied
from cat_server.records.kiosk_steps import enrol, kiosk_actor
from cat_server.records.kiosks import Kiosk, SignIn
from cat_server.records.profiles import profile_of
from cat_server.records.sign_in_attempts import SignInAttempt, sign_in_attempts
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.keyring import Secrets
from cat_server.runtime.limits import AskLimit, Limit
from cat_server.runtime.tokens import new_token, pin_hmac, token_hash
from question_bank.canonical import Json

_OVER = frozenset(
    {
        AttemptState.FINISHED,
        AttemptState.FORCE_CLOSED,
        AttemptState.DISQUALIFIED,
        AttemptState.VOIDED,
    }
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A participant's sign-in; `token` goes into the cookie."""

    token: str
    attempt_id: str
    epoch: int


async def sign_in_participant(
    lane: WriteLane,
    secrets: Secrets,
    ask_limit: AskLimit,
    device_token: str,
    participant_number: str,
    pin: str,
) -> SignedIn:
    """Sign a participant in.

    An unknown number and a wrong PIN get the same answer. Refusals with a right PIN are recorded in the ledger. Wrong PINs of a
    number count against this PC alone: another one must not lock an honest participant out.

    Raises:
        Refusal: `KIOSK_UNKNOWN`, `PIN_WRONG`, `PIN_LOCKED`, `WRONG_SEAT`, `SIGNED_IN_ELSEWHERE`, `ATTEMPT_ENDED`,
            `KIOSK_BUSY` (the exam session before is still at work there) or `TOO_LATE`.
    """
    token = new_token()
    number = participant_number.strip()

    def operation(tx: Tx) -> SignedIn | Refusal:
        kiosk = records.kiosk_by_token(tx.connection, token_hash(device_token))
        if kiosk is None:
            raise Refusal("KIOSK_UNKNOWN")
        attempt = _with_pin(tx, secrets.pin_key, number, pin.strip())
        if attempt is None:
            return Refusal("PIN_WRONG")
        try:
            return _sign_in(tx, kiosk, attempt, token)
        except Refusal as refusal:
            body: dict[str, Json] = {
                "attempt_id": attempt.attempt_id,
                "kiosk_id": kiosk.kiosk_id,
                "code": refusal.code,
            }
            event = Event(EventKind.SIGN_IN_REFUSED, body)
            tx.append(attempt.exam_session_id, event, kiosk_actor(kiosk.kiosk_id))
            return refusal

    tries_of = token_hash(f"{number.upper()}|{device_token}")  # of one length, whatever was typed
    await ask_limit(Limit.SIGN_IN, tries_of)
    try:
        outcome = await lane.run(operation)
    except BaseException:
        await ask_limit(Limit.SIGN_IN_UNTRIED, tries_of)
        raise
    if not (isinstance(outcome, Refusal) and outcome.code == "PIN_WRONG"):
        await ask_limit(Limit.SIGN_IN_RIGHT, tries_of)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


async def sign_out_participant(lane: WriteLane, participant_token: str) -> None:
    """End a sign-in; the kiosk keeps its seat."""
    await lane.run(lambda tx: records.end_sign_in(tx.connection, tx.now, token_hash(participant_token)))


def _with_pin(tx: Tx, pin_key: bytes, number: str, pin: str) -> SignInAttempt | None:
    found = None
    for attempt in sign_in_attempts(tx.connection, number):
        given = pin_hmac(pin_key, attempt.attempt_id, pin)
        if hmac.compare_digest(given, attempt.pin_hmac) and found is None:
            found = attempt
    return found


def _sign_in(tx: Tx, kiosk: Kiosk, attempt: SignInAttempt, token: str) -> SignedIn:
    state = AttemptState(attempt.state)
    if state in _OVER:
        raise Refusal("ATTEMPT_ENDED")
    if state is AttemptState.FORFEITED:
        raise Refusal("TOO_LATE")
    state = next_attempt_state(state, AttemptCommand.SIGN_IN)
    context = context_of(tx.connection, attempt.attempt_id)
    assert context is not None  # noqa: S101 - it was just read
    _refuse_late(tx, context)
    if attempt.kiosk_id and attempt.kiosk_id != kiosk.kiosk_id and attempt.kiosk_state == records.ENROLLED:
        raise Refusal("SIGNED_IN_ELSEWHERE", {"seat": attempt.seat_no})
    if not kiosk.seat_id and attempt.kiosk_binding == "open":
        if records.kiosk_on_seat(tx.connection, attempt.seat_id):
            raise Refusal("SIGNED_IN_ELSEWHERE", {"seat": attempt.seat_no})
        enrol(tx, kiosk.kiosk_id, attempt.seat_id, "open", kiosk_actor(kiosk.kiosk_id))
    elif kiosk.seat_id != attempt.seat_id:
        raise Refusal("WRONG_SEAT", {"seat": attempt.seat_no, "here": kiosk.seat_no})
    if is_occupied(tx.connection, kiosk.kiosk_id, attempt.attempt_id):
        raise Refusal("KIOSK_BUSY", {"seat": attempt.seat_no})
    epoch = attempt.epoch + 1 if attempt.kiosk_id != kiosk.kiosk_id else attempt.epoch
    change_attempt(tx.connection, attempt.attempt_id, state=state.value, kiosk_id=kiosk.kiosk_id, epoch=epoch)
    sign_in = SignIn(attempt.attempt_id, kiosk.kiosk_id, epoch, is_ended=False)
    records.add_sign_in(tx.connection, tx.now, token_hash(token), sign_in)
    body: dict[str, Json] = {
        "attempt_id": attempt.attempt_id,
        "kiosk_id": kiosk.kiosk_id,
        "epoch": epoch,
    }
    actor = Actor(ActorKind.PARTICIPANT, context.participant_id)
    event = Event(EventKind.PARTICIPANT_SIGNED_IN, body)
    tx.append(attempt.exam_session_id, event, actor, "", context.clock.at(tx.now))
    return SignedIn(token, attempt.attempt_id, epoch)


def _refuse_late(tx: Tx, context: AttemptContext) -> None:
    is_started = context.sitting_state in (SittingState.RUNNING, SittingState.PAUSED)
    if is_started and context.state is AttemptState.REGISTERED and context.ordinal == 1:
        profile = profile_of(tx.connection, context.profile_hash)
        if profile.policy.late_start == "refuse":
            raise Refusal("TOO_LATE")
