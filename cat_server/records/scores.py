"""Derived scores: written when an attempt ends, and again when a late answer changes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from cat_server.domain.instants import Instant
from cat_server.domain.scoring import AttemptScore
from cat_server.records.tables import ScoreRow, ScoringRunRow, table_of

NO_ANNULMENTS = "[]"

_run = table_of(ScoringRunRow)
_score = table_of(ScoreRow)


def scoring_run_of(connection: Connection, exam_session_id: str, keys_hash: str) -> str | None:
    """Return the scoring run of an exam session under these keys, or nothing yet."""
    query = select(_run.c.id).where(
        _run.c.exam_session_id == exam_session_id,
        _run.c.keys_hash == keys_hash,
        _run.c.annulments == NO_ANNULMENTS,
    )
    found: str | None = connection.execute(query).scalar()
    return found


def add_scoring_run(
    connection: Connection, now: Instant, run_id: str, exam_session_id: str, keys_hash: str
) -> None:
    """Insert a scoring run without annulments."""
    connection.execute(
        insert(_run).values(
            id=run_id,
            exam_session_id=exam_session_id,
            keys_hash=keys_hash,
            annulments=NO_ANNULMENTS,
            created_at_ms=now.at_ms,
        )
    )


def replace_scores(
    connection: Connection, run_id: str, scores: Mapping[str, tuple[int, AttemptScore]]
) -> None:
    """Write attempts' sections and totals (section ""), each derived from the ledger up to its number.

    What is written from a later event stays.
    """
    mine = (_score.c.scoring_run_id == run_id) & _score.c.attempt_id.in_(list(scores))
    query = select(_score.c.attempt_id, _score.c.number).where(mine, _score.c.section == "")
    written = {row.attempt_id: row.number for row in connection.execute(query)}
    fresh = [each for each, (number, _) in scores.items() if written.get(each, number) <= number]
    if replaced := [each for each in fresh if each in written]:
        old = (_score.c.scoring_run_id == run_id) & _score.c.attempt_id.in_(replaced)
        connection.execute(delete(_score).where(old))
    if fresh:
        rows = [row for each in fresh for row in _rows(run_id, each, *scores[each])]
        connection.execute(insert(_score), rows)


def _rows(run_id: str, attempt_id: str, number: int, score: AttemptScore) -> list[dict[str, object]]:
    shared = {"scoring_run_id": run_id, "attempt_id": attempt_id, "number": number}
    total: dict[str, object] = {
        "section": "",
        "points": score.total,
        "maximum": score.maximum,
        "answered": score.answered,
        "items": score.items,
        "threshold": None,
        "meets": score.meets_threshold,
    }
    sections: list[dict[str, object]] = [
        {
            "section": each.code,
            "points": each.points,
            "maximum": each.maximum,
            "answered": each.answered,
            "items": each.items,
            "threshold": each.threshold,
            "meets": each.meets,
        }
        for each in score.sections
    ]
    return [shared | each for each in (*sections, total)]


@dataclass(frozen=True, slots=True)
class StoredScore:
    """One line of a stored score; `section` is empty for the total. Points are micropoints."""

    section: str
    points: int
    maximum: int
    answered: int
    items: int
    threshold: int | None
    meets: bool | None
    number: int


def scores_by_attempt(connection: Connection, attempt_ids: Iterable[str]) -> dict[str, list[StoredScore]]:
    """Return each attempt's score of its newest scoring run, line by line, unordered; attempts without one are missing."""
    rows = connection.execute(
        select(_score)
        .join(_run, _run.c.id == _score.c.scoring_run_id)
        .where(_score.c.attempt_id.in_(list(attempt_ids)))
        .order_by(_run.c.created_at_ms.desc())
    ).all()
    newest: dict[str, str] = {}
    found: dict[str, list[StoredScore]] = {}
    for row in rows:
        if newest.setdefault(row.attempt_id, row.scoring_run_id) != row.scoring_run_id:
            continue
        found.setdefault(row.attempt_id, []).append(
            StoredScore(
                row.section,
                row.points,
                row.maximum,
                row.answered,
                row.items,
                row.threshold,
                row.meets,
                row.number,
            )
        )
    return found
