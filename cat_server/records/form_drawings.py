"""Drawings of forms as they are kept: what they were made from, and what came out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from cat_server.records.tables import (
    AttemptRow,
    ExamSessionRow,
    FormRow,
    FormSetInputsRow,
    FormSetRow,
    RoomRow,
    SeatRow,
    table_of,
)
from question_bank.forms import Form

_attempt = table_of(AttemptRow)
_session = table_of(ExamSessionRow)
_form = table_of(FormRow)
_form_set = table_of(FormSetRow)
_inputs = table_of(FormSetInputsRow)
_room = table_of(RoomRow)
_seat = table_of(SeatRow)


@dataclass(frozen=True, slots=True)
class StoredForm:
    """A form as it is kept; `seat` is its room's code and number, "" for a spare."""

    form_no: int
    hash: str
    content: bytes
    seat_id: str | None
    seat: str


@dataclass(frozen=True, slots=True)
class StoredDrawing:
    """A drawing with its exam session. `inputs` are what it was made from, `report` is how equal the forms are."""

    exam_session_id: str
    code: str
    state: str
    bank_id: str
    profile_hash: str
    form_set_id: str
    engine: str
    blueprint_hash: str
    items_hash: str
    keys_hash: str
    stats_hash: str
    seed_commitment: str
    inputs: bytes
    public_draw: str
    report: bytes
    forms: tuple[StoredForm, ...]


def add_inputs(connection: Connection, form_set_id: str, inputs: bytes, report: bytes) -> None:
    """Insert what a drawing was made from, without a public draw yet, and its fairness report."""
    values = {"form_set_id": form_set_id, "content": inputs, "public_draw": "", "report": report}
    connection.execute(insert(_inputs).values(values))


def stored_drawing(connection: Connection, exam_session_id: str) -> StoredDrawing | None:
    """Return the drawing of an exam session, or None where its inputs were not kept."""
    row = connection.execute(
        select(_form_set, _inputs.c.content, _inputs.c.public_draw, _inputs.c.report)
        .add_columns(_session.c.code, _session.c.state, _session.c.bank_id, _session.c.profile_hash)
        .join(_inputs, _inputs.c.form_set_id == _form_set.c.id)
        .join(_session, _session.c.id == _form_set.c.exam_session_id)
        .where(_form_set.c.exam_session_id == exam_session_id)
    ).first()
    if row is None:
        return None
    forms = connection.execute(
        select(_form, _seat.c.seat_no, _room.c.code)
        .outerjoin(_seat, _seat.c.id == _form.c.seat_id)
        .outerjoin(_room, _room.c.id == _seat.c.room_id)
        .where(_form.c.form_set_id == row.id)
        .order_by(_form.c.form_no)
    )
    return StoredDrawing(
        exam_session_id,
        row.code,
        row.state,
        row.bank_id,
        row.profile_hash,
        row.id,
        row.engine,
        row.blueprint_hash,
        row.items_hash,
        row.keys_hash,
        row.stats_hash,
        row.seed_commitment,
        bytes(row.content),
        row.public_draw,
        bytes(row.report),
        tuple(
            StoredForm(
                each.form_no,
                each.hash,
                bytes(each.content),
                each.seat_id,
                f"{each.code}-{each.seat_no}" if each.seat_id else "",
            )
            for each in forms
        ),
    )


def stored_report(connection: Connection, exam_session_id: str) -> bytes:
    """Return the fairness report of an exam session's forms, empty where none was kept."""
    query = (
        select(_inputs.c.report)
        .join(_form_set, _form_set.c.id == _inputs.c.form_set_id)
        .where(_form_set.c.exam_session_id == exam_session_id)
    )
    return bytes(connection.execute(query).scalar() or b"")


def replace_forms(
    connection: Connection,
    form_set_id: str,
    forms: Mapping[int, tuple[bytes, str]],
    public_draw: str,
    report: bytes,
) -> None:
    """Put other forms in the place of those drawn before; seats keep their numbers.

    `forms` are content and hash by number.
    """
    for form_no, (content, form_hash) in forms.items():
        connection.execute(
            _form.update()
            .where(_form.c.form_set_id == form_set_id, _form.c.form_no == form_no)
            .values(content=content, hash=form_hash)
        )
    connection.execute(
        _inputs.update()
        .where(_inputs.c.form_set_id == form_set_id)
        .values(public_draw=public_draw, report=report)
    )


def append_forms(connection: Connection, form_set_id: str, forms: Mapping[int, Form]) -> None:
    """Insert spare forms under numbers that follow those of the drawing."""
    connection.execute(
        insert(_form),
        [
            {
                "form_set_id": form_set_id,
                "form_no": number,
                "content": form.encoded,
                "hash": form.hash,
                "seat_id": None,
            }
            for number, form in forms.items()
        ],
    )
    connection.execute(
        _form_set.update().where(_form_set.c.id == form_set_id).values(forms=_form_set.c.forms + len(forms))
    )


def has_form_in_use(connection: Connection, exam_session_id: str) -> bool:
    """Tell whether anybody was given a form."""
    query = select(_attempt.c.id).where(
        _attempt.c.exam_session_id == exam_session_id, _attempt.c.form_no.is_not(None)
    )
    return connection.execute(query.limit(1)).first() is not None


def dealt_usage(connection: Connection, bank_id: str) -> Mapping[str, int]:
    """Return in how many seats' forms each item of a bank stands, over all exam sessions so far."""
    rows = connection.execute(
        select(_form.c.content)
        .join(_form_set, _form_set.c.id == _form.c.form_set_id)
        .join(_session, _session.c.id == _form_set.c.exam_session_id)
        .where(_session.c.bank_id == bank_id, _form.c.seat_id.is_not(None))
    ).scalars()
    return Counter(item["item_id"] for content in rows for item in json.loads(content)["items"])
