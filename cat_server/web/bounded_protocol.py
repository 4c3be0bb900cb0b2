"""HTTP/1.1 connections that cannot be held for ever: uvicorn itself never cuts a client that sends or reads slowly.

A request's head and body must arrive in time, a head may not be longer than any browser's, a response must be taken, and one
address may hold so many connections and no more (security.md 7). The limits of time are looked at twice a second for all
connections together, so that a save pays nothing for them.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cat_server.domain.log_entries import ConnectionsCut, ConnectionsRefused

_log = logging.getLogger(__name__)
_SWEEP_S = 0.5


@dataclass(slots=True)
class ConnectionLimits:
    """How long (s) a client may take for its head, its body, and its answer; how many connections an address may hold.

    A head may come in parts of so many bytes together, and so many requests may be sent ahead of an answer: browsers send none.
    This machine's own addresses are not counted: a proxy or the demo's crowd comes from there.
    """

    head_s: float = 10
    body_s: float = 20
    read_s: float = 30
    head_bytes: int = 64 * 1024
    ahead: int = 16
    per_address: int = 60
    counts_this_machine: bool = False
    refused: int = field(default=0, init=False)
    cut: int = field(default=0, init=False)


def bounded_protocol(limits: ConnectionLimits) -> type[asyncio.Protocol]:
    """Return the protocol class for uvicorn's `http`. `limits` counts who was refused and who was cut."""
    held: Counter[str] = Counter()
    open_ones: set[_Bounded] = set()
    sweeping: list[asyncio.TimerHandle] = []

    def sweep() -> None:
        now = asyncio.get_running_loop().time()
        late = [each for each in open_ones if each.is_late(limits, now)]
        for each in late:
            each.transport.abort()
        if late:
            limits.cut += len(late)
            _log.warning(ConnectionsCut(len(late)))
        sweeping[:] = [asyncio.get_running_loop().call_later(_SWEEP_S, sweep)] if open_ones else []

    class Bounded(_Bounded):
        bounds = limits

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            super().connection_made(transport)
            self.address = self.client[0] if self.client else ""
            held[self.address] += 1
            open_ones.add(self)
            if not sweeping:
                sweeping.append(self.loop.call_later(_SWEEP_S, sweep))
            is_counted = limits.counts_this_machine or not _is_this_machine(self.address)
            if is_counted and held[self.address] > limits.per_address:
                limits.refused += 1
                _log.warning(ConnectionsRefused(self.address, limits.per_address))
                self.transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            open_ones.discard(self)
            held[self.address] -= 1
            if not held[self.address]:
                del held[self.address]
            super().connection_lost(exc)

    return Bounded


class _Bounded(HttpToolsProtocol):
    """A connection that knows since when its client keeps it waiting."""

    transport: asyncio.Transport
    client: tuple[str, int] | None
    bounds: ConnectionLimits
    address = ""

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - as uvicorn calls it
        super().__init__(*given, **named)
        self._head_since: float | None = self.loop.time()
        self._head_bytes = 0
        self._body_since: float | None = None
        self._unread = 0
        self._unread_since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_since is None:
            return
        self._head_bytes += len(data)
        if self._head_bytes > self.bounds.head_bytes and not self.transport.is_closing():
            self.bounds.cut += 1
            _log.warning(ConnectionsCut(1))
            self.transport.abort()

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= self.bounds.ahead:
            raise ValueError("too many requests ahead of their answers")
        self._head_since = self.loop.time()
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._body_since, self._head_since = self._head_since, None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._body_since = None
        super().on_message_complete()

    def is_late(self, limits: ConnectionLimits, now: float) -> bool:
        """Tell whether the client took longer than it may."""
        if self._head_since is not None and now - self._head_since > limits.head_s:
            return True
        if self._body_since is not None and now - self._body_since > limits.body_s:
            return True
        unread = self.transport.get_write_buffer_size()
        if unread == 0 or unread < self._unread:
            self._unread_since = now
        self._unread = unread
        return unread > 0 and now - self._unread_since > limits.read_s


def bound_handshakes(loop: asyncio.AbstractEventLoop, seconds: float) -> None:
    """Give TLS handshakes of servers that `loop` begins so long: uvicorn passes no time on, and asyncio's own is a minute."""
    loop.create_server = partial(loop.create_server, ssl_handshake_timeout=seconds)  # type: ignore[method-assign]


def _is_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return True  # a Unix socket has no address
