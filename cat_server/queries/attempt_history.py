"""Everything that happened to one attempt, with the names that its events only refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cat_server.domain.events import Recorded
from cat_server.queries.access import Reader
from cat_server.records.board_history import events_numbered, kiosk_seats, officer_names, seat_numbers


@dataclass(frozen=True, slots=True)
class AttemptHistory:
    """Events in order; officers' names, and seat numbers of kiosks and seats, by id."""

    events: tuple[Recorded, ...]
    officers: Mapping[str, str]
    kiosk_seats: Mapping[str, int]
    seats: Mapping[str, int]


def attempt_history(reader: Reader, exam_session_id: str, numbers: Sequence[int]) -> AttemptHistory:
    """Return the events with these numbers of an exam session's chain."""
    with reader.view() as view:
        connection = view.connection
        return AttemptHistory(
            events_numbered(connection, exam_session_id, numbers),
            officer_names(connection),
            kiosk_seats(connection),
            seat_numbers(connection),
        )
