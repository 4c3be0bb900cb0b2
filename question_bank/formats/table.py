"""Rows of text out of a file, whatever kind of file they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from question_bank.problems import Place, Problem

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes; a bank of 20,000 items with long texts has about 30 MB."""
MOST_ROWS = 100_000
MOST_COLUMNS = 256
LONGEST_CELL = 131_072
"""Characters of a cell kept at all; shorter limits for stems and options are the item's."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet shows it, and its cells as text."""

    number: int
    cells: tuple[str, ...]

    def cell(self, index: int) -> str:
        """Return the cell of a column (0-based), empty where the row is shorter."""
        return self.cells[index] if 0 <= index < len(self.cells) else ""

    @property
    def is_blank(self) -> bool:
        """No cell has a text."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. `sheet` is its name, empty for a text file; `notes` are problems of single cells."""

    sheet: str
    rows: tuple[Row, ...]
    warnings: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()

    def filled(self) -> Iterator[Row]:
        """Yield the rows that have any text."""
        return (row for row in self.rows if not row.is_blank)


def column_letter(index: int) -> str:
    """Return the name of a column (0-based) as a spreadsheet shows it: A, B, ... Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def file_problem(file: str, code: str, params: Mapping[str, str | int] | None = None) -> Problem:
    """Return a problem of a whole file."""
    return Problem(code, Place(file=file), params or {})
