"""What a PC shows before it has a seat, when it gets one, and after its participant went elsewhere."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cat_server.actions.enrol_room import assign_seats, open_enrolment
from cat_server.actions.move_seat import move_seat
from cat_server.domain.ids import OPERATOR
from cat_server.domain.kiosk_refusals import MOST_ADDRESSES, ONCE_IN_MS, KioskRefusals
from tests.integration.kiosk_ui.conftest import Room, visible


@pytest.fixture
def bound(room: Room) -> Room:
    """The same room in an event whose PCs must be enrolled."""

    def change(tx: Any) -> None:
        tx.connection.exec_driver_sql("UPDATE exam_event SET kiosk_binding = 'enrolled'")

    room.centre.lane.run_now(change)
    return room


def kiosks(room: Room) -> list[Any]:
    return room.centre.rows("SELECT code, seat_id FROM kiosk")


def switch(room: Room, *, is_open: bool) -> None:
    asyncio.run(open_enrolment(room.centre.lane, room.centre.room_id, OPERATOR, is_open=is_open))


def test_a_pc_shows_its_code_then_its_seat_then_the_sign_in_page(bound: Room) -> None:
    pc = bound.browser()
    page = pc.open()
    code = kiosks(bound)[0][0]
    assert (page.url.path, code in visible(page.text)) == ("/enrolment", True)
    refused = asyncio.run(assign_seats(bound.centre.lane, bound.centre.room_id, [(7, code)], OPERATOR))
    assert refused == []
    shown = pc.open("/enrolment/seat")
    assert (shown.url.path, "Kursi 7" in visible(shown.text)) == ("/enrolment/seat", True)
    switch(bound, is_open=False)
    assert pc.open("/enrolment/seat").url.path == "/sign_in"


def test_while_enrolment_is_closed_an_unknown_pc_gets_no_code_and_is_noted_once(bound: Room) -> None:
    known = bound.browser()
    known.open()
    switch(bound, is_open=False)
    for _ in range(5):
        page = bound.browser().open()
        assert page.status_code == 403
        assert "belum terdaftar" in visible(page.text)
    assert "belum terdaftar" in visible(known.open().text)
    assert len(kiosks(bound)) == 1
    noted = bound.centre.rows("SELECT private FROM ledger WHERE kind = 'KIOSK_REFUSED'")
    assert len(noted) == 1
    switch(bound, is_open=True)
    assert bound.browser().open().url.path == "/enrolment"


def test_refusals_are_noted_once_in_ten_minutes_and_never_without_limit() -> None:
    refusals = KioskRefusals()
    assert refusals.is_news("10.0.0.1", 0)
    assert not refusals.is_news("10.0.0.1", ONCE_IN_MS - 1)
    assert refusals.is_news("10.0.0.1", ONCE_IN_MS)
    told = sum(refusals.is_news(f"10.1.{n // 256}.{n % 256}", ONCE_IN_MS) for n in range(2 * MOST_ADDRESSES))
    assert told == MOST_ADDRESSES - 1


def test_the_old_pc_says_where_to_go_and_delivers_what_it_kept(room: Room) -> None:
    centre = room.centre
    slip = centre.check_in(0)
    old = room.browser()
    old.get_ready(slip.participant_number, slip.pin)
    centre.start()
    free = next(each for each in range(1, 13) if each != slip.seat_no)
    asyncio.run(move_seat(centre.lane, slip.attempt_id, free, "PC mati", OPERATOR))
    page = old.open()
    assert (page.url.path, f"kursi {free}" in visible(page.text)) == ("/moved", True)
    command = {"seq": 1, "kind": "answer", "position": 1, "response": []}
    content = {"v": 1, "attempt": slip.attempt_id, "epoch": 1, "commands": [command]}
    old.submit("/moved")  # the PC is made ready for somebody else: only its device credential is left
    told = old.post_json("/leftovers", content)
    assert (told.status_code, told.json()["settled"]) == (200, [1])
    assert centre.history().attempts[slip.attempt_id].quarantined == 1
    stranger = room.browser()
    stranger.open()
    assert stranger.post_json("/leftovers", content).status_code == 401


@pytest.mark.parametrize(
    "odd", [{"attempt": "\x00"}, {"epoch": 2**31}, {"commands": [{"seq": 0, "kind": "finish"}]}]
)
def test_what_no_pc_ever_kept_is_refused(room: Room, odd: dict[str, object]) -> None:
    pc = room.browser()
    slip = room.centre.check_in(0)
    pc.get_ready(slip.participant_number, slip.pin)
    content = {"v": 1, "attempt": slip.attempt_id, "epoch": 1, "commands": [{"seq": 1, "kind": "answer"}]}
    assert pc.post_json("/leftovers", content).status_code == 200
    assert pc.post_json("/leftovers", content | odd).status_code in {401, 409, 422}
