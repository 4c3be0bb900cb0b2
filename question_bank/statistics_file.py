"""Statistics of a bank's items as a file beside the bank: `bank.csv` has `bank.stats-1.csv`, then `bank.stats-2.csv`.

A calibration writes the next version and never changes an older one. Numbers are decimals with a point; what is not
known is left empty.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

from question_bank.items import Bank, IrtParameters, ItemStatistics, Statistics
from question_bank.problems import Place, Problem
from question_bank.reading import ReadBank

COLUMNS = (
    *("item_id", "label", "responses", "p", "group_means", "a", "b", "c", "steps", "a_error", "b_error"),
    "seconds",
)
_LABELS = ("", "easy", "medium", "hard")
_DECIMAL = re.compile(r"-?\d{1,6}(?:\.\d{1,9})?")
_MICRO = 1_000_000


def versions(bank_file: Path) -> list[Path]:
    """Return the statistics files beside a bank, oldest first."""
    pattern = re.compile(re.escape(bank_file.stem) + r"\.stats-(\d+)\.csv")
    found = [
        (int(match[1]), path)
        for path in bank_file.parent.glob("*.stats-*.csv")
        if (match := pattern.fullmatch(path.name))
    ]
    return [path for _, path in sorted(found)]


def next_version(bank_file: Path) -> Path:
    """Return the name of the statistics file to write next."""
    existing = versions(bank_file)
    number = int(existing[-1].name.rsplit("-", 1)[1].removesuffix(".csv")) + 1 if existing else 1
    return bank_file.with_name(f"{bank_file.stem}.stats-{number}.csv")


def write_statistics(path: Path, statistics: Statistics) -> None:
    """Write a statistics file.

    Raises:
        FileExistsError: the file exists; a version is never overwritten.
        OSError: the file cannot be written.
    """
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for item_id, each in sorted(statistics.items.items()):
            writer.writerow(_cells(item_id, each))


def known_statistics(
    read: ReadBank, bank_file: Path, wanted: Path | None
) -> tuple[Statistics, Path | None, list[Problem]]:
    """Return what is known of the items: the labels of the bank, completed by the newest file beside it.

    `wanted` is a file to take instead of the newest. The file that was taken comes back too, None where there is none.
    """
    existing = versions(bank_file)
    source = wanted or (existing[-1] if existing else None)
    if source is None:
        return read.statistics, None, []
    found, problems = read_statistics(source, read.bank, {each.item_id for each in read.rejected})
    return completed(read.statistics, found), source, problems


def completed(labelled: Statistics, found: Statistics) -> Statistics:
    """Return the statistics that were found, with the labels of the bank where they have none of their own."""
    items = {item_id: ItemStatistics(each.label) for item_id, each in labelled.items.items() if each.label}
    for item_id, each in found.items.items():
        items[item_id] = (
            each if each.label or item_id not in items else replace(each, label=items[item_id].label)
        )
    return Statistics(labelled.bank_id, items)


def read_statistics(
    path: Path, bank: Bank, left_out: Collection[str] = ()
) -> tuple[Statistics, list[Problem]]:
    """Return the statistics of a file, and a problem for every cell that is wrong.

    `left_out` are items that were left out of the bank on purpose; their rows are passed over.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return Statistics(bank.bank_id), [Problem("fair_statistics_unreadable", Place(file=path.name))]
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or not {"item_id", "responses"} <= set(rows[0]):
        return Statistics(bank.bank_id), [Problem("fair_statistics_unreadable", Place(file=path.name))]
    known = {each.item_id for each in bank.items}
    items: dict[str, ItemStatistics] = {}
    problems: list[Problem] = []
    for number, cells in enumerate(rows[1:], start=2):
        reader = _Row(path.name, number, dict(zip(rows[0], cells, strict=False)))
        item_id = reader.text("item_id")
        if item_id not in known and item_id in left_out:
            continue
        if item_id not in known or item_id in items:
            code = "fair_item_twice" if item_id in items else "fair_item_unknown"
            problems.append(Problem(code, Place(path.name, row=number, column="item_id", item=item_id)))
            continue
        items[item_id] = reader.statistics()
        problems += reader.problems
    return Statistics(bank.bank_id, items), problems


class _Row:
    def __init__(self, file: str, number: int, cells: Mapping[str, str]) -> None:
        self._file = file
        self._number = number
        self._cells = cells
        self.problems: list[Problem] = []

    def text(self, column: str) -> str:
        return self._cells.get(column, "").strip()

    def statistics(self) -> ItemStatistics:
        label = self.text("label")
        if label not in _LABELS:
            self._wrong("label")
        p_micro = self._micro("p", lambda value: 0 <= value <= _MICRO)
        return ItemStatistics(
            label if label in _LABELS else "",
            p_micro,
            self._whole("responses"),
            self._irt(),
            self._several("group_means"),
            self._whole("seconds"),
        )

    def _irt(self) -> IrtParameters | None:
        a, b = self._micro("a", lambda value: value > 0), self._micro("b")
        if a is None or b is None:
            if self.text("a") or self.text("b"):
                self._wrong("a" if a is None else "b")
            return None
        return IrtParameters(
            a,
            b,
            self._micro("c", lambda value: 0 <= value < _MICRO) or 0,
            self._several("steps"),
            self._micro("a_error", lambda value: value >= 0) or 0,
            self._micro("b_error", lambda value: value >= 0) or 0,
        )

    def _micro(self, column: str, fits: Callable[[int], bool] = lambda _: True) -> int | None:
        text = self.text(column)
        if not text:
            return None
        value = _micro(text)
        if value is None or not fits(value):
            self._wrong(column)
            return None
        return value

    def _several(self, column: str) -> tuple[int, ...]:
        values = [_micro(each) for each in self.text(column).split()]
        if any(each is None for each in values):
            self._wrong(column)
            return ()
        return tuple(each for each in values if each is not None)

    def _whole(self, column: str) -> int:
        text = self.text(column)
        if text and not (text.isascii() and text.isdecimal() and len(text) < 10):
            self._wrong(column)
            return 0
        return int(text or 0)

    def _wrong(self, column: str) -> None:
        place = Place(self._file, row=self._number, column=column, item=self.text("item_id"))
        problem = Problem("fair_statistics_value", place, {"value": self.text(column)[:40]})
        if problem not in self.problems:
            self.problems.append(problem)


def _micro(text: str) -> int | None:
    if not _DECIMAL.fullmatch(text):
        return None
    whole, _, digits = text.lstrip("-").partition(".")
    value = int(whole) * _MICRO + int(digits.ljust(6, "0")[:6])
    return -value if text.startswith("-") else value


def _cells(item_id: str, known: ItemStatistics) -> tuple[str, ...]:
    irt = known.irt
    return (
        item_id,
        known.label,
        str(known.responses),
        "" if known.p_micro is None else _decimal(known.p_micro),
        " ".join(map(_decimal, known.group_means_micro)),
        *(("", "", "", "", "", "") if irt is None else _irt_cells(irt)),
        str(known.seconds or ""),
    )


def _irt_cells(irt: IrtParameters) -> tuple[str, ...]:
    return (
        _decimal(irt.a_micro),
        _decimal(irt.b_micro),
        _decimal(irt.c_micro) if irt.c_micro else "",
        " ".join(map(_decimal, irt.steps_micro)),
        _decimal(irt.a_error_micro) if irt.a_error_micro else "",
        _decimal(irt.b_error_micro) if irt.b_error_micro else "",
    )


def _decimal(micro: int) -> str:
    sign, value = ("-", -micro) if micro < 0 else ("", micro)
    return f"{sign}{value // _MICRO}.{value % _MICRO:06d}".rstrip("0").rstrip(".")
