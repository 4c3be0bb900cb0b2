"""Seats out of use: a broken PC, a leak in the roof. Never drawn at check-in, never a target of a move."""

from __future__ import annotations

from cat_server.domain.ids import Actor
from cat_server.domain.refusals import Refusal
from cat_server.records.kiosks import seat_id_of
from cat_server.records.seat_steps import block
from cat_server.records.seats import is_at_work
from cat_server.records.write_lane import Tx, WriteLane


async def block_seat(
    lane: WriteLane, room_id: str, seat_no: int, reason: str, actor: Actor, *, is_blocked: bool
) -> None:
    """Take a seat out of use, or put it back. Its PC stays where it is.

    Raises:
        Refusal: `REASON_MISSING`, `SEAT_UNKNOWN`, or `SEAT_OCCUPIED`: a participant must be moved away first.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING")

    def operation(tx: Tx) -> None:
        seat_id = seat_id_of(tx.connection, room_id, seat_no)
        if seat_id is None:
            raise Refusal("SEAT_UNKNOWN", {"seat": seat_no})
        if is_blocked and is_at_work(tx.connection, seat_id):
            raise Refusal("SEAT_OCCUPIED", {"seat": seat_no})
        block(tx, seat_id, reason.strip(), actor, is_blocked=is_blocked)

    await lane.run(operation)
