"""Reads single events of a chain by number, for one participant's history."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from cat_server.domain.events import Recorded
from cat_server.records.ledger import read_event
from cat_server.records.tables import KioskRow, LedgerRow, OfficerRow, SeatRow, table_of

_ledger = table_of(LedgerRow)
_officer = table_of(OfficerRow)
_kiosk = table_of(KioskRow)
_seat = table_of(SeatRow)

_AT_ONCE = 500


def events_numbered(connection: Connection, chain: str, numbers: Sequence[int]) -> tuple[Recorded, ...]:
    """Return the events of a chain with these numbers, in order."""
    events: list[Recorded] = []
    for start in range(0, len(numbers), _AT_ONCE):
        rows = connection.execute(
            select(_ledger.c.envelope, _ledger.c.private)
            .where(_ledger.c.chain == chain, _ledger.c.number.in_(numbers[start : start + _AT_ONCE]))
            .order_by(_ledger.c.number)
        )
        events += [read_event(row.envelope, row.private) for row in rows]
    return tuple(events)


def officer_names(connection: Connection) -> dict[str, str]:
    """Return every officer's name by id."""
    return {row.id: row.name for row in connection.execute(select(_officer.c.id, _officer.c.name))}


def kiosk_seats(connection: Connection) -> dict[str, int]:
    """Return the seat number of each enrolled PC by id."""
    rows = connection.execute(
        select(_kiosk.c.id, _seat.c.seat_no).join(_seat, _seat.c.id == _kiosk.c.seat_id)
    )
    return {row.id: row.seat_no for row in rows}


def seat_numbers(connection: Connection) -> dict[str, int]:
    """Return every seat's number by id."""
    return {row.id: row.seat_no for row in connection.execute(select(_seat.c.id, _seat.c.seat_no))}
