"""The public board: the policy decides what is shown, and nothing private ever is."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from cat_server.web.server_sent_events import Feed
from monitoring.live_scores import LiveScores
from monitoring.scoreboard_app import EVERY_TICKS, PublicBoards, create_app


def board(live: LiveScores) -> dict[str, Any]:
    return PublicBoards(Feed(), live).board("")


async def running(stage_of: Any, **how: Any) -> tuple[Any, list[Any]]:
    stage = await stage_of(**how)
    seated = [await stage.scene.seat(index) for index in range(3)]
    await stage.scene.start()
    await stage.settle()
    return stage, seated


def test_live_shows_who_sits_best_first(stage_of: Any) -> None:
    async def check() -> None:
        stage, (_, second, _) = await running(stage_of)
        for position in range(14, 21):
            await stage.scene.answer(second, position, "o1")
        await stage.settle()
        shown = board(stage.live)
        assert [line[0] for line in shown["lines"]] == [1, 2, 2]
        assert shown["lines"][0][1] == "26-0012-0002"
        assert shown["counts"] == {"sat": 3, "working": 3, "ended": 0}
        assert shown["thresholds"] == ["TWK 13", "TIU 16", "TKP 26"]
        assert shown["final"] is False

    asyncio.run(check())


def test_delayed_stands_still_between_steps_and_after_a_restart(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, *_) = await running(stage_of, scoreboard="delayed", delay_s=300)
        stage.clock.advance(301)
        await stage.settle()
        before = board(stage.live)
        assert before["as_of"] % 300_000 == 0
        assert {line[4] for line in before["lines"]} == {"0"}
        for position in range(14, 21):
            await stage.scene.answer(who, position, "o1")
        await stage.settle()
        assert board(stage.live) == before
        again = LiveScores(stage.scene.lane, stage.scene.reader, stage.clock, stage.scene.keys)
        follower = stage.scene.follower()
        follower.subscribe(again.take)
        await follower.poll()
        await again.tick()
        assert board(again) == before
        stage.clock.advance(301)
        await stage.settle()
        after = board(stage.live)
        assert after["as_of"] > before["as_of"]
        assert after["lines"][0][5] == 7

    asyncio.run(check())


def test_progress_shows_counts_only_until_somebody_finishes(stage_of: Any) -> None:
    async def check() -> None:
        stage, (who, *_) = await running(stage_of, scoreboard="progress")
        await stage.scene.answer(who, 14, "o1")
        await stage.settle()
        lines = {line[1]: line for line in board(stage.live)["lines"]}
        assert lines["26-0012-0001"][3:6] == [[], "", 1]
        await stage.scene.finish(who)
        await stage.settle()
        lines = {line[1]: line for line in board(stage.live)["lines"]}
        assert lines["26-0012-0001"][0] == 1
        assert lines["26-0012-0001"][4] != ""
        assert lines["26-0012-0002"][4] == ""

    asyncio.run(check())


def test_off_shows_nobody_and_masking_hides_names(stage_of: Any) -> None:
    async def check() -> None:
        off, _ = await running(stage_of, scoreboard="off")
        assert board(off.live)["lines"] == []
        hidden, _ = await running(stage_of, masking=True)
        assert {line[2][1] for line in board(hidden.live)["lines"]} == {"•"}

    asyncio.run(check())


def test_the_page_sets_no_cookie_and_takes_no_forms(stage_of: Any) -> None:
    async def check() -> None:
        stage, _ = await running(stage_of)
        app = create_app(stage.scene.deps(), stage.live)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8082") as client:
            page = await client.get("/")
            assert page.status_code == 200
            assert "set-cookie" not in page.headers
            assert stage.scene.attempt_ids[0] not in page.text
            assert (await client.post("/", headers={"origin": "http://127.0.0.1:8082"})).status_code == 405
            assert (await client.get("/?session=NIX")).status_code == 200

    asyncio.run(check())


def test_only_boards_that_somebody_watches_are_kept(stage_of: Any) -> None:
    async def check() -> None:
        stage, _ = await running(stage_of)
        feed = Feed()
        boards = PublicBoards(feed, stage.live)
        for made_up in ("", "A", "B"):
            stream = feed.stream(made_up)
            feed.join(stream)
            for _ in range(EVERY_TICKS):
                boards.send()
            assert set(boards._sent) == {made_up}
            feed.leave(stream)

    asyncio.run(check())
