from __future__ import annotations

import asyncio

from starlette.types import Message

from cat_server.web.server_sent_events import EventStream, Feed, frame


class Browser:
    """Listens to one stream; `gone` tells the server that it left."""

    def __init__(self, stream: EventStream) -> None:
        self.body = b""
        self.is_complete = False
        self._gone = asyncio.Event()
        self._more = asyncio.Event()
        self.task = asyncio.ensure_future(stream({"type": "http"}, self._receive, self._send))

    async def _receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            self.body += message["body"]
            self.is_complete = not message["more_body"]
            self._more.set()

    def leave(self) -> None:
        self._gone.set()

    async def wait_for(self, wanted: bytes) -> None:
        async with asyncio.timeout(5):
            while wanted not in self.body:
                self._more.clear()
                await self._more.wait()


def test_a_frame_survives_line_breaks() -> None:
    assert frame("score", "a\nb") == b"event: score\ndata: a\ndata: b\n\n"


def test_an_event_reaches_its_topic_only() -> None:
    async def scene() -> None:
        feed = Feed()
        left, right = Browser(feed.stream("left", [frame("first", "1")])), Browser(feed.stream("right"))
        await left.wait_for(b"data: 1\n")
        await right.wait_for(b"open")
        feed.publish("control", "2", "left")
        await left.wait_for(b"data: 2\n")
        assert b"data: 2" not in right.body
        feed.close()
        await asyncio.gather(left.task, right.task)

    asyncio.run(scene())


def test_closing_ends_every_stream_also_later_ones() -> None:
    async def scene() -> None:
        feed = Feed()
        browser = Browser(feed.stream())
        await browser.wait_for(b"open")
        feed.close()
        late = Browser(feed.stream())
        async with asyncio.timeout(5):
            await asyncio.gather(browser.task, late.task)
        assert browser.is_complete
        assert late.is_complete
        assert feed.topics() == frozenset()

    asyncio.run(scene())


def test_a_browser_that_leaves_is_forgotten() -> None:
    async def scene() -> None:
        feed = Feed()
        browser = Browser(feed.stream("a"))
        await browser.wait_for(b"open")
        assert feed.listeners("a") == 1
        browser.leave()
        async with asyncio.timeout(5):
            await browser.task
        assert feed.listeners("a") == 0

    asyncio.run(scene())


def test_a_browser_that_falls_behind_loses_its_stream() -> None:
    async def scene() -> None:
        feed = Feed()
        browser = Browser(feed.stream())
        await browser.wait_for(b"open")
        for number in range(100):
            feed.publish("control", str(number))
        async with asyncio.timeout(5):
            await browser.task
        assert browser.is_complete

    asyncio.run(scene())


def test_a_quiet_stream_beats() -> None:
    async def scene() -> None:
        feed = Feed(heartbeat_s=0.01)
        browser = Browser(feed.stream())
        await browser.wait_for(b": heartbeat\n\n")
        feed.close()
        await browser.task

    asyncio.run(scene())
