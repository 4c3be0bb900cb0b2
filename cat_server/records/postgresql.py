"""PostgreSQL under the same promises as the SQLite file: writers one after another, readers on a snapshot, no lost commit.

Every transaction that writes begins by taking one lock of the site. PostgreSQL hands it on in the order of asking, so
that an officer's command waits for one transaction of the kiosks at most, and it is given back only when the commit is
on disk and visible: the statements that follow see all that was committed before.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event

from cat_server.records.postgresql_settings import refuse_unsafe

LOCK_PATIENCE_S = 10
WRITE_LOCK = 0x6361_745F_7772_6974
"""The advisory lock of all that write to the database, until their transaction ends."""

_DURABLE = ("on", "remote_apply")
_SESSION = (
    f"SET lock_timeout = '{LOCK_PATIENCE_S}s'",
    # A commit that waits for a standby and is cancelled counts as done: nothing may cancel it.
    "SET statement_timeout = 0",
    # A machine that lost its power, or a process that stands still, may not keep the others from writing for long.
    "SET idle_in_transaction_session_timeout = '30s'",
    "SET tcp_keepalives_idle = 2",
    "SET tcp_keepalives_interval = 1",
    "SET tcp_keepalives_count = 3",
    "SET tcp_user_timeout = 5000",
)
# Read as JSON, since older servers have no column for the provider.
_COLLATION = (
    "SELECT CASE to_jsonb(d) ->> 'datlocprovider' WHEN 'i' THEN 'ICU' WHEN 'b' THEN 'C' ELSE datcollate END"
    " FROM pg_database d WHERE datname = current_database()"
)
_CLIENT = {
    "connect_timeout": 5,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5_000,
    "application_name": "cat-server",
    "client_encoding": "UTF8",
}


def open_writer(url: URL) -> Engine:
    """Open the database for writing; every transaction begins with the site's lock.

    Raises:
        UnsafeDatabaseError: when connecting, if the server's version or settings could lose a commit.
    """
    engine = create_engine(
        url, isolation_level="READ COMMITTED", connect_args=client_options(url), hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: psycopg.Connection[Any], _record: object) -> None:
        try:
            _take_care(connection)
        except BaseException:
            connection.close()  # SQLAlchemy does not know it yet
            raise

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        try:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
        except Exception:
            # SQLAlchemy does not know this transaction yet: nobody else would end it.
            with suppress(psycopg.Error):
                connection.connection.rollback()
            raise

    return engine


def open_reader(url: URL) -> Engine:
    """Open the database for reading only, one snapshot for each transaction; a connection that was lost is replaced."""
    engine = create_engine(
        url,
        isolation_level="REPEATABLE READ",
        connect_args=client_options(url),
        pool_size=8,
        pool_pre_ping=True,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: psycopg.Connection[Any], _record: object) -> None:
        connection.read_only = True

    return engine


def _take_care(connection: psycopg.Connection[Any]) -> None:
    """Make this session wait for the disk at every commit, and refuse a server that would not keep its word."""
    with connection.cursor() as cursor:

        def show(name: str) -> str:
            return _first(cursor.execute(f"SHOW {name}".encode()))

        for each in _SESSION:
            cursor.execute(each.encode())
        # A server that also waits for a standby keeps doing so; any weaker wish is overruled for this session.
        if show("synchronous_commit") not in _DURABLE:
            cursor.execute("SET synchronous_commit = on")
        collation = _first(cursor.execute(_COLLATION))
        refuse_unsafe(connection.info.server_version, show, collation, show("server_encoding"))
    connection.commit()


def client_options(url: URL) -> dict[str, Any]:
    """Return what libpq is told, less what the URL itself says."""
    return {name: value for name, value in _CLIENT.items() if name not in url.query}


def _first(cursor: psycopg.Cursor[Any]) -> str:
    row = cursor.fetchone()
    return str(row[0]) if row else ""
