"""The registration desk: a random seat and a PIN for a participant who is present (design 7)."""

from __future__ import annotations

import secrets as random_source
from dataclasses import dataclass

from cat_server.domain.attempt import (
    IN_PROGRESS,
    WAITING,
    AttemptCommand,
    AttemptState,
    next_attempt_state,
)
from cat_server.domain.documents import Shown, checked, stored
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import SittingState
from cat_server.domain.ids import Actor, ActorKind
from cat_server.domain.refusals import Refusal
from cat_server.domain.registration import refuse_after_cutoff
from cat_server.records.attempts import change_attempt
from cat_server.records.desk import DeskAttempt, desk_attempt, free_seats
from cat_server.records.profiles import profile_of
from cat_server.records.registrations import checked_in_by
from cat_server.records.sittings import sittings_of
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.keyring import Secrets
from cat_server.runtime.tokens import new_pin, pin_hmac
from question_bank.canonical import Json


@dataclass(frozen=True, slots=True)
class IssuedPin:
    """What the slip says. The PIN exists in clear only here."""

    attempt_id: str
    participant_name: str
    participant_number: str
    room_name: str
    seat_no: int
    pin: str


async def check_in(
    lane: WriteLane,
    secrets: Secrets,
    attempt_id: str,
    room_id: str,
    actor: Actor,
    shown: Shown | None = None,
) -> IssuedPin:
    """Check a participant in: note the documents, draw a random free seat, hand over its form, issue a PIN.

    `room_id` may be empty: any room of the exam session that takes registrations. Only the operator's own commands
    (the demo) may leave out what was `shown`.

    Raises:
        Refusal: `ATTEMPT_UNKNOWN`, `ALREADY_CHECKED_IN`, `ATTEMPT_STATE`, `DOCUMENTS_MISSING`, `DOCUMENT_UNKNOWN`,
            `PIN_CLOSED`, `REGISTRATION_CLOSED` or `NO_FREE_SEAT`.
    """
    pin = new_pin()

    def operation(tx: Tx) -> IssuedPin:
        found = known_attempt(tx, attempt_id)
        _refuse_twice(tx, found)
        _refuse_when_closed(tx, found)
        next_attempt_state(AttemptState(found.state), AttemptCommand.CHECK_IN)
        return admit(tx, secrets, found, room_id, actor, shown, pin, (SittingState.REGISTERING,))

    return await lane.run(operation)


def admit(
    tx: Tx,
    secrets: Secrets,
    found: DeskAttempt,
    room_id: str,
    actor: Actor,
    shown: Shown | None,
    pin: str,
    states: tuple[SittingState, ...],
) -> IssuedPin:
    """Write a check-in into a room whose sitting is in one of `states`; whether it is allowed was decided before.

    Raises:
        Refusal: `DOCUMENTS_MISSING`, `DOCUMENT_UNKNOWN` or `NO_FREE_SEAT`.
    """
    if shown is not None or actor.kind is ActorKind.OFFICER:
        note_documents(tx, found, checked(shown or Shown()), actor)
    seats = free_seats(tx.connection, found.exam_session_id, room_id, [each.value for each in states])
    if not seats:
        raise Refusal("NO_FREE_SEAT")
    seat = random_source.choice(seats)
    change_attempt(
        tx.connection,
        found.attempt_id,
        state=AttemptState.REGISTERED.value,
        room_id=seat.room_id,
        seat_id=seat.seat_id,
        form_no=seat.form_no,
        pin_hmac=pin_hmac(secrets.pin_key, found.attempt_id, pin),
        pin_issued_at_ms=tx.now.at_ms,
    )
    body: dict[str, Json] = {
        "attempt_id": found.attempt_id,
        "room_id": seat.room_id,
        "seat_id": seat.seat_id,
        "form_no": seat.form_no,
    }
    tx.append(found.exam_session_id, Event(EventKind.PARTICIPANT_CHECKED_IN, body), actor)
    tx.append(found.exam_session_id, Event(EventKind.PIN_ISSUED, {"attempt_id": found.attempt_id}), actor)
    return _slip(found, seat.room_name, seat.seat_no, pin)


def note_documents(tx: Tx, found: DeskAttempt, shown: Shown, actor: Actor) -> None:
    """Write down which documents were shown, and why the person is admitted although something lacks."""
    change_attempt(tx.connection, found.attempt_id, documents=stored(shown))
    body: dict[str, Json] = {"attempt_id": found.attempt_id, "documents": list(shown.documents)}
    private: dict[str, Json] = {"reason": shown.override_reason} if shown.override_reason else {}
    tx.append(found.exam_session_id, Event(EventKind.DOCUMENTS_CHECKED, body, private), actor)


async def undo_check_in(lane: WriteLane, attempt_id: str, reason: str, actor: Actor) -> None:
    """Take a check-in back: the seat is free again, the PIN dead.

    Raises:
        Refusal: `REASON_MISSING`, `ATTEMPT_UNKNOWN` or `ATTEMPT_STATE`.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING")

    await lane.run(lambda tx: take_back(tx, known_attempt(tx, attempt_id), reason.strip(), actor))


def take_back(tx: Tx, found: DeskAttempt, reason: str, actor: Actor) -> None:
    """Write that a check-in is undone.

    Raises:
        Refusal: `ATTEMPT_STATE`.
    """
    state = next_attempt_state(AttemptState(found.state), AttemptCommand.UNDO_CHECK_IN)
    change_attempt(
        tx.connection,
        found.attempt_id,
        state=state.value,
        room_id=None,
        seat_id=None,
        form_no=None,
        pin_hmac="",
        pin_issued_at_ms=None,
        documents="",
    )
    event = Event(EventKind.CHECK_IN_UNDONE, {"attempt_id": found.attempt_id}, {"reason": reason})
    tx.append(found.exam_session_id, event, actor)


async def reissue_pin(lane: WriteLane, secrets: Secrets, attempt_id: str, actor: Actor) -> IssuedPin:
    """Issue a new PIN for a lost one; the old one is dead. The seat stays, and so does a sign-in.

    Raises:
        Refusal: `ATTEMPT_UNKNOWN`, `NOT_CHECKED_IN` or `ATTEMPT_ENDED`.
    """
    pin = new_pin()

    def operation(tx: Tx) -> IssuedPin:
        found = known_attempt(tx, attempt_id)
        if not found.seat_id:
            raise Refusal("NOT_CHECKED_IN")
        if AttemptState(found.state) not in WAITING | IN_PROGRESS:
            raise Refusal("ATTEMPT_ENDED")
        change_attempt(
            tx.connection,
            attempt_id,
            pin_hmac=pin_hmac(secrets.pin_key, attempt_id, pin),
            pin_issued_at_ms=tx.now.at_ms,
        )
        tx.append(found.exam_session_id, Event(EventKind.PIN_ISSUED, {"attempt_id": attempt_id}), actor)
        return _slip(found, found.room_name, found.seat_no, pin)

    return await lane.run(operation)


def known_attempt(tx: Tx, attempt_id: str) -> DeskAttempt:
    """Return an attempt as the desk sees it.

    Raises:
        Refusal: `ATTEMPT_UNKNOWN`.
    """
    found = desk_attempt(tx.connection, attempt_id)
    if found is None:
        raise Refusal("ATTEMPT_UNKNOWN")
    return found


def _refuse_when_closed(tx: Tx, found: DeskAttempt) -> None:
    profile = profile_of(tx.connection, found.profile_hash)
    refuse_after_cutoff(tx.now.at_ms, found.planned_start_at_ms, profile.policy.registration_cutoff_s)
    sittings = sittings_of(tx.connection, found.exam_session_id)
    if not any(each.state is SittingState.REGISTERING for each in sittings):
        raise Refusal("REGISTRATION_CLOSED")


def _refuse_twice(tx: Tx, found: DeskAttempt) -> None:
    if found.seat_id and AttemptState(found.state) in WAITING | IN_PROGRESS:
        officer = checked_in_by(tx.connection, found.exam_session_id, found.attempt_id)
        raise Refusal(
            "ALREADY_CHECKED_IN",
            {
                "name": found.participant_name,
                "room": found.room_name,
                "seat": found.seat_no,
                "officer": officer or "–",
            },
        )


def _slip(found: DeskAttempt, room_name: str, seat_no: int, pin: str) -> IssuedPin:
    return IssuedPin(
        found.attempt_id, found.participant_name, found.participant_number, room_name, seat_no, pin
    )
