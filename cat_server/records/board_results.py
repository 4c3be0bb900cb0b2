"""Reads the derived scores for the results page and the live board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from cat_server.records.tables import ScoreRow, ScoringRunRow, table_of

_run = table_of(ScoringRunRow)
_score = table_of(ScoreRow)

TOTAL = ""
"""The section code under which a score's total is stored."""


@dataclass(frozen=True, slots=True)
class StoredScore:
    """One line of a derived score; points are micropoints."""

    section: str
    points: int
    maximum: int
    answered: int
    items: int
    threshold: int | None
    meets: bool | None


def scores_of(connection: Connection, exam_session_id: str) -> Mapping[str, Mapping[str, StoredScore]]:
    """Return the scores of the newest scoring run: by attempt, then by section (`TOTAL` for the sum)."""
    newest = (
        select(_run.c.id)
        .where(_run.c.exam_session_id == exam_session_id)
        .order_by(_run.c.created_at_ms.desc(), _run.c.id.desc())
        .limit(1)
    )
    scores: dict[str, dict[str, StoredScore]] = {}
    for row in connection.execute(select(_score).where(_score.c.scoring_run_id.in_(newest))):
        scores.setdefault(row.attempt_id, {})[row.section] = StoredScore(
            row.section, row.points, row.maximum, row.answered, row.items, row.threshold, row.meets
        )
    return scores


def derived_from(connection: Connection, exam_session_id: str) -> Mapping[str, int]:
    """Return by attempt the ledger number that its newest stored score was derived from."""
    rows = connection.execute(
        select(_score.c.attempt_id, _score.c.number)
        .join(_run, _run.c.id == _score.c.scoring_run_id)
        .where(_run.c.exam_session_id == exam_session_id, _score.c.section == TOTAL)
        .order_by(_run.c.created_at_ms)
    )
    return {row.attempt_id: row.number for row in rows}
