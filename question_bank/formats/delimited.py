"""CSV in the ways people save it: three delimiters, four encodings, line breaks inside cells."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable

from question_bank.formats.table import MOST_COLUMNS, MOST_ROWS, Row, Table, file_problem
from question_bank.problems import Problem

DELIMITERS = (";", ",", "\t")
_SAMPLE_ROWS = 25


def read_delimited(
    content: bytes, file: str, header_score: Callable[[tuple[Row, ...]], int]
) -> tuple[Table | None, list[Problem], list[Problem]]:
    """Return the table of a CSV file, its problems and warnings.

    The delimiter is the one under which `header_score` likes the first rows best; equal scores go to the delimiter
    that yields the most columns.
    """
    text, warnings = decode(content, file)
    if text is None or "\0" in text:
        return None, [file_problem(file, "bank_file_not_table")], []
    text, hinted = without_hint(text)
    delimiter = hinted or _delimiter(text, header_score)
    skipped = 1 if hinted else 0
    rows: list[Row] = []
    # Not strict: a stray quote becomes part of its cell and shows up there, instead of ending the whole reading.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=1 + skipped):
            if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
                return None, [file_problem(file, "bank_file_too_large", {"rows": MOST_ROWS})], []
            rows.append(Row(number, tuple(cells)))
    except csv.Error:
        return None, [file_problem(file, "bank_csv_broken", {"row": len(rows) + 1 + skipped})], []
    open_quote = _open_quote(text, delimiter)
    problems = [file_problem(file, "bank_quote_open", {"row": open_quote + skipped})] if open_quote else []
    return Table("", tuple(rows)), problems, warnings


def decode(content: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """Return the text of a file and a warning where its encoding had to be guessed; None where it is no text."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _decoded(content, encoding), []
    for encoding in _encodings(content):
        text = _decoded(content, encoding)
        if text is not None:
            guessed = [file_problem(file, "bank_encoding_guessed", {"encoding": "Windows-1252"})]
            return text, guessed if encoding == "cp1252" else []
    return None, []


def _encodings(content: bytes) -> tuple[str, ...]:
    """UTF-16 without a mark shows in its zero bytes: ASCII letters have one each, always on the same side."""
    head = content[:4096]
    if head[1::2].count(0) * 4 > len(head):
        return ("utf-16-le",)
    if head[0::2].count(0) * 4 > len(head):
        return ("utf-16-be",)
    return ("utf-8", "cp1252")


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def without_hint(text: str) -> tuple[str, str]:
    """Take off the line `sep=;` that some programs write for a spreadsheet, and return its delimiter."""
    first, _, rest = text.partition("\n")
    name, _, delimiter = first.rstrip("\r").strip('"').partition("=")
    if name.lower() == "sep" and len(delimiter) == 1 and delimiter not in '"\r\n':
        return rest, delimiter
    return text, ""


def _delimiter(text: str, header_score: Callable[[tuple[Row, ...]], int]) -> str:
    best, best_score = DELIMITERS[0], (-1, 0)
    for delimiter in DELIMITERS:
        rows = _sample(text, delimiter)
        score = (header_score(rows), max((len(row.cells) for row in rows[:3]), default=0))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _sample(text: str, delimiter: str) -> tuple[Row, ...]:
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=1):
            if number > _SAMPLE_ROWS:
                break
            rows.append(Row(number, tuple(cells)))
    except csv.Error:
        pass
    return tuple(rows)


def _open_quote(text: str, delimiter: str) -> int:
    """Return the row whose quotation mark is never closed, 0 if there is none."""
    row = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for _ in reader:
            row += 1
    except csv.Error as error:
        return row + 1 if "unexpected end of data" in str(error) else 0
    return 0
