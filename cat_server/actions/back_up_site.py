"""Makes one backup of a site while it may be in use: copied, proven, written, read back, and only then named."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cat_server.domain.instants import Clock
from cat_server.domain.refusals import Refusal
from cat_server.records.copying import copy_database
from cat_server.records.engine import Reader
from cat_server.records.journal import journal_head
from cat_server.records.journal_frames import segment_path, segments
from cat_server.results.soundness import soundness
from cat_server.runtime.backup import DATABASE_MEMBER, key_of, read_backup, read_header, write_backup
from cat_server.runtime.backup_folder import DRAFT_SUFFIX, backup_name, backups_in, to_remove
from cat_server.runtime.keyring import Keyring
from cat_server.runtime.recovery_key import recovery_public_key
from cat_server.runtime.settings import SETTINGS_FILE, SiteSettings
from question_bank.canonical import Json
from question_bank.sealing.envelope import CannotOpenError

COPY_PREFIX, DRILL_PREFIX = ".backup-", ".drill-"
_STALE_S = 3_600
_FILES = (SETTINGS_FILE, "demo-secrets.json")
_FOLDERS = ("keys", "banks", "photos")
_UNFINISHED = ("new-", ".")

Step = Callable[[str, int, int], None]
"""Hears the code of the present step, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class BackupMade:
    """A backup as it stands: size in bytes, time it took in ms, the last event of each chain, and what it replaced.

    `has_recovery_key`: it opens on another machine with the recovery key; otherwise only with this site's keys.
    """

    path: Path
    size: int
    took_ms: int
    heads: Mapping[str, tuple[int, str]]
    removed: int
    has_recovery_key: bool


def back_up_site(
    settings: SiteSettings, keyring: Keyring, folder: Path, clock: Clock, step: Step = lambda *_: None
) -> BackupMade:
    """Back the site up into `folder`.

    Raises:
        Refusal: `BACKUP_UNSOUND`, the database is damaged; `BACKUP_UNVERIFIED`, the device gave
            back something else than was written. No file remains then.
        OSError: the folder cannot be written.
    """
    now, started = clock.now(), time.monotonic()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear_stale(settings.folder, folder, now.at_ms)
    path = folder / backup_name(settings.site_code, now.at_ms)
    draft = path.with_name(path.name + DRAFT_SUFFIX)
    recovery = recovery_public_key(settings.keys_folder)
    copied = folder_aside(settings.folder, COPY_PREFIX)
    try:
        copy = copied / DATABASE_MEMBER
        copy_database(settings.database_url, copy, lambda done, total: step("backup_copying", done, total))
        told, heads = _proven(settings, copy, now.at_ms, step)
        members = {DATABASE_MEMBER: copy, **_files(settings.folder)}
        total = sum(each.stat().st_size for each in members.values())
        try:
            count = _Count("backup_writing", total, step)
            manifest = write_backup(draft, members, told, (keyring.backup_key, recovery), count)
            _verify(draft, keyring, manifest, _Count("backup_reading", total, step))
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync(folder)
    finally:
        shutil.rmtree(copied, ignore_errors=True)
    removed = _thin_out(settings, folder)
    took_ms = round((time.monotonic() - started) * 1000)
    return BackupMade(path, path.stat().st_size, took_ms, heads, removed, bool(recovery))


def _proven(
    settings: SiteSettings, copy: Path, at_ms: int, step: Step
) -> tuple[dict[str, Json], Mapping[str, tuple[int, str]]]:
    """Check the copy's pages and chains; return what the backup tells of it, and the ledger's heads."""
    step("backup_proving", 0, 0)
    reader = Reader(f"sqlite:///{copy}")
    try:
        found = soundness(reader, with_tables=False)
        with reader.view() as view:
            head = journal_head(view.connection)
    finally:
        reader.close()
    if found.problems:
        raise Refusal("BACKUP_UNSOUND", {"count": len(found.problems)})
    heads: dict[str, Json] = {chain: list(each) for chain, each in found.heads.items()}
    told: dict[str, Json] = {
        "site_code": settings.site_code,
        "at_ms": at_ms,
        "line": head.line if head else "",
        "number": head.number if head else 0,
        "heads": heads,
    }
    return told, found.heads


def _files(folder: Path) -> dict[str, Path]:
    names = [each for each in _FILES if (folder / each).is_file()]
    for each in _FOLDERS:
        names += [
            path.relative_to(folder).as_posix()
            for path in sorted((folder / each).rglob("*"))
            if path.is_file() and not path.name.startswith(_UNFINISHED)
        ]
    return {name: folder / name for name in names}


def _verify(draft: Path, keyring: Keyring, manifest: Mapping[str, object], count: _Count) -> None:
    try:
        key = key_of(read_header(draft), keyring.backup_key, "")
        is_same = dict(read_backup(draft, key, None, count)) == dict(manifest)
    except CannotOpenError:
        is_same = False
    if not is_same:
        raise Refusal("BACKUP_UNVERIFIED", {"file": str(draft)})


class _Count:
    """Adds up bytes for a step."""

    def __init__(self, code: str, total: int, step: Step) -> None:
        self._code, self._total, self._step, self._done = code, total, step, 0

    def __call__(self, size: int) -> None:
        self._done += size
        self._step(self._code, self._done, self._total)


def _thin_out(settings: SiteSettings, folder: Path) -> int:
    """Remove old backups, and segments of the journal that no recent backup needs; return how many backups went."""
    found = backups_in(folder, settings.site_code)
    old = to_remove(found, settings.backup.keep_newest, settings.backup.keep_days)
    for each in old:
        each.path.unlink(missing_ok=True)
    if settings.journal_folder is not None and settings.journal_folder.is_dir():
        _thin_journal(settings.journal_folder, [each.path for each in found[: settings.backup.keep_newest]])
    return len(old)


def _thin_journal(folder: Path, backups: list[Path]) -> None:
    """Remove segments that lie wholly before the oldest of `backups` (newest first), in the newest one's line."""
    headers = [read_header(each) for each in backups]
    line = headers[0].line
    needed = min(each.number for each in headers if each.line == line)
    firsts = segments(folder, line) if line else ()
    for first, following in itertools.pairwise(firsts):
        if following <= needed + 1:
            segment_path(folder, line, first).unlink(missing_ok=True)


def folder_aside(site: Path, prefix: str) -> Path:
    """Return a new folder in the site's for unencrypted copies, named by this process so that it is never left there."""
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=site))


def _clear_stale(site: Path, folder: Path, now_ms: int) -> None:
    """Remove what a backup or a drill that was killed left behind."""
    for prefix in (COPY_PREFIX, DRILL_PREFIX):
        for each in site.glob(f"{prefix}*"):
            if not Path("/proc", each.name.removeprefix(prefix).split("-")[0]).exists():
                shutil.rmtree(each, ignore_errors=True)
    for each in folder.glob(f"*{DRAFT_SUFFIX}"):
        if now_ms / 1000 - each.stat().st_mtime > _STALE_S:
            each.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
