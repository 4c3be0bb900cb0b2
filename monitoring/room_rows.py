"""The rows of a room: what an officer must see of each participant, and who needs somebody to come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from cat_server.domain.attempt import IN_PROGRESS, SAT, AttemptState
from cat_server.domain.exam_session import SittingState
from cat_server.domain.history_views import AttemptView
from cat_server.domain.timing import ends_clock_ms, open_block
from cat_server.queries.roster import Roster, StoredAttempt, StoredPresence, StoredSitting
from monitoring.live_session import LiveSession
from question_bank.points import points_text

LOST_AFTER_MS = 15_000
"""A kiosk that was silent for longer counts as disconnected (its heartbeat comes every 10 s)."""
NO_ANSWER_AFTER_MS = 5 * 60_000
READY_BEFORE_MS = 5 * 60_000
REFUSED_FOR_MS = 10 * 60_000

URGENCY = (
    *("LOST", "UNSAVED", "INTERRUPTED", "ELSEWHERE", "COPIED", "HELD", "QUARANTINED", "NO_ANSWERS"),
    "NOT_READY",
)
"""Reasons to look at somebody, the most urgent first."""

Row: TypeAlias = "dict[str, Any]"
"""A row as it goes to the browsers; the keys are documented in `row_of`."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """A room now: the head of the page, and a row for each participant."""

    head: dict[str, Any]
    rows: dict[str, Row]


@dataclass(frozen=True, slots=True)
class _Room:
    roster: Roster
    sitting: StoredSitting
    state: SittingState
    now_ms: int


def room_state(
    live: LiveSession,
    room_id: str,
    now_ms: int,
    before: Mapping[str, Row] | None = None,
    concerned: Collection[str] = (),
) -> RoomState | None:
    """Return a room of an exam session as it is now, or None where it has no such room.

    With the rows of a moment ago only those of the attempts that something has happened to since are made anew.
    """
    roster = live.roster
    if roster is None or room_id not in roster.rooms:
        return None
    sitting = live.whereabouts.sittings.get(room_id, roster.rooms[room_id])
    folded = live.history.sittings.get(room_id)
    state = SittingState(folded.state if folded else sitting.state)
    room = _Room(roster, sitting, state, now_ms)
    rows: dict[str, Row] = dict(before or {})
    is_only_room = len(roster.rooms) == 1
    for attempt_id in roster.attempts if before is None else concerned:
        stored, view = roster.attempts.get(attempt_id), live.attempt(attempt_id)
        if stored is None or view is None:
            continue
        here = view.room_id or ""
        if here == room_id or (not here and is_only_room):
            rows[attempt_id] = row_of(room, live, stored, view)
        else:
            rows.pop(attempt_id, None)
    return RoomState(_head(room, rows), rows)


def row_of(room: _Room, live: LiveSession, stored: StoredAttempt, view: AttemptView) -> Row:
    """Return one row.

    Its keys: `id`, `seat`, `name`, `no` (participant number), `state`, `off` (silent since, ms; 0 connected, -1 never
    seen), `ans` of `n`, `flag`, `pos` (item in view), `ends` (exam clock), `stop` (where the exam clock of somebody paused alone stands, or null), `sec` and `sum` (points as text), `saved`
    (ms), `acc` (accommodation), `needs` ([code, since or how many] pairs, the most urgent first).
    """
    seat = room.roster.seats.get(view.seat_id or "")
    presence = live.whereabouts.presence.get(stored.attempt_id)
    state = _shown_state(AttemptState(view.state), room.state)
    score = live.scores.get(stored.attempt_id) if AttemptState(view.state) in SAT else None
    profile = room.roster.profiles.get(stored.profile_hash, room.roster.profile)
    answered = view.answered
    return {
        "id": stored.attempt_id,
        "seat": seat.seat_no if seat else None,
        "name": stored.name,
        "no": stored.participant_number,
        "state": state.value,
        "off": _silent_since(state, presence, room.now_ms),
        "ans": answered,
        "n": profile.items,
        "flag": sum(each.is_flagged for each in view.answers.values()),
        "pos": presence.position if presence and state in IN_PROGRESS else 0,
        "ends": _ends(view),
        "stop": view.paused_clock_ms,
        "sec": [points_text(each.points, profile.digits) for each in score.sections] if score else [],
        "sum": points_text(score.total, profile.digits) if score else "",
        "saved": view.last_saved_at_ms or 0,
        "acc": stored.accommodation,
        "needs": _needs(room, live, view, presence, state, answered),
    }


def _shown_state(state: AttemptState, sitting: SittingState) -> AttemptState:
    if state is AttemptState.RUNNING and sitting is SittingState.PAUSED:
        return AttemptState.PAUSED
    return state


def _silent_since(state: AttemptState, presence: StoredPresence | None, now_ms: int) -> int:
    if state not in IN_PROGRESS and state not in (AttemptState.SEATED, AttemptState.READY):
        return 0
    if presence is None:
        return -1
    return presence.seen_at_ms if now_ms - presence.seen_at_ms > LOST_AFTER_MS else 0


def _ends(view: AttemptView) -> int | None:
    if AttemptState(view.state) not in IN_PROGRESS:
        return None
    block = open_block(view.blocks)
    return None if block is None else ends_clock_ms(block, view.grants)


def _needs(
    room: _Room,
    live: LiveSession,
    view: AttemptView,
    presence: StoredPresence | None,
    state: AttemptState,
    answered: int,
) -> list[list[str | int]]:
    needs = _needs_at_work(room, view, presence, state, answered)
    refused = live.refused.get(view.attempt_id)
    if refused and room.now_ms - refused.at_ms < REFUSED_FOR_MS:
        needs["ELSEWHERE"] = refused.at_ms
    copied_at_ms = live.copied_at_ms.get(view.attempt_id)
    if copied_at_ms is not None and room.now_ms - copied_at_ms < REFUSED_FOR_MS:
        needs["COPIED"] = copied_at_ms
    if view.interruptions and state in IN_PROGRESS | {AttemptState.TIMED_OUT}:
        needs["INTERRUPTED"] = sum(each.lost_ms for each in view.interruptions.values())
    if view.paused_at_ms is not None:
        needs["HELD"] = view.paused_at_ms
    if view.quarantined:
        needs["QUARANTINED"] = view.quarantined
    if _is_late(room, state):
        needs["NOT_READY"] = 0
    return [[code, needs[code]] for code in URGENCY if code in needs]


def _needs_at_work(
    room: _Room, view: AttemptView, presence: StoredPresence | None, state: AttemptState, answered: int
) -> dict[str, int]:
    """Return what is wrong with the PC or the work of somebody in progress."""
    needs: dict[str, int] = {}
    if state not in IN_PROGRESS:
        return needs
    sat_ms = room.sitting.clock_ms - (view.blocks[0].started_clock_ms if view.blocks else 0)
    silent = _silent_since(state, presence, room.now_ms)
    # Where a whole room starts, its kiosks are heard of for the first time over the next seconds.
    if silent and (presence is not None or sat_ms > LOST_AFTER_MS):
        needs["LOST"] = silent
    if presence and presence.unsent:
        needs["UNSAVED"] = presence.unsent
    is_idle = not answered and view.paused_clock_ms is None
    if is_idle and sat_ms >= NO_ANSWER_AFTER_MS:
        needs["NO_ANSWERS"] = sat_ms // 60_000
    return needs


def _is_late(room: _Room, state: AttemptState) -> bool:
    """Tell whether the start is near and this participant is not ready."""
    planned = room.roster.exam_session.planned_start_at_ms
    is_near = planned is not None and room.now_ms >= planned - READY_BEFORE_MS
    is_waiting = state in (AttemptState.REGISTERED, AttemptState.SEATED)
    return room.state is SittingState.REGISTERING and is_near and is_waiting


def _head(room: _Room, rows: dict[str, Row]) -> dict[str, Any]:
    counts = Counter(row["state"] for row in rows.values())
    lost = sum(any(need[0] == "LOST" for need in row["needs"]) for row in rows.values())
    unsaved = sum(any(need[0] == "UNSAVED" for need in row["needs"]) for row in rows.values())
    ends = [row["ends"] for row in rows.values() if row["ends"] is not None]
    return {
        "state": room.state.value,
        "clock": room.sitting.clock_ms,
        "ends": _usual(ends),
        "at": room.now_ms,
        "counts": dict(counts),
        "lost": lost,
        "unsaved": unsaved,
        "start": room.roster.exam_session.planned_start_at_ms,
    }


def _usual(ends: list[int]) -> int | None:
    """Return the end most participants have: the room's clock shows it, extra time of a few does not move it."""
    return Counter(ends).most_common(1)[0][0] if ends else None
