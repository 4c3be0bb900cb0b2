"""Vacancies out of a CSV or XLSX file: which position of which agency has how many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cat_server.domain.roster import text_problem
from cat_server.domain.selection import Formation, FormationKey
from cat_server.runtime.list_files import read_list
from cat_server.runtime.roster_file import HEADINGS, write_rows
from question_bank.problems import Problem

MOST_VACANCIES = 1_000_000
KEY_HEADINGS: dict[str, tuple[str, ...]] = {
    "agency": HEADINGS["agency"],
    "position": HEADINGS["position"],
    "formation": HEADINGS["formation"],
}
_HEADINGS = {
    **KEY_HEADINGS,
    "formation": (
        *KEY_HEADINGS["formation"],
        *("jenis formasi", "jenis kebutuhan", "formation code", "formation category"),
    ),
    "quota": (
        *("kebutuhan", "jumlah kebutuhan", "kuota", "jumlah formasi", "quota", "alokasi", "jumlah lowongan"),
        *("jumlah", "vacancies", "openings", "lowongan"),
    ),
}
_TEMPLATE = (
    ("Instansi", "Jabatan", "Formasi", "Kebutuhan"),
    ("Pemerintah Kota Contoh", "Analis Kebijakan Ahli Pertama", "Sekretariat Daerah", "2"),
    ("Pemerintah Kota Contoh", "Pranata Komputer Terampil", "Dinas Kominfo", "1"),
)


@dataclass(frozen=True, slots=True)
class ReadFormations:
    """The good rows of a file, with all problems, and how headings were understood. `rows` is by folded key."""

    formations: tuple[Formation, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    headings: tuple[tuple[str, str], ...] = ()
    rows: Mapping[FormationKey, int] = field(default_factory=dict)


def read_formations(path: Path) -> ReadFormations:
    """Return the vacancies in a file; agency and formation may be empty, and then stand for every one."""
    found, problems, warnings = read_list(path, _HEADINGS, ("position", "quota"))
    if found is None:
        return ReadFormations(problems=tuple(problems), warnings=tuple(warnings))
    formations: list[Formation] = []
    rows: dict[FormationKey, int] = {}
    for row in found.rows:
        texts = {name: found.text(row, name) for name in KEY_HEADINGS}
        quota = found.text(row, "quota")
        wrong = [
            found.problem(code, row, name, {"text": texts[name][:60]})
            for name in KEY_HEADINGS
            if (code := text_problem(texts[name]))
        ]
        if not texts["position"]:
            wrong.append(found.problem("formation_no_position", row, "position"))
        is_number = re.fullmatch(r"\d{1,7}", quota, re.ASCII) is not None
        if not is_number or int(quota) > MOST_VACANCIES:
            wrong.append(
                found.problem("formation_quota_malformed", row, "quota", {"text": quota[:40] or "-"})
            )
        key = FormationKey(texts["agency"], texts["position"], texts["formation"])
        first = rows.setdefault(key.folded, row.number)
        if texts["position"] and first != row.number:
            wrong.append(found.problem("formation_twice", row, "position", {"row": first}))
        problems += wrong
        if not wrong:
            formations.append(Formation(key, int(quota)))
            if int(quota) == 0:
                warnings.append(
                    found.problem("formation_quota_zero", row, "quota", {"position": key.position})
                )
    if not found.rows:
        problems.append(Problem("formation_no_formations", params={"file": path.name}))
    return ReadFormations(tuple(formations), tuple(problems), tuple(warnings), found.headings, rows)


def write_formation_template(path: Path) -> None:
    """Write an example list of vacancies as CSV or XLSX.

    Raises:
        FileExistsError: the file exists.
    """
    write_rows(path, _TEMPLATE)
