"""An unknown PC came while no room is being enrolled: recorded, but no faster than an officer can read."""

from __future__ import annotations

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SITE_CHAIN, Actor, ActorKind
from cat_server.records.write_lane import Tx, WriteLane


async def refuse_kiosk(lane: WriteLane, address: str) -> None:
    """Record that a PC with this address asked for a seat while no room is being enrolled."""

    def operation(tx: Tx) -> None:
        body = {"code": "ENROLMENT_CLOSED", "room_id": ""}
        event = Event(EventKind.KIOSK_REFUSED, body, {"address": address})
        tx.append(SITE_CHAIN, event, Actor(ActorKind.KIOSK, ""))

    await lane.run(operation)
