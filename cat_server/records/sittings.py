"""Reads and writes sittings: the exam session in one room, with its clock."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select, update

from cat_server.domain.exam_clock import ExamClock
from cat_server.domain.exam_session import SittingState, exam_session_state
from cat_server.domain.instants import Instant
from cat_server.records.tables import ExamSessionRow, SittingRow, table_of

_sitting = table_of(SittingRow)
_session = table_of(ExamSessionRow)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One sitting as stored."""

    exam_session_id: str
    room_id: str
    state: SittingState
    control_no: int
    clock: ExamClock


def sittings_of(connection: Connection, exam_session_id: str, room_id: str = "") -> list[Sitting]:
    """Return the sittings of an exam session, or the one in a room."""
    query = select(_sitting).where(_sitting.c.exam_session_id == exam_session_id).order_by(_sitting.c.room_id)
    if room_id:
        query = query.where(_sitting.c.room_id == room_id)
    return [_sitting_of(row) for row in connection.execute(query).mappings()]


def running_sittings(connection: Connection) -> list[Sitting]:
    """Return every sitting whose clock runs."""
    query = select(_sitting).where(_sitting.c.state == SittingState.RUNNING.value)
    return [_sitting_of(row) for row in connection.execute(query).mappings()]


def longest_stop_ms(connection: Connection, now: Instant) -> int:
    """Return how long the clock of a room whose exam runs has stood still by now; 0 while all of them tick."""
    clocks = (each.clock for each in running_sittings(connection))
    return max((each.gap_ms(now, each.resumed(now)) for each in clocks), default=0)


def at_work_in(connection: Connection, room_id: str, but: str) -> str:
    """Return the code of another exam session than `but` that is running or paused in a room, or ""."""
    query = (
        select(_session.c.code)
        .join(_sitting, _sitting.c.exam_session_id == _session.c.id)
        .where(
            _sitting.c.room_id == room_id,
            _sitting.c.exam_session_id != but,
            _sitting.c.state.in_([SittingState.RUNNING.value, SittingState.PAUSED.value]),
        )
    )
    return str(connection.execute(query).scalar() or "")


def save_clock(connection: Connection, sitting: Sitting, clock: ExamClock, **values: object) -> None:
    """Persist a sitting's clock, with other columns that change at the same moment."""
    connection.execute(
        update(_sitting)
        .where(_sitting.c.exam_session_id == sitting.exam_session_id, _sitting.c.room_id == sitting.room_id)
        .values(
            clock_ms=clock.clock_ms,
            boot_id=clock.boot_id,
            boot_ns=clock.boot_ms * 1_000_000,
            ticked_at_ms=clock.ticked_at_ms,
            **values,
        )
    )


def raise_control_no(connection: Connection, exam_session_id: str, room_id: str, control_no: int) -> int:
    """Write and return the control number after `control_no`: kiosks take it for newer than all they heard before."""
    connection.execute(
        update(_sitting)
        .where(_sitting.c.exam_session_id == exam_session_id, _sitting.c.room_id == room_id)
        .values(control_no=control_no + 1)
    )
    return control_no + 1


def refresh_exam_session_state(connection: Connection, exam_session_id: str) -> None:
    """Set the exam session's state from its sittings."""
    states = [each.state for each in sittings_of(connection, exam_session_id)]
    connection.execute(
        update(_session)
        .where(_session.c.id == exam_session_id)
        .values(state=exam_session_state(states).value)
    )


def planned_start_ms(connection: Connection, exam_session_id: str) -> int | None:
    """Return the planned start, or nothing for an exam session that may start any time."""
    query = select(_session.c.planned_start_at_ms).where(_session.c.id == exam_session_id)
    planned: int | None = connection.execute(query).scalar_one()
    return planned


def _sitting_of(values: RowMapping) -> Sitting:
    state = SittingState(values["state"])
    clock = ExamClock(
        values["clock_ms"],
        values["boot_id"],
        values["boot_ns"] // 1_000_000,
        values["ticked_at_ms"],
        state is SittingState.RUNNING,
    )
    return Sitting(values["exam_session_id"], values["room_id"], state, values["control_no"], clock)
