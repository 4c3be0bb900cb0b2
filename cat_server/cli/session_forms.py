"""`cat-server exam-session forms`: what binds the forms of a session, the public draw, publication, and the proof."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from cat_server.actions.add_lots import add_lots
from cat_server.actions.mix_public_draw import mix_public_draw
from cat_server.actions.reveal_seed import reveal_seed
from cat_server.cli.site_command import (
    DEFAULT_SITE,
    JsonOption,
    LanguageOption,
    SiteCommand,
    SiteOption,
    site_command,
)
from cat_server.domain.exam_session import OVER
from cat_server.domain.refusals import Refusal
from cat_server.queries.form_drawings import StoredDrawing, drawing_of, recorded_drawings
from cat_server.queries.site_contents import exam_session_named, stored_profile
from cat_server.results.forms_proof import drawing_problems
from cat_server.results.forms_publication import COMMITMENT, commitment_file, publication
from cat_server.results.redrawing import commitment
from question_bank.assembly.assemble import CannotAssemble, times
from question_bank.assembly.merkle import forms_root
from question_bank.console import Console
from question_bank.fairness_report.files import REPORT, refuse_other_kind, write_report
from question_bank.fairness_report.report_type import report_hash
from question_bank.problems import Problem

forms_app = typer.Typer(
    no_args_is_help=True, help="Naskah sesi: segel, undian, terbitkan, buktikan. / A session's forms."
)

MOST_ADDED = 500
"""Forms that one command may add."""
WITHIN = 1000
"""The tolerance, in its thousandths."""

CodeArgument = Annotated[str, typer.Argument(metavar="CODE", show_default=False)]


@forms_app.command("show")
def show_command(
    code: CodeArgument,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tampilkan segel naskah untuk dibacakan dan dicatat. / Show what binds the forms."""
    with site_command(site, lang, as_json) as opened:
        drawing = _drawing(opened, code)
        _tell(opened, drawing)
        opened.console.finish(_as_object(drawing))


@forms_app.command("mix")
def mix_command(
    code: CodeArgument,
    draw: Annotated[
        str,
        typer.Option(
            "--draw", metavar="TEKS", help="Hasil undian di depan saksi / the public draw", show_default=False
        ),
    ],
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Campurkan hasil undian terbuka; naskah dibuat ulang, sekali saja. / Mix a public draw in, once."""
    with site_command(site, lang, as_json) as opened:
        drawing = _drawing(opened, code)
        console = opened.console
        try:
            with console.progress() as progress:
                progress.add_task(console.text("exam_session_drawing"), total=None)
                profile = stored_profile(opened.reader, drawing.profile_hash)
                mixed = mix_public_draw(opened.lane, opened.bank_files, drawing, profile, draw)
        except CannotAssemble as refused:
            console.finish(problems=refused.problems)
        console.say("forms_mixed", draw=mixed.public_draw)
        _tell(opened, mixed)
        console.finish(_as_object(mixed))


@forms_app.command("add")
def add_command(
    code: CodeArgument,
    count: Annotated[
        int, typer.Option("--count", min=1, max=MOST_ADDED, help="Banyaknya naskah / how many forms")
    ] = 1,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tambah naskah cadangan lewat undi; naskah lain tetap. / Add spare forms by lots; no other changes."""
    with site_command(site, lang, as_json) as opened:
        drawing = _drawing(opened, code)
        console = opened.console
        try:
            with console.progress() as progress:
                progress.add_task(console.text("forms_adding", forms=count), total=None)
                profile = stored_profile(opened.reader, drawing.profile_hash)
                added = add_lots(opened.lane, opened.bank_files, drawing, profile, count)
        except CannotAssemble as refused:
            console.finish(problems=refused.problems)
        console.say("forms_added", session=drawing.code, forms=len(added), first=min(added), last=max(added))
        worst = max(each.excess for each in added.values())
        wide = [Problem("forms_added_wide", params={"times": times(worst)})] if worst > WITHIN else []
        now = _drawing(opened, code)
        _tell(opened, now)
        lots = [
            {"form_no": number, "hash": each.form.hash, "excess": each.excess, "draws": dict(each.draws)}
            for number, each in added.items()
        ]
        console.finish({**_as_object(now), "added": lots}, warnings=wide)


@forms_app.command("publish")
def publish_command(
    code: CodeArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", show_default=False)],
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="Sertakan kunci untuk urutan pilihan / with the key sheet")
    ] = False,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tulis berkas untuk umum: sebelum ujian segelnya, sesudahnya semuanya. / Write the files for the public."""
    with site_command(site, lang, as_json) as opened:
        drawing = _drawing(opened, code)
        console = opened.console
        if output.exists():
            console.finish(problems=[Problem("forms_output_exists", params={"folder": str(output)})])
        is_over = drawing.state in OVER
        if with_keys and not is_over:
            raise Refusal("SEED_STILL_SEALED", {"code": drawing.code})
        if is_over:
            sealed = reveal_seed(opened.lane, opened.keyring, drawing)
            bank = opened.bank_files.bank(drawing.bank_id)
            keys = opened.bank_files.keys(drawing.bank_id) if with_keys else None
            files = dict(publication(drawing, sealed, bank, keys))
        else:
            files = {COMMITMENT: commitment_file(drawing)}
        _publish(console, output, files)
        console.say("forms_published_all" if is_over else "forms_published_seal", folder=output)
        console.say(
            "forms_verify_hint" if is_over else "forms_publish_later", folder=output, session=drawing.code
        )
        console.finish({**_as_object(drawing), "folder": str(output), "files": sorted(files)})


@forms_app.command("report")
def report_command(
    code: CodeArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="OUT.html|OUT.pdf", show_default=False)],
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tulis laporan kesetaraan naskah sesi ini. / Write the fairness report of this session's forms."""
    with site_command(site, lang, as_json) as opened:
        drawing = _drawing(opened, code)
        console = opened.console
        refuse_other_kind(console, REPORT, output, "--output")
        if output.exists():
            console.finish(problems=[Problem("fair_file_exists", params={"file": str(output)})])
        write_report(console, REPORT, output, drawing.report)
        console.finish({**_as_object(drawing), "file": str(output)})


@forms_app.command("verify")
def verify_command(
    code: CodeArgument,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Buat ulang semua naskah dari masukannya dan bandingkan. / Draw all forms again and compare."""
    with site_command(site, lang, as_json) as opened:
        drawing = _drawing(opened, code)
        console = opened.console
        with console.progress() as progress:
            progress.add_task(console.text("forms_verifying", forms=len(drawing.forms)), total=None)
            problems = drawing_problems(
                opened.bank_files,
                drawing,
                stored_profile(opened.reader, drawing.profile_hash),
                opened.keyring.seed(drawing.form_set_id),
                recorded_drawings(opened.reader, drawing.exam_session_id),
            )
        if not problems:
            console.say("forms_verified", forms=len(drawing.forms), session=drawing.code)
        console.finish({"verified": not problems, **_as_object(drawing)}, problems)


def _publish(console: Console, output: Path, files: Mapping[str, bytes]) -> None:
    """Write all files or none: aside first, then in one step under the folder's name."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".forms-", dir=output.parent) as aside:
            folder = Path(aside) / output.name
            folder.mkdir()
            for name, content in files.items():
                (folder / name).write_bytes(content)
            folder.rename(output)
    except OSError as error:
        reason = error.strerror or str(error)
        console.finish(
            problems=[Problem("forms_output_unwritable", params={"folder": str(output), "reason": reason})]
        )


def _drawing(opened: SiteCommand, code: str) -> StoredDrawing:
    summary = exam_session_named(opened.reader, code)
    drawing = drawing_of(opened.reader, summary.exam_session_id)
    if drawing is None:
        raise Refusal("FORMS_INPUTS_MISSING", {"code": summary.code})
    return drawing


def _tell(opened: SiteCommand, drawing: StoredDrawing) -> None:
    console = opened.console
    console.say("forms_commitment", session=drawing.code, commitment=commitment(drawing))
    console.say("forms_root", root=forms_root([each.hash for each in drawing.forms]))


def _as_object(drawing: StoredDrawing) -> dict[str, object]:
    return {
        "exam_session": drawing.code,
        "engine": drawing.engine,
        "forms": len(drawing.forms),
        "commitment": commitment(drawing),
        "forms_root": forms_root([each.hash for each in drawing.forms]),
        "public_draw": drawing.public_draw,
        "report_hash": report_hash(drawing.report),
    }
