"""A kiosk's page came up again during the exam: note how long its participant could not work."""

from __future__ import annotations

from cat_server.domain.attempt import IN_PROGRESS
from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SERVER
from cat_server.domain.interruption import LEAST_PROPOSED_MS, stopped_at
from cat_server.domain.live import Live
from cat_server.records.contexts import context_of
from cat_server.records.presences import seen_clock_ms
from cat_server.records.write_lane import Tx, WriteLane
from question_bank.canonical import Json


async def notice_interruption(lane: WriteLane, attempt_id: str, live: Live, worked_clock_ms: int) -> None:
    """Note the time since the last sign of work, if it is long enough to be proposed to an officer.

    `live` is what the kiosk is told now; `worked_clock_ms` the exam clock of the last work that the PC remembers.
    """
    if live.clock_ms - worked_clock_ms < LEAST_PROPOSED_MS:
        return

    def operation(tx: Tx) -> None:
        context = context_of(tx.connection, attempt_id)
        if context is None or context.state not in IN_PROGRESS:
            return
        clock_ms = context.clock_ms(tx.now)
        seen_ms = seen_clock_ms(tx.connection, attempt_id)
        since = stopped_at(context.blocks, seen_ms, worked_clock_ms, clock_ms)
        if since is None:
            return
        body: dict[str, Json] = {
            "attempt_id": attempt_id,
            "from_clock_ms": since,
            "to_clock_ms": clock_ms,
        }
        tx.append(
            context.exam_session_id,
            Event(EventKind.WORK_INTERRUPTED, body),
            SERVER,
            "",
            context.clock.at(tx.now),
        )

    await lane.run(operation)
