"""What a PostgreSQL says of itself: whether it keeps what it confirms, and what it found wrong with its own pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from cat_server.records.unsafe_database import UnsafeDatabaseError

OLDEST_POSTGRESQL = 14
_MUST_BE_ON = ("fsync", "full_page_writes")
_ORDERS = frozenset({"C", "POSIX", "C.UTF-8", "C.UTF8", "C.utf8"})
"""Collations that sort as SQLite does, byte by byte: what is drawn by lot follows from the order of rows."""


@dataclass(frozen=True, slots=True)
class PostgresqlServer:
    """The server behind a site: its version, who waits for a standby at each commit, whether its pages have checksums."""

    version: str
    standbys: str
    has_checksums: bool


def refuse_unsafe(version: int, show: Callable[[str], str], collation: str, encoding: str) -> None:
    """Refuse a server that could lose what it confirmed, or would sort rows in another order.

    `version` is libpq's number, `show` returns a setting's value.

    Raises:
        UnsafeDatabaseError: `database_postgresql_old`, `_unsafe` or `_order`.
    """
    if version // 10_000 < OLDEST_POSTGRESQL:
        params: dict[str, str | int] = {"version": version // 10_000, "oldest": OLDEST_POSTGRESQL}
        raise UnsafeDatabaseError("database_postgresql_old", params)
    for name in _MUST_BE_ON:
        if show(name) != "on":
            raise UnsafeDatabaseError("database_postgresql_unsafe", {"setting": name})
    if collation not in _ORDERS or encoding != "UTF8":
        found: dict[str, str | int] = {"collation": collation, "encoding": encoding}
        raise UnsafeDatabaseError("database_postgresql_order", found)


def postgresql_server(connection: Connection) -> PostgresqlServer | None:
    """Return the server that a connection leads to; None for SQLite."""
    if connection.dialect.name != "postgresql":
        return None

    def show(name: str) -> str:
        return str(connection.exec_driver_sql(f"SHOW {name}").scalar_one())

    return PostgresqlServer(
        show("server_version"), show("synchronous_standby_names"), show("data_checksums") == "on"
    )


def checksum_problems(connection: Connection) -> tuple[str, ...]:
    """Return what PostgreSQL itself found wrong with pages that it read; nothing, if all is well."""
    query = "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
    count = connection.exec_driver_sql(query).scalar()
    return (f"{count} pages with a wrong checksum",) if count else ()
