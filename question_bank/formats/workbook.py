"""XLSX: the sheet with the items, out of files that may be broken, encrypted or hostile."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, cast

import openpyxl

from question_bank.formats.cell_text import Cell, cell_text
from question_bank.formats.table import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    Row,
    Table,
    column_letter,
    file_problem,
)
from question_bank.problems import Place, Problem

_LARGEST_UNPACKED = 512 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class _Sheet(Protocol):
    """What is needed of a worksheet opened for reading only."""

    title: str

    def reset_dimensions(self) -> None: ...

    def iter_rows(self) -> Iterable[Sequence[Cell]]: ...


class _TooLargeError(Exception):
    """More rows or columns than any bank has."""


def looks_like_workbook(content: bytes) -> bool:
    """Tell whether these bytes are a spreadsheet program's file (or an encrypted or old one)."""
    return content.startswith((_ZIP, _OLE))


def read_workbook(
    content: bytes, file: str, header_score: Callable[[tuple[Row, ...]], int]
) -> tuple[Table | None, list[Problem], list[Problem]]:
    """Return the first sheet in which `header_score` sees a header (else the first with text), problems and warnings."""
    refused = _refusal(content)
    if refused:
        return None, [file_problem(file, refused)], []
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            return _best_sheet(cast("list[_Sheet]", book.worksheets), file, header_score)
        finally:
            book.close()
    except _TooLargeError:
        return None, [file_problem(file, "bank_file_too_large", {"rows": MOST_ROWS})], []
    except Exception:  # noqa: BLE001 - the library fails in every way a broken file can make it fail
        return None, [file_problem(file, "bank_workbook_broken")], []


def _refusal(content: bytes) -> str:
    if content.startswith(_OLE):
        return "bank_file_encrypted" if _ENCRYPTED in content else "bank_file_old_format"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except Exception:  # noqa: BLE001 - zipfile has many ways to fail on broken bytes, none of them documented
        return "bank_workbook_broken"
    if any(member.flag_bits & 1 for member in members):
        return "bank_file_encrypted"
    # zipfile never yields more than the declared size, so the sum is a true bound.
    if sum(member.file_size for member in members) > _LARGEST_UNPACKED:
        return "bank_file_unpacks_too_large"
    is_workbook = any(member.filename.startswith("xl/") for member in members)
    return "" if is_workbook else "bank_file_not_table"


def _best_sheet(
    sheets: Iterable[_Sheet], file: str, header_score: Callable[[tuple[Row, ...]], int]
) -> tuple[Table | None, list[Problem], list[Problem]]:
    fallback: Table | None = None
    chosen: Table | None = None
    others: list[str] = []
    for sheet in sheets:
        table = _table(sheet, file)
        if not any(table.filled()):
            continue
        if header_score(table.rows[:25]) <= 0:
            fallback = fallback or table
        elif chosen is None:
            chosen = table
        else:
            others.append(table.sheet)
    if chosen is None:
        return fallback, [] if fallback else [file_problem(file, "bank_file_empty")], []
    left = {"sheet": chosen.sheet, "others": ", ".join(others)}
    return chosen, [], [file_problem(file, "bank_sheets_left", left)] if others else []


def _table(sheet: _Sheet, file: str) -> Table:
    sheet.reset_dimensions()
    rows: list[Row] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS:
            raise _TooLargeError
        texts: list[str] = []
        for index, cell in enumerate(cells):
            text, code = cell_text(cell)
            texts.append(text[:LONGEST_CELL])
            if code:
                place = Place(file, sheet.title, number, column_letter(index))
                notes = problems if code == "bank_cell_error" else warnings
                notes.append(Problem(code, place, {"text": text}))
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MOST_COLUMNS:
            raise _TooLargeError
        rows.append(Row(number, tuple(texts)))
    while rows and rows[-1].is_blank:
        rows.pop()
    return Table(sheet.title, tuple(rows), tuple(warnings), tuple(problems))
