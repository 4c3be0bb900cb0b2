"""Reading what people answered from a CSV file: a row for each person, a column for each item.

The first row names the items; a first column that is no item names the people. A cell is empty (or NA) where the item
was not on the person's form, `-` where it was left blank, and otherwise the option or the score. What the cells of
right-or-wrong items mean is decided once for a file: scores where there is nothing but 0 and 1; numbers of options in
the author's order where there are whole numbers from 1 alone, not all of them 1; else letters or ids of options. Graded
items take points, letters or ids in any file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from question_bank.calibration.item_responses import (
    LEFT_BLANK,
    NOT_THERE,
    CellKind,
    ItemScale,
    whole_number,
)
from question_bank.calibration.responses import NOT_GIVEN, UNKNOWN_OPTION, Responses
from question_bank.formats.delimited import DELIMITERS, decode, without_hint
from question_bank.items import Bank, KeySheet
from question_bank.problems import Place, Problem

LARGEST_FILE = 1024**3
MOST_PROBLEMS = 200
LEAST_PEOPLE = 2
LEAST_ITEMS = 2


def read_responses(path: Path, bank: Bank, keys: KeySheet) -> tuple[Responses | None, list[Problem]]:
    """Return the responses of a file, or None and every problem with it (the first 200, and how many more)."""
    scales = {each.item_id: ItemScale.of(each, keys.keys[each.item_id]) for each in bank.items}
    rows, problems = _rows(path, frozenset(scales))
    if rows is None:
        return None, problems
    top = next(number for number, cells in enumerate(rows) if any(map(str.strip, cells)))
    header = [each.strip() for each in rows[top]]
    while header and not header[-1]:
        header.pop()
    first = 0 if header[0] in scales else 1
    problems = _header_problems(Place(path.name, row=top + 1), header[first:], frozenset(scales), first)
    if problems:
        return None, problems
    reader = _Reader(path.name, [scales[each] for each in header[first:]], first)
    return reader.read(rows, top + 1)


class _Reader:
    def __init__(self, file: str, columns: Sequence[ItemScale], first: int) -> None:
        self._file = file
        self._columns = columns
        self._first = first
        self._kind = CellKind.SCORES
        self._meanings: list[dict[str, tuple[int, int] | None]] = [{} for _ in columns]
        self._problems: list[Problem] = []

    def read(self, rows: Sequence[Sequence[str]], first: int) -> tuple[Responses | None, list[Problem]]:
        """Return the responses of the people from row `first` (0 is the top) on."""
        people = [
            (number, cells)
            for number, cells in enumerate(rows[first:], first + 1)
            if any(map(str.strip, cells))
        ]
        if len(people) < LEAST_PEOPLE:
            code = "calibrate_one_person" if people else "calibrate_nobody"
            return None, [Problem(code, Place(self._file))]
        self._kind = self._kind_of([cells for _, cells in people])
        shape = (len(people), len(self._columns))
        scores = np.full(shape, NOT_GIVEN, dtype=np.int16)
        chosen = np.full(shape, UNKNOWN_OPTION, dtype=np.int8)
        names = []
        for index, (number, cells) in enumerate(people):
            names.append(cells[0].strip() if self._first else str(number - 1))
            self._row(number, cells, scores[index], chosen[index])
        if self._problems:
            return None, _first_of(self._problems, self._file)
        item_ids = tuple(each.item.item_id for each in self._columns)
        return Responses(tuple(names), item_ids, scores, chosen), []

    def _row(
        self,
        number: int,
        cells: Sequence[str],
        scores: np.ndarray[tuple[int, ...], np.dtype[np.int16]],
        chosen: np.ndarray[tuple[int, ...], np.dtype[np.int8]],
    ) -> None:
        width = self._first + len(self._columns)
        if len(cells) < width or any(map(str.strip, cells[width:])):
            code = "calibrate_row_too_short" if len(cells) < width else "calibrate_row_too_long"
            params: dict[str, str | int] = {"cells": len(cells), "columns": width}
            self._problems.append(Problem(code, Place(self._file, row=number), params))
            return
        for place, (cell, meanings) in enumerate(
            zip(cells[self._first : width], self._meanings, strict=True)
        ):
            if cell not in meanings:
                meanings[cell] = self._columns[place].read(cell.strip(), self._kind)
            found = meanings[cell]
            if found is None:
                where = Place(self._file, row=number, column=self._columns[place].item.item_id)
                self._problems.append(Problem("calibrate_cell", where, {"value": cell.strip()[:40]}))
                continue
            scores[place], chosen[place] = found

    def _kind_of(self, people: Sequence[Sequence[str]]) -> CellKind:
        """Tell what the cells of right-or-wrong items mean, by all that are filled."""
        keyed = [self._first + place for place, each in enumerate(self._columns) if not each.is_graded]
        found: set[str] = set()
        for cells in people:
            found.update(cells[place] for place in keyed if place < len(cells))
        texts = {each.strip() for each in found}
        numbers = {whole_number(each) for each in texts if each.lower() not in NOT_THERE | LEFT_BLANK}
        if numbers <= {0, 1}:
            return CellKind.SCORES
        return CellKind.OPTIONS if None in numbers or 0 in numbers else CellKind.NUMBERS


def _rows(path: Path, item_ids: frozenset[str]) -> tuple[list[list[str]] | None, list[Problem]]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            return None, [Problem("calibrate_too_large", Place(path.name), {"megabytes": LARGEST_FILE >> 20})]
        content = path.read_bytes()
    except OSError:
        return None, [Problem("calibrate_unreadable", Place(path.name))]
    text, _ = decode(content, path.name)
    if text is None or "\0" in text or not text.strip():
        return None, [Problem("calibrate_unreadable", Place(path.name))]
    text, hinted = without_hint(text)
    first = text.lstrip().split("\n", 1)[0].rstrip("\r")

    def items_under(delimiter: str) -> int:
        return sum(each.strip().strip('"') in item_ids for each in first.split(delimiter))

    delimiter = hinted or max(DELIMITERS, key=items_under)
    if not items_under(delimiter):
        return None, [Problem("calibrate_no_items", Place(path.name, row=1))]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return None, [Problem("calibrate_unreadable", Place(path.name))]
    return [[], *rows] if hinted else rows, []


def _header_problems(row: Place, header: Sequence[str], known: frozenset[str], first: int) -> list[Problem]:
    problems = []
    seen: set[str] = set()
    for number, item_id in enumerate(header, first + 1):
        place = replace(row, column=str(number), item=item_id)
        if item_id in seen:
            problems.append(Problem("calibrate_item_twice", place))
        elif item_id not in known:
            problems.append(Problem("calibrate_item_unknown", place))
        seen.add(item_id)
    if not problems and len(header) < LEAST_ITEMS:
        problems.append(Problem("calibrate_one_item", row))
    return _first_of(problems, row.file)


def _first_of(problems: list[Problem], file: str) -> list[Problem]:
    """Return the problems, or where there are very many the first and how many more there are."""
    more = len(problems) - MOST_PROBLEMS
    if more <= 0:
        return problems
    return [*problems[:MOST_PROBLEMS], Problem("calibrate_more_problems", Place(file), {"count": more})]
