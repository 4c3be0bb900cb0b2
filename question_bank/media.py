"""Picture files beside a bank: found by name, checked before they are decoded, kept by SHA-256."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from PIL import Image, UnidentifiedImageError

from question_bank.bare_picture import bare

LARGEST_PICTURE_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 4_000_000
FORMATS = ("PNG", "JPEG", "WEBP")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
MEDIA_FOLDER = "media"
"""The folder beside a bank in which pictures are looked for first."""

_DATA = re.compile(r"data:image/(?:png|jpeg|webp);base64,", re.IGNORECASE)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|\\\\")
_ORIENTATION = 0x0112

Fault = tuple[str, dict[str, str | int]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was checked: its bare bytes, their SHA-256 in hex, and its size in pixels."""

    content: bytes
    sha256: str
    width: int
    height: int


@dataclass(slots=True)
class MediaFolder:
    """Where a bank's pictures are. `folders` are searched in order; nothing outside them is ever read."""

    folders: tuple[Path, ...]
    used: set[Path] = field(default_factory=set)
    _known: dict[str, Picture | Fault] = field(default_factory=dict)

    @classmethod
    def beside(cls, bank: Path, chosen: Path | None = None) -> MediaFolder:
        """Return the folder that was chosen, else `media` beside the bank, and then the bank's own folder."""
        return cls((chosen,) if chosen else (bank.parent / MEDIA_FOLDER, bank.parent))

    def find(self, src: str) -> Picture | Fault:
        """Return the picture that `src` names, or the code and parameters of what is wrong with it."""
        if src not in self._known:
            self._known[src] = self._found(src)
        return self._known[src]

    def unused(self) -> list[str]:
        """Return the names of pictures in the first folder that nothing refers to."""
        try:
            files = sorted(each for each in self.folders[0].rglob("*") if each.suffix.lower() in SUFFIXES)
        except OSError:
            return []
        return [str(each.relative_to(self.folders[0])) for each in files if each.resolve() not in self.used]

    def _found(self, src: str) -> Picture | Fault:
        if found := _DATA.match(src):
            return _from_data(src[found.end() :])
        name = unquote(src)
        shown: dict[str, str | int] = {"file": name[:120]}
        if not name:
            return "bank_picture_no_name", {}
        if _SCHEME.match(name):
            return "bank_picture_elsewhere", shown
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or not parts[0] or any(ord(each) < 32 for each in name):
            return "bank_picture_outside", shown
        for folder in self.folders:
            path = folder.joinpath(*parts)
            try:
                real = path.resolve()
                if not real.is_file():
                    continue
                if not real.is_relative_to(folder.resolve()):
                    return "bank_picture_outside", shown
                content = _read(real)
            except (OSError, ValueError):
                return "bank_picture_unreadable", shown
            self.used.add(real)
            return _named(check_picture(content), name)
        return "bank_picture_missing", shown | {"folder": str(self.folders[0])}


def check_picture(content: bytes) -> Picture | Fault:
    """Return a picture's bytes, bare, as a `Picture`, or what is wrong.

    Its size is known before a single pixel is unpacked.
    """
    if len(content) > LARGEST_PICTURE_BYTES:
        return "bank_picture_too_big", {"megabytes": LARGEST_PICTURE_BYTES // 1024**2}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    return "bank_picture_too_many_pixels", {
                        "width": width,
                        "height": height,
                        "most": MOST_PIXELS,
                    }
                if getattr(image, "n_frames", 1) > 1:
                    return "bank_picture_moves", {}
                if image.getexif().get(_ORIENTATION, 1) != 1:
                    return "bank_picture_turned", {}
                image.load()
                drawn = bare(content, str(image.format))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "bank_picture_too_many_pixels", {"width": 0, "height": 0, "most": MOST_PIXELS}
    except UnidentifiedImageError:
        return "bank_picture_format", {}
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        return "bank_picture_broken", {}
    return Picture(drawn, hashlib.sha256(drawn).hexdigest(), width, height)


def _from_data(encoded: str) -> Picture | Fault:
    if len(encoded) > LARGEST_PICTURE_BYTES * 4 // 3 + 4:
        return "bank_picture_too_big", {"file": "data:", "megabytes": LARGEST_PICTURE_BYTES // 1024**2}
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return "bank_picture_broken", {"file": "data:"}
    return _named(check_picture(content), "data:")


def _named(checked: Picture | Fault, name: str) -> Picture | Fault:
    if isinstance(checked, Picture):
        return checked
    code, params = checked
    return code, {**params, "file": name[:120]}


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_PICTURE_BYTES + 1)
