"""The write lane of a site, with its journal and its ballast, and its reader: the same for every process.

Neither makes a database. What opens a SQLite file that is not there would make an empty one, and the next start would
serve an empty site where the records of a lost one are wanted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from cat_server.domain.instants import Clock
from cat_server.domain.log_entries import DiskFull
from cat_server.domain.refusals import Refusal
from cat_server.records.database_url import database_path
from cat_server.records.engine import Reader, open_engine
from cat_server.records.journal import Journal
from cat_server.records.write_lane import WriteLane
from cat_server.runtime.ballast import let_go
from cat_server.runtime.settings import SiteSettings

_log = logging.getLogger(__name__)


def open_lane(
    settings: SiteSettings,
    clock: Clock,
    journal_key: bytes,
    *,
    checkpoints: bool = False,
    empties_log: bool = False,
    on_fatal: Callable[[BaseException], None] | None = None,
) -> WriteLane:
    """Return the lane, not yet started; `checkpoints` as of `open_engine`, the others as of the lane.

    Raises:
        Refusal: `DATABASE_LOST`.
    """
    require_database(settings)
    folder = settings.journal_folder
    journal = Journal(folder, journal_key, is_required=settings.journal.required) if folder else None

    def on_full() -> None:
        if let_go(settings.folder):
            _log.critical(DiskFull(settings.disk.ballast_mib))

    engine = open_engine(settings.database_url, checkpoints=checkpoints)
    lane = WriteLane(engine, clock, on_fatal, journal=journal, on_full=on_full, empties_log=empties_log)
    lane.gauge.slow_ms = settings.logs.slow_commit_ms
    return lane


def open_reader(settings: SiteSettings) -> Reader:
    """Return the site's reader.

    Raises:
        Refusal: `DATABASE_LOST`.
    """
    require_database(settings)
    return Reader(settings.database_url)


def require_database(settings: SiteSettings) -> None:
    """Make sure that a database in a file is there.

    Raises:
        Refusal: `DATABASE_LOST`.
    """
    path = database_path(settings.database_url)
    if path is not None and not (path.exists() and path.stat().st_size):
        raise Refusal("DATABASE_LOST", {"file": str(path), "site": str(settings.folder)})
