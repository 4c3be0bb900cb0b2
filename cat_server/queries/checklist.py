"""The checklist before sign-off, and the statement that stands to be signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import tzinfo

from cat_server.domain.refusals import Refusal
from cat_server.domain.sign_off import (
    Committee,
    SignOff,
    Statement,
    decision_of,
    is_official,
    missing_committees,
)
from cat_server.records.engine import Reader
from cat_server.records.session_record import read_session_record
from cat_server.records.statements import SignatureRecord, StatementRecord, latest_statement, signatures
from cat_server.results.checklist import Check
from cat_server.results.counts import Counts
from cat_server.results.sign_off_record import judge
from cat_server.results.statement import SiteIdentity
from cat_server.results.statement_lines import StatementLine, statement_lines
from question_bank.items import KeySheet

__all__ = ["Check", "Checklist", "CurrentStatement", "SiteIdentity", "checklist", "current_statement"]


@dataclass(frozen=True, slots=True)
class Checklist:
    """Every check of an exam session as it stands now; `is_ready` when a statement can be prepared."""

    checks: tuple[Check, ...]
    counts: Counts
    is_ready: bool


@dataclass(frozen=True, slots=True)
class CurrentStatement:
    """The newest statement as officers read and sign it, with what was decided and who is still to sign."""

    version: int
    statement_hash: str
    lines: tuple[StatementLine, ...]
    decisions: tuple[SignatureRecord, ...]
    missing: tuple[Committee, ...]
    is_official: bool


def checklist(reader: Reader, exam_session_id: str, keys: KeySheet | None, site: SiteIdentity) -> Checklist:
    """Compute the checklist from one snapshot. Slow for a big exam session: run it in a thread.

    Raises:
        Refusal: `NOT_FOUND`.
    """
    with reader.view() as view:
        record = read_session_record(view.connection, exam_session_id)
    if record is None:
        raise Refusal("NOT_FOUND")
    judged = judge(record, keys, site)
    return Checklist(judged.checks, judged.counts, judged.is_ready)


def current_statement(reader: Reader, exam_session_id: str, zone: tzinfo) -> CurrentStatement | None:
    """Return the newest statement whole, or None while there is none. Times are shown in `zone`."""
    with reader.view() as view:
        stored = latest_statement(view.connection, exam_session_id)
        if stored is None:
            return None
        decided = signatures(view.connection, exam_session_id, stored.version)
    return _current(stored, decided, zone)


def _current(stored: StatementRecord, decided: tuple[SignatureRecord, ...], zone: tzinfo) -> CurrentStatement:
    meant = Statement(stored.version, stored.hash)
    sign_offs = [
        SignOff(
            each.version,
            each.statement_hash,
            each.officer_id,
            each.committee,
            decision_of(each.decision),
            each.reason,
        )
        for each in decided
    ]
    return CurrentStatement(
        version=stored.version,
        statement_hash=stored.hash,
        lines=statement_lines(json.loads(stored.content), zone),
        decisions=decided,
        missing=missing_committees(sign_offs, meant),
        is_official=is_official(sign_offs, meant),
    )
