"""One tick of the timekeeper: exam clocks advance, what is over is closed, signs of life are written (design 6)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict

from cat_server.actions.close_registration import ClosedRegistrations, close_due_registrations
from cat_server.domain.attempt import AttemptCommand, next_attempt_state
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_clock import ExamClock
from cat_server.domain.ids import SERVER
from cat_server.domain.live import AttemptContext
from cat_server.domain.log_entries import ClockStoodStill
from cat_server.domain.timing import tick as tick_blocks
from cat_server.records.attempt_steps import allowed_of, append_progress, end_attempt
from cat_server.records.attempts import save_progress
from cat_server.records.contexts import contexts_due
from cat_server.records.engine import take_checkpoints
from cat_server.records.presences import save_presences
from cat_server.records.sittings import Sitting, running_sittings, save_clock
from cat_server.records.timekeeping import takes_timekeeping
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.presence import Presence, Seen
from question_bank.canonical import Json

_log = logging.getLogger(__name__)


async def keep_time(lane: WriteLane, presence: Presence, closed: ClosedRegistrations) -> bool:
    """Advance the exam clocks, close registrations, and write the signs of life collected since the last tick.

    Return False where another server on the same database has come to keep time.
    """
    seen = presence.take()
    return _tell(await lane.run(lambda tx: tick(tx, seen, closed)))


async def resume_time(lane: WriteLane) -> bool:
    """Take the exam clocks over from the timekeeper before: what passed since its last tick is charged to nobody.

    Whoever keeps time also moves the write-ahead log into the database. Return False, and change nothing, while another
    server on the same database keeps time.
    """

    def operation(tx: Tx) -> list[ClockStoodStill] | None:
        if not takes_timekeeping(tx.connection):
            return None
        take_checkpoints(tx.connection)
        return resume_clocks(tx)

    return _tell(await lane.run(operation))


async def note_presence(lane: WriteLane, presence: Presence) -> None:
    """Write the signs of life that a process collected which does not keep time."""
    if seen := presence.take():
        await lane.run(lambda tx: save_presences(tx.connection, [asdict(each) for each in seen]))


def resume_clocks(tx: Tx) -> list[ClockStoodStill]:
    """Let every running sitting's clock go on from its last tick; return the stops that were worth recording."""
    stops: list[ClockStoodStill] = []
    for sitting in running_sittings(tx.connection):
        stops += _advance(tx, sitting, sitting.clock.resumed(tx.now))
    return stops


def tick(
    tx: Tx, seen: Sequence[Seen], closed: ClosedRegistrations | None = None
) -> list[ClockStoodStill] | None:
    """Advance every running sitting's clock; return the stops that were recorded, None where another server keeps time.

    A clock that stood still (a stall, a full disk) goes on from its last tick, and the stop is recorded.
    """
    save_presences(tx.connection, [asdict(each) for each in seen])
    if not takes_timekeeping(tx.connection):
        return None
    close_due_registrations(tx, closed or ClosedRegistrations())
    stops: list[ClockStoodStill] = []
    for sitting in running_sittings(tx.connection):
        clock = sitting.clock.ticked(tx.now)
        stops += _advance(tx, sitting, clock)
        for context in contexts_due(tx.connection, sitting.exam_session_id, sitting.room_id, clock.clock_ms):
            _end_what_is_over(tx, context, clock.clock_ms)
    return stops


def _tell(stops: Sequence[ClockStoodStill] | None) -> bool:
    for each in stops or ():
        _log.warning(each)
    return stops is not None


def _advance(tx: Tx, sitting: Sitting, clock: ExamClock) -> list[ClockStoodStill]:
    gap_ms = sitting.clock.gap_ms(tx.now, clock)
    save_clock(tx.connection, sitting, clock)
    if not gap_ms:
        return []
    body: dict[str, Json] = {"room_id": sitting.room_id, "clock_ms": clock.clock_ms, "down_ms": gap_ms}
    event = Event(EventKind.CLOCK_RECOVERED, body)
    appended = tx.append(sitting.exam_session_id, event, SERVER, "", clock.clock_ms)
    return [ClockStoodStill(sitting.exam_session_id, appended.number, gap_ms)]


def _end_what_is_over(tx: Tx, context: AttemptContext, clock_ms: int) -> None:
    progress = tick_blocks(context.blocks, allowed_of(tx, context), context.grants, clock_ms)
    save_progress(tx.connection, context.attempt_id, progress)
    if progress.over_clock_ms is None:
        append_progress(tx, context, progress.ended, progress.started, clock_ms)
        return
    ended = [block for block in progress.ended if block.ended_clock_ms != progress.over_clock_ms]
    append_progress(tx, context, ended, progress.started, clock_ms)
    state = next_attempt_state(context.state, AttemptCommand.TIME_OUT)
    end_attempt(tx, context, state, progress.over_clock_ms)
    body: dict[str, Json] = {
        "attempt_id": context.attempt_id,
        "ended_clock_ms": progress.over_clock_ms,
    }
    tx.append(context.exam_session_id, Event(EventKind.ATTEMPT_TIMED_OUT, body), SERVER, "", clock_ms)
