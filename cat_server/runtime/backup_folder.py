"""The backups in a folder: their names, the newest, and which of the old ones stay."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cat_server.runtime.settings import SiteSettings

SUFFIX = ".catbackup"
_FORMAT = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(rf"([A-Za-z0-9._-]{{1,32}})-(\d{{8}}T\d{{6}}Z){re.escape(SUFFIX)}")
DRAFT_SUFFIX = ".part"


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup by its name: when it was begun."""

    path: Path
    site_code: str
    at_ms: int


def usual_folder(settings: SiteSettings) -> Path:
    """Return where a site's backups are: where the site says, else beside the site."""
    return settings.backup_folder or settings.folder.absolute().parent / "backups"


def backup_name(site_code: str, at_ms: int) -> str:
    """Return the name of a backup made now; UTC to the second."""
    return f"{site_code}-{dt.datetime.fromtimestamp(at_ms / 1000, tz=dt.UTC).strftime(_FORMAT)}{SUFFIX}"


def backups_in(folder: Path, site_code: str = "") -> Sequence[BackupFile]:
    """Return the folder's backups, newest first; none where there is no folder. `site_code` empty: of every site."""
    if not folder.is_dir():
        return ()
    found = []
    for path in folder.iterdir():
        name = _NAME.fullmatch(path.name)
        if name and site_code in ("", name[1]):
            at = dt.datetime.strptime(name[2], _FORMAT).replace(tzinfo=dt.UTC)
            found.append(BackupFile(path, name[1], int(at.timestamp() * 1000)))
    return sorted(found, key=lambda each: each.at_ms, reverse=True)


def to_remove(backups: Sequence[BackupFile], keep_newest: int, keep_days: int) -> Sequence[BackupFile]:
    """Return which of `backups` (newest first) go: neither among the newest, nor the last of one of the last days."""
    kept = {each.path for each in backups[:keep_newest]}
    days: dict[int, BackupFile] = {}
    for each in backups:
        days.setdefault(each.at_ms // 86_400_000, each)
    kept |= {each.path for each in list(days.values())[:keep_days]}
    return [each for each in backups if each.path not in kept]
