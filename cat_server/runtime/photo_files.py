"""Photos of participants in the site's folder, each as a small clean JPEG named by its hash.

What comes in (a roster's photo, a webcam picture) is decoded and encoded anew, so that nothing of the file that
somebody handed over is served again: no metadata, no appended content, no odd format.
"""

from __future__ import annotations

import io
import os
import re
import secrets
import struct
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from cat_server.domain.refusals import Refusal
from cat_server.runtime.keyring import write_secret
from question_bank.canonical import digest

LARGEST_PHOTO = 10 * 1024**2
"""Bytes of a file that is read at all."""
MOST_PIXELS = 40_000_000
"""More than any phone's portrait; decoding it costs 120 MB for a moment."""
FORMATS = ("JPEG", "PNG", "WEBP")
_BOX = (600, 800)
_LEAST_SIDE = 32
_QUALITY = 85
_ORIENTATION = 0x0112
_ON_ITS_SIDE = (5, 6, 7, 8)
_HASH = re.compile(r"[0-9a-f]{64}")
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, struct.error, OverflowError)
"""What the decoders raise on a file that is not what it says."""


@dataclass(frozen=True, slots=True)
class PhotoFiles:
    """The photos of a site."""

    folder: Path

    def keep(self, content: bytes) -> str:
        """Store a photo as a small JPEG and return its hash; the same photo is stored once. Safe in threads.

        Raises:
            Refusal: `PHOTO_TOO_LARGE`, `PHOTO_FORMAT`, `PHOTO_UNREADABLE` or `PHOTO_TOO_SMALL`.
        """
        small = small_jpeg(content)
        photo_hash = digest("photo/1", small)
        path = self._path(photo_hash)
        if not path.exists():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            # Under another name first: a power cut leaves the whole photo or none.
            written = self.folder / f"new-{secrets.token_hex(8)}"
            write_secret(written, small)
            written.replace(path)
            self._sync()
        return photo_hash

    def stored(self) -> frozenset[str]:
        """Return the hashes of all stored photos."""
        return frozenset(each.stem for each in self.folder.glob("*.jpg") if _HASH.fullmatch(each.stem))

    def forget(self, photo_hash: str) -> None:
        """Remove a photo that nobody was given."""
        self._path(photo_hash).unlink(missing_ok=True)

    def read(self, photo_hash: str) -> bytes | None:
        """Return a stored JPEG; None where there is none by this hash."""
        if not _HASH.fullmatch(photo_hash):
            return None
        try:
            return self._path(photo_hash).read_bytes()
        except OSError:
            return None

    def _path(self, photo_hash: str) -> Path:
        return self.folder / f"{photo_hash}.jpg"

    def _sync(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def small_jpeg(content: bytes) -> bytes:
    """Return a photo as JPEG within 600 x 800, upright, without metadata.

    Raises:
        Refusal: `PHOTO_TOO_LARGE`, `PHOTO_FORMAT`, `PHOTO_UNREADABLE` or `PHOTO_TOO_SMALL`.
    """
    too_large = Refusal(
        "PHOTO_TOO_LARGE", {"megabytes": LARGEST_PHOTO // 1024**2, "megapixels": MOST_PIXELS // 10**6}
    )
    if len(content) > LARGEST_PHOTO:
        raise too_large
    try:
        image: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large from None
    except _BROKEN:
        raise Refusal("PHOTO_FORMAT") from None
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise too_large
    if min(width, height) < _LEAST_SIDE:
        raise Refusal("PHOTO_TOO_SMALL", {"least": _LEAST_SIDE})
    try:
        box = _BOX[::-1] if image.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE else _BOX
        # Decodes a large JPEG at a fraction of its size, which costs a fraction of the time.
        image.draft("RGB", box)
        image.thumbnail(box, Image.Resampling.BILINEAR, reducing_gap=2.0)
        ImageOps.exif_transpose(image, in_place=True)
        upright = _on_white(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large from None
    except _BROKEN:
        raise Refusal("PHOTO_UNREADABLE") from None
    stored = io.BytesIO()
    upright.save(stored, "JPEG", quality=_QUALITY)
    return stored.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """Return an RGB image of the same pixels and nothing else; what was transparent is white."""
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    plain = image if image.mode == "RGB" else image.convert("RGB")
    plain.info = {}
    return plain
