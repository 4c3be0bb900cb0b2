"""A room of any size, half made by actions and half by hand, served from this process for one officer's browser."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn

from cat_server.runtime.clock import SystemClock
from monitoring.app import create_app
from monitoring.live_scores import LiveScores
from scripts.free_ports import free_ports
from tests.integration.monitoring.scene import Scene, make_scene


@dataclass
class BigRoom:
    """The served room. `scene` is used from outside through `do`, which runs in the server's own loop."""

    folder: Path
    seats: int
    columns: int
    fill: Callable[[Scene], object]
    scene: Scene = field(init=False)
    url: str = field(init=False)
    _server: uvicorn.Server = field(init=False)
    _loop: asyncio.AbstractEventLoop = field(init=False)
    _thread: threading.Thread = field(init=False)

    def start(self) -> None:
        port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{port}"
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(port)), daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 180
        while True:
            try:
                if httpx.get(f"{self.url}/sign-in", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, "the room is not served"
            time.sleep(0.2)

    async def _serve(self, port: int) -> None:
        self._loop = asyncio.get_running_loop()
        self.scene = await make_scene(
            self.folder, SystemClock(), seats=self.seats, columns=self.columns, people=self.seats
        )
        await self.fill(self.scene)  # type: ignore[misc]  # an async function
        follower = self.scene.follower()
        live = LiveScores(self.scene.lane, self.scene.reader, self.scene.clock, self.scene.keys)
        app = create_app(self.scene.deps(follower), live)
        following = asyncio.ensure_future(follower.run())
        self._server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
        await self._server.serve()
        following.cancel()
        self.scene.close()

    def do(self, awaitable: object) -> object:
        return asyncio.run_coroutine_threadsafe(awaitable, self._loop).result(60)  # type: ignore[arg-type]

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
