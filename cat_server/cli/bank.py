"""`cat-server bank import` and `bank list`, beside the commands of `question_bank` that need no site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cat_server.actions.import_bank import import_bank
from cat_server.actions.take_statistics import take_statistics
from cat_server.cli.calibrate import calibrate_command
from cat_server.cli.site_command import (
    DEFAULT_SITE,
    JsonOption,
    LanguageOption,
    SiteCommand,
    SiteOption,
    site_command,
)
from cat_server.domain.refusals import Refusal
from cat_server.queries.site_contents import bank_named, banks
from question_bank.bank_commands import bank_app
from question_bank.bank_report import describe_bank, rejected_rows
from question_bank.checking import check_bank
from question_bank.cli import (
    FileArgument,
    KeepGoodOption,
    MapOption,
    MediaOption,
    ProfileOption,
    bank_as_object,
    parse_column_map,
)
from question_bank.fairness_cli import StatisticsOption, say_source
from question_bank.items import Bank
from question_bank.profile_reading import load_profile
from question_bank.reading import read_bank
from question_bank.statistics_file import completed, known_statistics, read_statistics

bank_app.command("calibrate")(calibrate_command)


@bank_app.command("import")
def import_command(
    file: FileArgument,
    profile: ProfileOption = "",
    mapped: MapOption = None,
    keep_good: KeepGoodOption = False,
    media: MediaOption = None,
    statistics: StatisticsOption = None,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Impor bank soal ke situs: semua atau tidak sama sekali. / Import a bank, all or nothing."""
    with site_command(site, lang, as_json) as opened:
        console = opened.console
        column_map = parse_column_map(console, mapped or [])
        rules, wrong_profile = load_profile(profile) if profile else (None, [])
        others = _other_banks(opened)
        read = read_bank(file, column_map=column_map, media=media)
        known, source, unknown = known_statistics(read, file, statistics)
        warnings = list(read.warnings)
        unfit = unknown
        if read.bank.items:
            more_unfit, more = check_bank(read.bank, read.keys, known, rules, others=others, file=str(file))
            unfit, warnings = [*unfit, *more_unfit], [*warnings, *more]
        problems = [*read.problems, *wrong_profile, *unfit]
        describe_bank(console, read)
        say_source(console, source)
        console.report(problems, warnings)
        is_usable = not problems or (keep_good and not wrong_profile and not unfit)
        result = bank_as_object(read) | {"imported": False}
        if not is_usable or not read.bank.items:
            console.say("bank_not_imported", problems=len(problems))
            console.finish(result, problems, warnings, failed=True, reported=True)
        stored = import_bank(opened.lane, opened.bank_files, read.bank, read.keys, known)
        if read.rejected:
            console.say(
                "bank_verdict_kept", items=stored.items, left=len(read.rejected), rows=rejected_rows(read)
            )
        console.say("bank_imported", bank=stored.title, items=stored.items, hash=stored.bank_hash)
        opened.next_step("cat-server event create CODE --name NAME")
        result |= {"imported": True, "bank": stored.title, "bank_hash": stored.bank_hash}
        result |= {"statistics": str(source) if source else "", "stats_hash": stored.stats_hash}
        console.finish(result, problems, warnings, failed=False, reported=True)


@bank_app.command("statistics")
def statistics_command(
    bank: Annotated[str, typer.Argument(metavar="BANK", show_default=False)],
    file: Annotated[Path, typer.Argument(metavar="BANK.stats-N.csv", show_default=False)],
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Pakai statistik butir yang lebih baru untuk bank di situs. / Use newer item statistics for a bank."""
    with site_command(site, lang, as_json) as opened:
        console = opened.console
        stored = bank_named(opened.reader, bank)
        labelled = opened.bank_files.statistics(stored.bank_id, stored.stats_hash)
        found, problems = read_statistics(file, opened.bank_files.bank(stored.bank_id))
        if problems:
            console.finish(problems=problems)
        taken = take_statistics(opened.lane, opened.bank_files, stored, completed(labelled, found))
        console.say("bank_statistics_taken", bank=stored.title, items=len(found.items), file=file, hash=taken)
        console.finish({"bank": stored.title, "statistics": str(file), "stats_hash": taken})


@bank_app.command("list")
def list_command(
    site: SiteOption = DEFAULT_SITE, lang: LanguageOption = "", as_json: JsonOption = False
) -> None:
    """Daftar bank soal di situs. / List the site's banks."""
    with site_command(site, lang, as_json) as opened:
        found = banks(opened.reader)
        opened.console.table(
            ("cli_code", "cli_items", "cli_hash"),
            [(each.title, str(each.items), each.bank_hash[:16]) for each in found],
        )
        if not found:
            opened.next_step("cat-server bank import FILE.csv")
        opened.console.finish(
            {
                "banks": [
                    {"bank": each.title, "items": each.items, "bank_hash": each.bank_hash} for each in found
                ]
            }
        )


def _other_banks(opened: SiteCommand) -> tuple[Bank, ...]:
    """Open every bank of the site, so that an item that is in one of them already is found."""
    found: list[Bank] = []
    for each in banks(opened.reader):
        try:
            found.append(opened.bank_files.bank(each.bank_id))
        except Refusal as refusal:
            raise Refusal("BANK_UNREADABLE", {"bank": each.title}) from refusal
    return tuple(found)
