"""Write the result package of an exam session and record that it was handed out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import OVER, SittingState
from cat_server.domain.ids import Actor
from cat_server.domain.refusals import Refusal
from cat_server.records.engine import Reader
from cat_server.records.session_record import read_session_record
from cat_server.records.statements import latest_statement, signatures
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.results.package import PackageSource, package_files, seal_package
from cat_server.results.package_folder import write_folder
from cat_server.results.package_format import MANIFEST, PACKAGE_TYPE
from cat_server.results.scores import (
    participants_content,
    participants_hash,
    recomputed_scores,
    scores_content,
    scores_hash,
)
from cat_server.results.statement import SiteIdentity
from cat_server.runtime.site_signing import SiteSigner
from question_bank.canonical import digest
from question_bank.items import KeySheet

__all__ = ["Exported", "SiteIdentity", "export_results"]


@dataclass(frozen=True, slots=True)
class Exported:
    """Where a package is, and the hash of its manifest."""

    folder: Path
    archive: Path
    manifest_hash: str
    is_official: bool
    participants: int


def export_results(  # noqa: PLR0913 - what, whose, where, and with which keys
    lane: WriteLane,
    reader: Reader,
    exam_session_id: str,
    keys: KeySheet,
    site: SiteIdentity,
    signer: SiteSigner,
    folder: Path,
    actor: Actor,
    *,
    is_unofficial_allowed: bool = False,
    with_keys: bool = False,
    now_ms: int,
) -> Exported:
    """Write the package into the new `folder` and a zip beside it; needs no event loop.

    Raises:
        Refusal: `NOT_FOUND`, `NOT_CLOSED`, `NOT_OFFICIAL` (and unofficial results were not asked for),
            `EXPORT_DIFFERS` (the records no longer say what was signed), `EXPORT_EXISTS`, `EXPORT_UNWRITABLE`.
    """
    with reader.view() as view:
        record = read_session_record(view.connection, exam_session_id)
        statement = latest_statement(view.connection, exam_session_id)
        decided = signatures(view.connection, exam_session_id, statement.version) if statement else ()
    if record is None:
        raise Refusal("NOT_FOUND")
    state = record.identity.state
    if state not in OVER:
        raise Refusal("NOT_CLOSED", {"state": state})
    is_official = state == SittingState.SIGNED
    if not is_official and not is_unofficial_allowed:
        raise Refusal("NOT_OFFICIAL")
    scores, unscorable = recomputed_scores(record, keys)
    source = PackageSource(
        record=record,
        scores=scores,
        statement=statement,
        signatures=decided,
        site=site,
        exported_at_ms=now_ms,
        is_official=is_official,
        keys=keys if with_keys else None,
    )
    if unscorable or (statement is not None and not _is_as_stated(source)):
        raise Refusal("EXPORT_DIFFERS")
    sealed = seal_package(source, package_files(source), signer)
    archive = write_folder(folder, sealed)
    manifest_hash = digest(PACKAGE_TYPE, sealed[MANIFEST])

    def op(tx: Tx) -> None:
        tx.append(exam_session_id, Event(EventKind.RESULTS_EXPORTED, {"manifest_hash": manifest_hash}), actor)

    lane.run_now(op)
    return Exported(folder, archive, manifest_hash, is_official, len(record.attempts))


def _is_as_stated(source: PackageSource) -> bool:
    if source.statement is None:
        return True
    stated = json.loads(source.statement.content)
    found = (
        participants_hash(participants_content(source.record)),
        scores_hash(scores_content(source.record, source.scores)),
    )
    return found == (stated["participants_hash"], stated["scores_hash"])
