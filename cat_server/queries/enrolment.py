"""The PCs that wait and the seats of one room, for the page where an officer brings them together."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.domain.seat_assignment import by_address
from cat_server.queries.access import Reader
from cat_server.records.board_kiosks import StoredKiosk, kiosks
from cat_server.records.enrolments import (
    RoomToEnrol,
    SeatToEnrol,
    is_enrolling_anywhere,
    is_enrolling_room_of,
    room_to_enrol,
    seats_to_enrol,
)
from cat_server.records.kiosk_pages import is_open_binding

__all__ = [
    "Enrolment",
    "SeatToEnrol",
    "StoredKiosk",
    "enrolment",
    "is_enrolment_open",
    "is_own_room_enrolling",
    "takes_new_kiosks",
]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A room's seats by number, every PC that waits in the order they asked, and a proposal by address."""

    room: RoomToEnrol
    seats: tuple[SeatToEnrol, ...]
    waiting: tuple[StoredKiosk, ...]
    proposal: tuple[tuple[int, str], ...]

    @property
    def enrolled(self) -> int:
        """How many seats have a PC."""
        return sum(bool(each.kiosk_id) for each in self.seats)

    @property
    def next_seat_no(self) -> int:
        """The first seat in use without a PC, or 0."""
        return next((each.seat_no for each in self.seats if not each.kiosk_id and not each.is_blocked), 0)


def enrolment(reader: Reader, room_id: str) -> Enrolment | None:
    """Return how far a room is, or nothing for an unknown one."""
    with reader.view() as view:
        room = room_to_enrol(view.connection, room_id)
        if room is None:
            return None
        seats = seats_to_enrol(view.connection, room_id)
        waiting = tuple(each for each in kiosks(view.connection) if each.state == "WAITING")
    free = [each.seat_no for each in seats if not each.kiosk_id and not each.is_blocked]
    proposal = by_address(((each.address, each.code) for each in waiting), free)
    return Enrolment(room, seats, waiting, proposal)


def is_enrolment_open(reader: Reader) -> bool:
    """Tell whether PCs of any room are being enrolled."""
    with reader.view() as view:
        return is_enrolling_anywhere(view.connection)


def is_own_room_enrolling(reader: Reader, kiosk_id: str) -> bool:
    """Tell whether the room where a PC has its seat is still being enrolled."""
    with reader.view() as view:
        return is_enrolling_room_of(view.connection, kiosk_id)


def takes_new_kiosks(reader: Reader) -> bool:
    """Tell whether an unknown PC may ask for a seat: a room is being enrolled, or a demo lets any PC take part."""
    with reader.view() as view:
        return is_enrolling_anywhere(view.connection) or is_open_binding(view.connection)
