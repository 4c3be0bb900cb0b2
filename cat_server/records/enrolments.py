"""Rooms whose PCs are being enrolled, and what an officer sees of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from cat_server.records.kiosks import ENROLLED
from cat_server.records.tables import KioskRow, RoomRow, SeatRow, table_of

_kiosk = table_of(KioskRow)
_room = table_of(RoomRow)
_seat = table_of(SeatRow)


@dataclass(frozen=True, slots=True)
class RoomToEnrol:
    """A room, and whether its PCs are being enrolled now."""

    room_id: str
    name: str
    is_enrolling: bool


@dataclass(frozen=True, slots=True)
class SeatToEnrol:
    """A seat where it stands, and its PC (empty without one)."""

    seat_id: str
    seat_no: int
    column_no: int
    row_no: int
    is_spare: bool
    is_blocked: bool
    kiosk_id: str
    code: str
    address: str


def is_enrolling_anywhere(connection: Connection) -> bool:
    """Tell whether PCs of any room are being enrolled."""
    return connection.execute(select(_room.c.id).where(_room.c.is_enrolling).limit(1)).first() is not None


def is_enrolling_room_of(connection: Connection, kiosk_id: str) -> bool:
    """Tell whether PCs of the room where a PC has its seat are being enrolled."""
    found = (
        select(_room.c.id)
        .join(_seat, _seat.c.room_id == _room.c.id)
        .join(_kiosk, _kiosk.c.seat_id == _seat.c.id)
    )
    return connection.execute(found.where(_kiosk.c.id == kiosk_id, _room.c.is_enrolling)).first() is not None


def room_to_enrol(connection: Connection, room_id: str) -> RoomToEnrol | None:
    """Return a room, or nothing."""
    row = connection.execute(select(_room).where(_room.c.id == room_id)).first()
    return RoomToEnrol(row.id, row.name, row.is_enrolling) if row else None


def set_enrolling(connection: Connection, room_id: str, *, is_enrolling: bool) -> bool:
    """Open or close enrolment for a room; return whether that changed anything."""
    changed = connection.execute(
        update(_room)
        .where(_room.c.id == room_id, _room.c.is_enrolling.is_not(is_enrolling))
        .values(is_enrolling=is_enrolling)
    )
    return changed.rowcount == 1


def seats_to_enrol(connection: Connection, room_id: str) -> tuple[SeatToEnrol, ...]:
    """Return the seats of a room by number."""
    rows = connection.execute(
        select(_seat, _kiosk.c.id.label("kiosk_id"), _kiosk.c.code, _kiosk.c.address)
        .outerjoin(_kiosk, (_kiosk.c.seat_id == _seat.c.id) & (_kiosk.c.state == ENROLLED))
        .where(_seat.c.room_id == room_id)
        .order_by(_seat.c.seat_no)
    )
    return tuple(
        SeatToEnrol(
            row.id,
            row.seat_no,
            row.column_no,
            row.row_no,
            row.is_spare,
            row.is_blocked,
            row.kiosk_id or "",
            row.code or "",
            row.address or "",
        )
        for row in rows
    )
