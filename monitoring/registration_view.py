"""How an exam session's registration stands: open or not, until when, and who has come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from fastapi import Request

from cat_server.domain.attempt import SAT, WAITING
from cat_server.domain.exam_session import SittingState
from cat_server.domain.registration import closes_at_ms
from cat_server.queries.session_list import SessionSummary
from monitoring.pages import Screens
from monitoring.wording import clock_time, date_and_time

NOT_OPEN, OPEN, CLOSED = "not_open", "open", "closed"


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """One exam session's registration. `left_ms` is what remains until it closes, 0 where nothing is planned.

    `came` counts who was checked in, `missing` who is still awaited; `starts` is the whole date, `closes` a time.
    """

    exam_session_id: str
    title: str
    starts: str
    state: str
    closes: str
    left_ms: int
    participants: int
    came: int
    missing: int
    absent: int
    forfeited: int


def registration_view(screens: Screens, request: Request, summary: SessionSummary) -> RegistrationView:
    """Return how an exam session's registration stands now."""
    closes = closes_at_ms(summary.planned_start_at_ms, summary.profile.policy.registration_cutoff_s)
    left_ms = 0 if closes is None else closes - screens.deps.clock.now().at_ms
    counts = counts_of(summary)
    came = sum(counts[state.value] for state in WAITING | SAT)
    return RegistrationView(
        summary.exam_session_id,
        summary.title,
        date_and_time(summary.planned_start_at_ms, screens.zone, screens.language.of(request)),
        _state(summary, is_past=closes is not None and left_ms <= 0),
        "" if closes is None else clock_time(closes, screens.zone)[:5],
        max(0, left_ms),
        summary.participants,
        came,
        counts["SCHEDULED"],
        counts["ABSENT"],
        counts["FORFEITED"],
    )


def counts_of(summary: SessionSummary) -> Counter[str]:
    """Return how many participants are in each state, in whatever room."""
    return sum((room.counts for room in summary.rooms), Counter(summary.unplaced))


def _state(summary: SessionSummary, *, is_past: bool) -> str:
    states = {room.state for room in summary.rooms}
    if SittingState.REGISTERING in states:
        return CLOSED if is_past else OPEN
    return NOT_OPEN if states <= {SittingState.PREPARED} else CLOSED
