"""The desk finds people, hands out slips and takes check-ins back; PCs get their seats."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from cat_server.actions.kiosks import register_kiosk
from cat_server.queries.desk import find_at_desk
from cat_server.queries.kiosk_list import kiosk_list

SHOWN = {"document-IDENTITY": "KTP", "document-CARD": "PARTICIPANT_CARD"}


def test_find_by_number_scanned_or_typed_and_by_words_of_the_name(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        reader, session = stage.scene.reader, stage.scene.exam_session_id
        exact = find_at_desk(reader, session, "26-0012-0002")
        assert exact.exact is not None
        assert exact.exact.participant_number == "26-0012-0002"
        assert find_at_desk(reader, session, "2600120002").exact == exact.exact
        assert find_at_desk(reader, session, "26-0012").total == 6
        by_name = find_at_desk(reader, session, "abdurrahman raden")
        assert [each.participant_number for each in by_name.matches] == ["26-0012-0004"]
        assert find_at_desk(reader, session, "tidak ada").total == 0

    asyncio.run(check())


def test_check_in_shows_the_pin_once_and_can_be_undone_with_a_reason(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        desk = f"/desk/{stage.scene.exam_session_id}"
        person = f"{desk}/{stage.scene.attempt_ids[0]}"
        async with stage.officer("registrar") as client:
            found = await client.get(desk, params={"wanted": "26-0012-0001"})
            assert found.headers["location"] == person
            slip = await client.post(f"{person}/check-in", data={"room_id": stage.scene.room_id, **SHOWN})
            assert slip.status_code == 200, slip.text
            pin = re.search(r"\d{4} \d{4}", slip.text)
            assert pin is not None
            assert pin[0] not in (await client.get(person)).text
            again = await client.post(f"{person}/check-in", data={"room_id": stage.scene.room_id, **SHOWN})
            assert again.status_code == 409
            assert (await client.post(f"{person}/undo", data={"reason": " "})).status_code == 409
            assert (await client.post(f"{person}/undo", data={"reason": "salah orang"})).status_code == 303
            assert "Cocok, registrasi" in (await client.get(person)).text

    asyncio.run(check())


def test_pin_issuing_closes_by_itself(stage_of: Any) -> None:
    async def check() -> None:
        start = 1_795_000_000_000 + 10 * 60_000
        stage = await stage_of(planned_start_at_ms=start)
        desk = f"/desk/{stage.scene.exam_session_id}"
        async with stage.officer("registrar") as client:
            assert "ditutup otomatis" in (await client.get(desk)).text
            stage.clock.advance(301)
            assert "Peserta yang datang sekarang" in (await client.get(desk)).text
            late = await client.post(f"{desk}/{stage.scene.attempt_ids[0]}/check-in", data=SHOWN)
            assert late.status_code == 409

    asyncio.run(check())


def test_seats_are_given_to_all_waiting_codes_at_once_and_taken_back_with_a_reason(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        codes = [(await register_kiosk(stage.scene.lane, "10.0.0.9", "test")).code for _ in range(3)]
        form = {f"seat-{code}": str(index + 1) for index, code in enumerate(codes)}
        async with stage.officer("technician") as client:
            page = await client.get("/kiosks")
            assert all(code in page.text for code in codes)
            saved = await client.post("/kiosks/enrol", data={"room_id": stage.scene.room_id, **form})
            assert saved.status_code == 303, saved.text
            listed = kiosk_list(stage.scene.reader)
            assert [each.seat_no for each in listed.seated] == [1, 2, 3]
            taken = (await register_kiosk(stage.scene.lane, "10.0.0.9", "test")).code
            refused = await client.post(
                "/kiosks/enrol", data={"room_id": stage.scene.room_id, f"seat-{taken}": "x1"}
            )
            assert refused.status_code == 409
            assert "bukan nomor kursi" in refused.text
            gone = f"/kiosks/{listed.seated[0].kiosk_id}/remove"
            assert (await client.post(gone, data={"reason": ""})).status_code == 409
            assert (await client.post(gone, data={"reason": "layar mati"})).status_code == 303
            assert [each.seat_no for each in kiosk_list(stage.scene.reader).seated] == [2, 3]

    asyncio.run(check())
