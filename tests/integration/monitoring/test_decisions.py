"""What officers decide about one participant and about all rooms, over HTTP, and what the pages then say."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from monitoring.public_board import board_of
from monitoring.room_rows import room_state
from tests.integration.monitoring.scene import Seated


async def running(stage_of: Any) -> tuple[Any, list[Seated]]:
    stage = await stage_of()
    seated = [await stage.scene.seat(index) for index in range(3)]
    await stage.scene.start()
    stage.scene.tick(*[stage.scene.seen(each) for each in seated])
    await stage.settle()
    return stage, seated


def row(stage: Any, attempt_id: str) -> dict[str, Any]:
    state = room_state(stage.session, stage.scene.room_id, stage.clock.at_ms)
    assert state is not None
    found: dict[str, Any] = state.rows[attempt_id]
    return found


def test_one_is_paused_and_goes_on(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, other, _) = await running(stage_of)
        page = f"/attempts/{who.slip.attempt_id}"
        async with stage.officer("proctor") as client:
            assert (await client.post(f"{page}/pause", data={"reason": " "})).status_code == 409
            assert (await client.post(f"{page}/pause", data={"reason": "Ke toilet"})).status_code == 303
            await stage.settle()
            assert row(stage, who.slip.attempt_id)["state"] == "PAUSED"
            assert row(stage, who.slip.attempt_id)["stop"] == 0
            assert ["HELD", stage.clock.at_ms] in row(stage, who.slip.attempt_id)["needs"]
            assert row(stage, other.slip.attempt_id)["state"] == "RUNNING"
            for _ in range(120):
                stage.clock.advance(0.5)
                stage.scene.tick(*[stage.scene.seen(each) for each in (who, other)])
            await stage.settle()
            shown = (await client.get(page)).text
            assert "dijeda sendiri" in shown
            assert "00:10:00" in shown
            assert (await client.post(f"{page}/resume")).status_code == 303
            await stage.settle()
            now = row(stage, who.slip.attempt_id)
            assert (now["state"], now["stop"], now["ends"]) == ("RUNNING", None, 660_000)
            shown = (await client.get(page)).text
            assert re.search(r'id="grants".*Ke toilet.*Petugas Proctor', shown, re.DOTALL)
            assert (await client.post(f"{page}/resume")).status_code == 409

    asyncio.run(check())


def test_a_coordinator_disqualifies_and_the_public_board_forgets_the_name(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, other, _) = await running(stage_of)
        await stage.scene.answer(who, 1, "o1")
        await stage.settle()
        page = f"/attempts/{who.slip.attempt_id}"
        form = {"reason_code": "conduct.cheating", "reason": "Menyontek"}
        async with stage.officer("proctor") as client:
            assert (await client.post(f"{page}/disqualify", data=form)).status_code == 403
            assert "Diskualifikasi</summary>" not in (await client.get(page)).text
        async with stage.officer("coordinator") as client:
            assert "Diskualifikasi</summary>" in (await client.get(page)).text
            wrong = await client.post(f"{page}/disqualify", data={**form, "reason_code": "power.outage"})
            assert wrong.status_code == 409
            assert (await client.post(f"{page}/disqualify", data=form)).status_code == 303
            await stage.settle()
            shown = (await client.get(page)).text
            assert "Didiskualifikasi (Bekerja sama atau menyontek)" in shown
            assert "Menyontek" in shown
            assert "Diskualifikasi</summary>" not in shown
        assert row(stage, who.slip.attempt_id)["state"] == "DISQUALIFIED"
        board = board_of(stage.session, stage.session.standing(0))
        assert [line[1] for line in board["lines"]].count(who.slip.participant_number) == 0
        assert board["counts"]["sat"] == 2
        assert other.slip.participant_number in [line[1] for line in board["lines"]]

    asyncio.run(check())


def test_a_voided_attempt_gives_a_slip_for_the_next_one(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, *_) = await running(stage_of)
        async with stage.officer("coordinator") as client:
            form = {"reason_code": "paper.wrong_form", "reason": "Tertukar", "sits_again": "1"}
            slip = await client.post(f"/attempts/{who.slip.attempt_id}/void", data=form)
            assert slip.status_code == 200
            assert re.search(r'slip__seat">' + str(who.slip.seat_no) + "<", slip.text)
            assert re.search(r'slip__pin">\d{4} \d{4}<', slip.text)
            await stage.settle()
            found = re.search(r'href="(/attempts/(\w+))"', slip.text)
            assert found is not None
            assert row(stage, found[2])["state"] == "REGISTERED"
            assert row(stage, found[2])["seat"] == who.slip.seat_no
            assert row(stage, who.slip.attempt_id)["seat"] is None
            assert (await client.get(found[1])).status_code == 200
            home = (await client.get("/")).text
            assert "dari 6 peserta" in home
            results = await client.get(f"/incidents/{stage.scene.exam_session_id}")
            assert "Ujian dibatalkan (Naskah tertukar)" in results.text

    asyncio.run(check())


def test_all_rooms_are_paused_resumed_and_given_time_at_once(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, *_) = await running(stage_of)
        base = f"/all-rooms/{stage.scene.exam_session_id}"
        async with stage.officer("proctor") as client:
            page = (await client.get(base)).text
            assert "Ruang A" in page
            assert f"{base}/pause" in page
            assert f"{base}/resume" not in page
            assert "semua ruang" in (await client.get(f"{base}/pause")).text
            assert (await client.post(f"{base}/pause", data={})).status_code == 409
            assert (await client.post(f"{base}/pause", data={"reason": "Padam"})).status_code == 303
            await stage.settle()
            assert row(stage, who.slip.attempt_id)["state"] == "PAUSED"
            assert (await client.post(f"{base}/resume")).status_code == 303
            granted = await client.post(f"{base}/grant-time", data={"minutes": "5", "reason": "Padam"})
            assert granted.status_code == 303
            await stage.settle()
            assert row(stage, who.slip.attempt_id)["ends"] == 900_000
            fragment = await client.get(f"{base}/now")
            assert "<html" not in fragment.text

    asyncio.run(check())


def test_chosen_seats_get_time_and_the_list_says_who_gave_it(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, other, third) = await running(stage_of)
        page = f"/extra-time/{stage.scene.exam_session_id}"
        form = {"room_id": stage.scene.room_id, "minutes": "3", "reason": "Gangguan suara"}
        async with stage.officer("proctor") as client:
            for seats, status in (("", 409), ("x", 409), ("99", 409)):
                assert (await client.post(page, data={**form, "seats": seats})).status_code == status
            seats = f"{who.slip.seat_no}, {other.slip.seat_no}"
            assert (await client.post(page, data={**form, "seats": seats})).status_code == 303
            await stage.settle()
            ends = [row(stage, each.slip.attempt_id)["ends"] for each in (who, other, third)]
            assert ends == [780_000, 780_000, 600_000]
            shown = (await client.get(page)).text
            assert shown.count("Gangguan suara") == 2
            assert shown.count("Petugas Proctor") >= 2

    asyncio.run(check())
