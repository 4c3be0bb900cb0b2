"""Telling the officers that a PC fetches its paper over and over."""

from __future__ import annotations

from cat_server.domain.events import Event, EventKind
from cat_server.domain.refusals import Refusal
from cat_server.records.contexts import context_of
from cat_server.records.kiosk_steps import kiosk_actor
from cat_server.records.write_lane import Tx, WriteLane
from question_bank.canonical import Json


async def refuse_paper(lane: WriteLane, attempt_id: str, kiosk_id: str) -> None:
    """Record a refusal; the room shows its seat among those in need.

    Raises:
        Refusal: `ATTEMPT_UNKNOWN`.
    """

    def operation(tx: Tx) -> None:
        context = context_of(tx.connection, attempt_id)
        if context is None:
            raise Refusal("ATTEMPT_UNKNOWN")
        body: dict[str, Json] = {"attempt_id": attempt_id, "kiosk_id": kiosk_id}
        event = Event(EventKind.PAPER_REFUSED, body)
        tx.append(context.exam_session_id, event, kiosk_actor(kiosk_id), "", context.clock.at(tx.now))

    await lane.run(operation)
