"""One snapshot, judged: the checklist of an exam session and the statement that it would make."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.domain.ids import SITE_CHAIN
from cat_server.domain.scoring import AttemptScore
from cat_server.records.session_record import SessionRecord
from cat_server.results.checklist import (
    Check,
    check_closed,
    check_counts,
    check_ended,
    check_forms,
    check_ledger,
    check_quarantined,
    check_scores,
    check_unsent,
    is_ready,
)
from cat_server.results.counts import Counts, count_outcomes
from cat_server.results.fold_check import check_tables
from cat_server.results.ledger_check import open_chain
from cat_server.results.scores import (
    participants_content,
    participants_hash,
    recomputed_scores,
    scores_content,
    scores_hash,
)
from cat_server.results.statement import Bindings, SiteIdentity, statement_content
from question_bank.assembly.merkle import forms_hash
from question_bank.canonical import Json
from question_bank.items import KeySheet


@dataclass(frozen=True, slots=True)
class Judged:
    """`content` is the statement without version and time, None while something stands in its way."""

    checks: tuple[Check, ...]
    counts: Counts
    scores: dict[str, AttemptScore]
    content: dict[str, Json] | None

    @property
    def is_ready(self) -> bool:
        """Whether a statement can be prepared."""
        return self.content is not None


def judge(record: SessionRecord, keys: KeySheet | None, site: SiteIdentity, notes: str = "") -> Judged:
    """Run every check on a snapshot; takes seconds for a big exam session, so keep it off the write lane."""
    identity = record.identity
    events, problems = open_chain(identity.exam_session_id, record.events, "ledger")
    _, site_problems = open_chain(SITE_CHAIN, record.site_events, "site-ledger")
    scores, unscorable = ({}, []) if keys is None else recomputed_scores(record, keys)
    counts = count_outcomes(record, events)
    checks = (
        check_closed(record),
        check_counts(counts),
        check_ended(record, events),
        check_unsent(record, events),
        check_quarantined(record),
        check_ledger(record, [*problems, *site_problems]),
        check_tables(record),
        check_forms(record, events),
        check_scores(record, None if keys is None else scores, unscorable),
    )
    content = None
    if is_ready(checks):
        bindings = Bindings(
            participants_hash=participants_hash(participants_content(record)),
            scores_hash=scores_hash(scores_content(record, scores)),
            forms_hash=forms_hash([each.hash for each in record.forms]),
        )
        content = statement_content(record, events, counts, bindings, checks, site, notes)
    return Judged(checks, counts, dict(scores), content)
