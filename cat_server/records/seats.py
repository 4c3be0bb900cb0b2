"""Single seats: who holds one in an exam session, and whether it is out of use."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, select, update

from cat_server.domain.attempt import IN_PROGRESS, WAITING
from cat_server.records.tables import AttemptRow, SeatRow, table_of

_attempt = table_of(AttemptRow)
_seat = table_of(SeatRow)

_AT_WORK = tuple(sorted(each.value for each in WAITING | IN_PROGRESS))


@dataclass(frozen=True, slots=True)
class SeatUse:
    """A seat of a room; `attempt_id` is empty while nobody holds it in the exam session that was asked about."""

    seat_id: str
    seat_no: int
    is_spare: bool
    is_blocked: bool
    attempt_id: str

    @property
    def is_open(self) -> bool:
        """Tell whether a participant can be moved here."""
        return not self.is_blocked and not self.attempt_id


def seats_in(connection: Connection, exam_session_id: str, room_id: str) -> tuple[SeatUse, ...]:
    """Return the seats of a room by number, with who holds them in an exam session."""
    rows = connection.execute(
        select(_seat, _attempt.c.id.label("attempt_id"))
        .outerjoin(
            _attempt,
            and_(_attempt.c.seat_id == _seat.c.id, _attempt.c.exam_session_id == exam_session_id),
        )
        .where(_seat.c.room_id == room_id)
        .order_by(_seat.c.seat_no)
    )
    return tuple(
        SeatUse(row.id, row.seat_no, row.is_spare, row.is_blocked, row.attempt_id or "") for row in rows
    )


def set_blocked(connection: Connection, seat_id: str, *, is_blocked: bool) -> bool:
    """Take a seat out of use or back into use; return whether that changed anything."""
    changed = connection.execute(
        update(_seat)
        .where(_seat.c.id == seat_id, _seat.c.is_blocked.is_not(is_blocked))
        .values(is_blocked=is_blocked)
    )
    return changed.rowcount == 1


def is_at_work(connection: Connection, seat_id: str) -> bool:
    """Tell whether a participant whose exam is still to come or under way holds a seat, in any exam session."""
    query = select(_attempt.c.id).where(_attempt.c.seat_id == seat_id, _attempt.c.state.in_(_AT_WORK))
    return connection.execute(query.limit(1)).first() is not None
