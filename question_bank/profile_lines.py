"""Line numbers for a profile's fields, which the TOML reader does not give."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*\[(\[?)\s*([\w.\"' -]+?)\s*\]\]?\s*(?:#.*)?")
_FIELD = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*[=.]")


class Lines:
    """The lines of a TOML text by field path.

    It looks for headers and field names only, so a row may be missing or point at the table where somebody writes
    unusual TOML; rows are shown to people and decide nothing.
    """

    def __init__(self, text: str) -> None:
        self._rows: dict[tuple[str | int, ...], int] = {}
        table: tuple[str | int, ...] = ()
        counts: dict[tuple[str | int, ...], int] = {}
        for row, line in enumerate(text.splitlines(), start=1):
            header = _HEADER.fullmatch(line)
            if header:
                table = self._table_path(header.group(2), counts, is_repeated=bool(header.group(1)))
                self._rows.setdefault(table, row)
                self._rows.setdefault(table[:-1] if isinstance(table[-1], int) else table, row)
            elif field := _FIELD.match(line):
                self._rows.setdefault((*table, field.group(1)), row)

    def row_of(self, path: tuple[str | int, ...]) -> int | None:
        """Return the row (1-based) of the field at `path`, or of the nearest table around it."""
        for length in range(len(path), 0, -1):
            row = self._rows.get(path[:length])
            if row is not None:
                return row
        return None

    @staticmethod
    def _table_path(
        name: str, counts: dict[tuple[str | int, ...], int], *, is_repeated: bool
    ) -> tuple[str | int, ...]:
        path: tuple[str | int, ...] = ()
        parts = [part.strip().strip("\"'") for part in name.split(".")]
        for at, part in enumerate(parts):
            path = (*path, part)
            if is_repeated and at == len(parts) - 1:
                counts[path] = counts.get(path, 0) + 1
            if path in counts:
                path = (*path, counts[path])
        return path
