"""Proves the last backup: rebuilds the site from it in a folder aside, compares, deletes it, and records that it was done."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass

from cat_server.actions.back_up_site import DRILL_PREFIX, Step, folder_aside
from cat_server.actions.restore_site import Rebuilt, Source, rebuild
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SERVER, SITE_CHAIN
from cat_server.domain.refusals import Refusal
from cat_server.records.chains import event_hash
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.settings import SiteSettings


@dataclass(frozen=True, slots=True)
class Drilled:
    """What was rebuilt and how long it took in ms; `behind` is how many events the site has beyond it by now."""

    rebuilt: Rebuilt
    took_ms: int
    behind: int


def drill_backup(
    settings: SiteSettings, lane: WriteLane, source: Source, step: Step = lambda *_: None
) -> Drilled:
    """Drill with the newest backup of `source`.

    Raises:
        Refusal: what `rebuild` refuses; `DRILL_LAST_DAMAGED`, only an older one opens; `DRILL_DIFFERS`, its ledger is not
            the beginning of this site's.
    """
    started = time.monotonic()
    draft = folder_aside(settings.folder, DRILL_PREFIX)
    try:
        rebuilt = rebuild(draft, source, step)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if rebuilt.passed_over:
        newest, older = rebuilt.passed_over[0], rebuilt.backup.path
        raise Refusal("DRILL_LAST_DAMAGED", {"file": str(newest), "older": older.name})
    took_ms = round((time.monotonic() - started) * 1000)
    return Drilled(rebuilt, took_ms, lane.run_now(lambda tx: _record(tx, rebuilt, took_ms)))


def _record(tx: Tx, rebuilt: Rebuilt, took_ms: int) -> int:
    behind = 0
    for chain, (number, hash_) in rebuilt.soundness.heads.items():
        present = event_hash(tx.connection, chain, number)
        if present.hash != hash_:
            raise Refusal("DRILL_DIFFERS", {"number": number})
        behind += present.last_number - number
    played = rebuilt.journal.played if rebuilt.journal else 0
    body = {"backup_at_ms": rebuilt.backup.at_ms, "took_ms": took_ms, "played": played}
    tx.append(SITE_CHAIN, Event(EventKind.BACKUP_DRILLED, body), SERVER)
    return behind
