"""The list of incidents: recorded ones and the ledger's own, in order, filtered, with what an officer must fill in."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

from cat_server.actions.control_sitting import pause_sitting, resume_sitting
from cat_server.domain.ids import OPERATOR
from monitoring.wording import zone_ms


def rows(text: str) -> list[str]:
    body = (
        text.split('id="incidents"')[1].split("</table>", maxsplit=1)[0] if 'id="incidents"' in text else ""
    )
    return [re.sub(r"<[^>]+>|\s+", " ", each) for each in body.split("<tr class=")[1:]]


def test_recorded_incidents_stand_beside_what_the_ledger_holds(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        scene = stage.scene
        who = await scene.seat(0)
        await scene.start()
        stage.clock.advance(600)
        await pause_sitting(scene.lane, scene.exam_session_id, "", OPERATOR, reason="Listrik padam")
        stage.clock.advance(300)
        await resume_sitting(scene.lane, scene.exam_session_id, "", OPERATOR)
        await stage.settle()
        page = f"/incidents/{scene.exam_session_id}"
        local = stage.clock.at_ms - 200_000 + zone_ms(stage.clock.at_ms, scene.settings.zone)
        occurred = f"{datetime.fromtimestamp(local / 1000, UTC):%Y-%m-%dT%H:%M}"
        form = {
            "code": "power.generator",
            "occurred": occurred,
            "minutes": "4",
            "room_id": scene.room_id,
            "description": "Genset <terlambat> menyala",
            "measure": "Teknisi dipanggil",
        }
        async with stage.officer("technician") as client:
            for wrong in (
                {"code": ""}, {"code": "power"}, {"occurred": "kemarin"}, {"minutes": "lama"},
                {"description": " "}, {"seat": "99"}, {"seat": "x"}, {"occurred": "2099-01-01T10:00"},
                {"occurred": "0001-01-01T00:00"}, {"minutes": "9" * 5_000}, {"seat": "9" * 25},
            ):  # fmt: skip
                refused = await client.post(page, data={**form, **wrong})
                assert refused.status_code == 409, wrong
                assert "Teknisi dipanggil" in refused.text
            assert (await client.post(page, data=form)).status_code == 303
            stage.clock.advance(1)  # at one and the same instant their random ids would decide the order
            about = {**form, "code": "health.ill", "attempt": who.slip.attempt_id, "room_id": ""}
            assert (await client.post(page, data=about)).status_code == 303
            listed = rows((await client.get(page)).text)
            assert len(listed) == 4
            assert "Ujian di ruang dijeda" in listed[1]
            assert "00:05:00" in listed[1]
            assert "Listrik: Genset bermasalah" in listed[2]
            assert "Genset &lt;terlambat&gt; menyala" in listed[2]
            assert "Petugas Technician" in listed[2]
            assert who.slip.participant_number in listed[3]
            assert f"Kursi {who.slip.seat_no}" in listed[3]
            assert len(rows((await client.get(page, params={"source": "recorded"})).text)) == 2
            assert len(rows((await client.get(page, params={"category": "health"})).text)) == 1
            assert len(rows((await client.get(page, params={"room": "elsewhere"})).text)) == 0
            history = (
                await client.get(f"/incidents/{scene.exam_session_id}?attempt={who.slip.attempt_id}")
            ).text
            assert f"Tentang {who.slip.participant_number}" in history
        async with stage.officer("witness") as client:
            assert (await client.post(page, data=form)).status_code == 403
            assert "Simpan kejadian" not in (await client.get(page)).text

    asyncio.run(check())
