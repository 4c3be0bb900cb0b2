"""`cat-server event formations`: the vacancies of an exam event out of a file, and a template for it."""

from __future__ import annotations

from typing import Annotated

import typer

from cat_server.actions.import_formations import import_formations
from cat_server.cli.event import event_app
from cat_server.cli.site_command import (
    DEFAULT_SITE,
    JsonOption,
    LanguageOption,
    SiteOption,
    command,
    site_command,
)
from cat_server.cli.template_file import write_template
from cat_server.queries.site_contents import exam_event_named
from cat_server.runtime.formation_file import read_formations, write_formation_template
from question_bank.cli import FileArgument


@event_app.command("formations")
def formations_command(
    file: FileArgument,
    event: Annotated[str, typer.Option("--event", help="Kode kegiatan / event code", show_default=False)],
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Impor kebutuhan per jabatan, menggantikan yang lama; semua atau tidak. / Import vacancies, all or none."""
    with site_command(site, lang, as_json) as opened:
        console = opened.console
        wanted = exam_event_named(opened.reader, event)
        read = read_formations(file)
        result = {"formations": 0, "vacancies": 0}
        if read.problems:
            console.report(read.problems, read.warnings)
            console.say("formations_not_imported", problems=len(read.problems))
            console.finish(result, read.problems, read.warnings, reported=True)
        vacancies = import_formations(opened.lane, wanted.exam_event_id, read.formations)
        count = len(read.formations)
        console.say("formations_imported", count=count, vacancies=vacancies, event=wanted.code)
        opened.next_step(f"cat-server roster import FILE.csv --event {wanted.code}")
        console.finish({"formations": count, "vacancies": vacancies}, warnings=read.warnings)


@event_app.command("formations-template")
def formations_template_command(
    file: FileArgument, lang: LanguageOption = "", as_json: JsonOption = False
) -> None:
    """Tulis templat daftar kebutuhan (.csv atau .xlsx). / Write a template of vacancies."""
    with command(lang, as_json) as console:
        write_template(
            console, file, write_formation_template, f"cat-server event formations {file} --event CODE"
        )
