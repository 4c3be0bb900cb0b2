"""The PCs of the site: those with a seat, and those that wait for one."""

from __future__ import annotations

from dataclasses import dataclass

from cat_server.queries.access import Reader
from cat_server.records.board_kiosks import StoredKiosk, kiosks, refused_kiosks, rooms

__all__ = ["KioskList", "StoredKiosk", "kiosk_list"]


@dataclass(frozen=True, slots=True)
class KioskList:
    """`waiting` in the order they asked, `seated` by room and seat; `rooms` are id and name.

    `refused` are the last PCs that came while no room was being enrolled: instant and address, newest first.
    """

    waiting: tuple[StoredKiosk, ...]
    seated: tuple[StoredKiosk, ...]
    rooms: tuple[tuple[str, str], ...]
    refused: tuple[tuple[int, str], ...]


def kiosk_list(reader: Reader) -> KioskList:
    """Return every PC of the site."""
    with reader.view() as view:
        every = kiosks(view.connection)
        return KioskList(
            tuple(each for each in every if each.seat_no is None),
            tuple(each for each in every if each.seat_no is not None),
            rooms(view.connection),
            refused_kiosks(view.connection),
        )
