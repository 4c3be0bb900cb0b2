"""A kiosk's connection, cheap enough for thousands of them in one process: HTTP/1.1, kept alive, one request at a time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TypeAlias

HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_CONNECTING_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """A response: `took_s` is from the request's last byte written to the response's last byte read."""

    status: int
    head: bytes
    body: bytes
    took_s: float


Script: TypeAlias = "Generator[bytes, Reply, None]"
"""What a kiosk does: yields a request, gets the reply, and so on until it is done."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server listens. `ca_file` is its authority's certificate over TLS, empty for plain HTTP."""

    port: int
    ca_file: str = ""
    host: str = "127.0.0.1"

    @property
    def origin(self) -> str:
        """The server's own origin, which every request that changes something names."""
        return f"{'https' if self.ca_file else 'http'}://{self.host}:{self.port}"

    def tls(self) -> ssl.SSLContext | None:
        """Return what a browser that trusts the site's authority uses."""
        return ssl.create_default_context(cafile=self.ca_file) if self.ca_file else None


class Wire(asyncio.Protocol):
    """One connection that follows a script. `on_done` hears when the script has ended, or that the line was cut."""

    def __init__(self, on_done: Callable[[Wire], None]) -> None:
        self._on_done = on_done
        self._transport: asyncio.Transport | None = None
        self._script: Script | None = None
        self._rest = b""
        self._sent_s = 0.0
        self.was_cut = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream connection
        self._transport = transport

    def follow(self, script: Script) -> None:
        """Begin a script; its first request goes out now. On a line that was cut meanwhile it ends at once."""
        self._script = script
        if self.is_cut:
            self.connection_lost(None)
        else:
            self._send(next(script))

    @property
    def is_cut(self) -> bool:
        """Tell whether there is no line."""
        return self._transport is None or self._transport.is_closing()

    @property
    def is_busy(self) -> bool:
        """Tell whether it still follows a script."""
        return self._script is not None

    def data_received(self, data: bytes) -> None:
        """Gather the response; hand it to the script when it is whole."""
        if self._rest:
            data = self._rest + data
        end = data.find(HEAD_END)
        if end < 0:
            self._rest = data
            return
        head = data[:end]
        size = _length(head)
        if len(data) - end - 4 < size:
            self._rest = data
            return
        self._rest = b""
        reply = Reply(int(head[9:12]), head, data[end + 4 :], monotonic() - self._sent_s)
        if self._script is None:
            return
        try:
            request = self._script.send(reply)
        except StopIteration:
            self._script = None
            self._on_done(self)
        else:
            self._send(request)

    def connection_lost(self, _error: Exception | None) -> None:
        """A script that was still waiting has failed."""
        if self._script is not None:
            self._script, self.was_cut = None, True
            self._on_done(self)

    def close(self) -> None:
        """Hang up."""
        self._script = None
        if self._transport is not None:
            self._transport.close()

    def _send(self, request: bytes) -> None:
        if self._transport is not None:
            self._sent_s = monotonic()
            self._transport.write(request)


async def connect(server: Server, count: int, on_done: Callable[[Wire], None]) -> Sequence[Wire]:
    """Open connections, some at a time."""
    loop, tls = asyncio.get_running_loop(), server.tls()
    wires: list[Wire] = []
    while len(wires) < count:
        opening = [
            loop.create_connection(lambda: Wire(on_done), server.host, server.port, ssl=tls)
            for _ in range(min(_CONNECTING_AT_ONCE, count - len(wires)))
        ]
        wires += [protocol for _, protocol in await asyncio.gather(*opening)]
    return wires


def _length(head: bytes) -> int:
    found = head.lower().find(_LENGTH) if _LENGTH not in head else head.find(_LENGTH)
    if found < 0:
        return 0
    end = head.find(b"\r", found)
    return int(head[found + len(_LENGTH) : end if end > 0 else len(head)])
