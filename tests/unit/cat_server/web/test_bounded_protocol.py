"""Slow, silent and greedy clients are cut; honest ones beside them notice nothing. Real sockets, a real uvicorn, short limits."""

from __future__ import annotations

import asyncio
import selectors
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from cat_server.web.bounded_protocol import ConnectionLimits, bound_handshakes, bounded_protocol

BIG = b"x" * 8_000_000
HONEST = b"GET /small HTTP/1.1\r\nhost: a\r\n\r\n"


class Brief(selectors.DefaultSelector):
    """Never sleeps for long, so that a loop looks at its clock again and again."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(0.05 if timeout is None else min(timeout, 0.05))


class Steady(asyncio.SelectorEventLoop):
    """A loop whose clock counts a tenth of a second at most for a machine that stood still: that is no client's slowness."""

    def __init__(self) -> None:
        self._looked_s, self._steady_s = super().time(), 1_000.0
        super().__init__(Brief())

    def time(self) -> float:
        before, self._looked_s = self._looked_s, super().time()
        self._steady_s += min(self._looked_s - before, 0.1)
        return self._steady_s


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body and answers, `/big` with 8 MB."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    body = BIG if scope["path"] == "/big" else b"ok"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def serving(limits: ConnectionLimits) -> AsyncIterator[int]:
    config = uvicorn.Config(
        app,
        port=0,
        http=bounded_protocol(limits),
        lifespan="off",
        log_config=None,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells by an attribute
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running


async def answer(reader: asyncio.StreamReader) -> bytes:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    assert head.startswith(b"HTTP/1.1 200")
    return await asyncio.wait_for(reader.readexactly(2), 10)


async def narrow(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect with small buffers, so that what is not read stays with the server."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", port))
    return await asyncio.open_connection(sock=plain, limit=200_000)


async def is_cut(reader: asyncio.StreamReader) -> bool:
    """Tell whether the server ended the connection."""
    try:
        return await asyncio.wait_for(reader.read(1), 10) == b""
    except ConnectionError:
        return True


def run(limits: ConnectionLimits, work: Callable[[int], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        async with serving(limits) as port:
            await work(port)

    with asyncio.Runner(loop_factory=Steady) as runner:
        runner.run(whole())


def test_who_says_nothing_or_speaks_slowly_is_cut_and_others_are_served() -> None:
    limits = ConnectionLimits(head_s=0.6, body_s=0.6)

    async def work(port: int) -> None:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
        slow_reader, slow = await asyncio.open_connection("127.0.0.1", port)
        body_reader, body = await asyncio.open_connection("127.0.0.1", port)
        body.write(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for letter in b"GET /slowly/spelt HTTP":
            slow.write(bytes([letter]))
            body.write(b"x")
            writer.write(HONEST)
            assert await answer(reader) == b"ok"
            await asyncio.sleep(0.15)
            if slow_reader.at_eof() and body_reader.at_eof():
                break
        for each, _ in [*silent, (slow_reader, slow), (body_reader, body)]:
            assert await is_cut(each)
        writer.write(HONEST)
        assert await answer(reader) == b"ok"
        for _, each in [*silent, (slow_reader, slow), (body_reader, body), (reader, writer)]:
            each.close()

    run(limits, work)
    assert limits.cut == 52


def test_a_connection_that_waits_for_its_next_request_stays() -> None:
    limits = ConnectionLimits(head_s=0.5, body_s=0.5, read_s=0.5)

    async def work(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(HONEST)
            assert await answer(reader) == b"ok"
            await asyncio.sleep(1.6)
        writer.close()

    run(limits, work)
    assert limits.cut == 0


def test_who_does_not_take_its_answer_is_cut_and_who_takes_it_slowly_is_not() -> None:
    limits = ConnectionLimits(read_s=2)

    async def work(port: int) -> None:
        readers = [await narrow(port) for _ in range(2)]
        for _, writer in readers:
            writer.write(b"GET /big HTTP/1.1\r\nhost: a\r\n\r\n")
        slow = readers[1][0]
        taken = 0
        while taken < len(BIG):
            got = await slow.read(400_000)
            assert got, "a slow reader is not cut"
            taken += len(got)
            await asyncio.sleep(0.2)
        for _ in range(200):
            await asyncio.sleep(0 if limits.cut else 0.05)
        assert limits.cut == 1
        for _, writer in readers:
            writer.close()

    run(limits, work)


def test_a_new_connection_may_take_as_long_for_its_answer_as_any_other() -> None:
    limits = ConnectionLimits(read_s=30)

    async def work(port: int) -> None:
        reader, writer = await narrow(port)
        writer.write(b"GET /big HTTP/1.1\r\nhost: a\r\n\r\n")
        await asyncio.sleep(1.6)
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        assert await asyncio.wait_for(reader.readexactly(len(BIG)), 30) == BIG
        writer.close()

    run(limits, work)
    assert limits.cut == 0


def test_one_address_may_hold_so_many_connections() -> None:
    limits = ConnectionLimits(per_address=3, counts_this_machine=True)

    async def work(port: int) -> None:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        reader, one_more = await asyncio.open_connection("127.0.0.1", port)
        assert await is_cut(reader)
        one_more.close()
        held[0][1].close()
        await asyncio.sleep(0.1)
        reader, again = await asyncio.open_connection("127.0.0.1", port)
        again.write(HONEST)
        assert await answer(reader) == b"ok"
        for _, each in [*held, (reader, again)]:
            each.close()

    run(limits, work)
    assert limits.refused == 1


def test_a_head_without_end_is_cut_before_it_fills_the_memory_and_a_long_one_is_served() -> None:
    limits = ConnectionLimits()

    async def work(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /small HTTP/1.1\r\nhost: a\r\ncookie: " + b"x" * 30_000)
        await asyncio.sleep(0.1)
        writer.write(b"x" * 30_000 + b"\r\n\r\n" + HONEST)
        assert await answer(reader) == b"ok"
        assert await answer(reader) == b"ok"
        writer.write(b"GET /" + b"x" * 40_000)
        await asyncio.sleep(0.1)
        writer.write(b"x" * 40_000)
        assert await is_cut(reader)
        writer.close()

    run(limits, work)
    assert limits.cut == 1


def test_nobody_sends_requests_without_end_ahead_of_their_answers() -> None:
    limits = ConnectionLimits()

    async def work(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HONEST * 8)
        for _ in range(8):
            assert await answer(reader) == b"ok"
        writer.write(HONEST * 1_000)
        taken = await asyncio.wait_for(reader.read(), 10)
        assert taken.startswith(b"HTTP/1.1 400") or taken.count(b" 200 OK") < 100
        writer.close()

    run(limits, work)


def test_who_never_begins_its_tls_handshake_is_cut() -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        bound_handshakes(loop, 0.3)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0, ssl=tls)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await is_cut(reader)
        writer.close()
        server.close()

    asyncio.run(work())
