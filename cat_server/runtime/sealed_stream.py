r"""A stream encrypted in chunks, for content too large to hold: changed, reordered, cut or appended bytes are found.

Each chunk is AES-256-GCM under a key of this stream alone, with nonce `number (11 bytes) | is last (1 byte)`; the
header of the file is bound to every chunk.
"""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from question_bank.sealing.envelope import CannotOpenError

CHUNK_BYTES = 1 << 20
_TAG_BYTES = 16


class SealingWriter(io.RawIOBase):
    """Encrypts what is written to `file`. Nothing is whole before `finish`."""

    def __init__(self, file: io.RawIOBase, key: bytes, bound: bytes) -> None:
        super().__init__()
        self._file = file
        self._cipher = AESGCM(key)
        self._bound = bound
        self._waiting = bytearray()
        self._number = 0

    def writable(self) -> bool:
        """Say that this may be written to."""
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]  # the base class takes every buffer
        """Encrypt `content`; return its length."""
        self._waiting += content
        while len(self._waiting) > CHUNK_BYTES:
            self._put(bytes(self._waiting[:CHUNK_BYTES]), is_last=False)
            del self._waiting[:CHUNK_BYTES]
        return len(content)

    def finish(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _put(self, content: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), content, self._bound))
        self._number += 1


class OpeningReader(io.RawIOBase):
    """Decrypts what `file` holds from its present place on.

    Raises:
        CannotOpenError: on reading, at the first chunk that does not open.
    """

    def __init__(self, file: BinaryIO, key: bytes, bound: bytes) -> None:
        super().__init__()
        self._file = file
        self._cipher = AESGCM(key)
        self._bound = bound
        self._number = 0
        self._ahead = file.read(CHUNK_BYTES + _TAG_BYTES)
        self._open = b""
        self._is_over = False

    def readable(self) -> bool:
        """Say that this may be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the base class takes every buffer
        """Fill the buffer as far as one chunk goes; 0 at the end."""
        while not self._open and not self._is_over:
            self._next()
        taken, self._open = self._open[: len(buffer)], self._open[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def _next(self) -> None:
        chunk, self._ahead = self._ahead, self._file.read(CHUNK_BYTES + _TAG_BYTES)
        self._is_over = not self._ahead
        try:
            self._open = self._cipher.decrypt(_nonce(self._number, is_last=self._is_over), chunk, self._bound)
        except (InvalidTag, ValueError):
            raise CannotOpenError from None
        self._number += 1


def _nonce(number: int, *, is_last: bool) -> bytes:
    return struct.pack(">3xQ?", number, is_last)
