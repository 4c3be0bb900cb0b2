"""The `profile` commands: list, check and show scoring profiles, and make one that fits a bank."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from question_bank.console import Console
from question_bank.fitting_profile import Wanted, fitting_profile, serves_every_item
from question_bank.messages import Catalogue, preferred_language
from question_bank.points import points_text
from question_bank.problems import Place, Problem
from question_bank.profile_reading import load_profile, shipped_profiles
from question_bank.profile_writing import write_profile
from question_bank.reading import read_bank, slug
from question_bank.scoring_profile import Accommodation, Profile, ThresholdSet

_CATALOGUE = Catalogue("question_bank")


class Language(StrEnum):
    """Languages of a command's texts."""

    id = "id"
    en = "en"


def _help(code: str) -> str:
    return _CATALOGUE.text(preferred_language(), code)


Lang = Annotated[Language | None, typer.Option("--lang", help=_help("profile_option_lang"))]
AsJson = Annotated[bool, typer.Option("--json", help=_help("profile_option_json"))]
NameOrFile = Annotated[str, typer.Argument(metavar="NAMA|FILE", help=_help("profile_argument_profile"))]
BankFile = Annotated[Path, typer.Argument(metavar="FILE", help=_help("profile_argument_bank"))]
Output = Annotated[Path | None, typer.Option("--output", "-o", help=_help("profile_option_output"))]
Minutes = Annotated[int | None, typer.Option(min=1, max=1440, help=_help("profile_option_minutes"))]
Items = Annotated[int | None, typer.Option(min=1, max=1000, help=_help("profile_option_items"))]

profile_app = typer.Typer(name="profile", help=_help("profile_command"), no_args_is_help=True)


@profile_app.command("list", help=_help("profile_command_list"))
def list_profiles(*, lang: Lang = None, as_json: AsJson = False) -> None:
    """List the profiles that come with the program."""
    console = _console(lang, as_json=as_json)
    profiles = [profile for name in shipped_profiles() if (profile := load_profile(name)[0])]
    headings = (
        "profile_heading_name",
        "profile_heading_title",
        "profile_heading_items",
        "profile_heading_minutes",
    )
    console.table(
        headings, ((each.profile_id, each.title, str(each.items), _minutes(each)) for each in profiles)
    )
    console.line()
    console.say("profile_next_show", name=profiles[0].profile_id)
    console.finish({"profiles": [_summary(each) for each in profiles]})


@profile_app.command("check", help=_help("profile_command_check"))
def check_profile(profile: NameOrFile, *, lang: Lang = None, as_json: AsJson = False) -> None:
    """Check a profile and say all that is wrong with it."""
    console = _console(lang, as_json=as_json)
    found, problems = load_profile(profile)
    if found is None:
        console.finish({"profile": None}, problems)
    console.say("profile_good", title=found.title, items=found.items, minutes=_minutes(found))
    console.line(found.decree)
    console.table(
        ("profile_heading_section", "profile_heading_items", "profile_heading_maximum"),
        ((each.code, str(each.items), points_text(each.maximum)) for each in found.sections),
    )
    if found.threshold_sets:
        console.table(
            ("profile_heading_category", "profile_heading_thresholds"),
            ((", ".join(each.categories), _thresholds(each)) for each in found.threshold_sets),
        )
    if found.accommodations:
        console.table(
            ("profile_heading_accommodation", "profile_heading_added", "profile_heading_category"),
            ((each.code, _added(each), ", ".join(each.categories) or "*") for each in found.accommodations),
        )
    console.finish({"profile": _summary(found)})


@profile_app.command("show", help=_help("profile_command_show"))
def show_profile(name: NameOrFile, *, lang: Lang = None, as_json: AsJson = False) -> None:
    """Print a profile as TOML to start from."""
    console = _console(lang, as_json=as_json)
    found, problems = load_profile(name)
    if found is None:
        console.finish({"toml": None}, problems)
    text = write_profile(found, console.language)
    if not as_json:
        sys.stdout.write(text)
    console.finish({"profile": _summary(found), "toml": text})


@profile_app.command("from-bank", help=_help("profile_command_from_bank"))
def profile_from_bank(
    file: BankFile,
    *,
    output: Output = None,
    minutes: Minutes = None,
    items: Items = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Write a profile that fits a bank file."""
    console = _console(lang, as_json=as_json)
    read = read_bank(file)
    if read.problems:
        console.say("profile_bank_problems", file=file)
        console.finish({"profile": None}, read.problems)
    wanted = Wanted(slug(file.stem), read.bank.title, console.text("profile_bank_decree"), items, minutes)
    found, problems = fitting_profile(read.bank, read.keys, wanted)
    if found is None:
        console.finish({"profile": None}, problems)
    target = output or Path(f"{found.profile_id}.toml")
    try:
        with target.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(write_profile(found, console.language))
    except FileExistsError:
        console.finish({"profile": None}, [Problem("profile_file_exists", Place(), {"path": str(target)})])
    except OSError as error:
        params = {"path": str(target), "reason": error.strerror or "?"}
        console.finish({"profile": None}, [Problem("profile_file_unwritable", Place(), params)])
    console.say("profile_written", path=target, items=found.items, minutes=_minutes(found))
    for each in found.sections:
        console.line(f"  {each.code}: {each.items}")
    console.say("profile_next_bank", file=file, path=target)
    warnings = [Problem("profile_bank_every_item")] if serves_every_item(found, read.bank) else []
    console.finish({"profile": _summary(found), "file": str(target)}, warnings=warnings)


def _console(lang: Language | None, *, as_json: bool) -> Console:
    return Console(_CATALOGUE, lang.value if lang else "", as_json=as_json)


def _minutes(profile: Profile) -> str:
    return " + ".join(f"{each.allotted_ms / 60_000:g}" for each in profile.blocks)


def _added(each: Accommodation) -> str:
    return " + ".join(f"{ms / 60_000:g}" for ms in each.add_ms)


def _thresholds(each: ThresholdSet) -> str:
    return ", ".join(f"{' + '.join(row.sums)} ≥ {points_text(row.minimum)}" for row in each.all)


def _summary(profile: Profile) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(profile.content)
    return {**content, "items": profile.items, "maximum": profile.maximum, "hash": profile.hash}
