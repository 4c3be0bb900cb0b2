"""The incidents of an exam session in one list: what officers recorded, and what the ledger holds anyway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from cat_server.domain.events import EventKind, Recorded
from cat_server.domain.incident import text_code
from cat_server.queries.incident_log import AttemptHistory
from cat_server.queries.incidents import IncidentLine
from monitoring.chronicle import Text, chronicle
from monitoring.live_session import LiveSession
from monitoring.wording import clock_time, duration

RECORDED, LEDGER = "recorded", "ledger"
SOURCES = (RECORDED, LEDGER)
_RESUMED = {
    EventKind.SITTING_RESUMED: EventKind.SITTING_PAUSED,
    EventKind.ATTEMPT_RESUMED: EventKind.ATTEMPT_PAUSED,
}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line; `category` is empty and `attempt_id` may be for what the ledger tells by itself."""

    at_ms: int
    time: str
    duration: str
    source: str
    category: str
    room_id: str
    room_name: str
    seat: str
    attempt_id: str
    who: str
    what: str
    note: str
    measure: str
    actor: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are shown; empty fields leave nothing out."""

    source: str = ""
    category: str = ""
    room_id: str = ""


def incident_lines(
    live: LiveSession, recorded: Sequence[IncidentLine], log: AttemptHistory, text: Text, zone: tzinfo
) -> tuple[LogLine, ...]:
    """Return all lines in the order in which things happened."""
    lines = [_recorded(each, text, zone) for each in recorded]
    told = reversed(chronicle(log, text, zone))
    lasted = _durations(log.events)
    for event, line in zip(log.events, told, strict=True):
        if event.kind in _RESUMED:
            continue
        attempt_id = str(event.body.get("attempt_id", ""))
        room_id = _room_of(live, event, attempt_id)
        lines.append(
            LogLine(
                event.at_ms,
                line.time,
                lasted.get(event.number, ""),
                LEDGER,
                "",
                room_id,
                _room_name(live, room_id),
                _seat_of(live, attempt_id),
                attempt_id,
                _who(live, attempt_id),
                line.text,
                line.reason,
                "",
                line.actor,
            )
        )
    return tuple(sorted(lines, key=lambda each: each.at_ms))


def chosen(lines: Sequence[LogLine], wanted: Wanted) -> tuple[LogLine, ...]:
    """Return the lines that are wanted. A line about no room in particular belongs to each."""
    return tuple(
        each
        for each in lines
        if wanted.source in ("", each.source)
        and wanted.category in ("", each.category)
        and (wanted.room_id in ("", each.room_id) or not each.room_id)
    )


def _recorded(incident: IncidentLine, text: Text, zone: tzinfo) -> LogLine:
    category = incident.code.split(".")[0]
    who = f"{incident.participant_number} {incident.participant_name}".strip()
    return LogLine(
        incident.occurred_at_ms,
        clock_time(incident.occurred_at_ms, zone),
        duration(incident.duration_s * 1000) if incident.duration_s else "",
        RECORDED,
        category,
        incident.room_id,
        incident.room_name,
        "" if incident.seat_no is None else str(incident.seat_no),
        "",
        who,
        f"{text(text_code(category), {})}: {text(text_code(incident.code), {})}",
        incident.description,
        incident.measure,
        incident.actor_name,
    )


def _durations(events: Sequence[Recorded]) -> dict[int, str]:
    """Return by the number of an event how long what it began has lasted, as text."""
    begun: dict[tuple[EventKind, str], Recorded] = {}
    lasted: dict[int, str] = {}
    for event in events:
        about = str(event.body.get("attempt_id") or event.body.get("room_id", ""))
        if event.kind in _RESUMED.values():
            begun[event.kind, about] = event
        elif event.kind in _RESUMED:
            first = begun.pop((_RESUMED[event.kind], about), None)
            if first is not None:
                lasted[first.number] = duration(event.at_ms - first.at_ms)
        elif event.kind is EventKind.CLOCK_RECOVERED and isinstance(event.body["down_ms"], int):
            lasted[event.number] = duration(event.body["down_ms"])
    return lasted


def _room_of(live: LiveSession, event: Recorded, attempt_id: str) -> str:
    attempt = live.attempt(attempt_id)
    return str(event.body.get("room_id") or (attempt.room_id if attempt else ""))


def _room_name(live: LiveSession, room_id: str) -> str:
    room = live.roster.rooms.get(room_id) if live.roster else None
    return room.room_name if room else ""


def _seat_of(live: LiveSession, attempt_id: str) -> str:
    attempt = live.attempt(attempt_id)
    seat = live.roster.seats.get(attempt.seat_id) if live.roster and attempt else None
    return str(seat.seat_no) if seat else ""


def _who(live: LiveSession, attempt_id: str) -> str:
    stored = live.roster.attempts.get(attempt_id) if live.roster else None
    return f"{stored.participant_number} {stored.name}" if stored else ""
