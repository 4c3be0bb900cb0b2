"""At the cut-off registration closes by itself, and who has not come is absent (domain.md 2.2, step 4)."""

from __future__ import annotations

from cat_server.domain.attempt import AttemptCommand, AttemptState, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SERVER
from cat_server.domain.registration import is_past_cutoff
from cat_server.records.attempts import set_states
from cat_server.records.profiles import profile_of
from cat_server.records.registrations import (
    PlannedRegistration,
    attempts_in_state,
    is_registration_closed,
    planned_registrations,
)
from cat_server.records.write_lane import Tx


class ClosedRegistrations:
    """Which cut-offs this process has seen pass, so that a tick need not read the ledger again."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, int]] = set()

    def is_new(self, tx: Tx, planned: PlannedRegistration) -> bool:
        """Tell whether the registration is still to be closed; it is not asked again for the same start."""
        known = (planned.exam_session_id, planned.planned_start_at_ms)
        if known in self._seen:
            return False
        is_closed = is_registration_closed(tx.connection, planned.exam_session_id)
        if is_closed:
            self._seen.add(known)
        return not is_closed


def close_due_registrations(tx: Tx, closed: ClosedRegistrations) -> None:
    """Close registration of every exam session whose cut-off has passed; whoever is still scheduled is absent.

    An exam session without a planned start, or whose registration was never opened, is left to the officers.
    """
    for planned in planned_registrations(tx.connection):
        cutoff_s = profile_of(tx.connection, planned.profile_hash).policy.registration_cutoff_s
        if not is_past_cutoff(tx.now.at_ms, planned.planned_start_at_ms, cutoff_s):
            continue
        if planned.room_ids and closed.is_new(tx, planned):
            for room_id in planned.room_ids:
                event = Event(EventKind.REGISTRATION_CLOSED, {"room_id": room_id})
                tx.append(planned.exam_session_id, event, SERVER)
        _mark_absent(tx, planned.exam_session_id)


def _mark_absent(tx: Tx, exam_session_id: str) -> None:
    missing = attempts_in_state(tx.connection, exam_session_id, AttemptState.SCHEDULED)
    absent = next_attempt_state(AttemptState.SCHEDULED, AttemptCommand.CLOSE_ABSENT)
    set_states(tx.connection, missing, absent.value)
    for attempt_id in missing:
        tx.append(exam_session_id, Event(EventKind.ATTEMPT_ABSENT, {"attempt_id": attempt_id}), SERVER)
