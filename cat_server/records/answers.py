"""Answers, receipts and quarantined answers, read and written a batch at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, select, text, tuple_

from cat_server.records.many_keys import ManyKeys
from cat_server.records.many_rows import ManyRows
from cat_server.records.tables import (
    AnswerRow,
    AttemptRow,
    FormRow,
    FormSetRow,
    QuarantinedAnswerRow,
    ReceiptRow,
    table_of,
)
from question_bank.forms import Form

_answer = table_of(AnswerRow)
_attempt = table_of(AttemptRow)
_form = table_of(FormRow)
_form_set = table_of(FormSetRow)
_quarantined = table_of(QuarantinedAnswerRow)
_receipt = table_of(ReceiptRow)

_UPSERT = text(
    "INSERT INTO answer (attempt_id, position, response, is_flagged, epoch, seq, number, saved_at_ms)"
    " VALUES (:attempt_id, :position, :response, :is_flagged, :epoch, :seq, :number, :saved_at_ms)"
    " ON CONFLICT (attempt_id, position) DO UPDATE SET response = excluded.response,"
    " is_flagged = excluded.is_flagged, epoch = excluded.epoch, seq = excluded.seq,"
    " number = excluded.number, saved_at_ms = excluded.saved_at_ms"
    " WHERE (answer.epoch, answer.seq) < (excluded.epoch, excluded.seq)"
)
"""The highest `(epoch, seq)` wins, whatever the order of arrival; SQLite and PostgreSQL read it alike."""


class NewAnswer(NamedTuple):
    """An answer as it is written; `response` is JSON."""

    attempt_id: str
    position: int
    response: str
    is_flagged: bool
    epoch: int
    seq: int
    number: int
    saved_at_ms: int


_UPSERTS = ManyRows(_UPSERT, NewAnswer._fields)
_NEW_RECEIPTS = ManyRows(insert(_receipt), _receipt.c.keys())
_BELOW = select(func.count()).where(
    _receipt.c.attempt_id == bindparam("attempt_id"),
    _receipt.c.epoch == bindparam("epoch"),
    _receipt.c.seq < bindparam("below"),
)
_RECEIPTS = ManyKeys(
    select(_receipt).where(
        tuple_(_receipt.c.attempt_id, _receipt.c.epoch, _receipt.c.seq).in_(
            bindparam("wanted", expanding=True)
        )
    ),
    "wanted",
)


class StoredReceipt(msgspec.Struct, frozen=True):
    """A receipt as it was given; it repeats identically."""

    attempt_id: str
    epoch: int
    seq: int
    request_hash: str
    outcome: str
    code: str
    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The latest answer to one item."""

    position: int
    response: tuple[str, ...]
    is_flagged: bool
    epoch: int
    seq: int
    number: int
    saved_at_ms: int


def receipts(
    connection: Connection, wanted: Sequence[tuple[str, int, int]]
) -> dict[tuple[str, int, int], StoredReceipt]:
    """Return the receipts already given for `(attempt, epoch, seq)`."""
    found: dict[tuple[str, int, int], StoredReceipt] = {}
    for start in range(0, len(wanted), 300):
        for row in _RECEIPTS.rows(connection, wanted[start : start + 300]):
            found[row[0], row[1], row[2]] = StoredReceipt(*row)
    return found


def receipts_below(connection: Connection, attempt_id: str, epoch: int, seq: int) -> int:
    """Return how many commands of this epoch numbered below `seq` have a receipt."""
    wanted = {"attempt_id": attempt_id, "epoch": epoch, "below": seq}
    return int(connection.execute(_BELOW, wanted).scalar_one())


def last_seq(connection: Connection, attempt_id: str, epoch: int) -> int:
    """Return the highest `seq` of this epoch that has a receipt, 0 for none."""
    query = select(func.max(_receipt.c.seq)).where(
        _receipt.c.attempt_id == attempt_id, _receipt.c.epoch == epoch
    )
    return int(connection.execute(query).scalar() or 0)


def save_answers(connection: Connection, rows: Sequence[NewAnswer]) -> None:
    """Upsert answers."""
    _UPSERTS.write(connection, rows)


def add_receipts(connection: Connection, new: Iterable[StoredReceipt]) -> None:
    """Insert receipts."""
    _NEW_RECEIPTS.write(
        connection,
        [msgspec.structs.astuple(each) for each in new],
    )


def add_quarantined(connection: Connection, rows: Sequence[dict[str, object]]) -> None:
    """Insert what is kept apart for an officer."""
    if rows:
        connection.execute(insert(_quarantined), rows)


def answers_of(connection: Connection, attempt_id: str) -> list[StoredAnswer]:
    """Return an attempt's answers by position."""
    query = select(_answer).where(_answer.c.attempt_id == attempt_id).order_by(_answer.c.position)
    return [
        StoredAnswer(
            row.position,
            tuple(json.loads(row.response)),
            bool(row.is_flagged),
            row.epoch,
            row.seq,
            row.number,
            row.saved_at_ms,
        )
        for row in connection.execute(query)
    ]


def form_of(connection: Connection, exam_session_id: str, form_no: int) -> Form:
    """Return a form of an exam session."""
    content = connection.execute(
        select(_form.c.content)
        .join(_form_set, _form_set.c.id == _form.c.form_set_id)
        .where(_form_set.c.exam_session_id == exam_session_id, _form.c.form_no == form_no)
    ).scalar_one()
    return Form.decode(bytes(content))
