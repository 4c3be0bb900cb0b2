"""Exam sessions and their rooms, with counts: where an officer starts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cat_server.domain.exam_session import SittingState, exam_session_state
from cat_server.queries.access import Reader
from cat_server.records.board_sessions import attempts_by_state, exam_sessions, sittings
from question_bank.profile_content import profile_from_content
from question_bank.scoring_profile import Profile


@dataclass(frozen=True, slots=True)
class RoomSummary:
    """An exam session in one room. `counts` are attempts by state."""

    room_id: str
    code: str
    name: str
    state: SittingState
    seats: int
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """An exam session with its rooms; `unplaced` counts attempts without a room yet, by state."""

    exam_session_id: str
    code: str
    title: str
    event_name: str
    is_demo: bool
    state: SittingState
    planned_start_at_ms: int | None
    bank_id: str
    profile: Profile
    rooms: tuple[RoomSummary, ...]
    unplaced: Counter[str]

    @property
    def participants(self) -> int:
        """How many are expected."""
        return self.unplaced.total() + sum(each.counts.total() for each in self.rooms)

    @property
    def checked_in(self) -> int:
        """How many have a seat."""
        return sum(each.counts.total() for each in self.rooms)


def session_list(reader: Reader) -> tuple[SessionSummary, ...]:
    """Return every exam session, the earliest planned first."""
    with reader.view() as view:
        stored = exam_sessions(view.connection)
        rooms = sittings(view.connection)
        counts = attempts_by_state(view.connection)
    summaries = []
    for each in stored:
        own = tuple(
            RoomSummary(
                room.room_id,
                room.room_code,
                room.room_name,
                SittingState(room.state),
                room.seats,
                counts.get((each.exam_session_id, room.room_id), Counter()),
            )
            for room in rooms
            if room.exam_session_id == each.exam_session_id
        )
        summaries.append(
            SessionSummary(
                each.exam_session_id,
                each.code,
                each.title,
                each.event_name,
                each.is_demo,
                exam_session_state([room.state for room in own]),
                each.planned_start_at_ms,
                each.bank_id,
                profile_from_content(each.profile_content),
                own,
                counts.get((each.exam_session_id, ""), Counter()),
            )
        )
    return tuple(summaries)


def session_summary(reader: Reader, exam_session_id: str) -> SessionSummary | None:
    """Return one exam session, or None."""
    return next((each for each in session_list(reader) if each.exam_session_id == exam_session_id), None)
