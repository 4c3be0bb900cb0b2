"""What an exam session's events say of each attempt: state, seat, form and the answers that count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cat_server.domain.attempt import AttemptState
from cat_server.domain.events import EventKind
from cat_server.results.ledger_check import OpenedEvent

ENDING: dict[str, AttemptState] = {
    EventKind.ATTEMPT_FINISHED: AttemptState.FINISHED,
    EventKind.ATTEMPT_TIMED_OUT: AttemptState.TIMED_OUT,
    EventKind.ATTEMPT_FORCE_CLOSED: AttemptState.FORCE_CLOSED,
    EventKind.ATTEMPT_ABSENT: AttemptState.ABSENT,
    EventKind.ATTEMPT_FORFEITED: AttemptState.FORFEITED,
    EventKind.ATTEMPT_DISQUALIFIED: AttemptState.DISQUALIFIED,
    EventKind.ATTEMPT_VOIDED: AttemptState.VOIDED,
}
"""Which event ends an attempt in which state."""

_STATES: dict[str, AttemptState] = {
    **ENDING,
    EventKind.ATTEMPT_STARTED: AttemptState.RUNNING,
    EventKind.ATTEMPT_REOPENED: AttemptState.RUNNING,
    EventKind.ATTEMPT_PAUSED: AttemptState.PAUSED,
    EventKind.ATTEMPT_RESUMED: AttemptState.RUNNING,
}
_ANSWERS = (EventKind.ANSWER_SAVED, EventKind.ANSWER_ACCEPTED_LATE)


@dataclass(slots=True)
class FoldedAttempt:
    """An attempt as its events tell it; `answers` by position, each as a package's line holds it."""

    attempt_id: str
    participant_id: str
    ordinal: int
    profile_hash: str
    state: str = AttemptState.SCHEDULED
    room_id: str | None = None
    seat_id: str | None = None
    form_no: int | None = None
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    ended_by: str = ""


def fold(events: Iterable[OpenedEvent]) -> dict[str, FoldedAttempt]:
    """Return the attempts by id.

    Raises:
        KeyError, TypeError: an event lacks what its kind must have.
    """
    attempts: dict[str, FoldedAttempt] = {}
    for event in events:
        body = event.body
        if event.kind == EventKind.PARTICIPANT_SCHEDULED:
            attempts[body["attempt_id"]] = FoldedAttempt(
                body["attempt_id"], body["participant_id"], body["ordinal"], body["profile_hash"]
            )
            continue
        attempt = attempts.get(body.get("attempt_id", ""))
        if attempt is not None:
            _apply(attempt, event)
    return attempts


def _apply(attempt: FoldedAttempt, event: OpenedEvent) -> None:
    body = event.body
    if event.kind == EventKind.PARTICIPANT_CHECKED_IN:
        attempt.state = AttemptState.REGISTERED
        attempt.room_id, attempt.seat_id, attempt.form_no = (
            body["room_id"],
            body["seat_id"],
            body["form_no"],
        )
    elif event.kind == EventKind.CHECK_IN_UNDONE:
        attempt.state = AttemptState.SCHEDULED
        attempt.room_id = attempt.seat_id = attempt.form_no = None
    elif event.kind == EventKind.ATTEMPT_REINSTATED:
        attempt.state, attempt.ended_by = body["state"], ""
    elif event.kind == EventKind.SEAT_MOVED:
        attempt.room_id, attempt.seat_id = body["room_id"], body["seat_id"]
    elif event.kind in _STATES:
        attempt.state = _STATES[event.kind]
        attempt.ended_by = event.kind if event.kind in ENDING else ""
        if event.kind == EventKind.ATTEMPT_VOIDED:
            attempt.seat_id = None
    elif event.kind in _ANSWERS:
        earlier = attempt.answers.get(body["position"])
        if earlier is None or (earlier["epoch"], earlier["seq"]) < (body["epoch"], body["seq"]):
            attempt.answers[body["position"]] = {
                "position": body["position"],
                "response": event.private["response"],
                "is_flagged": event.private["is_flagged"],
                "epoch": body["epoch"],
                "seq": body["seq"],
                "number": event.number,
            }
