"""Checks of the second copy: backups, the key that opens them elsewhere, the last drill, the journal."""

from __future__ import annotations

from collections.abc import Iterator

from cat_server.cli.doctor_finding import Check, Finding, go, problem, warning
from cat_server.cli.site_command import SiteCommand
from cat_server.cli.start_checks import has_base
from cat_server.domain.events import EventKind
from cat_server.queries.journal_state import journal_comparison
from cat_server.queries.site_events import last_at_ms
from cat_server.runtime import machine
from cat_server.runtime.backup_folder import backups_in, usual_folder
from cat_server.runtime.recovery_key import recovery_public_key
from question_bank.problems import Problem

_HOUR_MS = 3_600_000
_OLD_HOURS = 24
_OLD_WHILE_SERVING_S = 1_800
_OLD_DRILL_DAYS = 7


def backup(opened: SiteCommand) -> Iterator[Finding]:
    """A backup exists, is of today (of the last minutes while the server makes them), and opens elsewhere."""
    settings, now_ms = opened.settings, opened.clock.now().at_ms
    folder = usual_folder(settings)
    found = backups_in(folder, settings.site_code)
    make = opened.hint("cat-server backup")
    if not found:
        yield warning(Problem("doctor_backup_none", params={"folder": str(folder), "command": make}))
        return
    minutes = max(now_ms - found[0].at_ms, 0) // 60_000
    params: dict[str, str | int] = {
        "minutes": minutes,
        "hours": minutes // 60,
        "folder": str(folder),
        "command": make,
    }
    is_made_by_itself = settings.backup_folder is not None and machine.is_locked(
        settings.folder / "serve.lock"
    )
    if is_made_by_itself and minutes * 60 > max(_OLD_WHILE_SERVING_S, 3 * settings.backup.every_s):
        yield problem(Problem("doctor_backup_stuck", params=params))
    elif minutes >= _OLD_HOURS * 60:
        yield warning(Problem("doctor_backup_old", params=params))
    else:
        yield go(Problem("doctor_backup", params=params))
    if not settings.is_demo and machine.is_same_device(folder, settings.folder):
        yield warning(Problem("doctor_backup_same_disk", params={"folder": str(folder)}))


def recovery_key(opened: SiteCommand) -> Iterator[Finding]:
    """A key that is not on this machine opens the backups."""
    if recovery_public_key(opened.settings.keys_folder):
        yield go(Problem("doctor_recovery_key"))
    else:
        command = opened.hint("cat-server backup key --out FILE")
        yield warning(Problem("doctor_recovery_key_none", params={"command": command}))


def drill(opened: SiteCommand) -> Iterator[Finding]:
    """The last backups have been restored once, for a try."""
    last = last_at_ms(opened.reader, EventKind.BACKUP_DRILLED)
    days = (opened.clock.now().at_ms - last) // (24 * _HOUR_MS)
    command = opened.hint("cat-server drill")
    if not last:
        yield warning(Problem("doctor_drill_none", params={"command": command}))
    elif days >= _OLD_DRILL_DAYS:
        yield warning(Problem("doctor_drill_old", params={"days": days, "command": command}))
    else:
        yield go(Problem("doctor_drill", params={"days": days}))


def journal(opened: SiteCommand) -> Iterator[Finding]:
    """The journal is on another device, equals the database, and has a backup to build on."""
    settings = opened.settings
    folder = settings.journal_folder
    if folder is None:
        yield (
            go(Problem("doctor_journal_demo"))
            if settings.is_demo
            else warning(Problem("doctor_journal_none"))
        )
        return
    params: dict[str, str | int] = {"folder": str(folder)}
    if not folder.is_dir():
        said = Problem("refusal_JOURNAL_UNREACHABLE", params=params)
        yield problem(said) if settings.journal.required else warning(said)
        return
    if machine.is_same_device(folder, settings.folder):
        yield warning(Problem("serve_journal_same_disk", params=params))
    latency = machine.sync_latency_ms(folder)
    params = {**params, "latency": f"{latency:.1f}", "command": opened.hint("cat-server serve --new-journal")}
    found = journal_comparison(opened.reader, folder)
    is_served = machine.is_locked(settings.folder / "serve.lock")
    if found is None:
        yield warning(Problem("doctor_journal_not_begun", params=params))
    elif found.is_missing:
        said = Problem("refusal_JOURNAL_LOST", params=params)
        yield problem(said) if settings.journal.required else warning(said)
    elif found.played and not is_served:
        yield warning(Problem("doctor_journal_ahead", params={**params, "played": found.played}))
    else:
        yield go(Problem("doctor_journal", params={**params, "number": found.number}))
    if found is not None and not has_base(opened):
        yield warning(Problem("doctor_journal_no_base", params={"command": opened.hint("cat-server backup")}))


COPY_CHECKS: tuple[Check, ...] = (backup, recovery_key, drill, journal)
