"""Looks events up in the ledger by their kind."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from cat_server.domain.events import EventKind, Recorded
from cat_server.records.ledger import read_event
from cat_server.records.tables import LedgerRow, table_of

_ledger = table_of(LedgerRow)


def last_event(connection: Connection, chain: str, kind: EventKind, attempt_id: str) -> Recorded | None:
    """Return the newest event of a kind about an attempt. It reads backwards, so ask for what is recent."""
    rows = connection.execute(
        select(_ledger.c.envelope, _ledger.c.private)
        .where(_ledger.c.chain == chain, _ledger.c.kind == kind.value)
        .order_by(_ledger.c.number.desc())
    )
    for row in rows:
        event = read_event(row.envelope, row.private)
        if event.body.get("attempt_id") == attempt_id:
            return event
    return None


def has_event_after(connection: Connection, chain: str, number: int, kinds: tuple[EventKind, ...]) -> bool:
    """Tell whether an event of one of these kinds was appended after `number`."""
    query = select(_ledger.c.number).where(
        _ledger.c.chain == chain,
        _ledger.c.number > number,
        _ledger.c.kind.in_([each.value for each in kinds]),
    )
    return connection.execute(query.limit(1)).first() is not None


def events_of_kinds(connection: Connection, chain: str, kinds: Sequence[EventKind]) -> tuple[Recorded, ...]:
    """Return all events of these kinds of a chain, in order."""
    rows = connection.execute(
        select(_ledger.c.envelope, _ledger.c.private)
        .where(_ledger.c.chain == chain, _ledger.c.kind.in_([each.value for each in kinds]))
        .order_by(_ledger.c.number)
    )
    return tuple(read_event(row.envelope, row.private) for row in rows)
