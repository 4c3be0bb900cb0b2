"""The officer of the bench: signed in to monitoring over real HTTP, commands the room, looks at its board."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import httpx

from scripts.bench_server.filled_site import OFFICER, FilledSite
from scripts.bench_server.wire import Server

_LARGEST_FRAME = 64 * 1024 * 1024
_FRAMES_KNOWN = 8


class BenchOfficer:
    """A signed-in officer."""

    def __init__(self, monitoring: Server, site: FilledSite) -> None:
        self._room = f"/rooms/{site.exam_session_id}/{site.room_id}"
        origin = monitoring.origin
        self._browser = httpx.Client(
            base_url=origin,
            headers={"Origin": origin, "Accept": "text/html"},
            timeout=120,
            verify=monitoring.tls() or True,
        )
        self._monitoring = monitoring
        form = {"username": OFFICER, "password": site.password}
        self._expect(self._browser.post("/sign-in", data=form))

    def wait_for_the_board(self, seconds: float = 300) -> float:
        """Wait until monitoring has read the ledger and shows the room; return how long that took."""
        began = monotonic()
        while self._browser.get(self._room).status_code != 200:
            if monotonic() - began > seconds:
                raise TimeoutError("the board does not come")
            sleep(0.05)
        return monotonic() - began

    def command(self, name: str, **form: str) -> tuple[float, float]:
        """Do one of the room's commands; return when it was sent and how long it took (monotonic seconds)."""
        sent_s = monotonic()
        self._expect(self._browser.post(f"{self._room}/{name}", data=form))
        return sent_s, monotonic() - sent_s

    def close(self) -> None:
        """Close the browser."""
        self._browser.close()

    async def watch(
        self,
        boards: int,
        take: Callable[[dict[str, Any], float], None],
        until: asyncio.Event,
        on_open: Callable[[], None],
    ) -> None:
        """Open the room on so many boards; hand each frame to `take` with the moment it had come.

        `on_open` is called when each board has its first frame, which is the whole room. Boards of one room get the same
        bytes, and these are read as JSON once only: twenty browsers would not share one core.
        """
        known: dict[bytes, dict[str, Any]] = {}
        opened = 0

        async def one() -> None:
            nonlocal opened
            reading, writing = await asyncio.open_connection(
                self._monitoring.host, self._monitoring.port, ssl=self._monitoring.tls(), limit=_LARGEST_FRAME
            )
            cookies = "; ".join(f"{name}={value}" for name, value in self._browser.cookies.items())
            head = f"GET {self._room}/events HTTP/1.1\r\nhost: {self._browser.base_url.netloc.decode()}\r\n"
            writing.write(f"{head}cookie: {cookies}\r\naccept: text/event-stream\r\n\r\n".encode())
            is_first = True
            with contextlib.closing(writing):
                while True:
                    content = (await reading.readuntil(b"\n\n")).partition(b"data: {")[2]
                    if not content:
                        continue
                    at_s = monotonic()
                    if content not in known:
                        while len(known) > _FRAMES_KNOWN:
                            del known[next(iter(known))]
                        known[content] = json.loads(b"{" + content)
                    take(known[content], at_s)
                    opened += is_first
                    if is_first and opened == boards:
                        on_open()
                    is_first = False

        watching = [asyncio.create_task(one()) for _ in range(boards)]
        await until.wait()
        for each in watching:
            each.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*watching, return_exceptions=True)

    @staticmethod
    def _expect(response: httpx.Response) -> None:
        if response.status_code not in (200, 303):
            raise RuntimeError(f"{response.status_code} {response.text[:500]}")
