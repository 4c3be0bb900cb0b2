"""How a running server is: what `/healthz` answers to a watchman, without secrets."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from cat_server.domain.exam_clock import NOTICEABLE_GAP_MS
from cat_server.domain.instants import Clock
from cat_server.queries.access import Reader, WriteLane
from cat_server.records.board_kiosks import kiosks_seen_since
from cat_server.records.database_errors import DatabaseAwayError
from cat_server.records.health import schema_versions, sqlite_program
from cat_server.records.lane_gauge import BUCKETS_MS
from cat_server.records.ledger import heads
from cat_server.records.postgresql_settings import postgresql_server
from cat_server.records.sittings import longest_stop_ms
from cat_server.runtime.backup_folder import backups_in, usual_folder
from cat_server.runtime.ballast import BALLAST_FILE
from cat_server.runtime.machine import free_disk_bytes
from cat_server.runtime.settings import SiteSettings

__all__ = ["BUCKETS_MS", "Health", "health"]

_SEEN_MS = 30_000
_BACKUPS_MISSED = 3
"""A backup is old when so many in a row have not been made."""


@dataclass(frozen=True, slots=True)
class Health:
    """`can_save`: the last transaction was committed, and the clock of every room whose exam runs ticks.

    `trouble` and `journal_trouble` are empty where all is well. `journal` is `none`, `required` or `wished`;
    `backup_age_s` is None where there is no backup; `is_ballast_gone` says that the disk was full; `kiosks_seen`
    counts PCs heard of within half a minute. `database` names the program that keeps it, empty while it cannot be
    read, `database_version` the migration it is at; `commit_ms` is what this process's commits took of late, None
    before the first. `look_at` are codes of what somebody should do something about, the worst first (messages
    `healthz_<code>`).
    """

    can_save: bool
    trouble: str
    waiting: int
    journal: str
    journal_trouble: str
    backup_age_s: int | None
    disk_free_mib: int
    is_ballast_gone: bool
    kiosks_seen: int
    database: str
    database_version: str
    ledger_events: int
    commit_ms: float | None
    now_ms: int
    timezone: str
    ports: tuple[int, ...]
    look_at: tuple[str, ...]


def health(settings: SiteSettings, lane: WriteLane, reader: Reader, clock: Clock) -> Health:
    """Return how this process and the site's disk are. It reads a few rows and writes nothing."""
    now = clock.now()
    database, version, seen, events, away = f"SQLite {sqlite_program().version}", "", 0, 0, ""
    is_stopped = False
    try:
        with reader.view() as view:
            seen = kiosks_seen_since(view.connection, now.at_ms - _SEEN_MS)
            is_stopped = longest_stop_ms(view.connection, now) >= NOTICEABLE_GAP_MS
            version, _ = schema_versions(view.connection)
            events = sum(heads(view.connection).values())
            if server := postgresql_server(view.connection):
                database = f"PostgreSQL {server.version}"
    except (DBAPIError, DatabaseAwayError) as error:
        database, away = "", str(getattr(error, "orig", error)).splitlines()[0]
    found = backups_in(usual_folder(settings), settings.site_code)
    is_held = settings.disk.ballast_mib == 0 or (settings.folder / BALLAST_FILE).exists()
    journal = "required" if settings.journal.required else "wished"
    backup_age_s = max(now.at_ms - found[0].at_ms, 0) // 1000 if found else None
    disk_free_mib = free_disk_bytes(settings.folder) >> 20
    commit_ms = lane.gauge.recent_ms
    trouble = lane.trouble or away or ("the exam clock stands still" if is_stopped else "")
    troubles = {
        "cannot_save": bool(lane.trouble or away),
        "clock_stopped": is_stopped,
        "disk_was_full": not is_held,
        "disk_low": disk_free_mib < settings.disk.floor_mib,
        "journal": bool(lane.journal_trouble),
        "commit_slow": commit_ms is not None and commit_ms > settings.logs.slow_commit_ms,
        "backup_none": backup_age_s is None and not settings.is_demo,
        "backup_old": backup_age_s is not None and backup_age_s > _BACKUPS_MISSED * settings.backup.every_s,
    }
    return Health(
        can_save=not trouble,
        trouble=trouble,
        waiting=lane.queue_length,
        journal=journal if settings.journal_folder else "none",
        journal_trouble=lane.journal_trouble,
        backup_age_s=backup_age_s,
        disk_free_mib=disk_free_mib,
        is_ballast_gone=not is_held,
        kiosks_seen=seen,
        database=database,
        database_version=version,
        ledger_events=events,
        commit_ms=None if commit_ms is None else round(commit_ms, 2),
        now_ms=now.at_ms,
        timezone=settings.timezone,
        ports=(settings.kiosk_port, settings.monitoring_port, settings.scoreboard_port),
        look_at=tuple(code for code, is_so in troubles.items() if is_so),
    )
