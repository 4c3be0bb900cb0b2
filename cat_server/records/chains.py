"""Reads whole ledger chains as stored, for those who verify and hand them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from cat_server.records.ledger import FIRST_PREVIOUS
from cat_server.records.tables import ChainHeadRow, LedgerRow, table_of

_ledger = table_of(LedgerRow)
_head = table_of(ChainHeadRow)
_PIECE = 1_000


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event's stored bytes. `private` is empty where it has none, None where it was left out of a copy."""

    number: int
    hash: str
    envelope: bytes
    private: bytes | None


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a chain; number 0 and 64 zeros for an empty one."""

    number: int = 0
    hash: str = FIRST_PREVIOUS


def chain_events(connection: Connection, chain: str) -> tuple[StoredEvent, ...]:
    """Return every event of a chain in order."""
    return tuple(each_event(connection, chain))


def each_event(connection: Connection, chain: str) -> Iterator[StoredEvent]:
    """Yield every event of a chain in order; a piece of it is in memory at a time."""
    rows = connection.execute(
        select(_ledger.c.number, _ledger.c.hash, _ledger.c.envelope, _ledger.c.private)
        .where(_ledger.c.chain == chain)
        .order_by(_ledger.c.number),
        execution_options={"yield_per": _PIECE},
    )
    for number, hash_, envelope, private in rows:
        yield StoredEvent(number, hash_, _as_bytes(envelope), _as_bytes(private))


def last_event(connection: Connection, chain: str) -> Head | None:
    """Return the last event that is stored of a chain, or None."""
    row = connection.execute(
        select(_ledger.c.number, _ledger.c.hash)
        .where(_ledger.c.chain == chain)
        .order_by(_ledger.c.number.desc())
        .limit(1)
    ).first()
    return None if row is None else Head(row.number, row.hash)


def chain_head(connection: Connection, chain: str) -> Head:
    """Return the head that the chain's next event will follow."""
    row = connection.execute(select(_head).where(_head.c.chain == chain)).first()
    return Head() if row is None else Head(row.number, row.hash)


def _as_bytes(stored: bytes | str) -> bytes:
    """Return a column's bytes; SQLite gives text where somebody wrote text, and that is to be found, not to crash."""
    return stored.encode() if isinstance(stored, str) else bytes(stored)


@dataclass(frozen=True, slots=True)
class Placed:
    """The hash of one event (empty where there is none), and the number of the last event of its chain."""

    hash: str
    last_number: int


def event_hash(connection: Connection, chain: str, number: int) -> Placed:
    """Return the hash of a chain's event, and how far the chain goes."""
    query = select(_ledger.c.hash).where(_ledger.c.chain == chain, _ledger.c.number == number)
    return Placed(connection.execute(query).scalar() or "", chain_head(connection, chain).number)


def head_hashes(connection: Connection) -> Mapping[str, tuple[int, str]]:
    """Return number and hash of the last event of every chain."""
    return {row.chain: (row.number, row.hash) for row in connection.execute(select(_head))}
