"""Steps that several actions take with a kiosk inside their transaction."""

from __future__ import annotations

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SITE_CHAIN, Actor, ActorKind
from cat_server.records.kiosks import ENROLLED, set_kiosk
from cat_server.records.write_lane import Tx


def enrol(tx: Tx, kiosk_id: str, seat_id: str, mode: str, actor: Actor) -> None:
    """Write down that a kiosk belongs to a seat."""
    set_kiosk(tx.connection, kiosk_id, state=ENROLLED, seat_id=seat_id)
    event = Event(EventKind.KIOSK_ENROLLED, {"kiosk_id": kiosk_id, "seat_id": seat_id, "mode": mode})
    tx.append(SITE_CHAIN, event, actor)


def kiosk_actor(kiosk_id: str) -> Actor:
    """Return the actor that a PC is."""
    return Actor(ActorKind.KIOSK, kiosk_id)
