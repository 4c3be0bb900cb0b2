"""Web servers of one child process: given sockets, one event loop, a clean stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import ssl
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cat_server.runtime.addresses import listen_beside
from cat_server.web.bounded_protocol import ConnectionLimits, bound_handshakes, bounded_protocol

KEEP_ALIVE_S = 90
"""Longer than any kiosk stays silent, so that a click needs no new connection."""
GRACE_S = 1
MOST_CONNECTIONS = 20_000
"""Beyond so many everybody is told to come again; a kiosk holds two or three."""


@dataclass(frozen=True, slots=True)
class Served:
    """An app and the listening sockets it answers on."""

    app: ASGIApp
    sockets: Sequence[socket.socket]


class ReadyFirst:
    """Lets an app accept requests only after `prepare`, which runs when the app itself has started."""

    def __init__(self, app: ASGIApp, prepare: Callable[[], Awaitable[None]]) -> None:
        self._app = app
        self._prepare = prepare

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; hold the app's own "started" back until prepared."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_when_prepared(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                await self._prepare()
            await send(message)

        await self._app(scope, receive, send_when_prepared)


class _Server(uvicorn.Server):
    """Leaves signals to the process, and lets the app close its event streams before connections are waited for."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for each in self.servers:
            each.close()
        await self.lifespan.shutdown()
        await super().shutdown(sockets)


async def run(
    served: Sequence[Served],
    tls: ssl.SSLContext | None,
    on_started: asyncio.Event,
    limits: ConnectionLimits | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, or until the supervisor is gone (standard input ends)."""
    limits = limits or ConnectionLimits()
    servers = [_Server(_config(each.app, tls, limits)) for each in served]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if tls is not None:
        bound_handshakes(loop, limits.head_s)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    watch_lifeline(loop, stop)
    tasks = [
        asyncio.create_task(server.serve(sockets=list(each.sockets)))
        for server, each in zip(servers, served, strict=True)
    ]
    stopping = asyncio.create_task(stop.wait())
    while not all(server.started for server in servers) and not any(task.done() for task in tasks):  # noqa: ASYNC110 - uvicorn tells by an attribute
        await asyncio.sleep(0.01)
    on_started.set()
    await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.should_exit = True
    stopping.cancel()
    await asyncio.gather(*tasks)


def watch_lifeline(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Set `stop` when standard input ends: the supervisor holds its other end for as long as it lives."""

    def on_readable() -> None:
        if not os.read(0, 1024):
            loop.remove_reader(0)
            stop.set()

    loop.add_reader(0, on_readable)


def inherited(fds: str, worker: int = 0) -> list[socket.socket]:
    """Return the listening sockets behind these descriptor numbers; one of several workers makes its own beside them."""
    found = [socket.socket(fileno=int(each)) for each in fds.split(",") if each]
    return [listen_beside(each) for each in found] if worker else found


def _config(app: ASGIApp, tls: ssl.SSLContext | None, limits: ConnectionLimits) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=bounded_protocol(limits),
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        limit_concurrency=MOST_CONNECTIONS,
        ssl_context_factory=(lambda _config, _default: tls) if tls is not None else None,
    )
