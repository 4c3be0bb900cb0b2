"""Reads the enrolled and waiting PCs for the kiosk page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from cat_server.domain.events import EventKind
from cat_server.domain.ids import SITE_CHAIN
from cat_server.records.ledger import read_event
from cat_server.records.tables import KioskRow, LedgerRow, PresenceRow, RoomRow, SeatRow, table_of

_kiosk = table_of(KioskRow)
_ledger = table_of(LedgerRow)
_presence = table_of(PresenceRow)
_room = table_of(RoomRow)
_seat = table_of(SeatRow)


@dataclass(frozen=True, slots=True)
class StoredKiosk:
    """A PC that has asked to belong to the site; without a room and seat it still waits for one."""

    kiosk_id: str
    code: str
    state: str
    address: str
    user_agent: str
    created_at_ms: int
    room_id: str
    room_name: str
    seat_no: int | None


def kiosks(connection: Connection) -> tuple[StoredKiosk, ...]:
    """Return every PC: by room and seat, the waiting ones by the time they asked."""
    rows = connection.execute(
        select(_kiosk, _room.c.id.label("room_id"), _room.c.name.label("room_name"), _seat.c.seat_no)
        .outerjoin(_seat, _seat.c.id == _kiosk.c.seat_id)
        .outerjoin(_room, _room.c.id == _seat.c.room_id)
        .order_by(_room.c.code, _seat.c.seat_no, _kiosk.c.created_at_ms)
    )
    return tuple(
        StoredKiosk(
            row.id,
            row.code,
            row.state,
            row.address,
            row.user_agent,
            row.created_at_ms,
            row.room_id or "",
            row.room_name or "",
            row.seat_no,
        )
        for row in rows
    )


def rooms(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Return id and name of every room, by code."""
    return tuple(
        (room_id, name)
        for room_id, name in connection.execute(select(_room.c.id, _room.c.name).order_by(_room.c.code))
    )


def refused_kiosks(connection: Connection, most: int = 20) -> tuple[tuple[int, str], ...]:
    """Return when and with which address unknown PCs were turned away last, newest first."""
    query = (
        select(_ledger.c.envelope, _ledger.c.private)
        .where(_ledger.c.chain == SITE_CHAIN, _ledger.c.kind == EventKind.KIOSK_REFUSED.value)
        .order_by(_ledger.c.number.desc())
        .limit(most)
    )
    events = (read_event(row.envelope, row.private) for row in connection.execute(query))
    return tuple((each.at_ms, str(each.private.get("address", ""))) for each in events)


def kiosks_seen_since(connection: Connection, at_ms: int) -> int:
    """Return how many PCs of running attempts gave a sign of life since `at_ms`."""
    found = connection.execute(
        select(func.count()).select_from(_presence).where(_presence.c.seen_at_ms >= at_ms)
    )
    return int(found.scalar_one())
