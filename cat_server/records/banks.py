"""Which banks a site has: hashes and counts only, the content is in encrypted files."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from cat_server.records.tables import BankRow, table_of

_bank = table_of(BankRow)


@dataclass(frozen=True, slots=True)
class StoredBank:
    """A bank as the database knows it. `title` is the code that commands name it by."""

    bank_id: str
    title: str
    items: int
    items_hash: str
    keys_hash: str
    stats_hash: str
    bank_hash: str
    imported_at_ms: int


def add_bank(connection: Connection, bank: StoredBank) -> None:
    """Insert a bank."""
    connection.execute(
        insert(_bank).values(
            id=bank.bank_id,
            title=bank.title,
            items=bank.items,
            items_hash=bank.items_hash,
            keys_hash=bank.keys_hash,
            stats_hash=bank.stats_hash,
            bank_hash=bank.bank_hash,
            imported_at_ms=bank.imported_at_ms,
        )
    )


def change_statistics(connection: Connection, bank_id: str, stats_hash: str) -> None:
    """Record which version of its statistics a bank is used with from now on."""
    connection.execute(_bank.update().where(_bank.c.id == bank_id).values(stats_hash=stats_hash))


def banks(connection: Connection) -> tuple[StoredBank, ...]:
    """Return every bank, oldest first."""
    return tuple(
        StoredBank(
            row.id,
            row.title,
            row.items,
            row.items_hash,
            row.keys_hash,
            row.stats_hash,
            row.bank_hash,
            row.imported_at_ms,
        )
        for row in connection.execute(select(_bank).order_by(_bank.c.imported_at_ms, _bank.c.id))
    )
