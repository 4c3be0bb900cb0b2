"""A copy of the database as it is at one instant, while others write to it: a SQLite file, whatever it is copied from.

A file is copied by SQLite's own backup, never byte by byte; a PostgreSQL table by table, out of one snapshot.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from cat_server.records.database_url import database_path
from cat_server.records.engine import Reader, open_engine
from cat_server.records.schema import migrate
from cat_server.records.schema_version import version
from cat_server.records.table_copy import copy_tables, holds_rows

_PAGES_AT_ONCE = 2048


class NotEmptyError(Exception):
    """The database that was to be filled holds something already."""


def copy_database(url: str, target: Path, progress: Callable[[int, int], None]) -> None:
    """Copy out of one snapshot into the new SQLite file `target`.

    `progress` hears how many pages or rows are done, and of how many.

    Raises:
        sqlite.DatabaseError: a page cannot be read.
    """
    source = database_path(url)
    if source is not None:
        _copy_file(source, target, progress)
        return
    reader = Reader(url)
    engine = open_engine(f"sqlite:///{target}")
    try:
        with reader.view() as view:
            migrate(engine, version(view.connection) or "head")
            with engine.begin() as writing:
                copy_tables(view.connection, writing, progress)
        with engine.connect() as connection:
            connection.connection.cursor().execute(
                "PRAGMA journal_mode=DELETE"
            )  # one file, with nothing beside it
    finally:
        engine.dispose()
        reader.close()


def fill_database(source: Path, url: str, progress: Callable[[int, int], None]) -> None:
    """Copy a SQLite file that nobody writes to into the empty PostgreSQL database at `url`, all or nothing.

    Raises:
        NotEmptyError: some table there holds a row.
        ForeignSchemaError: a newer program made tables there.
    """
    reader = Reader(f"sqlite:///{source}")
    engine = open_engine(url)
    try:
        if holds_rows(engine):
            raise NotEmptyError(url)
        migrate(engine)
        with reader.view() as view, engine.begin() as writing:
            copy_tables(view.connection, writing, progress)
    finally:
        engine.dispose()
        reader.close()


def _copy_file(source: Path, target: Path, progress: Callable[[int, int], None]) -> None:
    reading = sqlite.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    writing = sqlite.connect(target, isolation_level=None)
    try:
        reading.execute("BEGIN")
        reading.execute(
            "SELECT count(*) FROM sqlite_master"
        ).fetchone()  # the snapshot is taken by the first reading
        writing.execute("PRAGMA synchronous=OFF")
        reading.backup(
            writing,
            pages=_PAGES_AT_ONCE,
            progress=lambda _status, left, total: progress(total - left, total),
        )
        writing.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    finally:
        writing.close()
        reading.close()
