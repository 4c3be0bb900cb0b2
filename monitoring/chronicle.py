"""One participant's history in plain words: each event a line, runs of answers drawn together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from itertools import groupby

from cat_server.domain.events import EventKind, Recorded
from cat_server.domain.ids import ActorKind
from cat_server.domain.incident import text_code
from cat_server.queries.attempt_history import AttemptHistory
from monitoring.wording import clock_time, duration, minutes_text

Text = Callable[[str, Mapping[str, object]], str]
"""Turns a code with parameters into a sentence of the reader's language."""

_RUNS = frozenset({EventKind.ANSWER_SAVED})
_LONGEST_RUN_MS = 60_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, on which exam clock, what, by whom, and why."""

    time: str
    clock: str
    text: str
    actor: str
    reason: str
    is_odd: bool


_ODD = frozenset(
    {
        EventKind.SIGN_IN_REFUSED,
        EventKind.PAPER_REFUSED,
        EventKind.ANSWER_QUARANTINED,
        EventKind.ANSWER_ACCEPTED_LATE,
        EventKind.ATTEMPT_FORCE_CLOSED,
        EventKind.ATTEMPT_REOPENED,
        EventKind.ATTEMPT_PAUSED,
        EventKind.ATTEMPT_DISQUALIFIED,
        EventKind.ATTEMPT_VOIDED,
        EventKind.INCIDENT_RECORDED,
        EventKind.TIME_GRANTED,
        EventKind.WORK_INTERRUPTED,
        EventKind.CHECK_IN_UNDONE,
        EventKind.ATTEMPT_REINSTATED,
        EventKind.SEAT_MOVED,
    }
)


WHY = frozenset(
    {
        "ATTEMPT_ENDED",
        "ATTEMPT_PAUSED",
        "BLOCK_CLOSED",
        "FENCED",
        "KIOSK_BUSY",
        "SEQ_REUSED",
        "SESSION_CLOSED",
        "SIGNED_IN_ELSEWHERE",
        "TOO_LATE",
        "WRONG_SEAT",
    }
)
"""Codes with which an answer was kept apart or a sign-in turned away, each with words (messages `why_<code>`)."""


def chronicle(history: AttemptHistory, text: Text, zone: tzinfo) -> tuple[Line, ...]:
    """Return the history, newest first. Answers saved within the same minute become one line."""
    lines: list[Line] = []
    for (kind, _), group in groupby(history.events, _run_of):
        events = tuple(group)
        last = events[-1]
        lines.append(
            Line(
                clock_time(last.at_ms, zone),
                "" if last.clock_ms is None else duration(last.clock_ms),
                _sentence(kind, events, history, text),
                _actor(last, history, text),
                str(last.private.get("reason") or last.private.get("description") or ""),
                kind in _ODD,
            )
        )
    return tuple(reversed(lines))


def _run_of(event: Recorded) -> tuple[EventKind, int]:
    is_run = event.kind in _RUNS
    return event.kind, event.at_ms // _LONGEST_RUN_MS if is_run else event.number


def _sentence(kind: EventKind, events: tuple[Recorded, ...], history: AttemptHistory, text: Text) -> str:
    event = events[-1]
    body = event.body
    seat = history.seats.get(str(body.get("seat_id", ""))) or history.kiosk_seats.get(
        str(body.get("kiosk_id", ""))
    )
    params: dict[str, object] = {
        "count": len(events),
        "items": ", ".join(_positions(events)),
        "position": event.private.get("position", body.get("position", "")),
        "block": body.get("block_no", ""),
        "seat": seat or "–",
        "pc": text("pc_of_seat", {"seat": seat}) if seat else text("pc_without_seat", {}),
        "minutes": _minutes(body.get("milliseconds")),
        "allowed": _minutes(body.get("allowed_ms")),
        "code": _code(body.get("reason_code") or body.get("code", ""), text),
        "minutes_down": _minutes(body.get("down_ms")),
        "lost": duration(_whole(body.get("to_clock_ms")) - _whole(body.get("from_clock_ms"))),
    }
    return text(f"event_{kind.value}", params)


def _code(code: object, text: Text) -> str:
    """Return the words for an incident's code, or for why something was not accepted; a code without words as it is."""
    if str(code) in WHY:
        return text(f"why_{code}", {})
    return text(text_code(str(code)), {}) if "." in str(code) else str(code)


def _positions(events: tuple[Recorded, ...]) -> list[str]:
    seen = dict.fromkeys(each.body.get("position") for each in events)
    return [str(each) for each in sorted(each for each in seen if isinstance(each, int))]


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _minutes(milliseconds: object) -> str:
    return minutes_text(milliseconds) if isinstance(milliseconds, int) else ""


def _actor(event: Recorded, history: AttemptHistory, text: Text) -> str:
    if event.actor_kind == ActorKind.OFFICER:
        name = history.officers.get(event.actor_id, event.actor_id)
        second = history.officers.get(event.approver, "")
        return f"{name} + {second}" if second else name
    return text(f"actor_{event.actor_kind}", {})
