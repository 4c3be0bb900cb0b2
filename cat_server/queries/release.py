"""What stands in the way of releasing a room, and whose kiosks a release concerns."""

from __future__ import annotations

from cat_server.queries.access import Reader
from cat_server.records.releases import SignedInSeat, signed_in_seats, signed_out

__all__ = ["SignedInSeat", "released_attempts", "seats_to_release"]


def seats_to_release(reader: Reader, exam_session_id: str, room_id: str) -> tuple[SignedInSeat, ...]:
    """Return who is still signed in, by seat."""
    with reader.view() as view:
        return signed_in_seats(view.connection, exam_session_id, room_id)


def released_attempts(reader: Reader, room_id: str, attempt_ids: frozenset[str]) -> frozenset[str]:
    """Return those of the attempts whose kiosks must go to the sign-in page after a release of the room."""
    if not attempt_ids:
        return frozenset()
    with reader.view() as view:
        return signed_out(view.connection, room_id, attempt_ids)
