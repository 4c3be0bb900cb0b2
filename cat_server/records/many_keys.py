"""Reads the rows of many keys with one prepared statement, without building a statement and row objects each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select

_ROUNDED_TO = 16
"""So few statements are made for all numbers of keys: what is missing to the next multiple repeats the last key."""


class ManyKeys:
    """A query over an expanding parameter, compiled once for each number of keys and kind of database.

    It brings columns as the driver gives them: no times, no decimals, booleans perhaps as integers.
    """

    def __init__(self, query: Select[Any], parameter: str) -> None:
        self._query = query
        self._parameter = parameter
        self._compiled: dict[tuple[str, int], tuple[str, Sequence[str] | None, Sequence[str]]] = {}

    def rows(self, connection: Connection, keys: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of all keys; none has none."""
        if not keys:
            return []
        length = 1 if len(keys) == 1 else -(-len(keys) // _ROUNDED_TO) * _ROUNDED_TO
        padded = [*keys, *[keys[-1]] * (length - len(keys))]
        if isinstance(keys[0], tuple):
            padded = [part for key in padded for part in key]
        place = connection.dialect.name, length
        if place not in self._compiled:
            self._compiled[place] = self._compile(connection, keys[0], length)
        statement, order, names = self._compiled[place]
        if order is None:
            given: Any = dict(zip(names, padded, strict=True))
        else:
            given = tuple(padded)
        result = connection.exec_driver_sql(statement, given)
        rows = [*result.cursor.fetchall()]
        result.close()
        return rows

    def _compile(
        self, connection: Connection, key: object, length: int
    ) -> tuple[str, Sequence[str] | None, Sequence[str]]:
        compiled: Any = self._query.params({self._parameter: [key] * length}).compile(
            dialect=connection.dialect, compile_kwargs={"render_postcompile": True}
        )
        parts = range(1, len(key) + 1) if isinstance(key, tuple) else ()
        names = [
            f"{self._parameter}_{number}{end}"
            for number in range(1, length + 1)
            for end in ([f"_{part}" for part in parts] or [""])
        ]
        order = compiled.positiontup
        assert order is None or list(order) == names  # noqa: S101 - the parameter is the only one
        return str(compiled), order, names
