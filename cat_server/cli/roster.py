"""`cat-server roster`: import the participants of an event, write a template."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cat_server.actions.import_roster import import_roster
from cat_server.cli.site_command import (
    DEFAULT_SITE,
    JsonOption,
    LanguageOption,
    SiteCommand,
    SiteOption,
    command,
    site_command,
)
from cat_server.cli.template_file import write_template
from cat_server.domain.roster_fit import fit_warnings
from cat_server.queries.site_contents import exam_event_named
from cat_server.runtime.photo_files import PhotoFiles
from cat_server.runtime.roster_file import ReadRoster, read_roster, write_roster_template
from cat_server.runtime.roster_photos import KeptPhotos, find_photos, keep_photos, usual_photo_folder
from question_bank.cli import FileArgument, KeepGoodOption
from question_bank.problems import Problem
from question_bank.profile_reading import load_profile

roster_app = typer.Typer(no_args_is_help=True, help="Daftar peserta: impor, templat. / Participants.")


PhotosOption = Annotated[
    Path | None,
    typer.Option(
        "--photos",
        metavar="DIR",
        show_default=False,
        help="Folder foto; tanpa ini photos atau foto di samping berkas / folder of photos",
    ),
]
ProfileOption = Annotated[
    str,
    typer.Option(
        "--profile", metavar="NAMA|FILE", help="Periksa kategori dan akomodasi / check against a profile"
    ),
]


@roster_app.command("import")
def import_command(
    file: FileArgument,
    event: Annotated[str, typer.Option("--event", help="Kode kegiatan / event code", show_default=False)],
    photos: PhotosOption = None,
    profile: ProfileOption = "",
    keep_good: KeepGoodOption = False,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Impor peserta dari CSV atau XLSX: semua atau tidak sama sekali. / Import participants."""
    with site_command(site, lang, as_json) as opened:
        console = opened.console
        wanted = exam_event_named(opened.reader, event)
        last_year = opened.clock.now().at_ms // 31_556_952_000 + 1970
        read = read_roster(file, last_year)
        unfit = _fit_warnings(opened, read, profile, file.name)
        _describe(opened, read)
        found = find_photos(read.photos, photos or usual_photo_folder(file))
        photo_files = PhotoFiles(opened.settings.photos_folder)
        with console.progress() as progress:
            task = progress.add_task(console.text("roster_photos_keeping"), total=len(found.files))
            kept = keep_photos(photo_files, found.files, lambda: progress.advance(task))
        problems = [*read.problems, *found.problems, *kept.problems]
        warnings = [*read.warnings, *unfit, *found.warnings]
        added: frozenset[str] = frozenset()
        known: tuple[Problem, ...] = ()
        if read.people and (not problems or keep_good):
            added, known = import_roster(
                opened.lane,
                wanted.exam_event_id,
                read.people,
                dict(read.rows or {}),
                file.name,
                photos=kept.hashes,
                keep_good=keep_good,
            )
        with_photo = _forget_unused(photo_files, kept, added)
        problems += known
        console.report(problems, warnings)
        if added:
            console.say("roster_imported", count=len(added), event=wanted.code)
            if with_photo:
                console.say("roster_photos_kept", count=with_photo)
            opened.next_step(
                f"cat-server exam-session create CODE --event {wanted.code} --room ROOM --profile PROFILE --bank BANK"
            )
        else:
            console.say("roster_not_imported", problems=len(problems))
        columns = [list(each) for each in read.headings]
        result = {"participants": len(added), "photos": with_photo, "columns": columns}
        console.finish(result, problems, warnings, failed=not added, reported=True)


@roster_app.command("template")
def template_command(file: FileArgument, lang: LanguageOption = "", as_json: JsonOption = False) -> None:
    """Tulis templat daftar peserta (.csv atau .xlsx). / Write a template."""
    with command(lang, as_json) as console:
        write_template(console, file, write_roster_template, f"cat-server roster import {file} --event CODE")


def _fit_warnings(opened: SiteCommand, read: ReadRoster, profile: str, file: str) -> list[Problem]:
    if not profile:
        return []
    rules, problems = load_profile(profile)
    if rules is None:
        opened.console.finish({"participants": 0}, problems)
    return fit_warnings(rules, read.people, lambda person, field: read.place(person, field, file))


def _forget_unused(files: PhotoFiles, kept: KeptPhotos, added: frozenset[str]) -> int:
    """Remove photos of people who were not imported; return how many photos were."""
    given = {photo_hash for number, photo_hash in kept.hashes.items() if number in added}
    for photo_hash in kept.new - given:
        files.forget(photo_hash)
    return len(given)


def _describe(opened: SiteCommand, read: ReadRoster) -> None:
    console = opened.console
    if read.headings:
        console.table(
            ("bank_heading_column", "bank_heading_field"),
            [
                (
                    heading,
                    console.text(f"roster_field_{field}") if field else console.text("bank_field_ignored"),
                )
                for heading, field in read.headings
                if heading
            ],
        )
        console.line()
