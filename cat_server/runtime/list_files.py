"""Rosters and rooms out of CSV or XLSX: the table, and which heading means what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from question_bank.formats.delimited import read_delimited
from question_bank.formats.table import LARGEST_FILE, Row, Table, file_problem
from question_bank.problems import Place, Problem

_HEADER_WITHIN = 25
_NEUTRAL = {"bank_file_empty": "list_file_empty", "bank_sheets_left": "list_sheets_left"}
"""What the readers of banks say in a bank's words is said in a list's words here."""


@dataclass(frozen=True, slots=True)
class ListFile:
    """A table with a header: rows below it, and the column of each field."""

    file: str
    sheet: str
    rows: tuple[Row, ...]
    columns: Mapping[str, int]
    headings: tuple[tuple[str, str], ...]

    def text(self, row: Row, field: str) -> str:
        """Return a cell in NFC without spare white space, empty where the file has no such column."""
        if field not in self.columns:
            return ""
        return " ".join(unicodedata.normalize("NFC", row.cell(self.columns[field])).split())

    def heading(self, field: str) -> str:
        """Return what the file calls a field."""
        return next((heading for heading, name in self.headings if name == field), "")

    def problem(
        self, code: str, row: Row, field: str, params: Mapping[str, str | int] | None = None
    ) -> Problem:
        """Return a problem at a cell."""
        return Problem(code, Place(self.file, self.sheet, row.number, self.heading(field)), params or {})


def read_list(
    path: Path, names: Mapping[str, Sequence[str]], required: Sequence[str]
) -> tuple[ListFile | None, list[Problem], list[Problem]]:
    """Return the list in a file, with problems and warnings.

    Args:
        path: a CSV or XLSX file.
        names: for each field the headings it goes by, plain (lower case, no punctuation).
        required: fields without whose columns the file cannot be read.
    """
    content, refused = _content(path)
    if refused:
        return None, [refused], []

    def header_score(rows: Sequence[Row]) -> int:
        return max((len(_columns(row, names)) for row in rows), default=0)

    table, problems, warnings = _read(content, path.name, header_score)
    problems = [_neutral(each) for each in problems]
    warnings = [_neutral(each) for each in warnings if each.code != "bank_cell_is_date"]
    if table is None:
        return None, problems, warnings
    filled = tuple(table.filled())
    header = max(filled[:_HEADER_WITHIN], key=lambda row: len(_columns(row, names)), default=None)
    if header is None:
        return None, [file_problem(path.name, "list_file_empty")], warnings
    columns = _columns(header, names)
    fields = {index: field for field, index in columns.items()}
    headings = tuple((text.strip(), fields.get(index, "")) for index, text in enumerate(header.cells))
    shown = ", ".join(text for text, _ in headings if text)[:300]
    problems += [
        Problem(f"list_no_column_{field}", Place(path.name, table.sheet, header.number), {"headings": shown})
        for field in required
        if field not in columns
    ]
    if any(each.code.startswith("list_no_column") for each in problems):
        return None, problems, warnings
    problems += table.problems
    rows = tuple(row for row in filled if row.number > header.number)
    return ListFile(path.name, table.sheet, rows, columns, headings), problems, warnings


def _read(
    content: bytes, file: str, header_score: object
) -> tuple[Table | None, list[Problem], list[Problem]]:
    # Imported here: the spreadsheet library is large, and the web processes never read one.
    from question_bank.formats.workbook import looks_like_workbook, read_workbook  # noqa: PLC0415

    reader = read_workbook if looks_like_workbook(content) else read_delimited
    return reader(content, file, header_score)  # type: ignore[arg-type]  # both take rows, as the caller's does


def _columns(header: Row, names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the column of each field; the likelier heading wins, then the one further left."""
    found: dict[str, tuple[int, int]] = {}
    for index, cell in enumerate(header.cells):
        heading = plain_heading(cell)
        for field, known in names.items():
            if heading in known:
                found[field] = min(found.get(field, (99, 0)), (list(known).index(heading), index))
    return {field: index for field, (_, index) in found.items()}


def plain_heading(heading: str) -> str:
    """Return a heading as it is compared: lower case, no punctuation, no spare white space."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return " ".join(re.sub(r"[^\w]|_", " ", text).split())


def _neutral(problem: Problem) -> Problem:
    return Problem(_NEUTRAL.get(problem.code, problem.code), problem.place, problem.params)


def _content(path: Path) -> tuple[bytes, Problem | None]:
    params: dict[str, str | int] = {"path": str(path)}
    try:
        if path.is_dir():
            return b"", file_problem(path.name, "bank_file_is_folder")
        if path.stat().st_size > LARGEST_FILE:
            return b"", file_problem(path.name, "bank_file_too_big", {"megabytes": LARGEST_FILE // 1024**2})
        content = path.read_bytes()
    except FileNotFoundError:
        return b"", file_problem(path.name, "bank_file_missing", params)
    except (OSError, ValueError):
        return b"", file_problem(path.name, "bank_file_unreadable", params)
    return content, None if content.strip() else file_problem(path.name, "list_file_empty")
