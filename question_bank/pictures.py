"""Pictures in item text: inline drawings and picture files, taken out before the text is cleaned and put back after."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from question_bank.drawing import read_drawing
from question_bank.items import MEDIA_PREFIX
from question_bank.markup import Cleaned, clean, keep_marks_off_tags
from question_bank.media import Fault, Picture

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
"""Noncharacters that stand for a picture while the text around it is cleaned."""
PLACE_MARKS = frozenset({_OPEN, _CLOSE})

_SVG = re.compile(
    r"<svg\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(?:/>|>(?:(?!<svg\b).)*?</svg\s*>)", re.DOTALL | re.IGNORECASE
)
_IMG = re.compile(r"<img\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_PICTURE = re.compile(f"{_SVG.pattern}|{_IMG.pattern}", re.DOTALL | re.IGNORECASE)
_IMG_ATTRIBUTES = frozenset({"src", "alt", "width", "height"})
_IMG_DROPPED = frozenset({"class", "id", "loading", "decoding", "title", "border"})
_LARGEST_SIDE = 4_096
LONGEST_ALT = 1_000

FindPicture = Callable[[str], "Picture | Fault"]
"""Returns the picture that a `src` names, or the code and parameters of what is wrong with it."""


@dataclass(slots=True)
class Pictured:
    """Item text with its pictures: safe HTML, and what is wrong (`faults`) or doubtful (`doubts`) about them.

    `text_length` counts what is not a picture. `media` maps SHA-256 (hex) to the bytes of picture files.
    """

    cleaned: Cleaned
    text_length: int
    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)


def clean_with_pictures(text: str, find: FindPicture) -> Pictured:
    """Return `text`, plain or HTML, as safe HTML with its drawings and picture files in place.

    A drawing stands in its canonical form; a picture file as `<img src="sha256:...">`, found by `find`.
    """
    spelled: list[str] = []
    found = Pictured(Cleaned(""), 0)

    def take(match: re.Match[str]) -> str:
        source = match[0]
        spelled.append(
            _drawing(source, found) if source[1:4].lower() == "svg" else _picture_file(source, find, found)
        )
        return f"{_OPEN}{len(spelled) - 1}{_CLOSE}"

    rest = _PICTURE.sub(take, text)
    found.text_length = len(rest)
    cleaned = clean(rest)
    restored = cleaned.html
    for number, each in enumerate(spelled):
        mark = f"{_OPEN}{number}{_CLOSE}"
        if restored.count(mark) != 1 and not found.faults:
            found.faults.append(("bank_picture_misplaced", {}))
        restored = restored.replace(mark, each)
    found.cleaned = Cleaned(keep_marks_off_tags(restored), cleaned.removed, cleaned.images)
    return found


def _drawing(source: str, found: Pictured) -> str:
    drawing = read_drawing(source)
    found.faults += drawing.faults
    if not drawing.faults and not drawing.name:
        found.doubts.append(("bank_picture_unnamed", {"attribute": "aria-label"}))
    return drawing.svg


class _Tag(HTMLParser):
    """Reads the attributes of one tag."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.attributes: dict[str, str] = {}
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the attributes, the first of each name."""
        if tag == "img":
            for name, value in attrs:
                self.attributes.setdefault(name, value or "")


def _picture_file(source: str, find: FindPicture, found: Pictured) -> str:
    attributes = _Tag(source).attributes
    strange = sorted(
        each for each in attributes.keys() - _IMG_ATTRIBUTES - _IMG_DROPPED if not each.startswith("data-")
    )
    sizes: dict[str, str] = {
        name: attributes[name].strip().removesuffix("px")
        for name in ("width", "height")
        if name in attributes
    }
    strange += [name for name, size in sizes.items() if not _is_side(size)]
    if strange:
        found.faults.append(("bank_img_attribute", {"attributes": ", ".join(strange)[:200]}))
        return ""
    picture = find(attributes.get("src", "").strip())
    if not isinstance(picture, Picture):
        found.faults.append(picture)
        return ""
    found.media[picture.sha256] = picture.content
    alt = " ".join(attributes.get("alt", "").split())[:LONGEST_ALT]
    if not alt:
        found.doubts.append(("bank_picture_unnamed", {"attribute": "alt"}))
    width, height = _sides(sizes, picture)
    return f'<img alt="{html.escape(alt)}" height="{height}" src="{MEDIA_PREFIX}{picture.sha256}" width="{width}">'


def _is_side(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 5 and 0 < int(text) <= _LARGEST_SIDE


def _sides(sizes: Mapping[str, str], picture: Picture) -> tuple[int, int]:
    """Return width and height in CSS pixels: as written, the missing one in proportion, else the picture's own."""
    if "width" in sizes and "height" in sizes:
        return int(sizes["width"]), int(sizes["height"])
    if "width" in sizes:
        width = int(sizes["width"])
        return width, max(1, round(width * picture.height / picture.width))
    if "height" in sizes:
        height = int(sizes["height"])
        return max(1, round(height * picture.width / picture.height)), height
    return picture.width, picture.height
