"""`cat-server bank calibrate`: a bank's next statistics, from a file of responses or from signed result packages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cat_server.cli.site_command import command
from cat_server.results.package_responses import read_package_responses
from cat_server.results.trusted_keys import read_trusted_keys
from question_bank.calibration.calibrate import Model, calibrate
from question_bank.calibration.groups import read_groups
from question_bank.calibration.reading import read_responses
from question_bank.calibration.responses import Responses, joined
from question_bank.calibration_report import calibration_as_object, describe_calibration
from question_bank.cli import FileArgument, MapOption, MediaOption, parse_column_map
from question_bank.cli_options import JsonOption, LanguageOption, console_for
from question_bank.console import Console
from question_bank.fairness_cli import StatisticsOption
from question_bank.fairness_report.after_session import AfterSource, after_content
from question_bank.fairness_report.files import AFTER_REPORT, refuse_other_kind, write_report
from question_bank.problems import Problem
from question_bank.profile_reading import load_profile
from question_bank.reading import ReadBank, read_bank
from question_bank.statistics_file import known_statistics, next_version, write_statistics

ResponsesOption = Annotated[
    list[Path] | None,
    typer.Option("--responses", metavar="FILE.csv", help="Jawaban: satu baris tiap orang / a row per person"),
]
PackageOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--package", metavar="PAKET", help="Paket hasil yang ditandatangani / a signed result package"
    ),
]
TrustedOption = Annotated[
    Path | None,
    typer.Option("--trusted", metavar="KEYS", help="Kunci yang dipercaya, untuk --package / trusted keys"),
]


def calibrate_command(
    file: FileArgument,
    responses: ResponsesOption = None,
    package: PackageOption = None,
    trusted: TrustedOption = None,
    model: Annotated[Model, typer.Option("--model")] = Model.AUTO,
    profile: Annotated[str, typer.Option("--profile", metavar="NAMA|FILE")] = "",
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="OUT.html|OUT.pdf", help="Laporan sesudah ujian / the report after"),
    ] = None,
    groups: Annotated[
        Path | None,
        typer.Option("--groups", metavar="FILE.csv", help="Peserta dan kelompoknya / their groups"),
    ] = None,
    statistics: StatisticsOption = None,
    media: MediaOption = None,
    mapped: MapOption = None,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Hitung statistik butir dari jawaban peserta. / Estimate the items' statistics from responses."""
    bank_console = console_for(lang, as_json=as_json)
    _refuse_wrong_usage(bank_console, (responses, package, trusted), report, profile)
    rules, problems = load_profile(profile) if profile else (None, [])
    read = read_bank(file, column_map=parse_column_map(bank_console, mapped or []), media=media)
    previous, _, more = known_statistics(read, file, statistics)
    problems = [*read.problems, *problems, *more]
    if problems:
        bank_console.finish(problems=problems)
    parts = _from_files(bank_console, responses or [], read)
    if package and trusted:
        parts += _from_packages(package, trusted, read, lang, as_json=as_json)
    everybody = joined(parts)
    named, problems = read_groups(groups, everybody.people) if groups else ([], [])
    if problems:
        bank_console.finish(problems=problems)
    with bank_console.progress() as progress:
        progress.add_task(bank_console.text("calibrate_working", people=len(everybody.people)), total=None)
        made = calibrate(read.bank, read.keys, everybody, previous, model)
    written = next_version(file)
    try:
        write_statistics(written, made.statistics)
    except OSError:
        bank_console.finish(problems=[Problem("fair_file_unwritable", params={"file": str(written)})])
    if report is not None and rules is not None:
        source = AfterSource(read.bank, read.keys, rules, previous, everybody, named)
        write_report(bank_console, AFTER_REPORT, report, after_content(source, made))
    describe_calibration(bank_console, made, len(everybody.people), written)
    bank_console.finish(calibration_as_object(made, len(everybody.people), written))


def _refuse_wrong_usage(
    console: Console,
    sources: tuple[list[Path] | None, list[Path] | None, Path | None],
    report: Path | None,
    profile: str,
) -> None:
    responses, package, trusted = sources
    if not responses and not package:
        raise typer.BadParameter(console.text("calibrate_no_source"), param_hint="--responses")
    if package and trusted is None:
        raise typer.BadParameter(console.text("calibrate_no_trusted"), param_hint="--trusted")
    if report is not None:
        refuse_other_kind(console, AFTER_REPORT, report, "--report")
    if report is not None and not profile:
        raise typer.BadParameter(console.text("calibrate_report_profile"), param_hint="--profile")


def _from_files(console: Console, responses: list[Path], read: ReadBank) -> list[Responses]:
    """Return the responses of every file; what is wrong with any of them is told at once."""
    parts: list[Responses] = []
    problems: list[Problem] = []
    with console.progress() as progress:
        progress.add_task(console.text("calibrate_reading"), total=None)
        for path in responses:
            found, wrong = read_responses(path, read.bank, read.keys)
            parts += [found] if found else []
            problems += wrong
    if problems:
        console.finish(problems=problems)
    return parts


def _from_packages(
    packages: list[Path], trusted: Path, read: ReadBank, lang: str, *, as_json: bool
) -> list[Responses]:
    """Return the responses of every package; each is verified before it counts."""
    with command(lang, as_json) as console:
        keys, problems = read_trusted_keys(trusted)
        parts: list[Responses] = []
        for path, known in [(each, keys) for each in packages if keys]:
            found, wrong = read_package_responses(path, known, read.bank, read.keys)
            parts += [found] if found else []
            problems += wrong
        if problems:
            console.finish(problems=problems)
    return parts
