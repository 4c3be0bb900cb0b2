"""A participant goes on at another seat: attempt, form, answers and clock move along (design 7, 12)."""

from __future__ import annotations

from cat_server.domain.attempt import IN_PROGRESS, WAITING
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import Actor
from cat_server.domain.refusals import Refusal
from cat_server.records.attempt_steps import refuse_alone
from cat_server.records.attempts import change_attempt
from cat_server.records.contexts import context_of
from cat_server.records.kiosks import end_sign_ins_of
from cat_server.records.seat_steps import block
from cat_server.records.seats import SeatUse, seats_in
from cat_server.records.write_lane import Tx, WriteLane
from question_bank.canonical import Json


async def move_seat(
    lane: WriteLane,
    attempt_id: str,
    seat_no: int,
    reason: str,
    actor: Actor,
    approver: str = "",
    *,
    is_old_defective: bool = False,
) -> None:
    """Move a participant to a free seat of the same room, ordinary or spare, before or during the exam.

    The PIN stays valid. The old PC is fenced at once: its sign-in ends, and what it still delivers is kept apart. The
    epoch rises when the participant signs in on the new PC. No time is given: an officer may grant some. The old
    seat is blocked where it is called defective, else it is free.

    Raises:
        Refusal: `REASON_MISSING`, `ATTEMPT_UNKNOWN`, `NOT_CHECKED_IN`, `ATTEMPT_ENDED`, `SEAT_UNKNOWN`, `SEAT_SAME`,
            `SEAT_BLOCKED`, `SEAT_OCCUPIED`, or `APPROVER_MISSING` where the profile asks for a second officer.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING")

    def operation(tx: Tx) -> None:
        context = context_of(tx.connection, attempt_id)
        if context is None:
            raise Refusal("ATTEMPT_UNKNOWN")
        if not context.seat_id:
            raise Refusal("NOT_CHECKED_IN")
        if context.state not in WAITING | IN_PROGRESS:
            raise Refusal("ATTEMPT_ENDED")
        refuse_alone(tx, context, "move_seat", actor, approver)
        seats = seats_in(tx.connection, context.exam_session_id, context.room_id)
        target = _target(seats, context.seat_id, seat_no)
        # A finish that waited for answers of the old PC would end the attempt under the new one's numbers.
        change_attempt(tx.connection, attempt_id, seat_id=target.seat_id, kiosk_id=None, finish_seq=None)
        end_sign_ins_of(tx.connection, tx.now, [attempt_id])
        body: dict[str, Json] = {
            "attempt_id": attempt_id,
            "room_id": context.room_id,
            "from_seat_id": context.seat_id,
            "seat_id": target.seat_id,
        }
        event = Event(EventKind.SEAT_MOVED, body, {"reason": reason.strip()})
        tx.append(context.exam_session_id, event, actor, approver, context.clock.at(tx.now))
        if is_old_defective:
            block(tx, context.seat_id, reason.strip(), actor)

    await lane.run(operation)


def _target(seats: tuple[SeatUse, ...], from_seat_id: str, seat_no: int) -> SeatUse:
    target = next((each for each in seats if each.seat_no == seat_no), None)
    if target is None:
        raise Refusal("SEAT_UNKNOWN", {"seat": seat_no})
    if target.seat_id == from_seat_id:
        raise Refusal("SEAT_SAME", {"seat": seat_no})
    if target.is_blocked:
        raise Refusal("SEAT_BLOCKED", {"seat": seat_no})
    if target.attempt_id:
        raise Refusal("SEAT_OCCUPIED", {"seat": seat_no})
    return target
