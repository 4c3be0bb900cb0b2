"""Which group each participant belongs to, from a file of two columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from question_bank.formats.delimited import DELIMITERS, decode
from question_bank.problems import Place, Problem


def read_groups(path: Path, people: Sequence[str]) -> tuple[list[str], list[Problem]]:
    """Return each person's group ("" where the file names none), and every row that cannot be used.

    The first row is the heading; then a participant and a group in each.
    """
    try:
        text, _ = decode(path.read_bytes(), path.name)
    except OSError:
        text = None
    first = (text or "").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    rows = list(csv.reader(io.StringIO(text or "", newline=""), delimiter=delimiter))
    if len(rows) < 2 or any(len(cells) < 2 for cells in rows if any(cells)):
        return [], [Problem("calibrate_groups", Place(path.name))]
    known = set(people)
    groups: dict[str, str] = {}
    problems = []
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cells):
            continue
        person, group = cells[0].strip(), cells[1].strip()
        if person not in known:
            problems.append(
                Problem("calibrate_group_person", Place(path.name, row=number), {"person": person})
            )
        groups[person] = group
    return [groups.get(each, "") for each in people], problems
