"""PCs of the exam room: a PC shows a code, an officer gives it a seat, it keeps a device credential."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SITE_CHAIN, Actor
from cat_server.domain.refusals import Refusal
from cat_server.records import kiosks as records
from cat_server.records.kiosk_steps import enrol
from cat_server.records.write_lane import Tx, WriteLane
from cat_server.runtime.tokens import new_id, new_kiosk_code, new_token, token_hash

FORGET_WAITING_MS = 24 * 3_600_000
MOST_WAITING_PER_ADDRESS = 200
"""Far more than one PC needs; a demo's simulated participants share one address."""


@dataclass(frozen=True, slots=True)
class NewKiosk:
    """A PC that waits for a seat. `token` is its device credential, for the cookie."""

    kiosk_id: str
    code: str
    token: str


async def register_kiosk(lane: WriteLane, address: str, user_agent: str) -> NewKiosk:
    """Give a PC that is not known a code to show and a device credential."""
    token = new_token()

    def operation(tx: Tx) -> NewKiosk:
        records.drop_old_waiting(tx.connection, tx.now.at_ms - FORGET_WAITING_MS)
        records.drop_surplus_waiting(tx.connection, address, MOST_WAITING_PER_ADDRESS - 1)
        taken = records.waiting_codes(tx.connection)
        code = next(code for code in iter(new_kiosk_code, "") if code not in taken)
        kiosk_id = new_id()
        records.add_kiosk(tx.connection, tx.now, kiosk_id, code, token_hash(token), address, user_agent)
        return NewKiosk(kiosk_id, code, token)

    return await lane.run(operation)


async def enrol_kiosk(lane: WriteLane, code: str, room_id: str, seat_no: int, actor: Actor) -> None:
    """Give the PC that shows `code` a seat.

    Raises:
        Refusal: `KIOSK_CODE_UNKNOWN`, `SEAT_UNKNOWN` or `SEAT_TAKEN`.
    """

    def operation(tx: Tx) -> None:
        kiosk = records.kiosk_by_code(tx.connection, code.strip())
        if kiosk is None:
            raise Refusal("KIOSK_CODE_UNKNOWN", {"code": code.strip()})
        seat_id = records.seat_id_of(tx.connection, room_id, seat_no)
        if seat_id is None:
            raise Refusal("SEAT_UNKNOWN", {"seat": seat_no})
        if records.kiosk_on_seat(tx.connection, seat_id):
            raise Refusal("SEAT_TAKEN", {"seat": seat_no})
        enrol(tx, kiosk.kiosk_id, seat_id, "code", actor)

    await lane.run(operation)


async def remove_kiosk(lane: WriteLane, kiosk_id: str, reason: str, actor: Actor) -> None:
    """Take a PC out: its credential is dead, its seat free for another PC.

    Raises:
        Refusal: `KIOSK_UNKNOWN` or `REASON_MISSING`.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING")

    def operation(tx: Tx) -> None:
        kiosk = records.kiosk_by_id(tx.connection, kiosk_id)
        if kiosk is None:
            raise Refusal("KIOSK_UNKNOWN")
        records.set_kiosk(tx.connection, kiosk_id, state=records.REMOVED, seat_id=None)
        event = Event(
            EventKind.KIOSK_REMOVED,
            {"kiosk_id": kiosk_id, "seat_id": kiosk.seat_id},
            {"reason": reason.strip()},
        )
        tx.append(SITE_CHAIN, event, actor)

    await lane.run(operation)
