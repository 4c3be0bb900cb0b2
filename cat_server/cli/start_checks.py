"""What a server makes sure of before it opens its doors: database, journal, ledger; and what it says it found.

It runs in a process of its own (`main`), which ends with what it has found: the server's parent need not load all this.
"""

from __future__ import annotations

import argparse
import logging
import os
import shlex
import threading
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import DatabaseError, OperationalError

from cat_server.cli.site_command import SiteCommand, site_command
from cat_server.cli.start_found import Found
from cat_server.domain.log_entries import PagesDamaged
from cat_server.domain.refusals import Refusal
from cat_server.queries.database_health import (
    PageCheck,
    database_version,
    postgresql_server,
    quick_page_check,
)
from cat_server.queries.integrity import ledger_problems
from cat_server.queries.journal_state import journal_line
from cat_server.queries.running import running_rooms
from cat_server.records.database_url import database_path, shown_url
from cat_server.records.engine import connect_as_writer, open_engine
from cat_server.records.journal_frames import UnreadableRecordError
from cat_server.records.journal_replay import ReplayError, catch_up, stop_journal
from cat_server.records.schema_version import newest_version
from cat_server.runtime import machine
from cat_server.runtime.backup import read_header
from cat_server.runtime.backup_folder import backups_in, usual_folder
from cat_server.runtime.logs import start_logs
from question_bank.problems import Problem
from question_bank.sealing.envelope import CannotOpenError

PAGE_CHECK_S = 12.0
"""Doors are open again within 30 s of a power cut: what is left of a large database's pages is read while it is served."""
_MOST_SHOWN = 20
_PAGES_SHOWN = 3
_log = logging.getLogger(__name__)


def main() -> None:
    """Check, and end with what was `Found`, or with 1 when it has said why not; with `--pages` read every page only, giving way to all else."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--lang", default="")
    parser.add_argument("--new-journal", action="store_true")
    parser.add_argument("--pages", action="store_true")
    passed = parser.parse_args()
    # The lifeline: whoever asked is gone, and another server may want to begin.
    threading.Thread(target=lambda: os._exit(1) if not os.read(0, 1) else None, daemon=True).start()
    with site_command(passed.site, passed.lang, as_json=False) as opened:
        if passed.pages:
            os.nice(19)
            found = check_pages(opened)
        else:
            found = check_records(opened, new_journal=passed.new_journal)
            if opened.settings.backup_folder is not None and not has_base(opened):
                found |= Found.WITHOUT_BASE
    raise SystemExit(int(found))


def check_pages(opened: SiteCommand) -> Found:
    """Read every page while the server runs, and say what was found."""
    logs = opened.settings.logs
    start_logs(opened.settings.folder, "checks", file_mib=logs.file_mib, files=logs.files)
    try:
        damaged = quick_page_check(opened.reader).problems
    except DatabaseError as error:
        damaged = (str(error.orig),)
    if not damaged:
        opened.console.say("serve_pages_sound")
        return Found.SOUND
    _log.critical(PagesDamaged(len(damaged)))
    _report_pages(opened, damaged)
    opened.console.report([Problem("serve_pages_damaged", params={"command": restore_line(opened)})])
    return Found.PAGES_DAMAGED


def check_records(opened: SiteCommand, *, new_journal: bool) -> Found:
    """Prove the records sound, play in what only the journal has, bring the tables up to date, and say so.

    `new_journal` lets the present journal go, where its device is lost.

    Raises:
        Refusal: `DATABASE_MISSING`, `DATABASE_EMPTY`, `DATABASE_DAMAGED`, `DATABASE_NEWER`, `LEDGER_BROKEN`,
            `JOURNAL_UNREACHABLE`, `JOURNAL_LOST` or `JOURNAL_DIFFERS`; each names the command that mends it.
        UnsafeDatabaseError: the PostgreSQL server could lose what it confirms.
    """
    path = database_path(opened.settings.database_url)
    if path is not None and not (path.exists() and path.stat().st_size):
        raise Refusal("DATABASE_MISSING", {"file": str(path), "command": restore_line(opened)})
    if path is None:
        _check_server(opened)
    try:
        pages = quick_page_check(opened.reader, PAGE_CHECK_S)
        damaged = pages.problems
        if not damaged:
            _check_journal(opened, new_journal=new_journal)
            _migrate(opened)
            broken = ledger_problems(opened.reader)
    except OperationalError:
        raise
    except DatabaseError as error:
        damaged = (str(error.orig),)
    if damaged:
        _report_pages(opened, damaged)
        raise Refusal("DATABASE_DAMAGED", {"command": restore_line(opened)})
    if broken:
        opened.console.report(broken[:_MOST_SHOWN])
        raise Refusal("LEDGER_BROKEN", {"count": len(broken), "command": restore_line(opened)})
    _say_found(opened, pages)
    return Found.SOUND if pages.is_whole else Found.PAGES_LEFT


def has_base(opened: SiteCommand) -> bool:
    """Tell whether some backup can be brought up to date with the present journal; without a journal any will do."""
    settings = opened.settings
    found = backups_in(usual_folder(settings), settings.site_code)
    if settings.journal_folder is None:
        return bool(found)
    line = journal_line(opened.reader)
    return bool(line) and any(_line_of(each.path) == line for each in found)


def restore_line(opened: SiteCommand) -> str:
    """Return the command that restores this site into a folder beside it."""
    settings = opened.settings
    folders = [usual_folder(settings), *([settings.journal_folder] if settings.journal_folder else [])]
    folder = settings.folder.resolve()
    words = ["restore"]
    for each in dict.fromkeys(each.resolve() for each in folders):
        words += ["--from", str(each)]
    words += ["--damaged", str(folder), "--site", f"{folder}-2"]
    return f"{os.environ.get('CAT_PROGRAM', 'cat-server')} {shlex.join(words)}"


def _line_of(path: Path) -> str:
    try:
        return read_header(path).line
    except (OSError, CannotOpenError):
        return ""


def _check_server(opened: SiteCommand) -> None:
    """Connect as a writer, so that a server that is away, too old or careless is told before anything else."""
    url = opened.settings.database_url
    connect_as_writer(url)
    if not database_version(opened.reader):
        raise Refusal("DATABASE_EMPTY", {"database": shown_url(url), "command": restore_line(opened)})
    found = postgresql_server(opened.reader)
    opened.console.say("serve_database", database=shown_url(url), version=found.version if found else "")


def _check_journal(opened: SiteCommand, *, new_journal: bool) -> None:
    settings, console = opened.settings, opened.console
    folder = settings.journal_folder
    if folder is None:
        return
    is_there = folder.is_dir() and os.access(folder, os.W_OK)
    if not is_there and settings.journal.required:
        raise Refusal("JOURNAL_UNREACHABLE", {"folder": str(folder)})
    if is_there and machine.is_same_device(folder, settings.folder):
        console.say("serve_journal_same_disk", folder=folder)
    engine = open_engine(settings.database_url)
    try:
        if new_journal or not is_there:
            stop_journal(engine)
            console.say("serve_journal_new" if is_there else "serve_journal_off", folder=folder)
            return
        found = catch_up(engine, folder, opened.keyring.secrets.journal_key, goes_on=True)
        if found is not None and found.is_missing:
            if settings.journal.required:
                command = opened.hint("cat-server serve --new-journal")
                raise Refusal("JOURNAL_LOST", {"folder": str(folder), "command": command})
            stop_journal(engine)
    except (ReplayError, UnreadableRecordError) as error:
        raise Refusal("JOURNAL_DIFFERS", {"reason": str(error)}) from None
    finally:
        engine.dispose()
    if found is None or found.is_missing:
        console.say("serve_journal_new", folder=folder)
    elif found.played:
        console.say("serve_journal_played", played=found.played)
    else:
        console.say("serve_journal_equal", number=found.number)


def _migrate(opened: SiteCommand) -> None:
    if database_version(opened.reader) == newest_version():
        return
    from cat_server.records.schema import ForeignSchemaError, migrate  # noqa: PLC0415 - rarely needed, slow to load

    engine = open_engine(opened.settings.database_url)
    try:
        migrate(engine)
        stop_journal(engine)  # its records are about the older tables
    except ForeignSchemaError:
        raise Refusal("DATABASE_NEWER") from None
    finally:
        engine.dispose()


def _report_pages(opened: SiteCommand, damaged: Sequence[str]) -> None:
    opened.console.report(
        [Problem("sound_pages", params={"reason": each}) for each in damaged[:_PAGES_SHOWN]]
    )


def _say_found(opened: SiteCommand, pages: PageCheck) -> None:
    console = opened.console
    console.say("serve_sound" if pages.is_whole else "serve_sound_so_far")
    for each in running_rooms(opened.reader, opened.clock.now()):
        minutes, seconds = divmod(each.clock_ms // 1000, 60)
        console.say(
            "serve_goes_on",
            session=each.code,
            room=each.room,
            clock=f"{minutes}:{seconds:02}",
            away=each.away_ms // 1000,
        )
