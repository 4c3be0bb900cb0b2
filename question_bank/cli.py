"""`cat-server bank check` and `bank template`: they need no site and no server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from question_bank.bank_report import describe_bank, drawing_count, rejected_rows, section_counts
from question_bank.checking import check_bank
from question_bank.cli_options import JsonOption, LanguageOption, console_for, help_text
from question_bank.console import Console
from question_bank.formats.column_map import field_named
from question_bank.formats.template import SUFFIXES, write_template
from question_bank.problems import Problem
from question_bank.profile_reading import load_profile
from question_bank.reading import ReadBank, read_bank
from question_bank.scoring_profile import Profile

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help=help_text("bank_argument_file"), show_default=False)
]
MapOption = Annotated[
    list[str] | None, typer.Option("--map", metavar="JUDUL=BIDANG", help=help_text("bank_option_map"))
]
KeepGoodOption = Annotated[bool, typer.Option("--keep-good", help=help_text("bank_option_keep_good"))]
ProfileOption = Annotated[
    str, typer.Option("--profile", metavar="NAMA|FILE", help=help_text("bank_option_profile"))
]
MediaOption = Annotated[
    Path | None,
    typer.Option("--media", metavar="DIR", exists=True, file_okay=False, help=help_text("bank_option_media")),
]

bank_app = typer.Typer(name="bank", no_args_is_help=True, help=help_text("bank_command"))


@bank_app.command("check", help=help_text("bank_command_check"))
def check_command(
    file: FileArgument,
    profile: ProfileOption = "",
    mapped: MapOption = None,
    keep_good: KeepGoodOption = False,
    media: MediaOption = None,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Check a file of items and name every problem; exit 0 usable, 1 problems, 2 usage."""
    console = console_for(lang, as_json=as_json)
    column_map = parse_column_map(console, mapped or [])
    rules, problems = load_profile(profile) if profile else (None, [])
    read = read_bank(file, column_map=column_map, media=media)
    warnings = list(read.warnings)
    problems = [*read.problems, *problems]
    unfit: list[Problem] = []
    if read.bank.items:
        unfit, more = check_bank(read.bank, read.keys, read.statistics, rules, file=str(file))
        warnings += more
    describe_bank(console, read)
    console.report([*problems, *unfit], warnings)
    failed = bool(problems or unfit)
    if keep_good and rules_are_known(profile, rules) and read.bank.items and not unfit:
        failed = False
    _verdict(console, read, rules, file, (len(problems), len(unfit)), keep_good=keep_good, failed=failed)
    result = bank_as_object(read) | {"usable": not failed}
    console.finish(result, [*problems, *unfit], warnings, failed=failed, reported=True)


@bank_app.command("template", help=help_text("bank_command_template"))
def template_command(file: FileArgument, lang: LanguageOption = "", as_json: JsonOption = False) -> None:
    """Write a template for items."""
    console = console_for(lang, as_json=as_json)
    if file.suffix.lower() not in SUFFIXES:
        raise typer.BadParameter(console.text("bank_template_kind"), param_hint="FILE")
    try:
        write_template(file)
    except FileExistsError:
        console.finish(problems=[Problem("bank_template_exists", params={"file": str(file)})])
    except OSError:
        console.finish(problems=[Problem("bank_template_unwritable", params={"file": str(file)})])
    console.say("bank_template_written", file=file)
    console.finish({"file": str(file)})


def parse_column_map(console: Console, mapped: list[str]) -> dict[str, str]:
    """Return the column map of repeated `--map "Heading=field"` options.

    Raises:
        typer.BadParameter: one has no `=`, or names no field.
    """
    column_map: dict[str, str] = {}
    for each in mapped:
        heading, equals, field = each.rpartition("=")
        if not equals or not heading.strip():
            raise typer.BadParameter(console.text("bank_map_syntax"), param_hint="--map")
        if field_named(field) is None:
            raise typer.BadParameter(console.text("bank_map_field_unknown", field=field), param_hint="--map")
        column_map[heading.strip()] = field.strip()
    return column_map


def bank_as_object(read: ReadBank) -> dict[str, object]:
    """Return what `--json` says of a bank: `items` (their number), `drawings`, `media`, `sections`, `columns` and `rejected`."""
    return {
        "file": read.file,
        "bank_id": read.bank.bank_id,
        "items": len(read.bank.items),
        "drawings": drawing_count(read.bank),
        "media": len(read.bank.media),
        "sections": section_counts(read.bank),
        "columns": [{"heading": heading, "field": field} for heading, field in read.columns],
        "rejected": [{"row": each.row, "item": each.item_id} for each in read.rejected],
    }


def rules_are_known(profile: str, rules: Profile | None) -> bool:
    """Tell whether the profile that was asked for, if any, could be read."""
    return not profile or rules is not None


def _verdict(
    console: Console,
    read: ReadBank,
    rules: Profile | None,
    file: Path,
    counts: tuple[int, int],
    *,
    keep_good: bool,
    failed: bool,
) -> None:
    problems, unfit = counts
    items = len(read.bank.items)
    if not failed:
        if read.rejected:
            console.say("bank_verdict_kept", items=items, left=len(read.rejected), rows=rejected_rows(read))
        elif rules:
            console.say("bank_verdict_good_for", items=items, profile=rules.profile_id)
        else:
            console.say("bank_verdict_good", items=items)
        console.say("bank_next_import", file=file)
    elif rules and unfit and not problems:
        console.say("bank_verdict_unfit", problems=unfit, items=items, profile=rules.profile_id)
        console.say("bank_next_from_bank", file=file)
    else:
        console.say("bank_verdict_bad", problems=problems + unfit)
        if items and not keep_good and not unfit:
            console.say("bank_next_keep_good", items=items)
