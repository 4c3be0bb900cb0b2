"""A spreadsheet cell as the text its author saw."""

from __future__ import annotations

import datetime as dt
import re
from typing import Protocol

from openpyxl.utils.escape import unescape

_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus"),
    *("September", "Oktober", "November", "Desember"),
)


class Cell(Protocol):
    """What is needed of a cell of the spreadsheet library."""

    @property
    def value(self) -> object:
        """The value: text, number, truth value, date, or None."""

    @property
    def number_format(self) -> str | None:
        """How the spreadsheet shows a number."""

    @property
    def data_type(self) -> str | None:
        """The kind of value; `e` is an error as `#REF!`."""


def cell_text(cell: Cell) -> tuple[str, str]:
    """Return the text of a cell, and the code of a problem or warning where the spreadsheet changed what was typed."""
    value = cell.value
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return str(value).upper(), ""
    if isinstance(value, int | float):
        return _number(value, cell.number_format or ""), ""
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return _moment(value), "bank_cell_is_date"
    return unescape(str(value)), "bank_cell_error" if cell.data_type == "e" else ""


def _number(value: float, number_format: str) -> str:
    """Return a number without the noise of binary fractions; a percentage with its sign."""
    if re.search(r"0(?:\.0+)?%", number_format):
        return f"{float(format(value * 100, '.12g')):.12g}%"
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return format(value, ".15g")


def _moment(value: dt.date | dt.time | dt.timedelta) -> str:
    if isinstance(value, dt.timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    date = f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    if isinstance(value, dt.datetime) and (value.hour or value.minute):
        return f"{date} {value.hour:02d}:{value.minute:02d}"
    return date
