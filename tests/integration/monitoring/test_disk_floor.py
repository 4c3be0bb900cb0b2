"""No exam starts on a disk that is nearly full, and a watchman is told how the server is."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from typing import Any

import pytest

from cat_server.actions import refuse_full_disk as rule
from cat_server.records.write_lane import NotDurableError, Tx


def test_a_start_below_the_floor_is_refused_in_words_and_begins_nothing(
    stage_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check() -> None:
        stage = await stage_of()
        scene = stage.scene
        await scene.seat(0)
        path = f"/rooms/{scene.exam_session_id}/{scene.room_id}/start"
        floor = scene.settings.disk.floor_mib << 20
        monkeypatch.setattr(rule, "free_disk_bytes", lambda _: floor - 1)
        async with stage.officer("proctor") as client:
            refused = await client.post(path)
            assert refused.status_code == 409
            assert "1023 MB" in refused.text
            await stage.settle()
            monkeypatch.setattr(rule, "free_disk_bytes", lambda _: floor)
            assert (await client.post(path)).status_code == 303

    asyncio.run(check())


def test_a_watchman_is_told_without_sign_in_and_hears_trouble(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        async with stage.anonymous() as nobody:
            well = await nobody.get("/healthz")
            assert (well.status_code, well.json()["can_save"]) == (200, True)
            assert well.json()["journal"] == "none"
            assert well.json()["ledger_events"] > 0
            stage.scene.tick(stage.scene.seen(await stage.scene.seat(0)))
            assert (await nobody.get("/healthz")).json()["kiosks_seen"] == 1

            def fill(_: Tx) -> None:
                raise NotDurableError("database or disk is full")

            def spoil(tx: Tx, _: object) -> list[object]:
                return [fill(tx)]

            with pytest.raises(NotDurableError):
                await stage.scene.lane.submit(spoil, None)
            ill = await nobody.get("/healthz")
            assert (ill.status_code, ill.json()["can_save"]) == (503, False)
            assert ill.json()["trouble"] == "database or disk is full"
            assert ill.json()["look_at"][0]["code"] == "cannot_save"
            assert "cat-server doctor" in ill.json()["look_at"][0]["id"]
            stage.scene.tick()
            assert (await nobody.get("/healthz")).status_code == 200

    asyncio.run(check())


def test_a_kiosk_process_that_keeps_no_time_is_told_though_this_one_can_save(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        await stage.scene.seat(0)
        await stage.scene.start()
        stage.scene.tick()
        async with stage.anonymous() as nobody, stage.officer("proctor") as client:
            stage.clock.advance(2.5)
            assert (await nobody.get("/healthz")).status_code == 200
            assert "Server tidak dapat menyimpan" not in (await client.get("/alarms")).text
            stage.clock.advance(1)
            ill = await nobody.get("/healthz")
            assert (ill.status_code, ill.json()["can_save"]) == (503, False)
            assert ill.json()["look_at"][0]["code"] == "clock_stopped"
            told = await client.get("/alarms")
            assert "Server tidak dapat menyimpan" in told.text
            shown = re.search(r'name="told" value="([^"]+)"', told.text)
            assert shown
            again = await client.get("/alarms", params={"told": shown[1]})
            assert again.status_code == 204, "what is shown already is not read out again"
            stage.scene.tick()
            assert (await nobody.get("/healthz")).status_code == 200
            gone = await client.get("/alarms", params={"told": shown[1]})
            assert gone.status_code == 200
            assert "Server tidak dapat menyimpan" not in gone.text

    asyncio.run(check())


def test_nothing_secret_is_in_what_a_watchman_hears(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        told = dataclasses.asdict(stage.scene.secrets).values()
        async with stage.anonymous() as nobody:
            text = (await nobody.get("/healthz")).text
        assert not any(each.hex() in text or str(each) in text for each in told)
        assert str(stage.scene.settings.folder) not in text

    asyncio.run(check())
