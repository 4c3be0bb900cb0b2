"""Scores out of a CSV or XLSX file, one column per section: candidates to be ranked, and all that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cat_server.domain.roster import number_problem, text_problem
from cat_server.domain.selection import Candidate, CandidateStatus, FormationKey, is_judged
from cat_server.runtime.formation_file import KEY_HEADINGS
from cat_server.runtime.list_files import ListFile, plain_heading, read_list
from cat_server.runtime.roster_file import HEADINGS
from question_bank.blueprint import MICROPOINTS, Graded, Section
from question_bank.formats.table import Row
from question_bank.points import points_text
from question_bank.problems import Place, Problem
from question_bank.profile_fields import micro
from question_bank.scoring_profile import Profile

_STATUS_HEADINGS = ("status", "kehadiran", "keterangan", "ket", "status kehadiran", "presensi", "attendance")
_STATUS_WORDS: dict[CandidateStatus, tuple[str, ...]] = {
    CandidateStatus.PRESENT: ("present", "hadir", "h", "ada"),
    CandidateStatus.ABSENT: ("absent", "tidak hadir", "th", "alpa", "gugur", "forfeited", "tidak"),
    CandidateStatus.DISQUALIFIED: ("disqualified", "diskualifikasi", "didiskualifikasi", "dis"),
    CandidateStatus.WITHDRAWN: ("withdrawn", "mengundurkan diri", "mundur", "aps"),
}
_SECTION = "section "
"""Before a section's code, so that no code can be taken for another field."""


@dataclass(frozen=True, slots=True)
class ReadScores:
    """The good rows of a file as candidates, and the row of each by participant number in lower case."""

    candidates: tuple[Candidate, ...] = ()
    rows: Mapping[str, Place] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def read_scores(path: Path, profile: Profile) -> ReadScores:
    """Return the candidates in a file; every section of the profile needs its column."""
    names = {
        **{name: HEADINGS[name] for name in ("participant_number", "name", "category")},
        **KEY_HEADINGS,
        "status": _STATUS_HEADINGS,
        **{_SECTION + each.code: _section_names(each) for each in profile.sections},
    }
    found, problems, warnings = read_list(path, names, ("participant_number",))
    if found is None:
        return ReadScores(problems=tuple(problems), warnings=tuple(warnings))
    missing = [each.code for each in profile.sections if _SECTION + each.code not in found.columns]
    if missing:
        shown = ", ".join(text for text, _ in found.headings if text)[:300]
        place = Place(found.file, found.sheet)
        problems += [
            Problem("scores_no_section", place, {"section": code, "headings": shown}) for code in missing
        ]
        return ReadScores(problems=tuple(problems), warnings=tuple(warnings))
    candidates: list[Candidate] = []
    rows: dict[str, Place] = {}
    for row in found.rows:
        candidate, wrong = _candidate(found, row, profile)
        number = candidate.participant_number.casefold()
        place = Place(found.file, found.sheet, row.number, found.heading("position"))
        first = rows.setdefault(number, place).row or 0
        if number and first != row.number:
            params: dict[str, str | int] = {"number": candidate.participant_number, "row": first}
            wrong.append(found.problem("roster_number_twice", row, "participant_number", params))
        problems += wrong
        if not wrong:
            candidates.append(candidate)
    if not found.rows:
        problems.append(Problem("roster_no_people", params={"file": path.name}))
    return ReadScores(tuple(candidates), rows, tuple(problems), tuple(warnings))


def _candidate(found: ListFile, row: Row, profile: Profile) -> tuple[Candidate, list[Problem]]:
    texts = {name: found.text(row, name) for name in ("name", "category", *KEY_HEADINGS)}
    number = found.text(row, "participant_number").lstrip("'")
    codes = {
        "participant_number": number_problem(number),
        **{name: text_problem(text) for name, text in texts.items()},
    }
    wrong = [
        found.problem(code, row, name, {"text": found.text(row, name)[:60]})
        for name, code in codes.items()
        if code
    ]
    sections: dict[str, int] = {}
    blank: list[str] = []
    for section in profile.sections:
        text = found.text(row, _SECTION + section.code)
        if text in ("", "-", "–"):
            blank.append(section.code)
            continue
        points, problem = _points(found, row, section, text)
        sections[section.code] = points
        wrong += [problem] if problem else []
    status, problem = _status(found, row, has_points=bool(sections))
    wrong += [problem] if problem else []
    if status is CandidateStatus.PRESENT:
        wrong += [found.problem("scores_missing", row, _SECTION + code, {"section": code}) for code in blank]
        if not is_judged(profile, texts["category"]):
            known = ", ".join(profile.categories)
            params: dict[str, str | int] = {"category": texts["category"][:60] or "-", "known": known}
            wrong.append(found.problem("roster_category_unjudged", row, "category", params))
    key = FormationKey(texts["agency"], texts["position"], texts["formation"])
    return Candidate(number, texts["name"], key, texts["category"], status, sections), wrong


def _points(found: ListFile, row: Row, section: Section, text: str) -> tuple[int, Problem | None]:
    """Return a score in micropoints; decimals only where the section's rule gives some."""
    column = _SECTION + section.code
    params: dict[str, str | int] = {"text": text[:40], "section": section.code}
    points = micro(text.replace(",", "."))
    if points is None:
        return 0, found.problem("scores_not_points", row, column, params)
    least, has_decimals = _least(section)
    if points % MICROPOINTS and not has_decimals:
        return 0, found.problem("scores_decimals", row, column, params)
    if not least <= points <= section.maximum:
        params |= {"least": points_text(least), "most": points_text(section.maximum)}
        return 0, found.problem("scores_out_of_range", row, column, params)
    return points, None


def _least(section: Section) -> tuple[int, bool]:
    """Return the lowest possible score of a section, and whether its scores can have decimals."""
    rule = section.rule
    if isinstance(rule, Graded):
        points = (rule.minimum, rule.maximum, rule.blank)
    else:
        points = (rule.correct, rule.wrong, rule.blank)
    return section.items * min(points), any(each % MICROPOINTS for each in points)


def _status(found: ListFile, row: Row, *, has_points: bool) -> tuple[CandidateStatus, Problem | None]:
    """Return the status; where none is written, whoever has points was present."""
    text = plain_heading(found.text(row, "status"))
    for status, words in _STATUS_WORDS.items():
        if text in words:
            return status, None
    if not text and has_points:
        return CandidateStatus.PRESENT, None
    code = "scores_status_unknown" if text else "scores_status_missing"
    return CandidateStatus.ABSENT, found.problem(
        code, row, "status", {"text": found.text(row, "status")[:40]}
    )


def _section_names(section: Section) -> tuple[str, ...]:
    code = plain_heading(section.code)
    return code, f"nilai {code}", f"skor {code}", f"score {code}", plain_heading(section.title)
