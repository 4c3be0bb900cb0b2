"""The room: what a row says, who needs somebody, and frames that carry only what changed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from cat_server.actions.refuse_paper import refuse_paper
from monitoring.room_feed import RoomFeed
from monitoring.room_rows import LOST_AFTER_MS, REFUSED_FOR_MS, room_state
from tests.integration.monitoring.scene import Seated


class Wire:
    """A feed with one listener that keeps what it is sent."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.frames: list[dict[str, Any]] = []

    def topics(self) -> frozenset[str]:
        return frozenset({self.topic})

    def listeners(self, _topic: str) -> int:
        return 1

    def publish(self, _event: str, data: str, _topic: str) -> None:
        self.frames.append(json.loads(data))


async def running(stage_of: Any) -> tuple[Any, list[Seated]]:
    stage = await stage_of()
    seated = [await stage.scene.seat(index) for index in range(3)]
    await stage.scene.check_in(3)
    await stage.scene.start()
    stage.scene.tick(*[stage.scene.seen(each, position=4) for each in seated])
    await stage.settle()
    return stage, seated


def row(stage: Any, who: Seated) -> dict[str, Any]:
    state = room_state(stage.session, stage.scene.room_id, stage.clock.at_ms)
    assert state is not None
    return state.rows[who.slip.attempt_id]


def test_a_row_says_where_somebody_stands(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, *_) = await running(stage_of)
        await stage.scene.answer(who, 2, "o1", flagged=True)
        await stage.settle()
        now = row(stage, who)
        assert (now["seat"], now["no"], now["state"]) == (who.slip.seat_no, "26-0012-0001", "RUNNING")
        assert (now["ans"], now["n"], now["flag"], now["pos"]) == (1, 20, 1, 4)
        assert now["ends"] == 600_000
        assert now["saved"] == stage.clock.at_ms
        assert now["off"] == 0
        assert now["needs"] == []
        assert len(now["sec"]) == 3

    asyncio.run(check())


def test_silence_unsent_answers_and_idleness_need_attention(stage_of: Any) -> None:
    async def check() -> None:
        stage, (lost, unsent, fine) = await running(stage_of)
        silent_since = stage.clock.at_ms
        await stage.scene.answer(fine, 1, "o1")
        await stage.scene.answer(unsent, 1, "o1")
        stage.clock.advance(LOST_AFTER_MS / 1000)
        await stage.settle()
        assert row(stage, lost)["needs"] == []
        stage.clock.advance(0.001)
        stage.scene.tick(stage.scene.seen(unsent, unsent=2), stage.scene.seen(fine))
        await stage.settle()
        assert row(stage, lost)["needs"] == [["LOST", silent_since]]
        assert row(stage, unsent)["needs"] == [["UNSAVED", 2]]
        assert row(stage, fine)["needs"] == []
        state = room_state(stage.session, stage.scene.room_id, stage.clock.at_ms)
        assert (state.head["lost"], state.head["unsaved"]) == (1, 1)
        for _ in range(600):
            stage.clock.advance(0.5)
            stage.scene.tick(*[stage.scene.seen(each) for each in (lost, unsent, fine)])
        await stage.settle()
        assert row(stage, lost)["needs"] == [["NO_ANSWERS", 5]]
        assert row(stage, fine)["needs"] == []

    asyncio.run(check())


def test_who_was_never_heard_of_is_missed_once_the_start_is_over(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        silent, heard = [await stage.scene.seat(index) for index in range(2)]
        await stage.scene.start()
        stage.scene.tick(stage.scene.seen(heard))
        await stage.settle()
        assert [row(stage, each)["needs"] for each in (silent, heard)] == [[], []]
        for _ in range(LOST_AFTER_MS // 500 + 1):
            stage.clock.advance(0.5)
            stage.scene.tick(stage.scene.seen(heard))
        await stage.settle()
        assert [row(stage, each)["needs"] for each in (silent, heard)] == [[["LOST", -1]], []]

    asyncio.run(check())


def test_frames_carry_only_what_changed_and_are_numbered(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, *_) = await running(stage_of)
        topic = RoomFeed.topic(stage.scene.exam_session_id, stage.scene.room_id)
        wire = Wire(topic)
        feed = RoomFeed(wire, stage.live)  # type: ignore[arg-type]  # a listener stands in for the feed
        for _ in range(2):
            feed.send()
        first, second = wire.frames
        assert len(first["rows"]) == 6
        assert (second["rows"], second["gone"]) == ([], [])
        assert second["n"] == first["n"] + 1
        await stage.scene.answer(who, 5, "o2")
        await stage.settle()
        feed.send()
        assert [each["id"] for each in wire.frames[-1]["rows"]] == [who.slip.attempt_id]
        snapshot = feed.snapshot(stage.scene.exam_session_id, stage.scene.room_id)
        assert snapshot is not None
        assert snapshot["n"] == wire.frames[-1]["n"]
        assert len(snapshot["rows"]) == 6

    asyncio.run(check())


def test_a_board_that_only_hears_of_changes_shows_the_room_as_it_is(stage_of: Any) -> None:
    async def check() -> None:
        stage, (first, second, third) = await running(stage_of)
        scene = stage.scene
        wire = Wire(RoomFeed.topic(scene.exam_session_id, scene.room_id))
        feed = RoomFeed(wire, stage.live)  # type: ignore[arg-type]  # a listener stands in for the feed
        shown: dict[str, Any] = {}
        made: list[int] = []

        async def look() -> None:
            await stage.settle()
            feed.send()
            frame = wire.frames[-1]
            made.append(len(frame["rows"]))
            shown.update({each["id"]: each for each in frame["rows"]})
            for each in frame["gone"]:
                del shown[each]
            whole = room_state(stage.session, scene.room_id, stage.clock.at_ms)
            assert whole is not None
            assert shown == whole.rows
            assert frame["head"] == whole.head

        await look()
        for position in range(1, 4):
            await scene.answer(first, position, "o1")
            await scene.answer(second, position, "o2", flagged=True)
            await look()
        await scene.finish(third)
        await look()
        stage.clock.advance(LOST_AFTER_MS / 1000 + 1)
        scene.tick(scene.seen(first))
        await look()
        assert made[1:5] == [2, 2, 2, 1]
        assert shown[second.slip.attempt_id]["needs"][0][0] == "LOST"

    asyncio.run(check())


def test_an_officer_pauses_resumes_and_grants_time(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, *_) = await running(stage_of)
        room = f"/rooms/{stage.scene.exam_session_id}/{stage.scene.room_id}"
        async with stage.officer("proctor") as client:
            assert (await client.get(room)).status_code == 200
            no_reason = await client.post(f"{room}/pause", data={})
            assert no_reason.status_code == 409
            assert (await client.post(f"{room}/pause", data={"reason": "listrik"})).status_code == 303
            await stage.settle()
            assert row(stage, who)["state"] == "PAUSED"
            assert (await client.post(f"{room}/resume")).status_code == 303
            granted = await client.post(f"{room}/grant-time", data={"minutes": "5", "reason": "listrik"})
            assert granted.status_code == 303, granted.text
            await stage.settle()
            assert (row(stage, who)["state"], row(stage, who)["ends"]) == ("RUNNING", 900_000)
            finish = f"/attempts/{who.slip.attempt_id}/force-finish"
            assert (await client.post(finish, data={"reason": "sakit"})).status_code == 303
            await stage.settle()
            assert row(stage, who)["state"] == "FORCE_CLOSED"
            page = await client.get(f"/attempts/{who.slip.attempt_id}")
            assert "Dihentikan petugas" in page.text
            assert "sakit" in page.text

    asyncio.run(check())


def test_what_was_refused_at_a_seat_is_told_for_ten_minutes(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, other, _) = await running(stage_of)
        await refuse_paper(stage.scene.lane, who.slip.attempt_id, "kiosk")
        told_at = stage.clock.at_ms
        await stage.settle()
        assert ["COPIED", told_at] in row(stage, who)["needs"]
        assert row(stage, other)["needs"] == []
        stage.clock.advance(REFUSED_FOR_MS / 1000)
        await stage.settle()
        assert "COPIED" not in [code for code, _ in row(stage, who)["needs"]]

    asyncio.run(check())
