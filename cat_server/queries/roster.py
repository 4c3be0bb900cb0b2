"""What does not change while an exam session runs: people, papers, rules and seats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cat_server.queries.access import Reader
from cat_server.records.board_attempts import (
    StoredAttempt,
    StoredPresence,
    attempts_of,
    forms_of,
    keys_hash_of,
    presences,
    profiles_of,
)
from cat_server.records.board_results import derived_from
from cat_server.records.board_sessions import (
    StoredExamSession,
    StoredSeat,
    StoredSitting,
    exam_sessions,
    seats,
    sittings,
)
from cat_server.records.ledger import heads
from question_bank.forms import Form
from question_bank.profile_content import profile_from_content
from question_bank.scoring_profile import Profile

__all__ = ["Roster", "StoredAttempt", "StoredPresence", "StoredSeat", "StoredSitting", "Whereabouts"]


@dataclass(frozen=True, slots=True)
class Roster:
    """One exam session: its people by attempt, seats by id, forms by number, profiles by hash.

    `written` names, by attempt, the ledger number that the stored score was derived from; `number` is that of the last event
    that the roster knows of.
    """

    exam_session: StoredExamSession
    profile: Profile
    attempts: Mapping[str, StoredAttempt]
    seats: Mapping[str, StoredSeat]
    rooms: Mapping[str, StoredSitting]
    forms: Mapping[int, Form]
    profiles: Mapping[str, Profile]
    keys_hash: str
    written: Mapping[str, int]
    number: int


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is alive and no event: sittings with their exam clock by room, presence by attempt."""

    sittings: Mapping[str, StoredSitting]
    presence: Mapping[str, StoredPresence]


def roster(reader: Reader, exam_session_id: str) -> Roster | None:
    """Return an exam session's roster, or None where there is no such exam session."""
    with reader.view() as view:
        connection = view.connection
        found = [each for each in exam_sessions(connection) if each.exam_session_id == exam_session_id]
        if not found:
            return None
        exam_session = found[0]
        rooms = {
            each.room_id: each for each in sittings(connection) if each.exam_session_id == exam_session_id
        }
        profiles = {
            profile_hash: profile_from_content(content)
            for profile_hash, content in profiles_of(connection, exam_session_id).items()
        }
        return Roster(
            exam_session,
            profile_from_content(exam_session.profile_content),
            {each.attempt_id: each for each in attempts_of(connection, exam_session_id)},
            {each.seat_id: each for each in seats(connection) if each.room_id in rooms},
            rooms,
            {form_no: Form.decode(content) for form_no, content in forms_of(connection, exam_session_id)},
            profiles,
            keys_hash_of(connection, exam_session_id),
            derived_from(connection, exam_session_id),
            heads(connection).get(exam_session_id, 0),
        )


def whereabouts(reader: Reader, exam_session_id: str) -> Whereabouts:
    """Return the exam clocks and the presence of an exam session as they are now."""
    with reader.view() as view:
        return Whereabouts(
            {
                each.room_id: each
                for each in sittings(view.connection)
                if each.exam_session_id == exam_session_id
            },
            presences(view.connection, exam_session_id),
        )
