"""When each room really began, stood still and ended, and each block of the paper in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from cat_server.domain.events import EventKind
from cat_server.domain.history import History
from cat_server.results.paper_source import PaperSource


@dataclass(frozen=True, slots=True)
class RoomTimes:
    """One room: instants on the wall clock, `clock_ms` on the exam clock, and what stopped it meanwhile."""

    room_id: str
    started_at_ms: int | None
    closed_at_ms: int | None
    clock_ms: int
    paused_ms: int
    down_ms: int


@dataclass(frozen=True, slots=True)
class BlockTimes:
    """One block in one room: the first start and the last end on the wall clock; None while nobody has ended it."""

    room_id: str
    block_no: int
    started_at_ms: int
    ended_at_ms: int | None


def room_times(source: PaperSource) -> tuple[RoomTimes, ...]:
    """Return the times of every room, in the order of the rooms' codes."""
    views = History.of(source.events).sittings
    found = []
    for each in source.record.sittings:
        view = views.get(each.room_id)
        pauses = view.pauses if view else []
        paused_ms = sum((end or source.as_of_ms) - begun for begun, end, _ in pauses)
        found.append(
            RoomTimes(
                each.room_id,
                each.started_at_ms,
                each.closed_at_ms,
                each.clock_ms,
                paused_ms,
                view.down_ms if view else 0,
            )
        )
    return tuple(found)


_STARTS = frozenset({EventKind.ATTEMPT_STARTED, EventKind.BLOCK_STARTED})
_ENDS = frozenset(
    {
        EventKind.BLOCK_ENDED,
        EventKind.ATTEMPT_FINISHED,
        EventKind.ATTEMPT_TIMED_OUT,
        EventKind.ATTEMPT_FORCE_CLOSED,
        EventKind.ATTEMPT_DISQUALIFIED,
        EventKind.ATTEMPT_VOIDED,
    }
)


def block_times(source: PaperSource) -> tuple[BlockTimes, ...]:
    """Return the times of every block that was begun, by room and number."""
    starts: dict[tuple[str, int], list[int]] = defaultdict(list)
    ends: dict[tuple[str, int], list[int]] = defaultdict(list)
    running: dict[str, int] = {}
    for event in source.events:
        if event.kind not in _STARTS | _ENDS | {EventKind.ATTEMPT_REOPENED}:
            continue
        attempt_id = str(event.body["attempt_id"])
        attempt = source.attempts.get(attempt_id)
        room_id = (attempt.room_id if attempt else None) or ""
        if event.kind in _STARTS:
            number = int(str(event.body["block_no"]))
            running[attempt_id] = number
            starts[room_id, number].append(event.at_ms)
        elif event.kind is EventKind.ATTEMPT_REOPENED:
            running[attempt_id] = int(str(event.body["block_no"]))
        elif attempt_id in running:
            ends[room_id, running.pop(attempt_id)].append(event.at_ms)
    order = {each.room_id: place for place, each in enumerate(source.record.sittings)}
    return tuple(
        BlockTimes(room_id, number, min(begun), max(ends[room_id, number], default=None))
        for (room_id, number), begun in sorted(
            starts.items(), key=lambda each: (order.get(each[0][0], 0), each[0][1])
        )
    )
