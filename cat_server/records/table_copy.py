"""Copies every table of one database into another, empty one, out of one snapshot: between PostgreSQL and SQLite files."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, MetaData, Table, func, insert, select

_ROWS_AT_ONCE = 2_000
_NOT_DATA = frozenset({"alembic_version", "journal_head"})
"""Written by the migrations, and about a file that is left behind."""


def copy_tables(source: Connection, target: Connection, progress: Callable[[int, int], None]) -> None:
    """Copy all rows; `target` has the same tables and not one row. `progress` hears rows done, and of how many.

    Both are described by what they are, not by what this program wants: an older version is copied as it is.
    """
    tables = _tables(source)
    there = {each.name: each for each in _tables(target)}
    total = sum(int(source.execute(select(func.count()).select_from(each)).scalar_one()) for each in tables)
    done = 0
    for table in tables:
        statement = insert(there[table.name])
        query = select(table).execution_options(stream_results=True, yield_per=_ROWS_AT_ONCE)
        for some in source.execute(query).mappings().partitions(_ROWS_AT_ONCE):
            target.execute(statement, [dict(each) for each in some])
            done += len(some)
            progress(done, total)


def holds_rows(engine: Engine) -> bool:
    """Tell whether any table of the database holds a row."""
    with engine.begin() as connection:
        return any(
            connection.execute(select(each).limit(1)).first() is not None for each in _tables(connection)
        )


def _tables(connection: Connection) -> list[Table]:
    """Return the tables in the order in which rows may be written: what is referred to comes first."""
    found = MetaData()
    found.reflect(connection)
    return [each for each in found.sorted_tables if each.name not in _NOT_DATA]
