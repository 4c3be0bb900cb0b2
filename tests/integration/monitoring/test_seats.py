"""The officer moves a participant on a page of its own, and sees it in the history."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from sqlalchemy import text

from cat_server.records import profiles


def test_a_running_participant_is_moved_and_the_history_says_so(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=6, people=4)
        who = await stage.scene.seat(0)
        await stage.scene.start()
        await stage.settle()
        page = f"/attempts/{who.slip.attempt_id}"
        async with stage.officer("proctor") as client:
            assert f'href="{page}/move"' in (await client.get(page)).text
            form = (await client.get(f"{page}/move")).text
            offered = [int(each) for each in re.findall(r'<option value="(\d+)"', form)]
            assert who.slip.seat_no not in offered
            assert len(offered) == 5
            nothing = await client.post(f"{page}/move", data={"seat_no": str(offered[0]), "reason": " "})
            assert nothing.status_code == 409
            assert "Tulis alasannya" in nothing.text
            given = {"seat_no": str(offered[0]), "reason": "PC mati", "is_old_defective": "1"}
            moved = await client.post(f"{page}/move", data=given)
            assert (moved.status_code, moved.headers["location"]) == (303, page)
            shown = (await client.get(page)).text
            assert f"Pindah ke kursi {offered[0]}" in shown
            assert "PC mati" in shown
            again = (await client.get(f"{page}/move")).text
            assert who.slip.seat_no not in [int(x) for x in re.findall(r'<option value="(\d+)"', again)]
        async with stage.officer("technician") as client:
            assert f'href="{page}/move"' not in (await client.get(page)).text

    asyncio.run(check())


def test_where_the_profile_asks_for_two_a_second_officer_must_sign(
    stage_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "_kept", {})  # a profile changes under its hash nowhere but here

    async def check() -> None:
        stage = await stage_of(seats=4, people=2)
        slip = await stage.scene.check_in(0)
        free = next(each for each in range(1, 5) if each != slip.seat_no)
        make_two_person(stage.scene)
        async with stage.officer("coordinator") as client:
            path = f"/attempts/{slip.attempt_id}/move"
            assert "approver_password" in (await client.get(path)).text
            alone = await client.post(path, data={"seat_no": str(free), "reason": "rusak"})
            assert alone.status_code == 409
            second = {"approver": "proctor", "approver_password": stage.scene.officers["proctor"].password}
            both = await client.post(path, data={"seat_no": str(free), "reason": "rusak", **second})
            assert both.status_code == 303

    asyncio.run(check())


def make_two_person(scene: Any) -> None:
    """Give the participants a profile that asks for a second officer."""

    def change(tx: Any) -> None:
        content = tx.connection.execute(text("SELECT content FROM profile")).scalar_one()
        changed = content.replace(b'"two_person":[]', b'"two_person":["move_seat"]')
        assert changed != content
        tx.connection.execute(text("UPDATE profile SET content = :content"), {"content": changed})

    scene.lane.run_now(change)
    profiles._kept.clear()
