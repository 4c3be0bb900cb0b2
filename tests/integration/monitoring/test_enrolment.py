"""All PCs of a room get their seats on one page, and mistakes are mended in place."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from sqlalchemy import text

from cat_server.actions.control_sitting import close_sitting
from cat_server.actions.enrol_room import open_enrolment
from cat_server.actions.kiosks import register_kiosk
from cat_server.domain.ids import OPERATOR
from cat_server.queries.enrolment import enrolment, takes_new_kiosks
from cat_server.queries.kiosk_status import kiosk_status


async def waiting(stage: Any, *addresses: str) -> list[Any]:
    return [await register_kiosk(stage.scene.lane, each, "Chromium") for each in addresses]


def codes(stage: Any) -> dict[int, str]:
    found = enrolment(stage.scene.reader, stage.scene.room_id)
    assert found is not None
    return {each.seat_no: each.code for each in found.seats if each.kiosk_id}


def test_typed_pasted_and_proposed_seats_are_assigned(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=6, people=2)
        page = f"/enrolment/{stage.scene.room_id}"
        pcs = await waiting(stage, "10.0.0.7", "10.0.0.10", "10.0.0.9", "10.0.0.1")
        async with stage.officer("technician") as client:
            shown = (await client.get(page)).text
            assert all(each.code in shown for each in pcs)
            typed = await client.post(
                f"{page}/assign", data={"lines": f"2 {pcs[0].code.lower()}"}, headers={"hx-request": "true"}
            )
            assert (typed.status_code, 'data-next="1"' in typed.text) == (200, True)
            pasted = await client.post(
                f"{page}/assign", data={"lines": f"1\t{pcs[3].code}\n9 {pcs[1].code}\nx"}
            )
            assert pasted.status_code == 409
            assert "Kursi nomor 9 tidak ada" in pasted.text
            assert codes(stage) == {1: pcs[3].code, 2: pcs[0].code}
            proposed = re.search(r'id="proposal"[^>]*>([^<]*)<', (await client.get(page)).text)
            assert proposed is not None
            assert proposed[1].split() == ["3", pcs[2].code, "4", pcs[1].code]
            await client.post(f"{page}/assign", data={"lines": proposed[1]})
            assert codes(stage) == {1: pcs[3].code, 2: pcs[0].code, 3: pcs[2].code, 4: pcs[1].code}
            now = (await client.get(f"{page}/now")).text
            assert re.search(r">4</strong> / 6", now)

    asyncio.run(check())


def test_a_mistake_is_mended_in_place(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=4, people=2)
        page = f"/enrolment/{stage.scene.room_id}"
        first, second = await waiting(stage, "10.0.0.1", "10.0.0.2")
        async with stage.officer("coordinator") as client:
            await client.post(f"{page}/assign", data={"lines": f"1 {second.code}\n2 {first.code}"})

            async def mend(**form: str) -> int:
                return int((await client.post(f"{page}/mend", data=form)).status_code)

            assert await mend(what="swap", seat_no="1", other_no="2") == 303
            assert codes(stage) == {1: first.code, 2: second.code}
            assert await mend(what="swap", seat_no="2", other_no="4") == 303
            assert codes(stage) == {1: first.code, 4: second.code}
            assert await mend(what="remove", seat_no="4") == 409
            assert await mend(what="remove", seat_no="4", reason="rusak") == 303
            assert await mend(what="remove", seat_no="4", reason="rusak") == 409
            assert codes(stage) == {1: first.code}
            assert await mend(what="block", seat_no="3", reason="bocor") == 303
            assert "enrol-seat--blocked" in (await client.get(page)).text
            assert await mend(what="unblock", seat_no="3", reason="kering") == 303
            assert "enrol-seat--blocked" not in (await client.get(page)).text
            slip = await stage.scene.check_in(0)
            assert await mend(what="swap", seat_no=str(slip.seat_no), other_no="1") == 409

    asyncio.run(check())


def test_enrolment_opens_and_closes_with_an_event_each(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=3, people=1)
        async with stage.officer("technician") as client:
            page = f"/enrolment/{stage.scene.room_id}"
            for wanted in ("0", "0", "1"):
                await client.post(f"{page}/open", data={"is_open": wanted})
        with stage.scene.reader.view() as view:
            rows = view.connection.execute(
                text("SELECT kind FROM ledger WHERE kind LIKE 'ENROLMENT%' ORDER BY number")
            )
            kinds = [row[0] for row in rows]
        assert kinds == ["ENROLMENT_OPENED", "ENROLMENT_CLOSED", "ENROLMENT_OPENED"]
        await open_enrolment(stage.scene.lane, stage.scene.room_id, OPERATOR, is_open=False)
        assert takes_new_kiosks(stage.scene.reader)  # the scene's event lets any PC take part

    asyncio.run(check())


@pytest.mark.parametrize("is_forced", [False, True])
def test_a_room_is_released_once_nothing_is_left_to_send_or_by_force(
    stage_of: Any, *, is_forced: bool
) -> None:
    async def check() -> None:
        stage = await stage_of(seats=4, people=2)
        scene = stage.scene
        who = await scene.seat(0)
        await scene.start()
        scene.tick(scene.seen(who, unsent=3))
        path = f"/rooms/{scene.exam_session_id}/{scene.room_id}/release"
        async with stage.officer("proctor") as client:
            assert (await client.post(path)).status_code == 409  # still at work
            await close_sitting(scene.lane, scene.exam_session_id, scene.room_id, OPERATOR, reason="selesai")
            refused = await client.post(path)
            assert refused.status_code == 409
            assert f"Kursi {who.slip.seat_no}" in refused.text
            if not is_forced:
                scene.tick(scene.seen(who, unsent=0))
            done = await client.post(path, data={"is_forced": "1"} if is_forced else {})
            assert done.status_code == 303
        status = kiosk_status(scene.reader, stage.clock, who.device_token, who.signed_in.token)
        assert status.attempt is None
        assert status.kiosk is not None
        assert status.kiosk.seat_no == who.slip.seat_no
        late = await scene.answer(who, 1, "o1")
        assert [each.outcome for each in late.receipts] == ["quarantined"]

    asyncio.run(check())
