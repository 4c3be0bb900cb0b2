"""A picture file without anything that is not seen: no comments, EXIF, XMP, thumbnails, profiles, or bytes behind its end.

What an author's programs write into a file can give a key away. The parts that draw the picture are copied as they
are, so that its pixels, and the bytes of a file that is bare already, stay the same everywhere.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_SEEN = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"IDAT", b"IEND"})
_WEBP_SEEN = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})
_WEBP_ALPHA_FLAG = 0x10
_SOI, _EOI, _SOS, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP14, _APP15 = 0xE0, 0xEE, 0xEF
_JFIF_BYTES = 14
_ADOBE_BYTES = 12


def bare(content: bytes, kind: str) -> bytes:
    """Return a PNG, JPEG or WEBP file that draws the same pixels and holds nothing else.

    Raises:
        ValueError: the file is not built like one of its kind.
    """
    try:
        return {"PNG": _png, "JPEG": _jpeg, "WEBP": _webp}[kind](content)
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError("not built like its kind") from error


def _png(content: bytes) -> bytes:
    at = len(PNG_SIGNATURE)
    if content[:at] != PNG_SIGNATURE:
        raise ValueError("no PNG")
    parts = [PNG_SIGNATURE]
    name = b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise ValueError("cut off")
        if name in _PNG_SEEN:
            parts.append(content[at:end])
        at = end
    return b"".join(parts)


def _webp(content: bytes) -> bytes:
    riff, size, webp = struct.unpack_from("<4sI4s", content)
    if (riff, webp) != (b"RIFF", b"WEBP") or size + 8 > len(content):
        raise ValueError("no WEBP")
    at, parts = 12, []
    while at + 8 <= size + 8:
        name, length = struct.unpack_from("<4sI", content, at)
        body = content[at + 8 : at + 8 + length]
        if len(body) < length:
            raise ValueError("cut off")
        if name == b"VP8X":
            body = bytes([body[0] & _WEBP_ALPHA_FLAG]) + body[1:]
        if name in _WEBP_SEEN:
            parts.append(struct.pack("<4sI", name, length) + body + b"\0" * (length % 2))
        at += 8 + length + length % 2
    drawn = b"".join(parts)
    return struct.pack("<4sI4s", b"RIFF", len(drawn) + 4, b"WEBP") + drawn


def _jpeg(content: bytes) -> bytes:
    return bytes([0xFF, _SOI]) + b"".join(_jpeg_segments(content)) + bytes([0xFF, _EOI])


def _jpeg_segments(content: bytes) -> Iterator[bytes]:
    if content[:2] != bytes([0xFF, _SOI]):
        raise ValueError("no JPEG")
    at = 2
    while True:
        if content[at] != 0xFF:
            raise ValueError("no marker")
        while content[at + 1] == 0xFF:  # fill bytes
            at += 1
        marker = content[at + 1]
        if marker == _EOI:
            return
        (length,) = struct.unpack_from(">H", content, at + 2)
        body = content[at + 4 : at + 2 + length]
        if length < 2 or len(body) < length - 2:
            raise ValueError("cut off")
        at += 2 + length
        kept = _kept(marker, body)
        if kept is not None:
            yield struct.pack(">BBH", 0xFF, marker, len(kept) + 2) + kept
        if marker == _SOS:
            end = _scan_end(content, at)
            yield content[at:end]
            at = end


def _kept(marker: int, body: bytes) -> bytes | None:
    """Return what stays of a segment: of the applications' only the two that say how colours are meant."""
    if marker == _APP0 and body.startswith(b"JFIF\0"):
        return body[: _JFIF_BYTES - 2] + b"\0\0"
    if marker == _APP14 and body.startswith(b"Adobe"):
        return body[:_ADOBE_BYTES]
    return None if _APP0 <= marker <= _APP15 or marker == _COMMENT else body


def _scan_end(content: bytes, at: int) -> int:
    """Return where coded data ends: at the next marker that is no restart and no stuffed byte."""
    while True:
        at = content.index(b"\xff", at)
        following = content[at + 1]
        if following and not 0xD0 <= following <= 0xD7:
            return at
        at += 2
