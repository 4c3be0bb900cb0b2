"""`cat-server backup`, `restore` and `drill`: the second copy of a site, and the proof that it is one."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer

from cat_server.actions.back_up_site import Step, back_up_site
from cat_server.actions.drill_backup import drill_backup
from cat_server.actions.restore_site import Rebuilt, Source, restore_site
from cat_server.cli.database_option import DatabaseOption, checked_database
from cat_server.cli.site_command import (
    DEFAULT_SITE,
    JsonOption,
    LanguageOption,
    SiteOption,
    command,
    command_line,
    site_command,
)
from cat_server.cli.site_lane import require_database
from cat_server.domain.refusals import Refusal
from cat_server.records.write_lane import NotDurableError
from cat_server.runtime.backup_folder import usual_folder
from cat_server.runtime.clock import SystemClock
from cat_server.runtime.keyring import open_keyring, write_secret
from cat_server.runtime.recovery_key import new_recovery_key
from cat_server.runtime.settings import SiteSettings
from question_bank.console import Console
from question_bank.problems import Problem

backup_app = typer.Typer(
    invoke_without_command=True, help="Cadangkan situs, terenkripsi dan diperiksa. / Back the site up."
)

RecoveryKeyOption = Annotated[
    Path | None,
    typer.Option("--recovery-key", metavar="FILE", help="Berkas kunci pemulihan / the recovery key's file"),
]


@backup_app.callback()
def backup_command(
    context: typer.Context,
    site: SiteOption = DEFAULT_SITE,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="Folder tujuan / where it is put")
    ] = None,
    gently: Annotated[
        bool, typer.Option("--gently", help="Beri jalan kepada server / give way to the server")
    ] = False,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Buat satu cadangan sekarang; server boleh sedang berjalan. / Make one backup now."""
    if context.invoked_subcommand is not None:
        return
    if gently:
        os.nice(19)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what is half made is removed on the way out
    with site_command(site, lang, as_json) as opened:
        settings, console = opened.settings, opened.console
        require_database(settings)
        folder = to or usual_folder(settings)
        if settings.journal_folder:
            with suppress(NotDurableError):
                opened.lane.run_now(lambda _: None)  # a journal begins before the backup that it builds on
        with steps(console) as step:
            made = back_up_site(settings, opened.keyring, folder, opened.clock, step)
        size, seconds = f"{made.size / 1e6:.1f}", f"{made.took_ms / 1000:.1f}"
        console.say("backup_made", file=made.path, size=size, seconds=seconds)
        console.say("backup_keep_key" if made.has_recovery_key else "backup_no_key")
        if not made.has_recovery_key:
            opened.next_step("cat-server backup key --out FILE")
        else:
            opened.next_step("cat-server drill")
        console.finish(
            {
                "file": str(made.path),
                "bytes": made.size,
                "took_ms": made.took_ms,
                "removed": made.removed,
                "has_recovery_key": made.has_recovery_key,
                "events": sum(number for number, _ in made.heads.values()),
            }
        )


@backup_app.command("key")
def key_command(
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Berkas di media lain / a file on another medium")
    ],
    site: SiteOption = DEFAULT_SITE,
    replace: Annotated[
        bool, typer.Option("--replace", help="Ganti kunci yang ada / replace the present one")
    ] = False,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Buat kunci pemulihan: pembuka cadangan di komputer lain. / Make the key that opens backups elsewhere."""
    with site_command(site, lang, as_json) as opened:
        open_keyring(
            opened.settings.keys_folder
        )  # a site without its keys is refused before anything is written
        if out.exists():
            raise Refusal("FILE_EXISTS", {"file": str(out)})
        write_secret(out, b"")
        try:
            text = new_recovery_key(opened.settings.keys_folder, replaces=replace)
        except Refusal:
            out.unlink()
            raise
        out.write_text(text + "\n", encoding="ascii")
        opened.console.say("backup_key_made", file=out)
        opened.console.line(text, style="bold")
        opened.console.say("backup_key_keep")
        opened.next_step("cat-server backup")
        opened.console.finish({"file": str(out)})


def restore_command(
    context: typer.Context,
    source: Annotated[
        list[Path],
        typer.Option("--from", metavar="DIR", help="Folder cadangan dan jurnal / backups and journal"),
    ],
    site: SiteOption = DEFAULT_SITE,
    damaged: Annotated[
        Path | None,
        typer.Option("--damaged", metavar="DIR", help="Folder situs yang rusak / the damaged site's folder"),
    ] = None,
    recovery_key: RecoveryKeyOption = None,
    database: DatabaseOption = "",
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Pulihkan situs dari cadangan terbaru dan jurnal. / Restore a site from the newest backup and the journal."""
    with command(lang, as_json) as console:
        if damaged is None and recovery_key is None:
            raise Refusal("RESTORE_KEY_NEEDED")
        url = checked_database(context, database)
        with steps(console) as step:
            restored = restore_site(
                site, Source(source, damaged, _key_text(recovery_key), url), SystemClock(), step
            )
        _say_rebuilt(console, restored.rebuilt)
        console.say("restore_done", folder=site, filled=restored.filled)
        warnings = [Problem("restore_bank_missing", params={"bank": each}) for each in restored.missing_banks]
        if restored.is_moved_to_file:
            warnings.append(Problem("restore_moved_to_file"))
        console.say("cli_next", command=command_line("cat-server doctor", site))
        facts = {"site": str(site), "filled": restored.filled, "missing_banks": list(restored.missing_banks)}
        console.finish(
            {**facts, **_facts(restored.rebuilt)}, warnings=[*warnings, *_warnings(restored.rebuilt)]
        )


def drill_command(
    site: SiteOption = DEFAULT_SITE,
    source: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="DIR", help="Folder cadangan dan jurnal / backups and journal"),
    ] = None,
    recovery_key: RecoveryKeyOption = None,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Buktikan cadangan terakhir: pulihkan di folder sementara, periksa, hapus. / Prove the last backup."""
    with site_command(site, lang, as_json) as opened:
        settings, console = opened.settings, opened.console
        folders = source or _usual_sources(settings)
        key_text = _key_text(recovery_key)
        opens_by = Source(folders, None if key_text else settings.folder, key_text)
        with steps(console) as step:
            drilled = drill_backup(settings, opened.lane, opens_by, step)
        _say_rebuilt(console, drilled.rebuilt)
        seconds = f"{drilled.took_ms / 1000:.1f}"
        console.say("drill_done", seconds=seconds, behind=drilled.behind)
        console.finish(
            {"took_ms": drilled.took_ms, "behind": drilled.behind, **_facts(drilled.rebuilt)},
            warnings=_warnings(drilled.rebuilt),
        )


@contextmanager
def steps(console: Console) -> Iterator[Step]:
    """Show the steps of long work, each with a bar of its own."""
    with console.progress() as progress:
        tasks = {}

        def step(code: str, done: int, total: int) -> None:
            if code not in tasks:
                tasks[code] = progress.add_task(console.text(code), total=total or None)
            progress.update(tasks[code], completed=done)

        yield step


def _usual_sources(settings: SiteSettings) -> list[Path]:
    journal = [settings.journal_folder] if settings.journal_folder else []
    return list(dict.fromkeys([usual_folder(settings), *journal]))


def _key_text(path: Path | None) -> str:
    return path.read_text(encoding="utf-8", errors="replace").strip() if path else ""


def _say_rebuilt(console: Console, rebuilt: Rebuilt) -> None:
    console.say("restore_from", file=rebuilt.backup.path)
    if rebuilt.journal is not None and not rebuilt.journal.is_missing:
        console.say("restore_played", played=rebuilt.journal.played)
    events = sum(number for number, _ in rebuilt.soundness.heads.values())
    console.say("restore_proven", chains=len(rebuilt.soundness.heads), events=events)


def _warnings(rebuilt: Rebuilt) -> list[Problem]:
    found = [Problem("restore_passed_over", params={"file": str(each)}) for each in rebuilt.passed_over]
    if rebuilt.journal is not None and rebuilt.journal.is_missing:
        found.append(Problem("restore_journal_missing"))
    elif rebuilt.has_foreign_journal:
        found.append(Problem("restore_journal_foreign"))
    if rebuilt.journal is not None and rebuilt.journal.unreadable_bytes:
        found.append(Problem("restore_journal_cut", params={"bytes": rebuilt.journal.unreadable_bytes}))
    return found


def _facts(rebuilt: Rebuilt) -> dict[str, object]:
    journal = rebuilt.journal
    return {
        "backup": str(rebuilt.backup.path),
        "backup_at_ms": rebuilt.backup.at_ms,
        "journal": "none" if journal is None else "missing" if journal.is_missing else "played",
        "played": journal.played if journal else 0,
        "heads": {chain: number for chain, (number, _) in rebuilt.soundness.heads.items()},
    }
