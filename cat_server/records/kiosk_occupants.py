"""Who is at a PC now: a seat's PC serves one exam session after the other (domain.md 2.1)."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from cat_server.domain.attempt import IN_PROGRESS, WAITING
from cat_server.records.tables import AttemptRow, SignInRow, table_of

_attempt = table_of(AttemptRow)
_sign_in = table_of(SignInRow)

_AT_WORK = tuple(sorted(each.value for each in WAITING | IN_PROGRESS))


_OTHERS = (
    select(_sign_in.c.attempt_id)
    .join(_attempt, _attempt.c.id == _sign_in.c.attempt_id)
    .where(
        _sign_in.c.kiosk_id == bindparam("kiosk_id"),
        _sign_in.c.ended_at_ms.is_(None),
        _sign_in.c.attempt_id != bindparam("but_for"),
        _attempt.c.state.in_(_AT_WORK),
    )
    .limit(1)
)


def is_occupied(connection: Connection, kiosk_id: str, but_for_attempt_id: str) -> bool:
    """Tell whether somebody else is signed in at a PC whose exam is still to come or under way."""
    names = {"kiosk_id": kiosk_id, "but_for": but_for_attempt_id}
    return connection.execute(_OTHERS, names).first() is not None
