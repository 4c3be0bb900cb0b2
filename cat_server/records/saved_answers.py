"""Reads what was saved of many attempts at once, for pages that open in the same moment."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from cat_server.records.answers import StoredAnswer
from cat_server.records.tables import AnswerRow, ReceiptRow, table_of

_answer = table_of(AnswerRow)
_receipt = table_of(ReceiptRow)
_IDS: BindParameter[str] = bindparam("attempt_ids", expanding=True)

_ANSWERS = (
    select(
        _answer.c.attempt_id,
        _answer.c.position,
        _answer.c.response,
        _answer.c.is_flagged,
        _answer.c.epoch,
        _answer.c.seq,
        _answer.c.number,
        _answer.c.saved_at_ms,
    )
    .where(_answer.c.attempt_id.in_(_IDS))
    .order_by(_answer.c.attempt_id, _answer.c.position)
)
_LAST = (
    select(_receipt.c.attempt_id, _receipt.c.epoch, func.max(_receipt.c.seq))
    .where(_receipt.c.attempt_id.in_(_IDS))
    .group_by(_receipt.c.attempt_id, _receipt.c.epoch)
)


def answers_by_attempt(
    connection: Connection, attempt_ids: Collection[str]
) -> Mapping[str, Sequence[StoredAnswer]]:
    """Return the answers of these attempts, each by position; who has answered nothing is missing."""
    found: dict[str, list[StoredAnswer]] = defaultdict(list)
    for row in connection.execute(_ANSWERS, {"attempt_ids": list(attempt_ids)}):
        attempt_id, position, response, is_flagged, epoch, seq, number, saved_at_ms = row
        found[attempt_id].append(
            StoredAnswer(
                position, tuple(json.loads(response)), bool(is_flagged), epoch, seq, number, saved_at_ms
            )
        )
    return found


def last_seqs(connection: Connection, attempt_ids: Collection[str]) -> Mapping[tuple[str, int], int]:
    """Return the highest `seq` that has a receipt, by attempt and epoch."""
    rows = connection.execute(_LAST, {"attempt_ids": list(attempt_ids)})
    return {(attempt_id, epoch): seq for attempt_id, epoch, seq in rows}
