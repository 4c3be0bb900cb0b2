"""Frames between the supervisor and its children: 4 bytes of length, big-endian, then msgpack."""

from __future__ import annotations

import socket
from typing import Any

import msgspec

LARGEST_FRAME = 512 * 1024 * 1024
_HEAD = 4


def send_frame(connection: socket.socket, content: dict[str, Any]) -> None:
    """Send one frame."""
    encoded = msgspec.msgpack.encode(content)
    connection.sendall(len(encoded).to_bytes(_HEAD, "big") + encoded)


def receive_frame(connection: socket.socket) -> dict[str, Any] | None:
    """Return the next frame, None when the other side has gone.

    Raises:
        ValueError: the bytes are no frame.
    """
    head = _exactly(connection, _HEAD)
    if head is None:
        return None
    size = int.from_bytes(head, "big")
    if size > LARGEST_FRAME:
        raise ValueError("frame too large")
    content = _exactly(connection, size)
    if content is None:
        return None
    return msgspec.msgpack.decode(content, type=dict[str, Any])


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        try:
            part = connection.recv(min(size - len(parts), 1 << 20))
        except ConnectionError:
            return None
        if not part:
            return None
        parts += part
    return bytes(parts)
