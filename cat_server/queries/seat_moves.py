"""Where a participant could be moved to."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.queries.access import Reader
from cat_server.records.contexts import context_of
from cat_server.records.kiosks import enrolled_seat_ids
from cat_server.records.profiles import profile_of
from cat_server.records.seats import seats_in


@dataclass(frozen=True, slots=True)
class OpenSeat:
    """A free seat of the participant's room; without a PC of its own nobody can sign in there yet."""

    seat_no: int
    is_spare: bool
    has_kiosk: bool


@dataclass(frozen=True, slots=True)
class SeatChoice:
    """The free seats, and whether a second officer must agree."""

    seats: tuple[OpenSeat, ...]
    needs_approver: bool


def seat_choice(reader: Reader, attempt_id: str) -> SeatChoice:
    """Return where an attempt could be moved to; nowhere for one without a seat."""
    with reader.view() as view:
        context = context_of(view.connection, attempt_id)
        if context is None or not context.seat_id:
            return SeatChoice((), needs_approver=False)
        enrolled = enrolled_seat_ids(view.connection)
        seats = tuple(
            OpenSeat(each.seat_no, each.is_spare, each.seat_id in enrolled)
            for each in seats_in(view.connection, context.exam_session_id, context.room_id)
            if each.is_open
        )
        policy = profile_of(view.connection, context.profile_hash).policy
    return SeatChoice(seats, "move_seat" in policy.two_person)
