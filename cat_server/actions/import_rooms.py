"""Adding rooms with their seats."""

from __future__ import annotations

from collections.abc import Sequence

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import OPERATOR, SITE_CHAIN
from cat_server.domain.refusals import Refusal
from cat_server.records.enrolments import set_enrolling
from cat_server.records.rooms import Room, Seat, add_room, room_code_exists
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.room_file import RoomPlan
from cat_server.runtime.tokens import new_id


def import_rooms(lane: WriteLane, plans: Sequence[RoomPlan]) -> tuple[Room, ...]:
    """Add all the rooms or none. A new room is open for enrolment: none of its PCs is known yet.

    Raises:
        Refusal: `ROOM_EXISTS`.
    """
    rooms = tuple(_room(plan) for plan in plans)

    def op(tx: Tx) -> None:
        for room in rooms:
            if room_code_exists(tx.connection, room.code):
                raise Refusal("ROOM_EXISTS", {"code": room.code})
            add_room(tx.connection, room)
            tx.append(
                SITE_CHAIN,
                Event(EventKind.ROOM_IMPORTED, {"room_id": room.room_id, "seats": len(room.seats)}),
                OPERATOR,
            )
            set_enrolling(tx.connection, room.room_id, is_enrolling=True)
            tx.append(SITE_CHAIN, Event(EventKind.ENROLMENT_OPENED, {"room_id": room.room_id}), OPERATOR)

    lane.run_now(op)
    return rooms


def _room(plan: RoomPlan) -> Room:
    seats = tuple(
        Seat(
            seat_id=new_id(),
            seat_no=index + 1,
            column_no=index % plan.columns + 1,
            row_no=index // plan.columns + 1,
            is_spare=index >= plan.seats - plan.spare,
        )
        for index in range(plan.seats)
    )
    return Room(new_id(), plan.code, plan.name, seats)
