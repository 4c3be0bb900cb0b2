"""What the ledger itself holds of the incidents of an exam session: pauses, moves, extra time, decisions."""

from __future__ import annotations

from cat_server.domain.events import EventKind
from cat_server.queries.access import Reader
from cat_server.queries.attempt_history import AttemptHistory
from cat_server.records.board_history import kiosk_seats, officer_names, seat_numbers
from cat_server.records.events_by_kind import events_of_kinds

__all__ = ["LOGGED", "AttemptHistory", "incident_log"]

LOGGED = (
    EventKind.SITTING_STARTED,
    EventKind.SITTING_PAUSED,
    EventKind.SITTING_RESUMED,
    EventKind.SITTING_CLOSED,
    EventKind.CLOCK_RECOVERED,
    EventKind.CHECK_IN_UNDONE,
    EventKind.SEAT_MOVED,
    EventKind.ATTEMPT_PAUSED,
    EventKind.ATTEMPT_RESUMED,
    EventKind.TIME_GRANTED,
    EventKind.ATTEMPT_FORCE_CLOSED,
    EventKind.ATTEMPT_REOPENED,
    EventKind.ATTEMPT_DISQUALIFIED,
    EventKind.ATTEMPT_VOIDED,
)
"""Events that belong on the list of incidents beside what officers recorded."""


def incident_log(reader: Reader, exam_session_id: str) -> AttemptHistory:
    """Return those events in order, with the names they refer to. Reads the whole chain: run it in a thread."""
    with reader.view() as view:
        connection = view.connection
        return AttemptHistory(
            events_of_kinds(connection, exam_session_id, LOGGED),
            officer_names(connection),
            kiosk_seats(connection),
            seat_numbers(connection),
        )
