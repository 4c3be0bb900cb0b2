"""Opens the exam database: durable settings, one snapshot per reading, a database that loses nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event
from sqlalchemy.exc import DatabaseError, DataError, OperationalError

from cat_server.records.database_errors import DatabaseAwayError, is_away, told_as
from cat_server.records.database_url import postgresql_url
from cat_server.records.unsafe_database import UnsafeDatabaseError

OLDEST_SQLITE = (3, 51, 3)
"""Older versions carry the WAL-reset bug, which can lose committed writes (security.md 0.2)."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA mmap_size=0",
    "PRAGMA cache_size=-32000",
)

_CHECKPOINT_PAGES = 1000
_LOCK_PATIENCE_S = 10.0
_LOG_PATIENCE_MS = 2_000
"""How long readers and writers of other processes may keep the log from being emptied at the first commit."""


def open_engine(url: str, *, checkpoints: bool = False) -> Engine:
    """Open the database for writing through one write lane.

    `checkpoints` is true in the one process that moves the write-ahead log into the database (the kiosk).

    Raises:
        UnsafeDatabaseError: the SQLite version is known to lose commits; a PostgreSQL is asked when it is connected to.
    """
    if (server := postgresql_url(url)) is not None:
        from cat_server.records.postgresql import open_writer  # noqa: PLC0415 - a site on SQLite loads no psycopg

        return open_writer(server)
    _refuse_unsafe(sqlite.sqlite_version_info)
    engine = create_engine(url, module=sqlite, connect_args={"check_same_thread": False, "timeout": 0})

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite.Connection, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=5000")
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES if checkpoints else 0}")
        if cursor.execute("PRAGMA synchronous").fetchone()[0] < 2:
            raise UnsafeDatabaseError("database_sqlite_unsafe", {"setting": "synchronous"})
        cursor.execute("PRAGMA busy_timeout=0")  # the write lane asks again by itself, and fairly
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def connect_as_writer(url: str) -> None:
    """Connect once as a write lane does, and let go.

    Raises:
        UnsafeDatabaseError: the database could lose what it confirms.
        OperationalError: it cannot be reached.
    """
    engine = open_engine(url)
    try:
        with engine.connect():
            pass
    finally:
        engine.dispose()


def empty_log(connection: Connection) -> bool:
    """Move all that the write-ahead log holds into the database, synced, and begin the log anew; False: not possible yet.

    Where every process died after a sync had failed, the log that is read may hold what is on no disk, and what is
    written behind it would be lost with it. Moved, it is written once more, and truly.
    """
    if connection.dialect.name != "sqlite":
        return True
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout={_LOG_PATIENCE_MS}")
        is_busy, length, moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute("PRAGMA busy_timeout=0")
    except sqlite.Error as error:
        wrapped = OperationalError if isinstance(error, sqlite.OperationalError) else DatabaseError
        raise wrapped("PRAGMA wal_checkpoint", None, error) from error
    finally:
        cursor.close()
    # A long reading may keep the log from beginning anew; what matters then is that all of it has been moved.
    return not is_busy or 0 < length == moved


def take_checkpoints(connection: Connection) -> None:
    """Move the write-ahead log into the database from now on, as `open_engine` does with `checkpoints`."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")


def begin_patiently(connection: Connection) -> RootTransaction:
    """Begin, asking again every 2 ms while another process holds the lock (PostgreSQL queues for it by itself)."""
    deadline = time.monotonic() + _LOCK_PATIENCE_S
    # A connection that was lost is made anew here: SQLAlchemy begins nothing on one that it knows to be lost.
    assert connection.connection is not None  # noqa: S101 - reading it is what connects
    while True:
        try:
            return connection.begin()
        except OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > deadline:
                raise
            time.sleep(0.002)


@dataclass(frozen=True, slots=True)
class View:
    """One snapshot of the database, for reading only."""

    connection: Connection


class Reader:
    """Reads without ever writing; each view is one snapshot."""

    def __init__(self, url: str) -> None:
        self._engine = _reading_engine(url)

    @contextmanager
    def view(self) -> Iterator[View]:
        """Open a snapshot; it is given back at the end of the `with` block.

        Raises:
            DatabaseAwayError: the PostgreSQL server is not there now.
            Refusal: `TEXT_UNUSABLE`, where somebody asks for what PostgreSQL could not even store.
        """
        try:
            with self._engine.connect() as connection:
                yield View(connection)
        except DataError as error:
            raise told_as(error) from error
        except OperationalError as error:
            if is_away(error):
                raise DatabaseAwayError(str(error.orig).splitlines()[0]) from error
            raise

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _reading_engine(url: str) -> Engine:
    if (server := postgresql_url(url)) is not None:
        from cat_server.records.postgresql import open_reader  # noqa: PLC0415 - a site on SQLite loads no psycopg

        return open_reader(server)
    _refuse_unsafe(sqlite.sqlite_version_info)
    engine = create_engine(url, module=sqlite, connect_args={"check_same_thread": False}, pool_size=8)

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite.Connection, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.execute("PRAGMA query_only=ON")
        cursor.execute("PRAGMA mmap_size=0")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _refuse_unsafe(version: tuple[int, ...]) -> None:
    if version < OLDEST_SQLITE:
        found = ".".join(map(str, version))
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise UnsafeDatabaseError("database_sqlite_old", {"version": found, "oldest": oldest})
