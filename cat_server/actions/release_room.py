"""After the exam all kiosks of a room return to the sign-in page, ready for the next exam session."""

from __future__ import annotations

from cat_server.domain.attempt import ENDED
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import OVER
from cat_server.domain.ids import SITE_CHAIN, Actor
from cat_server.domain.refusals import Refusal
from cat_server.records.contexts import contexts_in
from cat_server.records.kiosks import end_sign_ins_of
from cat_server.records.releases import signed_in_seats
from cat_server.records.sittings import sittings_of
from cat_server.records.write_lane import Tx, WriteLane


async def release_room(
    lane: WriteLane, exam_session_id: str, room_id: str, actor: Actor, *, is_forced: bool = False
) -> int:
    """End the sign-ins of a sitting that is closed or whose participants have all ended; return how many.

    PCs keep their credentials and seats, and whatever they have no receipt for: they deliver it from the sign-in page.
    While a PC said last that it still had answers to deliver, only a forced release goes through.

    Raises:
        Refusal: `SITTING_UNKNOWN`, `RELEASE_TOO_EARLY` or `RELEASE_UNSENT`.
    """

    def operation(tx: Tx) -> int:
        sitting = next(iter(sittings_of(tx.connection, exam_session_id, room_id)), None)
        if sitting is None:
            raise Refusal("SITTING_UNKNOWN")
        if sitting.state not in OVER:
            states = [each.state for each in contexts_in(tx.connection, exam_session_id, room_id).values()]
            if not states or any(state not in ENDED for state in states):
                raise Refusal("RELEASE_TOO_EARLY")
        seats = signed_in_seats(tx.connection, exam_session_id, room_id)
        unsent = [str(each.seat_no) for each in seats if each.unsent]
        if unsent and not is_forced:
            raise Refusal("RELEASE_UNSENT", {"seats": ", ".join(unsent)})
        ended = end_sign_ins_of(tx.connection, tx.now, [each.attempt_id for each in seats])
        event = Event(EventKind.ROOM_RELEASED, {"room_id": room_id, "sign_ins": ended})
        tx.append(SITE_CHAIN, event, actor)
        return ended

    return await lane.run(operation)
