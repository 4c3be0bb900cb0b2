"""Prepare the statement of a closed exam session for both committees to read and sign."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import SittingState
from cat_server.domain.ids import Actor
from cat_server.domain.refusals import Refusal
from cat_server.records.engine import Reader
from cat_server.records.session_record import SessionRecord, read_session_record
from cat_server.records.statements import StatementRecord, add_statement, latest_statement, session_states
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.results.sign_off_record import Judged, judge
from cat_server.results.statement import SiteIdentity, says_the_same, stated, statement_hash
from question_bank.items import KeySheet

__all__ = ["PreparedStatement", "SiteIdentity", "prepare_statement", "prepare_statement_now"]

_TRIES = 3


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """The statement to be signed; `is_new` is false where the newest one still says it all."""

    version: int
    statement_hash: str
    is_new: bool


async def prepare_statement(
    lane: WriteLane,
    reader: Reader,
    exam_session_id: str,
    keys: KeySheet,
    site: SiteIdentity,
    actor: Actor,
    *,
    notes: str = "",
) -> PreparedStatement:
    """Check everything, then store a new version; the newest is returned where nothing in it has changed.

    Signatures belong to one version: a new one, made because results or notes changed, is to be signed anew.

    Raises:
        Refusal: `NOT_FOUND`, `NOT_CLOSED`, `CHECKLIST_OPEN`, `ALREADY_OFFICIAL`, or `RECORDS_MOVED` (events
            kept coming in between; try again).
    """
    for _ in range(_TRIES):
        record, judged = await asyncio.to_thread(_judge, reader, exam_session_id, keys, site, notes)
        try:
            return await lane.run(lambda tx: _store(tx, record, judged, actor))  # noqa: B023 - awaited in the loop
        except Refusal as refusal:
            if refusal.code != "RECORDS_MOVED":
                raise
    raise Refusal("RECORDS_MOVED")


def prepare_statement_now(
    lane: WriteLane,
    reader: Reader,
    exam_session_id: str,
    keys: KeySheet,
    site: SiteIdentity,
    actor: Actor,
    *,
    notes: str = "",
) -> PreparedStatement:
    """Do as `prepare_statement` does, where no event loop runs."""
    return asyncio.run(prepare_statement(lane, reader, exam_session_id, keys, site, actor, notes=notes))


def _judge(
    reader: Reader, exam_session_id: str, keys: KeySheet, site: SiteIdentity, notes: str
) -> tuple[SessionRecord, Judged]:
    with reader.view() as view:
        record = read_session_record(view.connection, exam_session_id)
    if record is None:
        raise Refusal("NOT_FOUND")
    if record.identity.state == SittingState.SIGNED:
        raise Refusal("ALREADY_OFFICIAL")
    if record.identity.state != SittingState.CLOSED:
        raise Refusal("NOT_CLOSED", {"state": record.identity.state})
    judged = judge(record, keys, site, notes.strip())
    if not judged.is_ready:
        failed = [each.code for each in judged.checks if each.is_blocking and not each.is_ok]
        raise Refusal("CHECKLIST_OPEN", {"checks": len(failed), "first": failed[0]})
    return record, judged


def _store(tx: Tx, record: SessionRecord, judged: Judged, actor: Actor) -> PreparedStatement:
    exam_session_id = record.identity.exam_session_id
    content = judged.content
    if content is None:
        raise Refusal("CHECKLIST_OPEN", {"checks": 1, "first": ""})
    state, _ = session_states(tx.connection, exam_session_id)
    if state != SittingState.CLOSED:
        raise Refusal("RECORDS_MOVED")
    latest = latest_statement(tx.connection, exam_session_id)
    if latest is not None and says_the_same(content, json.loads(latest.content)):
        return PreparedStatement(latest.version, latest.hash, is_new=False)
    version = latest.version + 1 if latest else 1
    encoded = stated(content, version, tx.now.at_ms)
    stored = StatementRecord(version, encoded, statement_hash(encoded), tx.now.at_ms)
    add_statement(tx.connection, exam_session_id, stored)
    appended = tx.append(
        exam_session_id,
        Event(
            EventKind.STATEMENT_PREPARED,
            {
                "version": version,
                "statement_hash": stored.hash,
                "head_number": record.head.number,
                "head_hash": record.head.hash,
            },
        ),
        actor,
    )
    if appended.number != record.head.number + 1:
        raise Refusal("RECORDS_MOVED")
    return PreparedStatement(version, stored.hash, is_new=True)
