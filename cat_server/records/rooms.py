"""Rooms and their seats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from cat_server.records.tables import RoomRow, SeatRow, table_of

_room = table_of(RoomRow)
_seat = table_of(SeatRow)


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat: its number in the room, and where it stands (1-based)."""

    seat_id: str
    seat_no: int
    column_no: int
    row_no: int
    is_spare: bool


@dataclass(frozen=True, slots=True)
class Room:
    """A room with its seats, in order of their numbers."""

    room_id: str
    code: str
    name: str
    seats: tuple[Seat, ...]

    @property
    def ordinary_seats(self) -> int:
        """How many seats are not spares."""
        return sum(not each.is_spare for each in self.seats)


def add_room(connection: Connection, room: Room) -> None:
    """Insert a room and its seats."""
    connection.execute(insert(_room).values(id=room.room_id, code=room.code, name=room.name))
    connection.execute(
        insert(_seat),
        [
            {
                "id": each.seat_id,
                "room_id": room.room_id,
                "seat_no": each.seat_no,
                "column_no": each.column_no,
                "row_no": each.row_no,
                "is_spare": each.is_spare,
            }
            for each in room.seats
        ],
    )


def rooms(connection: Connection, codes: Sequence[str] | None = None) -> tuple[Room, ...]:
    """Return the rooms with these codes (None: all), by code."""
    query = select(_room).order_by(_room.c.code)
    if codes is not None:
        query = query.where(_room.c.code.in_(codes))
    seats: dict[str, list[Seat]] = {}
    for row in connection.execute(select(_seat).order_by(_seat.c.seat_no)):
        seats.setdefault(row.room_id, []).append(
            Seat(row.id, row.seat_no, row.column_no, row.row_no, row.is_spare)
        )
    return tuple(
        Room(row.id, row.code, row.name, tuple(seats.get(row.id, ()))) for row in connection.execute(query)
    )


def room_code_exists(connection: Connection, code: str) -> bool:
    """Tell whether a room has this code, in any case."""
    return (
        connection.execute(select(_room.c.id).where(func.lower(_room.c.code) == code.lower())).first()
        is not None
    )
