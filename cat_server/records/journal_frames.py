r"""How the journal lies on its device: segments of frames, each bound to the one before it, each encrypted.

A segment is `magic | line (16) | first number (8) | hash before it (32)` and then frames `length (4) | hash (32) |
payload`. The payload is `nonce (12) | AES-256-GCM`, bound to line and number; the hash is SHA-256 over
`"cat/journal/1\n"`, the hash before and the payload, so that the framing is checked without the key.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from question_bank.canonical import tagged

MAGIC = b"CATJRNL\x01"
HEADER_BYTES = 64
FIRST_HASH = "0" * 64
_FRAME_HEAD = 36
_LARGEST_FRAME = 1 << 30
_NONCE_BYTES = 12
_NAME = re.compile(r"([0-9a-f]{32})-(\d{12})\.journal")
_SPEED = 1
"""zlib's level: the statements repeat, and the lane waits for this."""


class Change(msgspec.Struct, frozen=True, array_like=True):
    """One statement as it ran: `parameters` of one row, or a list of them; `rows` is what it changed, -1 unknown."""

    statement: str
    parameters: Any
    is_many: bool
    rows: int


class Record(msgspec.Struct, frozen=True, array_like=True):
    """What one transaction changed, in order, and the ledger heads it left: chain, number, hash."""

    at_ms: int
    heads: list[tuple[str, int, str]]
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Head:
    """Where the journal stands: its line, the segment written to (named by its first number), and its last frame.

    `end` is the length in bytes of that segment.
    """

    line: str
    segment: int
    number: int
    hash: str
    end: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as read: `end` is where it ends in its segment."""

    segment: int
    number: int
    hash: str
    end: int
    payload: bytes

    def head(self, line: str) -> Head:
        """Return the head of a journal whose last frame is this one."""
        return Head(line, self.segment, self.number, self.hash, self.end)


class UnreadableRecordError(Exception):
    """A frame is whole but does not open: another site's key, or changed by somebody who could forge the framing."""


def segment_path(folder: Path, line: str, segment: int) -> Path:
    """Return the file of a segment."""
    return folder / f"{line}-{segment:012d}.journal"


def segments(folder: Path, line: str) -> Sequence[int]:
    """Return the first numbers of a line's segments, in order."""
    found = (_NAME.fullmatch(each.name) for each in folder.glob("*.journal"))
    return sorted(int(each[2]) for each in found if each and each[1] == line)


def segment_header(line: str, first: int, previous: str) -> bytes:
    """Return the first bytes of a segment."""
    return MAGIC + bytes.fromhex(line) + struct.pack(">Q", first) + bytes.fromhex(previous)


def write_frame(key: bytes, line: str, number: int, previous: str, record: Record) -> tuple[bytes, str]:
    """Return the bytes of a frame and its hash."""
    nonce = os.urandom(_NONCE_BYTES)
    content = zlib.compress(msgspec.msgpack.encode(record), _SPEED)
    payload = nonce + AESGCM(key).encrypt(nonce, content, _bound_to(line, number))
    hash_ = _hash(previous, payload)
    return struct.pack(">I", len(payload)) + bytes.fromhex(hash_) + payload, hash_


def open_frame(key: bytes, line: str, frame: Frame) -> Record:
    """Return what a frame holds.

    Raises:
        UnreadableRecordError: it does not open.
    """
    try:
        content = AESGCM(key).decrypt(
            frame.payload[:_NONCE_BYTES], frame.payload[_NONCE_BYTES:], _bound_to(line, frame.number)
        )
        return msgspec.msgpack.decode(zlib.decompress(content), type=Record)
    except (InvalidTag, ValueError, zlib.error, msgspec.MsgspecError):
        raise UnreadableRecordError(f"record {frame.number} does not open") from None


def read_segment(path: Path, after: Head) -> Iterator[Frame]:
    """Return the whole frames of a segment that follow `after`; the first that is cut or changed ends it."""
    with path.open("rb") as file:
        if after.number < after.segment:
            expected = segment_header(after.line, after.segment, after.hash)
            if file.read(HEADER_BYTES) != expected:
                return
        file.seek(after.end)
        number, previous, end = after.number, after.hash, after.end
        while len(head := file.read(_FRAME_HEAD)) == _FRAME_HEAD:
            length = struct.unpack(">I", head[:4])[0]
            payload = file.read(length) if length <= _LARGEST_FRAME else b""
            if len(payload) != length or length <= _NONCE_BYTES or _hash(previous, payload) != head[4:].hex():
                return
            number, previous, end = number + 1, head[4:].hex(), end + _FRAME_HEAD + length
            yield Frame(after.segment, number, previous, end, payload)


def _hash(previous: str, payload: bytes) -> str:
    return hashlib.sha256(tagged("journal/1", bytes.fromhex(previous) + payload)).hexdigest()


def _bound_to(line: str, number: int) -> bytes:
    return tagged("journal-frame/1", bytes.fromhex(line) + struct.pack(">Q", number))
