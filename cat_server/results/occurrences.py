"""What happened besides the ordinary course, numbered: incidents, pauses, moves, extra time and every exclusion.

Read from the ledger alone, so that nothing can be told that is not bound by its hashes, nor left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from cat_server.domain.events import EventKind, Recorded
from cat_server.results.paper_source import PaperSource

SHORTEST_DOWNTIME_MS = 1_000
"""Shorter gaps are the clock's own step, not an interruption."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One line of the incident list.

    `kind` is a code: `incident`, or an event kind; `code` the reason code where there is one. `people` are attempt
    ids, `seats` as `Ruang A/17`; `decided_by` is an officer's name or an actor kind.
    """

    at_ms: int
    kind: str
    code: str = ""
    room: str = ""
    seats: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    description: str = ""
    measure: str = ""
    duration_ms: int | None = None
    granted_ms: int | None = None
    moved_to_ms: int | None = None
    decided_by: str = ""
    approved_by: str = ""


def occurrences(source: PaperSource) -> tuple[Occurrence, ...]:
    """Return everything out of the ordinary, in order of time; what one act did to many is one occurrence."""
    return _ordered(_each(source, source.events))


def later_occurrences(source: PaperSource) -> tuple[Occurrence, ...]:
    """Return what was recorded after the statement that made the results official."""
    return _ordered(_each(source, source.later_events))


def _ordered(found: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    return tuple(_joined(sorted(found, key=lambda each: each.at_ms)))


def _each(source: PaperSource, events: Iterable[Recorded]) -> Iterator[Occurrence]:
    opened: dict[tuple[str, str], Occurrence] = {}
    for event in events:
        handler = _HANDLERS.get(event.kind)
        if handler is not None:
            made = handler(source, event)
            if made is not None:
                yield made
            continue
        subject = (
            event.kind.split("_")[0],
            str(event.body.get("attempt_id") or event.body.get("room_id", "")),
        )
        if event.kind in (EventKind.SITTING_PAUSED, EventKind.ATTEMPT_PAUSED):
            opened[subject] = _plain(source, event)
        elif event.kind in (EventKind.SITTING_RESUMED, EventKind.ATTEMPT_RESUMED, EventKind.SITTING_CLOSED):
            begun = opened.pop(subject, None)
            if begun is not None:
                yield replace(begun, duration_ms=event.at_ms - begun.at_ms)
    yield from opened.values()


def _plain(source: PaperSource, event: Recorded) -> Occurrence:
    """Return what every event tells: when, where, whom it concerned, why, and who decided."""
    attempt_id = str(event.body.get("attempt_id") or "")
    attempt = source.attempts.get(attempt_id)
    place = source.places.get(str(event.body.get("seat_id") or "")) or (
        source.place_of(attempt) if attempt else None
    )
    room_id = str(event.body.get("room_id") or "")
    return Occurrence(
        event.at_ms,
        event.kind.value,
        code=str(event.body.get("reason_code", "")),
        room=place.room_name if place else source.room_name(room_id),
        seats=(f"{place.room_code}/{place.seat_no}",) if place else (),
        people=(attempt_id,) if attempt else (),
        description=str(event.private.get("reason", "")),
        decided_by=source.actor_name(event),
        approved_by=source.officer_name(event.approver) if event.approver else "",
    )


def _incident(source: PaperSource, event: Recorded) -> Occurrence:
    return replace(
        _plain(source, event),
        at_ms=_int(event, "occurred_at_ms"),
        kind="incident",
        code=str(event.body["code"]),
        description=str(event.private.get("description", "")),
        measure=str(event.private.get("measure", "")),
        duration_ms=_int(event, "duration_s") * 1000 or None,
    )


def _moved(source: PaperSource, event: Recorded) -> Occurrence:
    left = source.places.get(str(event.body["from_seat_id"]))
    plain = _plain(source, event)
    seats = (f"{left.room_code}/{left.seat_no}",) if left else ()
    return replace(plain, seats=(*seats, *plain.seats))


def _granted(source: PaperSource, event: Recorded) -> Occurrence:
    return replace(_plain(source, event), granted_ms=_int(event, "milliseconds"))


def _postponed(source: PaperSource, event: Recorded) -> Occurrence:
    return replace(_plain(source, event), moved_to_ms=_int(event, "planned_start_at_ms"))


def _reasoned(source: PaperSource, event: Recorded) -> Occurrence | None:
    """Tell of what is ordinary unless an officer gave a reason for it."""
    return _plain(source, event) if event.private.get("reason") else None


def _recovered(source: PaperSource, event: Recorded) -> Occurrence | None:
    down_ms = _int(event, "down_ms")
    if down_ms < SHORTEST_DOWNTIME_MS:
        return None
    plain = _plain(source, event)
    return replace(plain, at_ms=event.at_ms - down_ms, duration_ms=down_ms)


_HANDLERS: dict[EventKind, Callable[[PaperSource, Recorded], Occurrence | None]] = {
    EventKind.INCIDENT_RECORDED: _incident,
    EventKind.SEAT_MOVED: _moved,
    EventKind.TIME_GRANTED: _granted,
    EventKind.CLOCK_RECOVERED: _recovered,
    EventKind.ATTEMPT_DISQUALIFIED: _plain,
    EventKind.ATTEMPT_VOIDED: _plain,
    EventKind.ATTEMPT_FORCE_CLOSED: _plain,
    EventKind.ATTEMPT_REOPENED: _plain,
    EventKind.CHECK_IN_UNDONE: _plain,
    EventKind.EXAM_SESSION_POSTPONED: _postponed,
    EventKind.ATTEMPT_REINSTATED: _plain,
    EventKind.ATTEMPT_FORFEITED: _reasoned,
    EventKind.DOCUMENTS_CHECKED: _reasoned,
}


TOLD = frozenset(_HANDLERS)
"""Kinds of events that stand in the list by themselves."""


def _joined(found: Iterable[Occurrence]) -> Iterator[Occurrence]:
    """Join what one act did to several: same time, kind, reason and officer."""
    groups: dict[Occurrence, list[Occurrence]] = {}
    for each in found:
        key = each if each.kind == EventKind.SEAT_MOVED else replace(each, seats=(), people=())
        groups.setdefault(key, []).append(each)
    for members in groups.values():
        yield replace(
            members[0],
            seats=tuple(seat for each in members for seat in each.seats),
            people=tuple(person for each in members for person in each.people),
        )


def _int(event: Recorded, name: str) -> int:
    value = event.body[name]
    if not isinstance(value, int):
        raise TypeError(f"not an integer in an event: {value!r}")
    return value
