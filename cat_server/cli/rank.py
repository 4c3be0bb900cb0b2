"""`cat-server results rank`: rank scores of any origin by a profile and a list of vacancies; needs no site."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cat_server.cli.results import results_app
from cat_server.cli.site_command import JsonOption, LanguageOption, command
from cat_server.domain.selection import (
    CandidateStatus,
    Outcome,
    RankedFormation,
    rank_selection,
)
from cat_server.domain.selection_checks import belonging, placed
from cat_server.runtime.formation_file import read_formations
from cat_server.runtime.roster_file import write_rows
from cat_server.runtime.score_file import read_scores
from question_bank.console import Console
from question_bank.points import points_text
from question_bank.problems import Problem
from question_bank.profile_reading import load_profile
from question_bank.scoring_profile import Profile


@results_app.command("rank")
def rank_command(
    scores: Annotated[Path, typer.Argument(metavar="SCORES", show_default=False)],
    profile: Annotated[
        str, typer.Option("--profile", metavar="NAMA|FILE", help="Profil nilai / profile", show_default=False)
    ],
    formations: Annotated[
        Path,
        typer.Option(
            "--formations", metavar="FILE", help="Daftar kebutuhan / list of vacancies", show_default=False
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Tulis juga ke .csv atau .xlsx baru / a new file"),
    ] = None,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Peringkat per formasi: ambang batas, kuota, dan urutan nilai sama; tanpa situs. / Rank by formation."""
    with command(lang, as_json) as console:
        rules, problems = load_profile(profile)
        vacancies = read_formations(formations)
        problems = [*problems, *vacancies.problems]
        warnings = list(vacancies.warnings)
        ranked: tuple[RankedFormation, ...] = ()
        if rules:
            read = read_scores(scores, rules)
            candidates = placed(read.candidates, vacancies.formations)
            apart, idle = belonging(candidates, vacancies.formations, read.rows)
            problems += [*read.problems, *(apart if not vacancies.problems else ())]
            warnings += [*read.warnings, *(idle if not problems else ())]
            ranked = rank_selection(rules, vacancies.formations, candidates)
        result = {"profile": rules.profile_id if rules else profile, "formations": []}
        if problems or not rules:
            console.report(problems, warnings)
            console.say("rank_not_ranked", problems=len(problems))
            console.finish(result, problems, warnings, reported=True)
        if output:
            problems += _write(output, ranked, rules)
        _print(console, ranked, rules)
        if output and not problems:
            console.say("rank_written", file=output)
        console.finish({**result, "formations": [_as_object(each) for each in ranked]}, problems, warnings)


def _as_object(each: RankedFormation) -> dict[str, Any]:
    return {
        "agency": each.key.agency,
        "position": each.key.position,
        "formation": each.key.formation,
        "quota": each.quota,
        "limit": each.limit,
        "ranked": [
            {
                "rank": line.rank,
                "participant_number": line.candidate.participant_number,
                "name": line.candidate.name,
                "code": line.code.value,
                "total": _total(line),
                "sections": {code: points_text(points) for code, points in line.candidate.sections.items()},
                "category": line.candidate.category,
            }
            for line in each.outcomes
        ],
    }


def _total(line: Outcome) -> str | None:
    """Return the total, None for somebody who has no score at all."""
    is_present = line.candidate.status is CandidateStatus.PRESENT
    return points_text(line.total) if is_present or line.candidate.sections else None


def _cells(line: Outcome, profile: Profile) -> tuple[str, ...]:
    points = line.candidate.sections
    return (
        "" if line.rank is None else str(line.rank),
        line.candidate.participant_number,
        line.candidate.name,
        line.candidate.category,
        *(points_text(points[each.code]) if each.code in points else "" for each in profile.sections),
        _total(line) or "",
        line.code.value,
    )


def _print(console: Console, ranked: Sequence[RankedFormation], profile: Profile) -> None:
    for each in ranked:
        name = " / ".join(filter(None, (each.key.agency, each.key.position, each.key.formation)))
        limit = "–" if each.limit is None else str(each.limit)
        console.line(name, style="bold")
        console.say("rank_formation", quota="–" if each.quota is None else each.quota, limit=limit)
        # The sections are told in one column, since headings of tables are messages.
        rows = [
            (
                cells[0] or "–",
                *cells[1:4],
                " + ".join(
                    f"{section.code} {points or '–'}"
                    for section, points in zip(profile.sections, cells[4:-2], strict=True)
                ),
                cells[-2] or "–",
                cells[-1],
            )
            for cells in (_cells(line, profile) for line in each.outcomes)
        ]
        console.table(
            (
                *("results_column_rank", "results_number", "results_name", "rank_category", "rank_sections"),
                *("results_total", "rank_code"),
            ),
            rows,
        )
        console.line()
    console.say("rank_codes")


def _write(file: Path, ranked: Sequence[RankedFormation], profile: Profile) -> list[Problem]:
    """Write the ranking as a table; never over an existing file."""
    head = (
        *("Instansi", "Jabatan", "Formasi", "Kebutuhan", "Batas", "Peringkat", "Nomor Peserta", "Nama"),
        *("Kategori", *(each.code for each in profile.sections), "Total", "Kode"),
    )
    rows = [
        (
            *(_inert(text) for text in (each.key.agency, each.key.position, each.key.formation)),
            "" if each.quota is None else str(each.quota),
            "" if each.limit is None else str(each.limit),
            *(_inert(cell) for cell in _cells(line, profile)),
        )
        for each in ranked
        for line in each.outcomes
    ]
    try:
        write_rows(file, (head, *rows))
    except FileExistsError:
        return [Problem("bank_template_exists", params={"file": str(file)})]
    except OSError:
        return [Problem("bank_template_unwritable", params={"file": str(file)})]
    return []


def _inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    is_formula = text[:1] in ("=", "+", "@", "\t") or (
        text[:1] == "-" and not text[1:2].isdigit() and text != "-"
    )
    return f"'{text}" if is_formula else text
