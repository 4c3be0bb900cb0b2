"""Which attempts have a score that counts every answer the records hold."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from cat_server.records.tables import AnswerRow, ScoreRow, table_of

_answer = table_of(AnswerRow)
_score = table_of(ScoreRow)


def scored(connection: Connection, attempt_ids: Iterable[str]) -> frozenset[str]:
    """Return those of the attempts whose total is written and not older than their last accepted answer."""
    last_answer = (
        select(func.coalesce(func.max(_answer.c.number), 0))
        .where(_answer.c.attempt_id == _score.c.attempt_id)
        .scalar_subquery()
    )
    query = select(_score.c.attempt_id).where(
        _score.c.attempt_id.in_(list(attempt_ids)), _score.c.section == "", _score.c.number >= last_answer
    )
    return frozenset(row.attempt_id for row in connection.execute(query))
