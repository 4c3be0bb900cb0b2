"""What pages do beside answering: hold an event stream, hear what it tells, give a sign of life every ten seconds."""

from __future__ import annotations

import asyncio
import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence

from scripts.bench_server.kiosk_scripts import Seat, beat
from scripts.bench_server.wire import Server, Wire, connect

_OPENING_AT_ONCE = 200
_OPENING_S = 60.0
_SHORTEST_S, _LONGEST_S = 8.0, 12.0
_EVENT = re.compile(rb'^event: (control|score)\n(?:data: .*"state": ?"([A-Z_]+)")?', re.MULTILINE)
_WAITING, _RUNNING = "READY", "RUNNING"


class OpenPages:
    """The pages of all seats. They beat while the exam runs, as the paper's page does and the others do not."""

    def __init__(self, server: Server, seats: Sequence[Seat]) -> None:
        self._server = server
        self._seats = seats
        self._streams: list[_Stream] = []
        self._heard: dict[int, str] = {}
        self._waiting: dict[tuple[int, str], asyncio.Event] = defaultdict(asyncio.Event)
        self._beating: dict[int, asyncio.Task[None]] = {}
        self.lost = 0

    async def open(self) -> None:
        """Open every page's stream, until each has told the present state; those that are open stay so."""
        if self._streams:
            return
        places = range(len(self._seats))
        async with asyncio.timeout(_OPENING_S):
            for first in places[::_OPENING_AT_ONCE]:
                some = places[first : first + _OPENING_AT_ONCE]
                self._streams += await asyncio.gather(*map(self._opened, some))
            await asyncio.gather(*(self.heard(place, _WAITING) for place in places))

    async def heard(self, place: int, what: str) -> None:
        """Wait until a page has heard of a state, or of its score (`score`)."""
        await self._waiting[place, what].wait()

    async def next_page(self, place: int) -> None:
        """Open the stream anew, as the page does that comes next."""
        self._streams[place].close()
        self._streams[place] = await self._opened(place)

    async def _opened(self, place: int) -> _Stream:
        loop, tls = asyncio.get_running_loop(), self._server.tls()
        head = self._seats[place].head("GET", "/events")

        def make() -> _Stream:
            return _Stream(head, lambda what: self._hear(place, what), lambda: self._lose(place))

        _, stream = await loop.create_connection(make, self._server.host, self._server.port, ssl=tls)
        return stream

    def _hear(self, place: int, what: str) -> None:
        self._waiting[place, what].set()
        if what == _RUNNING and place not in self._beating:
            self._beating[place] = asyncio.create_task(self._beat(place))
        elif what not in (_RUNNING, "PAUSED") and place in self._beating:
            self._beating.pop(place).cancel()

    def _lose(self, place: int) -> None:
        """Come back after a moment, as browsers do."""
        self.lost += 1
        asyncio.get_running_loop().call_later(1, lambda: asyncio.ensure_future(self.next_page(place)))

    async def _beat(self, place: int) -> None:
        wire: Wire | None = None
        while True:
            await asyncio.sleep(random.uniform(_SHORTEST_S, _LONGEST_S))  # noqa: S311 - behaviour, not secrets
            if wire is None or wire.is_cut:
                (wire,) = await connect(self._server, 1, lambda _wire: None)
            if not wire.is_busy:
                wire.follow(beat(self._seats[place], lambda _reply: None))


class _Stream(asyncio.Protocol):
    """One event stream."""

    def __init__(self, head: bytes, on_event: Callable[[str], None], on_lost: Callable[[], None]) -> None:
        self._head = head
        self._on_event = on_event
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the events."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream connection
        self._transport = transport
        transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        """Take whole events out of what has come."""
        *events, self._rest = (self._rest + data).split(b"\n\n")
        for each in events:
            if found := _EVENT.search(each):
                self._on_event((found[2] or found[1]).decode())

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell of it, unless it was hung up here."""
        if self._transport is not None:
            self._on_lost()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            transport, self._transport = self._transport, None
            transport.close()
