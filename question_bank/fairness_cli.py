"""`cat-server bank fairness` and `bank synthesize`: draw forms of a bank and measure how equal they are."""

from __future__ import annotations

import csv
import hashlib
import resource
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from question_bank.assembly.assemble import CannotAssemble, draw_forms
from question_bank.assembly.fairness import Fairness, SectionFairness, measure
from question_bank.assembly.neighbours import SeatPlace
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.assembly.tiers import Tier
from question_bank.checking import check_bank
from question_bank.cli import FileArgument, MapOption, MediaOption, parse_column_map
from question_bank.cli_options import JsonOption, LanguageOption, console_for
from question_bank.console import Console
from question_bank.fairness_report.content import ReportSource, report_content
from question_bank.fairness_report.files import REPORT, refuse_other_kind, write_report
from question_bank.forms import FormSet
from question_bank.items import Statistics
from question_bank.problems import Place, Problem
from question_bank.profile_reading import load_profile
from question_bank.reading import read_bank
from question_bank.scoring_profile import Profile
from question_bank.statistics_file import known_statistics, write_statistics
from question_bank.synthetic_bank import MOST_ITEMS, SyntheticBank

MOST_FORMS = 10_000

ProfileOption = Annotated[str, typer.Option("--profile", metavar="NAMA|FILE", show_default=False)]
SeedOption = Annotated[str, typer.Option("--seed", metavar="TEKS", show_default=False)]
StatisticsOption = Annotated[Path | None, typer.Option("--statistics", metavar="FILE")]


def fairness_command(
    file: FileArgument,
    profile: ProfileOption,
    seed: SeedOption,
    forms: Annotated[int, typer.Option("--forms", min=1, max=MOST_FORMS, show_default=False)],
    seats: Annotated[str, typer.Option("--seats", metavar="BARISxKOLOM")] = "",
    forms_out: Annotated[Path | None, typer.Option("--forms-out", metavar="FORMS.csv")] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="OUT.html|OUT.pdf")] = None,
    statistics: StatisticsOption = None,
    media: MediaOption = None,
    mapped: MapOption = None,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Buat naskah dari bank dan ukur kesetaraannya. / Draw forms and measure how equal they are."""
    console = console_for(lang, as_json=as_json)
    places = _places(console, seats, forms)
    if report is not None:
        refuse_other_kind(console, REPORT, report, "--report")
    rules, problems = load_profile(profile)
    read = read_bank(file, column_map=parse_column_map(console, mapped or []), media=media)
    known, source, more = known_statistics(read, file, statistics)
    problems = [*read.problems, *problems, *more]
    if not problems and rules is not None:
        problems, _ = check_bank(read.bank, read.keys, known, rules, file=str(file))
    if problems or rules is None:
        console.finish(problems=problems)
    with console.progress() as progress:
        progress.add_task(console.text("fair_drawing", forms=forms), total=None)
        started = time.process_time()
        try:
            drawn = draw_forms(
                read.bank,
                read.keys,
                known,
                rules,
                seats=forms,
                spares=0,
                seed=SealedSeed(hashlib.sha256(seed.encode()).digest()),
                places=places,
            )
        except CannotAssemble as error:
            console.finish(problems=[_placed(each, file) for each in error.problems])
        cpu_s = time.process_time() - started
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found = measure(read.bank, read.keys, known, rules, drawn, places)
    if forms_out is not None:
        _write_forms(console, forms_out, drawn)
    _tell(console, found, rules, source)
    if report is not None:
        content = report_content(ReportSource(read.bank, known, rules, drawn, places, found))
        write_report(console, REPORT, report, content)
    console.finish(_as_object(found, rules, cpu_s, peak_mb, source))


def synthesize_command(
    items: Annotated[int, typer.Option("--items", min=1, max=MOST_ITEMS, show_default=False)],
    profile: ProfileOption,
    seed: SeedOption,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.csv", show_default=False)],
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Buat bank tiruan dengan statistik yang diketahui, untuk uji coba. / A synthetic bank for trials."""
    console = console_for(lang, as_json=as_json)
    rules, problems = load_profile(profile)
    beside = output.with_name(f"{output.stem}.stats-1.csv")
    if output.suffix.lower() != ".csv":
        raise typer.BadParameter(console.text("fair_output_kind"), param_hint="--output")
    problems = [
        *problems,
        *(
            Problem("fair_file_exists", params={"file": str(each)})
            for each in (output, beside)
            if each.exists()
        ),
    ]
    if problems or rules is None:
        console.finish(problems=problems)
    made = SyntheticBank(rules, items, hashlib.sha256(seed.encode()).digest())
    try:
        with output.open("x", encoding="utf-8-sig", newline="") as written:
            csv.writer(written, delimiter=";").writerows((made.headings, *made.rows))
        write_statistics(beside, Statistics(output.stem, made.statistics))
    except OSError:
        console.finish(problems=[Problem("fair_file_unwritable", params={"file": str(output)})])
    console.say("fair_synthesized", items=len(made.rows), file=output, statistics=beside)
    console.say("fair_next_fairness", file=output, profile=profile)
    console.finish({"file": str(output), "statistics": str(beside), "items": len(made.rows)})


def _places(console: Console, seats: str, forms: int) -> list[SeatPlace]:
    if not seats:
        return []
    rows, _, columns = seats.lower().partition("x")
    if not (rows.isdecimal() and columns.isdecimal() and int(rows) * int(columns) >= forms):
        raise typer.BadParameter(console.text("fair_seats_syntax", forms=forms), param_hint="--seats")
    return [SeatPlace("", number // int(columns), number % int(columns)) for number in range(forms)]


def _placed(problem: Problem, file: Path) -> Problem:
    return problem if problem.place.file else replace(problem, place=Place(file=file.name))


def _write_forms(console: Console, path: Path, drawn: FormSet) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("form", "position", "item_id"))
            for number, form in enumerate(drawn.forms, start=1):
                writer.writerows(
                    (number, position, each.item_id) for position, each in enumerate(form.items, start=1)
                )
    except OSError:
        console.finish(problems=[Problem("fair_file_unwritable", params={"file": str(path)})])


def _tell(console: Console, found: Fairness, rules: Profile, source: Path | None) -> None:
    console.say("fair_title", forms=found.forms, profile=rules.title)
    say_source(console, source)
    console.table(
        (
            *(
                "fair_head_section",
                "fair_head_tier",
                "fair_head_responses",
                "fair_head_pass",
                "fair_head_curve",
            ),
            *("fair_head_cut", "fair_head_exposure"),
        ),
        [_line(console, each) for each in found.sections],
    )
    console.line()
    for each in found.sections:
        console.line(_claim(console, each, rules))
    if found.overlap_neighbours_mean is not None:
        console.say(
            "fair_neighbours",
            mean=f"{found.overlap_neighbours_mean:.1f}",
            most=found.overlap_neighbours_max,
            all=f"{found.overlap_mean:.1f}",
        )
    console.say("fair_keys", run=found.key_longest_run)


def say_source(console: Console, source: Path | None) -> None:
    """Tell where the statistics of the items come from."""
    console.say("fair_source", file=source) if source else console.say("fair_source_bank")


def _line(console: Console, each: SectionFairness) -> tuple[str, ...]:
    curves = each.curves
    return (
        each.section,
        console.text(f"fair_tier_{each.tier.name}"),
        str(each.responses or "–"),
        "–" if curves is None or curves.pass_spread is None else f"{curves.pass_spread:.2f}",
        "–" if curves is None else f"{curves.tcc_design_difference:.3f}",
        "–" if curves is None or curves.cut_sd is None else f"{curves.cut_sd:.3f}",
        f"{each.exposure_ratio:.2f}",
    )


def _claim(console: Console, each: SectionFairness, rules: Profile) -> str:
    title = rules.section(each.section).title
    spread = None if each.curves is None else each.curves.pass_spread
    if spread is not None:
        band = None if each.curves is None else each.curves.pass_spread_band
        code = "fair_claim_pass_alone" if band is None else "fair_claim_pass"
        shown = {"spread": f"{spread:.2f}", "band": f"{band or 0:.1f}", "responses": each.responses}
        return console.text(code, section=title, **shown)
    if each.tier >= Tier.P_VALUES and each.mean_spread is not None:
        shown = {
            "spread": f"{each.mean_spread:.2f}",
            "band": f"{each.mean_spread_band or 0:.2f}",
            "responses": each.responses,
        }
        return console.text("fair_claim_mean", section=title, **shown)
    return console.text("fair_claim_none", section=title)


def _as_object(
    found: Fairness, rules: Profile, cpu_s: float, peak_mb: float, source: Path | None
) -> dict[str, object]:
    shared = {
        "overlap_neighbours_mean": _rounded(found.overlap_neighbours_mean),
        "overlap_neighbours_max": found.overlap_neighbours_max,
        "key_longest_run": found.key_longest_run,
    }
    return {
        "profile": rules.profile_id,
        "forms": found.forms,
        "statistics": str(source) if source else "",
        "sections": {each.section: _section_object(each) | shared for each in found.sections},
        "overlap_mean": _rounded(found.overlap_mean),
        "overlap_ideal": _rounded(found.overlap_ideal),
        **shared,
        "cpu_seconds": _rounded(cpu_s),
        "peak_mb": _rounded(peak_mb),
    }


def _section_object(each: SectionFairness) -> dict[str, object]:
    curves = each.curves
    return {
        "tier": int(each.tier),
        "responses": each.responses,
        "cut": each.cut,
        "cut_ability": _rounded(curves.cut_ability if curves else None),
        "tcc_max_difference": _rounded(curves.tcc_max_difference if curves else None),
        "tcc_design_difference": _rounded(curves.tcc_design_difference if curves else None),
        "cut_sd": _rounded(curves.cut_sd if curves else None),
        "pass_spread": _rounded(curves.pass_spread if curves else None),
        "pass_spread_with_uncertainty": _rounded(curves.pass_spread_band if curves else None),
        "tif_sd": _rounded(curves.tif_sd if curves else None),
        "mean_spread": _rounded(each.mean_spread),
        "mean_spread_with_uncertainty": _rounded(each.mean_spread_band),
        "exposure_ratio": _rounded(each.exposure_ratio),
        "exposure_excess": each.exposure_excess,
        "words_sd": _rounded(each.words_sd),
        "seconds_sd": _rounded(each.seconds_sd),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
