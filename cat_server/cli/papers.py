"""`cat-server results papers`: every official paper of an exam session as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cat_server.cli.site_command import DEFAULT_SITE, JsonOption, LanguageOption, SiteOption, site_command
from cat_server.domain.refusals import Refusal
from cat_server.queries.papers import (
    AFTER_CLOSE,
    PaperKind,
    SiteIdentity,
    paper_pdf,
    paper_source,
    papers_of,
)
from cat_server.queries.site_contents import exam_session_named
from cat_server.runtime.software import software
from question_bank.messages import LANGUAGES


def papers_command(
    code: Annotated[str, typer.Argument(metavar="SESSION", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="Folder untuk dokumen / folder for papers")
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option("--language", metavar="id|en", help="Bahasa dokumen; bawaan: keduanya / default: both"),
    ] = None,
    kind: Annotated[
        list[PaperKind] | None, typer.Option("--kind", help="Hanya jenis ini / only these kinds")
    ] = None,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tulis semua dokumen resmi sebagai PDF. / Write all official papers as PDF."""
    with site_command(site, lang, as_json) as opened:
        console, settings = opened.console, opened.settings
        found = exam_session_named(opened.reader, code)
        unknown = [each for each in language or () if each not in LANGUAGES]
        if unknown:
            raise Refusal("PAPER_LANGUAGE", {"language": unknown[0]})
        identity = SiteIdentity(settings.site_code, settings.name, settings.timezone, software())
        source = paper_source(opened.reader, found.exam_session_id, identity)
        kinds = kind or [each for each in PaperKind if source.is_closed or each not in AFTER_CLOSE]
        folder = output or Path(f"papers-{found.code}")
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        with console.progress() as progress:
            task = progress.add_task(
                console.text("papers_writing"), total=len(kinds) * len(language or LANGUAGES)
            )
            for each in kinds:
                for spoken in language or LANGUAGES:
                    documents = papers_of(source, each, spoken, settings.zone)
                    target = folder / f"{found.code}-{each.value}-{spoken}.pdf"
                    target.write_bytes(paper_pdf(documents))
                    written.append(
                        {
                            "file": str(target),
                            "kind": each.value,
                            "language": spoken,
                            "papers": len(documents),
                            "hash": documents[0].hash if len(documents) == 1 else None,
                        }
                    )
                    progress.advance(task)
        console.say("papers_written", count=len(written), folder=folder)
        if not source.is_official:
            console.say("papers_written_unofficial")
        if not source.is_closed and not kind:
            console.say("papers_written_early")
        if source.is_official:
            opened.next_step(f"cat-server results export {found.code}")
        else:
            opened.next_step(f"cat-server results show {found.code}")
        console.finish(
            {
                "exam_session": found.code,
                "folder": str(folder),
                "is_official": source.is_official,
                "papers": written,
            }
        )
