"""Where the seats of an exam session are, for papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from cat_server.records.tables import RoomRow, SeatRow, SittingRow, table_of

_seat = table_of(SeatRow)
_room = table_of(RoomRow)
_sitting = table_of(SittingRow)


@dataclass(frozen=True, slots=True)
class Place:
    """A seat of a room."""

    room_id: str
    room_code: str
    room_name: str
    seat_no: int


def places_of(connection: Connection, exam_session_id: str) -> Mapping[str, Place]:
    """Return every seat of the rooms of an exam session, by seat id."""
    rows = connection.execute(
        select(_seat.c.id, _seat.c.seat_no, _room.c.id.label("room_id"), _room.c.code, _room.c.name)
        .join(_room, _room.c.id == _seat.c.room_id)
        .join(_sitting, _sitting.c.room_id == _room.c.id)
        .where(_sitting.c.exam_session_id == exam_session_id)
    )
    return {row.id: Place(row.room_id, row.code, row.name, row.seat_no) for row in rows}
