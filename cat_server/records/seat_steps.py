"""Steps that several actions take with a seat inside their transaction."""

from __future__ import annotations

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SITE_CHAIN, Actor
from cat_server.records.seats import set_blocked
from cat_server.records.write_lane import Tx


def block(tx: Tx, seat_id: str, reason: str, actor: Actor, *, is_blocked: bool = True) -> None:
    """Write that a seat is out of use, or back in use; nothing is written where it is so already."""
    if set_blocked(tx.connection, seat_id, is_blocked=is_blocked):
        kind = EventKind.SEAT_BLOCKED if is_blocked else EventKind.SEAT_UNBLOCKED
        tx.append(SITE_CHAIN, Event(kind, {"seat_id": seat_id}, {"reason": reason}), actor)
