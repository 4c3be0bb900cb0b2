"""Which rooms were in the middle of an exam when the server stopped, and where their clocks stand."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.domain.exam_session import SittingState
from cat_server.domain.instants import Instant
from cat_server.queries.access import Reader
from cat_server.queries.session_list import session_list
from cat_server.records.sittings import running_sittings


@dataclass(frozen=True, slots=True)
class RunningRoom:
    """A room whose exam runs: `clock_ms` is its exam clock, `away_ms` how long that has stood still by now."""

    code: str
    room: str
    clock_ms: int
    away_ms: int


def running_rooms(reader: Reader, now: Instant) -> tuple[RunningRoom, ...]:
    """Return every room whose exam runs."""
    with reader.view() as view:
        clocks = {
            (each.exam_session_id, each.room_id): each.clock for each in running_sittings(view.connection)
        }
    return tuple(
        RunningRoom(each.code, room.name, clock.clock_ms, clock.gap_ms(now, clock.resumed(now)))
        for each in session_list(reader)
        for room in each.rooms
        if room.state is SittingState.RUNNING
        and (clock := clocks.get((each.exam_session_id, room.room_id))) is not None
    )
