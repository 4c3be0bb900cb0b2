"""Rooms out of a CSV or XLSX file: a number of seats, or rows by columns, and how many of them are spares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cat_server.runtime.list_files import ListFile, read_list
from cat_server.runtime.roster_file import write_rows
from question_bank.formats.table import Row
from question_bank.problems import Problem

MOST_SEATS = 2000
COLUMNS_ASSUMED = 8
_HEADINGS: dict[str, tuple[str, ...]] = {
    "code": ("kode", "kode ruang", "kode ruangan", "code", "room code", "ruang", "room"),
    "name": ("nama", "nama ruang", "nama ruangan", "name", "room name"),
    "seats": ("kursi", "jumlah kursi", "jumlah pc", "jumlah komputer", "seats", "kapasitas", "capacity"),
    "rows": ("baris", "jumlah baris", "rows"),
    "columns": ("kolom", "jumlah kolom", "columns"),
    "spare": ("cadangan", "kursi cadangan", "pc cadangan", "spare", "spares"),
}
_TEMPLATE = (
    ("Kode", "Nama", "Kursi", "Baris", "Kolom", "Cadangan"),
    ("A", "Ruang A", "", "6", "8", "2"),
    ("B", "Ruang B", "30", "", "", "1"),
)


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """A room to be made: `seats` seats in `columns` columns; the last `spare` of them are spares."""

    code: str
    name: str
    seats: int
    columns: int
    spare: int


def read_rooms(path: Path) -> tuple[tuple[RoomPlan, ...], list[Problem], list[Problem]]:
    """Return the rooms in a file, with problems and warnings."""
    found, problems, warnings = read_list(path, _HEADINGS, ("code",))
    if found is None:
        return (), problems, warnings
    plans: list[RoomPlan] = []
    first_rows: dict[str, int] = {}
    for row in found.rows:
        plan, wrong = _plan(found, row)
        first = first_rows.setdefault(plan.code.casefold(), row.number)
        if plan.code and first != row.number:
            wrong.append(found.problem("room_code_twice", row, "code", {"code": plan.code, "row": first}))
        problems += wrong
        if not wrong:
            plans.append(plan)
    if not found.rows:
        problems.append(Problem("room_no_rooms", params={"file": path.name}))
    return tuple(plans), problems, warnings


def write_room_template(path: Path) -> None:
    """Write an example list of rooms as CSV or XLSX.

    Raises:
        FileExistsError: the file exists.
    """
    write_rows(path, _TEMPLATE)


def _plan(found: ListFile, row: Row) -> tuple[RoomPlan, list[Problem]]:
    problems: list[Problem] = []
    numbers: dict[str, int] = {}
    for field in ("seats", "rows", "columns", "spare"):
        text = found.text(row, field)
        if text and not re.fullmatch(r"\d{1,4}", text, re.ASCII):
            problems.append(found.problem("room_not_a_number", row, field, {"text": text[:40]}))
        numbers[field] = int(text) if re.fullmatch(r"\d{1,4}", text, re.ASCII) else 0
    code = found.text(row, "code")
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,16}", code):
        problems.append(found.problem("room_code_malformed", row, "code", {"code": code[:40]}))
    grid = numbers["rows"] * numbers["columns"]
    seats = numbers["seats"] or grid
    field = "seats" if "seats" in found.columns else "rows"
    if not problems and not 1 <= seats <= MOST_SEATS:
        problems.append(found.problem("room_seats", row, field, {"seats": seats, "most": MOST_SEATS}))
    elif grid and seats > grid:
        problems.append(found.problem("room_grid", row, field, {"seats": seats, "grid": grid}))
    elif not problems and numbers["spare"] >= seats:
        problems.append(
            found.problem("room_spare", row, "spare", {"spare": numbers["spare"], "seats": seats})
        )
    columns = numbers["columns"] or COLUMNS_ASSUMED
    return RoomPlan(code, found.text(row, "name") or code, seats, columns, numbers["spare"]), problems
