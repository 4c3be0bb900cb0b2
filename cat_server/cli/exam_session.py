"""`cat-server exam-session`: create, copy, postpone, list, show."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cat_server.actions.create_exam_session import ExamSessionPlan, create_exam_session
from cat_server.actions.postpone_exam_session import postpone_exam_session
from cat_server.cli.session_forms import forms_app
from cat_server.cli.site_command import (
    DEFAULT_SITE,
    JsonOption,
    LanguageOption,
    SiteCommand,
    SiteOption,
    site_command,
)
from cat_server.domain.ids import OPERATOR
from cat_server.domain.refusals import Refusal
from cat_server.queries.form_drawings import item_usage
from cat_server.queries.site_contents import (
    ExamSessionSummary,
    bank_named,
    banks,
    exam_event_named,
    exam_events,
    exam_session_named,
    exam_sessions,
    room_named,
    stored_profile,
)
from question_bank.assembly.assemble import CannotAssemble
from question_bank.problems import Problem
from question_bank.profile_reading import load_profile

exam_session_app = typer.Typer(no_args_is_help=True, help="Sesi ujian: buat, salin, lihat. / Exam sessions.")
exam_session_app.add_typer(forms_app, name="forms")

CodeArgument = Annotated[str, typer.Argument(metavar="CODE", show_default=False)]
StartOption = Annotated[
    str,
    typer.Option("--start", metavar='"2026-11-23 08:00"', help="Rencana mulai, waktu situs / planned start"),
]
TitleOption = Annotated[str, typer.Option("--title", help="Judul sesi / title")]
ParticipantsOption = Annotated[
    Path | None,
    typer.Option(
        "--participants", metavar="FILE", help="Berkas berisi nomor peserta, satu per baris / numbers"
    ),
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, help="Paling banyak sekian peserta / at most so many")
]


@exam_session_app.command("create")
def create_command(
    code: CodeArgument,
    event: Annotated[str, typer.Option("--event", show_default=False)],
    room: Annotated[
        list[str], typer.Option("--room", help="boleh berulang / repeatable", show_default=False)
    ],
    profile: Annotated[str, typer.Option("--profile", show_default=False)],
    bank: Annotated[str, typer.Option("--bank", show_default=False)],
    start: StartOption = "",
    title: TitleOption = "",
    participants: ParticipantsOption = None,
    limit: LimitOption = None,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Buat sesi: naskah untuk setiap kursi, peserta yang belum punya sesi. / Create an exam session."""
    with site_command(site, lang, as_json) as opened:
        rules, problems = load_profile(profile)
        if rules is None or problems:
            opened.console.finish(problems=problems, failed=True)
        reader = opened.reader
        plan = ExamSessionPlan(
            code=code,
            title=title or code,
            event=exam_event_named(reader, event),
            rooms=tuple(room_named(reader, each) for each in dict.fromkeys(room)),
            profile=rules,
            bank=bank_named(reader, bank),
            planned_start_at_ms=_start_ms(opened, start),
            numbers=_numbers(participants),
            limit=limit,
        )
        _create(opened, plan)


@exam_session_app.command("copy")
def copy_command(
    old: Annotated[str, typer.Argument(metavar="OLD", show_default=False)],
    new: Annotated[str, typer.Argument(metavar="NEW", show_default=False)],
    start: StartOption = "",
    title: TitleOption = "",
    participants: ParticipantsOption = None,
    limit: LimitOption = None,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Buat sesi seperti yang lama untuk peserta berikutnya; naskahnya baru. / Same settings, next people, new forms."""
    with site_command(site, lang, as_json) as opened:
        reader = opened.reader
        model = exam_session_named(reader, old)
        plan = ExamSessionPlan(
            code=new,
            title=title or new,
            event=next(each for each in exam_events(reader) if each.exam_event_id == model.exam_event_id),
            rooms=tuple(room_named(reader, each) for each in model.rooms),
            profile=stored_profile(reader, model.profile_hash),
            bank=next(each for each in banks(reader) if each.bank_id == model.bank_id),
            planned_start_at_ms=_start_ms(opened, start),
            numbers=_numbers(participants),
            limit=limit,
        )
        _create(opened, plan)


@exam_session_app.command("postpone")
def postpone_command(
    code: CodeArgument,
    start: Annotated[
        str,
        typer.Option(
            "--start",
            metavar='"2026-11-23 09:00"',
            help="Rencana mulai yang baru / new start",
            show_default=False,
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Alasan / reason", show_default=False)],
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Ubah rencana mulai sebelum sesi dimulai. / Plan another start for a session that has not begun."""
    with site_command(site, lang, as_json) as opened:
        console, before = opened.console, exam_session_named(opened.reader, code)
        start_ms = _start_ms(opened, start)
        if start_ms is None:
            raise Refusal("START_MALFORMED", {"start": start})
        moved = asyncio.run(
            postpone_exam_session(opened.lane, before.exam_session_id, start_ms, reason, OPERATOR)
        )
        now = exam_session_named(opened.reader, code)
        console.say("exam_session_postponed", session=now.code, start=_shown_start(opened, now))
        if moved.reinstated:
            console.say("exam_session_reinstated", count=moved.reinstated)
        opened.next_step("cat-server serve")
        console.finish({**_as_object(opened, now), "reinstated": moved.reinstated})


@exam_session_app.command("list")
def list_command(
    site: SiteOption = DEFAULT_SITE, lang: LanguageOption = "", as_json: JsonOption = False
) -> None:
    """Daftar sesi. / List exam sessions."""
    with site_command(site, lang, as_json) as opened:
        found = exam_sessions(opened.reader)
        opened.console.table(
            ("cli_code", "cli_title", "cli_state", "cli_start", "cli_rooms", "cli_participants"),
            [
                (
                    each.code,
                    each.title,
                    opened.console.text(f"state_{each.state}"),
                    _shown_start(opened, each),
                    ", ".join(each.rooms),
                    str(each.attempts),
                )
                for each in found
            ],
        )
        if not found:
            opened.next_step(
                "cat-server exam-session create CODE --event EVENT --room ROOM --profile PROFILE --bank BANK"
            )
        opened.console.finish({"exam_sessions": [_as_object(opened, each) for each in found]})


@exam_session_app.command("show")
def show_command(
    code: CodeArgument,
    site: SiteOption = DEFAULT_SITE,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tampilkan satu sesi. / Show one exam session."""
    with site_command(site, lang, as_json) as opened:
        facts = _as_object(opened, exam_session_named(opened.reader, code))
        opened.console.table(("cli_what", "cli_value"), [(name, str(value)) for name, value in facts.items()])
        opened.console.finish(facts)


def _create(opened: SiteCommand, plan: ExamSessionPlan) -> None:
    console = opened.console
    try:
        with console.progress() as progress:
            progress.add_task(console.text("exam_session_drawing"), total=None)
            usage = item_usage(opened.reader, plan.bank.bank_id)
            made = create_exam_session(opened.lane, opened.bank_files, plan, opened.settings.zone, usage)
    except CannotAssemble as refused:
        named = [
            Problem(each.code, each.place, {**each.params, "file": "FILE.csv"}) for each in refused.problems
        ]
        console.finish(problems=named)
    console.say("exam_session_created", session=made.code, attempts=made.attempts, forms=made.forms)
    console.say("forms_commitment", session=made.code, commitment=made.commitment)
    if made.left_over:
        console.say("exam_session_left_over", count=made.left_over)
        opened.next_step(f"cat-server exam-session copy {made.code} NEW")
    opened.next_step("cat-server serve")
    numbers = ", ".join(made.without_right)
    warnings = (
        [Problem("exam_session_without_right", params={"count": len(made.without_right), "numbers": numbers})]
        if numbers
        else []
    )
    result = {name: value for name, value in asdict(made).items() if name != "exam_session_id"}
    console.finish(result, warnings=warnings)


def _start_ms(opened: SiteCommand, text: str) -> int | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refusal("START_MALFORMED", {"start": text[:40]}) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=opened.settings.zone)
    return int(moment.timestamp() * 1000)


def _numbers(file: Path | None) -> tuple[str, ...] | None:
    if file is None:
        return None
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Refusal("NUMBERS_UNREADABLE", {"file": str(file)}) from None
    return tuple(dict.fromkeys(each.strip() for each in lines if each.strip()))


def _shown_start(opened: SiteCommand, summary: ExamSessionSummary) -> str:
    if summary.planned_start_at_ms is None:
        return "-"
    moment = datetime.fromtimestamp(summary.planned_start_at_ms / 1000, opened.settings.zone)
    return moment.strftime("%Y-%m-%d %H:%M")


def _as_object(opened: SiteCommand, summary: ExamSessionSummary) -> dict[str, object]:
    return {
        "code": summary.code,
        "title": summary.title,
        "number": summary.cumulative_number,
        "day_ordinal": summary.day_ordinal,
        "state": summary.state,
        "start": _shown_start(opened, summary),
        "rooms": list(summary.rooms),
        "participants": summary.attempts,
        "profile_hash": summary.profile_hash,
    }
