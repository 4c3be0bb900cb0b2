"""Writes many rows with one prepared statement, without building a parameter dictionary for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Insert, TextClause, Update


class ManyRows:
    """A statement for rows given as tuples in the order of `columns`, compiled once for each kind of database."""

    def __init__(self, statement: Insert | Update | TextClause, columns: Sequence[str]) -> None:
        self._statement = statement
        self._columns = tuple(columns)
        self._compiled: dict[str, tuple[str, tuple[int, ...] | None]] = {}

    def write(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write the rows; none writes nothing."""
        if not rows:
            return
        found = self._compiled.get(connection.dialect.name)
        if found is None:
            found = self._compiled[connection.dialect.name] = self._compile(connection)
        statement, order = found
        given: Any = rows
        if order is None:
            given = [dict(zip(self._columns, each, strict=True)) for each in rows]
        elif order != tuple(range(len(self._columns))):
            given = [tuple([each[place] for place in order]) for each in rows]
        connection.exec_driver_sql(statement, given)

    def _compile(self, connection: Connection) -> tuple[str, tuple[int, ...] | None]:
        compiled: Any = self._statement.compile(dialect=connection.dialect, column_keys=list(self._columns))
        if not compiled.positiontup:
            return str(compiled), None
        return str(compiled), tuple(self._columns.index(each) for each in compiled.positiontup)
