"""A line between PC and server that a test can cut, freeze, slow down or make lossy: a real proxy for real sockets."""

from __future__ import annotations

import random
import selectors
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field

BLOCK = 16_384
_RESET = struct.pack("ii", 1, 0)


@dataclass
class Way:
    """One direction of a connection: what was read and when it may go on."""

    source: socket.socket
    target: socket.socket
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque)


class BadLine:
    """Listens on a port of its own and passes everything on to `server_port`, in the manner of its `mode`.

    `good` passes on; `cut` resets what is open and refuses what comes; `frozen` accepts and never lets a byte through;
    `lossy` delays every block by up to `delay_s` and resets a connection with a chance of `loss` at each.
    """

    def __init__(self, server_port: int, seed: int = 1) -> None:
        self._server_port = server_port
        self._random = random.Random(seed)
        self.mode = "good"
        self.delay_s = 0.25
        self.loss = 0.08
        self.resets = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._selector = selectors.DefaultSelector()
        self._ways: dict[socket.socket, Way] = {}
        self._is_over = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def set(self, mode: str) -> None:
        """Change the line's manner, at once."""
        self.mode = mode
        time.sleep(0.1)

    def close(self) -> None:
        """Reset everything and end."""
        self._is_over = True
        self._thread.join(5)
        self._listener.close()

    def _run(self) -> None:
        self._selector.register(self._listener, selectors.EVENT_READ)
        while not self._is_over:
            if self.mode == "cut" and self._ways:
                for each in [*self._ways]:
                    self._reset(each)
            for key, _ in self._selector.select(0.01):
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._ways:
                    self._read(self._ways[key.fileobj])
            for way in [*self._ways.values()]:
                self._pass_on(way)
        for each in [*self._ways]:
            self._reset(each)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        try:
            if self.mode == "cut":
                raise ConnectionError
            server = socket.create_connection(("127.0.0.1", self._server_port), 2)
        except OSError:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            client.close()
            return
        for source, target in ((client, server), (server, client)):
            self._ways[source] = Way(source, target)
            self._selector.register(source, selectors.EVENT_READ)

    def _read(self, way: Way) -> None:
        if self.mode == "frozen":
            time.sleep(0.01)
            return
        if self.mode == "lossy" and self._random.random() < self.loss:
            self.resets += 1
            self._reset(way.source)
            return
        try:
            content = way.source.recv(BLOCK)
        except OSError:
            content = b""
        if not content and not way.waiting:
            self._reset(way.source)
            return
        wait_s = self._random.random() * self.delay_s if self.mode == "lossy" else 0
        earliest = way.waiting[-1][0] if way.waiting else 0
        way.waiting.append((max(earliest, time.monotonic() + wait_s), content))

    def _pass_on(self, way: Way) -> None:
        while self.mode != "frozen" and way.waiting and way.waiting[0][0] <= time.monotonic():
            _, content = way.waiting.popleft()
            try:
                if not content:
                    raise ConnectionError
                way.target.sendall(content)
            except OSError:
                self._reset(way.source)
                return

    def _reset(self, source: socket.socket) -> None:
        way = self._ways.get(source)
        if way is None:
            return
        for each in (way.source, way.target):
            if self._ways.pop(each, None):
                self._selector.unregister(each)
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            each.close()
