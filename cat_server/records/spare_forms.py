"""Forms of an exam session that belong to no seat and that nobody has had yet."""

from __future__ import annotations

from sqlalchemy import Connection, select

from cat_server.records.tables import AttemptRow, FormRow, FormSetRow, table_of

_attempt = table_of(AttemptRow)
_form = table_of(FormRow)
_form_set = table_of(FormSetRow)


def next_spare_form(connection: Connection, exam_session_id: str) -> int | None:
    """Return the number of the first unused spare form, or None where none is left."""
    used = select(_attempt.c.form_no).where(
        _attempt.c.exam_session_id == exam_session_id, _attempt.c.form_no.is_not(None)
    )
    query = (
        select(_form.c.form_no)
        .join(_form_set, _form_set.c.id == _form.c.form_set_id)
        .where(
            _form_set.c.exam_session_id == exam_session_id,
            _form.c.seat_id.is_(None),
            _form.c.form_no.not_in(used),
        )
        .order_by(_form.c.form_no)
        .limit(1)
    )
    form_no: int | None = connection.execute(query).scalar()
    return form_no
