"""CSV and XLSX files of items: from bytes to drafts, with the column map that was used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from question_bank.formats.column_map import ColumnMap, find_header, map_columns
from question_bank.formats.delimited import read_delimited
from question_bank.formats.item_rows import ASSUMED_SECTION, Draft, RowReader
from question_bank.formats.table import Row, Table, file_problem
from question_bank.formats.workbook import looks_like_workbook, read_workbook
from question_bank.media import MediaFolder
from question_bank.problems import Place, Problem

_HEADER_WITHIN = 25


@dataclass(frozen=True, slots=True)
class Drafts:
    """What a spreadsheet says: good rows, rows that were refused, and how its headings were understood."""

    good: tuple[Draft, ...] = ()
    refused: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    columns: ColumnMap | None = None
    sheet: str = ""
    media: Mapping[str, bytes] = field(default_factory=dict)


def read_spreadsheet(
    content: bytes, file: str, pictures: MediaFolder, overrides: Mapping[str, str] | None = None
) -> Drafts:
    """Return the drafts of a CSV or XLSX file.

    `file` is its name for messages, `pictures` where its picture files are, `overrides` maps headings to fields.
    """

    def header_score(rows: Sequence[Row]) -> int:
        return find_header(rows, overrides)[1]

    reader = read_workbook if looks_like_workbook(content) else read_delimited
    table, problems, warnings = reader(content, file, header_score)
    if table is None:
        return Drafts(problems=tuple(problems), warnings=tuple(warnings))
    found = _read_table(table, file, pictures, overrides or {})
    return Drafts(
        found.good,
        found.refused,
        (*problems, *table.problems, *found.problems),
        (*warnings, *table.warnings, *found.warnings),
        found.columns,
        table.sheet,
        found.media,
    )


def _read_table(table: Table, file: str, pictures: MediaFolder, overrides: Mapping[str, str]) -> Drafts:
    filled = tuple(table.filled())
    if not filled:
        return Drafts(problems=(file_problem(file, "bank_file_empty"),))
    index, score = find_header(filled[:_HEADER_WITHIN], overrides)
    if score <= 0:
        first = filled[0]
        shown = ", ".join(cell.strip()[:40] for cell in first.cells if cell.strip())[:300]
        place = Place(file, table.sheet, first.number)
        return Drafts(problems=(Problem("bank_no_header", place, {"headings": shown}),))
    header = filled[index]
    columns = map_columns(header.cells, overrides)
    place = Place(file, table.sheet, header.number)
    problems = _header_problems(columns, place)
    warnings = [
        Problem("bank_column_twice", place, {"heading": heading.strip(), "field": field})
        for heading, field in columns.twice
    ]
    if "section" not in columns.columns:
        warnings.append(Problem("bank_section_assumed", place, {"section": ASSUMED_SECTION}))
    rows = [row for row in filled[index + 1 :] if row.cells != header.cells]
    if not rows:
        problems.append(Problem("bank_no_items", place))
    if problems:
        return Drafts((), tuple(rows), tuple(problems), tuple(warnings), columns)
    return _read_rows(rows, RowReader(file, table.sheet, columns, pictures, problems, warnings))


def _header_problems(columns: ColumnMap, place: Place) -> list[Problem]:
    headings = ", ".join(heading for heading, _ in columns.headings if heading)[:500]
    problems = [
        Problem("bank_map_heading_unknown", place, {"heading": each, "headings": headings})
        for each in columns.unknown_headings
    ]
    problems += [Problem("bank_map_field_unknown", place, {"field": each}) for each in columns.unknown_fields]
    if "stem" not in columns.columns:
        problems.append(Problem("bank_no_stem_column", place, {"headings": headings}))
    if len(columns.options) < 2:
        problems.append(Problem("bank_no_option_columns", place, {"headings": headings}))
    if "key" not in columns.columns and not columns.points:
        problems.append(Problem("bank_no_key_column", place, {"headings": headings}))
    return problems


def _read_rows(rows: Sequence[Row], reader: RowReader) -> Drafts:
    good: list[Draft] = []
    refused: list[Row] = []
    for row in rows:
        before = len(reader.problems)
        draft = reader.read(row)
        if draft is not None:
            good.append(draft)
        elif len(reader.problems) > before:
            refused.append(row)
    if not good and not refused:
        place = Place(reader.file, reader.sheet)
        reader.problems.append(Problem("bank_no_items", place))
    return Drafts(
        tuple(good),
        tuple(refused),
        tuple(reader.problems),
        tuple(reader.warnings),
        reader.columns,
        reader.sheet,
        reader.media,
    )
