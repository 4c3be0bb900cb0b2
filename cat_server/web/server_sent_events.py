"""Server-sent events: a frame is rendered once and shared by all who listen to its topic.

A listener that falls behind loses its stream rather than memory growing without limit: the browser reconnects by
itself and gets the present state first. `Feed.close()` ends every stream at once; call it before stopping the server,
since open streams would hold the shutdown up.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HEARTBEAT_S = 10.0
_QUEUE_FRAMES = 32
_HEARTBEAT = b": heartbeat\n\n"


def frame(event: str, data: str) -> bytes:
    """Return one event as it goes over the wire."""
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"event: {event}\n{lines}\n".encode()


class Feed:
    """All open streams of one kind, by topic."""

    def __init__(self, *, heartbeat_s: float = HEARTBEAT_S) -> None:
        self._heartbeat_s = heartbeat_s
        self._listeners: dict[str, set[EventStream]] = {}
        self.is_closed = False

    def publish(self, event: str, data: str, topic: str = "") -> None:
        """Send an event to all who listen to `topic`."""
        if listeners := self._listeners.get(topic):
            content = frame(event, data)
            for each in tuple(listeners):
                each.offer(content)

    def stream(self, topic: str = "", first: Iterable[bytes] = ()) -> EventStream:
        """Return a response that stays open and carries `first` and then whatever is published on `topic`."""
        return EventStream(self, topic, first, self._heartbeat_s)

    def topics(self) -> frozenset[str]:
        """Return the topics that somebody listens to."""
        return frozenset(self._listeners)

    def listeners(self, topic: str = "") -> int:
        """Return how many streams of a topic are open."""
        return len(self._listeners.get(topic, ()))

    def close(self) -> None:
        """End every stream, now and from now on."""
        self.is_closed = True
        for listeners in tuple(self._listeners.values()):
            for each in tuple(listeners):
                each.end()

    def join(self, stream: EventStream) -> None:
        """Count a stream in; called by the stream itself."""
        self._listeners.setdefault(stream.topic, set()).add(stream)
        if self.is_closed:
            stream.end()

    def leave(self, stream: EventStream) -> None:
        """Count a stream out; called by the stream itself."""
        listeners = self._listeners.get(stream.topic, set())
        listeners.discard(stream)
        if not listeners:
            self._listeners.pop(stream.topic, None)


class EventStream(Response):
    """One open stream. It ends when the browser leaves, the feed closes, or the browser falls behind."""

    def __init__(self, feed: Feed, topic: str, first: Iterable[bytes], heartbeat_s: float) -> None:
        super().__init__(
            headers={"content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no"}
        )
        del self.headers["content-length"]
        self.headers["cache-control"] = "no-store"
        self.topic = topic
        self._feed = feed
        self._heartbeat_s = heartbeat_s
        self._frames: asyncio.Queue[bytes] = asyncio.Queue(_QUEUE_FRAMES)
        self._ended = asyncio.Event()
        self._first = tuple(first)
        self._has_started = False

    def offer(self, content: bytes) -> None:
        """Queue a frame; end the stream where the queue is full."""
        try:
            self._frames.put_nowait(content)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """End the stream at the next chance."""
        self._ended.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry frames until the end."""
        del scope  # every stream is answered alike
        self._feed.join(self)
        watchers = [
            asyncio.ensure_future(_until_disconnected(receive)),
            asyncio.ensure_future(self._ended.wait()),
        ]
        pump = asyncio.ensure_future(self._pump(send))
        try:
            await asyncio.wait([pump, *watchers], return_when=asyncio.FIRST_COMPLETED)
            has_left = watchers[0].done()
        finally:
            self._feed.leave(self)
            for each in (pump, *watchers):
                each.cancel()
            results = await asyncio.gather(pump, *watchers, return_exceptions=True)
        failure = results[0]
        if isinstance(failure, Exception) and not isinstance(failure, OSError):
            raise failure
        if not has_left and failure is not None and not isinstance(failure, OSError):
            await self._send_end(send)

    async def _pump(self, send: Send) -> None:
        await self._send_start(send)
        for content in (b": open\n\n", *self._first):
            await send({"type": "http.response.body", "body": content, "more_body": True})
        while True:
            try:
                # not wait_for: in Python 3.11 it may swallow the cancellation that ends the stream
                async with asyncio.timeout(self._heartbeat_s):
                    content = await self._frames.get()
            except TimeoutError:
                content = _HEARTBEAT
            await send({"type": "http.response.body", "body": content, "more_body": True})

    async def _send_start(self, send: Send) -> None:
        self._has_started = True
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

    async def _send_end(self, send: Send) -> None:
        with contextlib.suppress(OSError):
            if not self._has_started:
                await self._send_start(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
