"""What the UPS reports: recorded, shown to the officers, and with a low battery every running room is paused."""

from __future__ import annotations

from cat_server.actions.control_sitting import pause_sitting
from cat_server.domain.events import Event, EventKind
from cat_server.domain.exam_session import SittingState
from cat_server.domain.ids import SERVER, SITE_CHAIN
from cat_server.domain.power import Power
from cat_server.domain.refusals import Refusal
from cat_server.records.new_exam_sessions import ExamSessionSummary, exam_session_summaries
from cat_server.records.write_lane import Tx, WriteLane


async def report_power(lane: WriteLane, power: Power, reason: str) -> tuple[str, ...]:
    """Record how the server is powered; return the codes of the exam sessions that were paused for it.

    A low battery pauses what runs, with `reason`, so that nobody loses time when the server goes down. Nothing is resumed
    by itself: an officer sees that the PCs are back first.
    """

    def record(tx: Tx) -> tuple[ExamSessionSummary, ...]:
        tx.append(SITE_CHAIN, Event(EventKind.POWER_CHANGED, {"power": power.value}), SERVER)
        return exam_session_summaries(tx.connection)

    known = await lane.run(record)
    if power is not Power.LOW:
        return ()
    paused: list[str] = []
    for each in known:
        if each.state == SittingState.RUNNING:
            try:
                await pause_sitting(lane, each.exam_session_id, "", SERVER, reason=reason)
            except Refusal:  # an officer was quicker
                continue
            paused.append(each.code)
    return tuple(paused)
