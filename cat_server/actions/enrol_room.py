"""A whole room's PCs get their seats: enrolment opens, PCs show codes, an officer assigns them, enrolment closes."""

from __future__ import annotations

from collections.abc import Sequence

from cat_server.domain.events import Event, EventKind
from cat_server.domain.ids import SITE_CHAIN, Actor
from cat_server.domain.refusals import Refusal
from cat_server.records import kiosks as records
from cat_server.records.enrolments import SeatToEnrol, room_to_enrol, seats_to_enrol, set_enrolling
from cat_server.records.kiosk_steps import enrol
from cat_server.records.seats import is_at_work
from cat_server.records.write_lane import Tx, WriteLane


async def open_enrolment(lane: WriteLane, room_id: str, actor: Actor, *, is_open: bool) -> None:
    """Open or close enrolment for a room. While none is open, a PC that nobody knows gets no code.

    Raises:
        Refusal: `ENROL_ROOM_UNKNOWN`.
    """

    def operation(tx: Tx) -> None:
        if room_to_enrol(tx.connection, room_id) is None:
            raise Refusal("ENROL_ROOM_UNKNOWN")
        if set_enrolling(tx.connection, room_id, is_enrolling=is_open):
            kind = EventKind.ENROLMENT_OPENED if is_open else EventKind.ENROLMENT_CLOSED
            tx.append(SITE_CHAIN, Event(kind, {"room_id": room_id}), actor)

    await lane.run(operation)


async def assign_seats(
    lane: WriteLane, room_id: str, wanted: Sequence[tuple[int, str]], actor: Actor
) -> list[tuple[int, str, Refusal]]:
    """Give the waiting PCs with these codes their seats; return (seat, code, why) of those that were refused.

    Refusals are `SEAT_UNKNOWN`, `SEAT_TAKEN` and `KIOSK_CODE_UNKNOWN`; a refused line keeps no other back.
    """

    def operation(tx: Tx) -> list[tuple[int, str, Refusal]]:
        seats = {each.seat_no: each for each in seats_to_enrol(tx.connection, room_id)}
        taken = {each.seat_no for each in seats.values() if each.kiosk_id}
        refused = []
        for seat_no, code in wanted:
            kiosk = records.kiosk_by_code(tx.connection, code)
            if seat_no not in seats:
                refused.append((seat_no, code, Refusal("SEAT_UNKNOWN", {"seat": seat_no})))
            elif seat_no in taken:
                refused.append((seat_no, code, Refusal("SEAT_TAKEN", {"seat": seat_no})))
            elif kiosk is None:
                refused.append((seat_no, code, Refusal("KIOSK_CODE_UNKNOWN", {"code": code})))
            else:
                enrol(tx, kiosk.kiosk_id, seats[seat_no].seat_id, "code", actor)
                taken.add(seat_no)
        return refused

    return await lane.run(operation)


async def swap_seats(lane: WriteLane, room_id: str, seat_no: int, other_no: int, actor: Actor) -> None:
    """Exchange the PCs of two seats; with a PC on one of them only, it goes to the other.

    Raises:
        Refusal: `SEAT_UNKNOWN`, `SEAT_NO_KIOSK`, or `SEAT_OCCUPIED`: a participant holds one of the seats.
    """

    def operation(tx: Tx) -> None:
        seats = {each.seat_no: each for each in seats_to_enrol(tx.connection, room_id)}
        pair = [_swappable(tx, seats, each) for each in (seat_no, other_no)]
        if not any(each.kiosk_id for each in pair):
            raise Refusal("SEAT_NO_KIOSK", {"seat": seat_no})
        for here, there in (pair, pair[::-1]):
            if here.kiosk_id:
                enrol(tx, here.kiosk_id, there.seat_id, "swap", actor)

    await lane.run(operation)


def _swappable(tx: Tx, seats: dict[int, SeatToEnrol], seat_no: int) -> SeatToEnrol:
    if seat_no not in seats:
        raise Refusal("SEAT_UNKNOWN", {"seat": seat_no})
    if is_at_work(tx.connection, seats[seat_no].seat_id):
        raise Refusal("SEAT_OCCUPIED", {"seat": seat_no})
    return seats[seat_no]
