"""Start, pause and extra time reach the streams of those concerned, with their own time left."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from starlette.types import Message

from cat_server.actions.control_sitting import pause_sitting, start_sitting
from cat_server.actions.disqualify import disqualify
from cat_server.actions.grant_time import grant_time
from cat_server.actions.pause_attempt import pause_attempt, resume_attempt
from cat_server.domain.ids import OPERATOR
from cat_server.queries.access import DatabaseAwayError, Reader
from kiosk_ui import control_feed
from kiosk_ui.control_feed import ControlFeed
from kiosk_ui.paper_pages import PaperPages
from kiosk_ui.screens import Screens
from tests.integration.kiosk_ui.conftest import Room


class Listener:
    """A kiosk's open stream; `next_live` waits for the next control event."""

    def __init__(self, screens: Screens, attempt_id: str) -> None:
        self.frames: asyncio.Queue[str] = asyncio.Queue()
        stream = screens.feed.stream(attempt_id)
        self.task = asyncio.ensure_future(stream({"type": "http"}, self._receive, self._send))

    async def _receive(self) -> Message:
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        for line in message.get("body", b"").decode().splitlines():
            if line.startswith("data: {"):
                self.frames.put_nowait(line.removeprefix("data: "))

    async def next_live(self) -> dict[str, object]:
        async with asyncio.timeout(10):
            live: dict[str, object] = json.loads(await self.frames.get())
            return live


def play(room: Room, scene: Callable[[Listener, Listener], Awaitable[None]]) -> None:
    """Run a scene with two seated participants whose kiosks listen."""
    first, second = room.centre.seat(0), room.centre.seat(1)

    async def run() -> None:
        screens = Screens(room.deps)
        control = ControlFeed(screens, PaperPages(screens))
        room.deps.follower.subscribe(control.take)
        working = [asyncio.ensure_future(control.run()), asyncio.ensure_future(room.deps.follower.run())]
        listeners = [Listener(screens, who.slip.attempt_id) for who in (first, second)]
        try:
            await scene(*listeners)
        finally:
            screens.feed.close()
            for each in working:
                each.cancel()
            await asyncio.gather(*working, *(each.task for each in listeners), return_exceptions=True)

    asyncio.run(run())


async def until(listener: Listener, state: str) -> dict[str, object]:
    """Return the first word that names `state`; those before it tell of what came earlier."""
    while (live := await listener.next_live())["state"] != state:
        pass
    return live


def test_start_and_pause_reach_everybody(room: Room) -> None:
    centre = room.centre

    async def scene(first: Listener, second: Listener) -> None:
        await start_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR)
        for listener in (first, second):
            live = await until(listener, "RUNNING")
            assert live["remaining_ms"] == 600_000
        await pause_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR, reason="uji")
        for listener in (first, second):
            assert (await until(listener, "PAUSED"))["control_no"] == 2

    play(room, scene)


def test_a_pause_and_a_decision_about_one_reach_that_one_alone(room: Room) -> None:
    centre = room.centre

    async def scene(first: Listener, second: Listener) -> None:
        await start_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR)
        await until(first, "RUNNING")
        await until(second, "RUNNING")
        one = centre.attempt_ids[0]
        await pause_attempt(centre.lane, one, "uji", OPERATOR)
        assert (await until(first, "PAUSED"))["control_no"] == 2
        await resume_attempt(centre.lane, one, OPERATOR)
        assert (await until(first, "RUNNING"))["control_no"] == 3
        await disqualify(centre.lane, one, "conduct.cheating", "uji", OPERATOR)
        await until(first, "DISQUALIFIED")
        told = [json.loads(second.frames.get_nowait()) for _ in range(second.frames.qsize())]
        assert all(each["state"] == "RUNNING" for each in told)

    play(room, scene)


def test_extra_time_reaches_the_one_who_got_it(room: Room) -> None:
    centre = room.centre

    async def scene(first: Listener, second: Listener) -> None:
        await start_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR)
        await until(first, "RUNNING")
        await until(second, "RUNNING")
        await grant_time(centre.lane, [centre.attempt_ids[0]], 300_000, "uji", OPERATOR)
        while (await first.next_live())["remaining_ms"] != 900_000:
            pass
        told = [json.loads(second.frames.get_nowait()) for _ in range(second.frames.qsize())]
        assert all(each["remaining_ms"] == 600_000 for each in told)

    play(room, scene)


def test_what_could_not_be_read_is_told_as_soon_as_it_can_be(room: Room) -> None:
    centre, reader = room.centre, room.deps.reader

    class AwayForAMoment:
        times = 0

        def view(self) -> Any:
            self.times += 1
            if self.times <= 3:
                raise DatabaseAwayError("connection refused")
            return reader.view()

    room.deps = replace(room.deps, reader=cast("Reader", AwayForAMoment()))

    async def scene(first: Listener, second: Listener) -> None:
        await start_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR)
        for listener in (first, second):
            await until(listener, "RUNNING")

    play(room, scene)


class Looks:
    """Counts how often scores are looked for, and for whom; `ready` have one."""

    def __init__(self) -> None:
        self.asked: list[frozenset[str]] = []
        self.ready: set[str] = set()

    def __call__(self, _: Reader, attempt_ids: frozenset[str]) -> frozenset[str]:
        self.asked.append(attempt_ids)
        return attempt_ids & self.ready


async def reached(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for happens elsewhere
            await asyncio.sleep(0.01)


def test_a_score_is_told_once_it_is_there(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    centre, looks = room.centre, Looks()
    monkeypatch.setattr(control_feed, "scored_attempts", looks)

    async def scene(first: Listener, second: Listener) -> None:
        await start_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR)
        await until(first, "RUNNING")
        await asyncio.to_thread(centre.pass_time, 611)
        await until(first, "TIMED_OUT")
        await until(second, "TIMED_OUT")
        looks.ready.add(centre.attempt_ids[0])
        while (told := await first.next_live()).get("state") == "TIMED_OUT":
            pass  # the same word again, where the start was told late
        assert told == {}
        assert "{}" not in [second.frames.get_nowait() for _ in range(second.frames.qsize())]
        count = len(looks.asked)
        await reached(lambda: len(looks.asked) > count + 1)
        assert looks.asked[-1] == {centre.attempt_ids[1]}

    play(room, scene)


def test_a_score_that_does_not_come_is_looked_for_seldom_and_only_for_those_who_listen(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre, looks = room.centre, Looks()
    monkeypatch.setattr(control_feed, "scored_attempts", looks)
    monkeypatch.setattr(control_feed, "_SCORE_POLL_S", 0.02)
    monkeypatch.setattr(control_feed, "_SELDOM_S", 60.0)
    monkeypatch.setattr(control_feed, "_OFTEN", 3)

    async def scene(first: Listener, second: Listener) -> None:
        await start_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR)
        await until(first, "RUNNING")
        await disqualify(centre.lane, centre.attempt_ids[1], "conduct.cheating", "uji", OPERATOR)
        await until(second, "DISQUALIFIED")
        await asyncio.to_thread(centre.pass_time, 611)
        await until(first, "TIMED_OUT")
        await reached(lambda: len(looks.asked) >= 3)
        await asyncio.sleep(0.3)
        assert looks.asked == [{centre.attempt_ids[0]}] * 3
        await grant_time(centre.lane, [centre.attempt_ids[0]], 300_000, "uji", OPERATOR)
        await until(first, "RUNNING")
        await asyncio.to_thread(centre.pass_time, 301)
        await until(first, "TIMED_OUT")
        await reached(lambda: len(looks.asked) >= 4)
        first.task.cancel()
        await asyncio.sleep(0.3)
        assert len(looks.asked) <= 6

    play(room, scene)
