"""A small exam session, its live scores, and browsers of officers without a browser."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from cat_server.domain.instants import Instant
from cat_server.queries.follow import ends_of_signed
from monitoring.app import create_app
from monitoring.live_scores import LiveScores
from tests.integration.monitoring.scene import Scene, make_scene

ORIGIN = "http://127.0.0.1:8081"


class MovableClock:
    """Stands still until the test moves it."""

    def __init__(self) -> None:
        self.at_ms = 1_795_000_000_000
        self.boot_ms = 1_000_000

    def now(self) -> Instant:
        return Instant(self.at_ms, "boot-1", self.boot_ms)

    def advance(self, seconds: float) -> None:
        self.at_ms += round(seconds * 1000)
        self.boot_ms += round(seconds * 1000)


class Stage:
    """A scene with the monitoring side on top; `settle` does what follower and ticks do in time."""

    def __init__(self, scene: Scene, clock: MovableClock) -> None:
        self.scene = scene
        self.clock = clock
        self.follower = scene.follower()
        self.live = LiveScores(scene.lane, scene.reader, clock, scene.keys)
        self.follower.subscribe(self.live.take)
        self.app = create_app(scene.deps(self.follower), self.live)

    def restarted(self) -> Stage:
        """Return the monitoring side as it is after a restart, before it has read anything."""
        again = Stage(self.scene, self.clock)
        again.follower.position.update(ends_of_signed(self.scene.reader))
        return again

    @property
    def session(self) -> Any:
        return self.live.sessions[self.scene.exam_session_id]

    async def settle(self) -> None:
        await self.follower.poll()
        for _ in range(4):
            await self.live.tick()

    @contextlib.asynccontextmanager
    async def officer(self, role: str) -> AsyncIterator[httpx.AsyncClient]:
        async with self.anonymous() as client:
            added = self.scene.officers[role]
            form = {"username": role, "password": added.password}
            response = await client.post("/sign-in", data=form)
            assert response.status_code == 303, response.text
            yield client

    def anonymous(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN})


@pytest.fixture
def stage_of(tmp_path: Path) -> Any:
    """Return a maker of stages; all of them are closed at the end."""
    made: list[Stage] = []

    async def make(**how: Any) -> Stage:
        clock = MovableClock()
        scene = await make_scene(tmp_path / f"site{len(made)}", clock, **how)
        made.append(Stage(scene, clock))
        await made[-1].settle()
        return made[-1]

    yield make
    for each in made:
        each.scene.close()


MakeStage = Callable[..., Any]
