"""Inline SVG as a safe drawing: an allow-list of shapes and plain attributes, and one canonical spelling."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, field
from hashlib import sha256
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

LARGEST_DRAWING_BYTES = 64 * 1024
MOST_ELEMENTS = 3_000
DEEPEST = 24
LONGEST_NAME = 1_000
"""Characters of an accessible name."""

_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset(
    [
        "g",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "title",
        "desc",
        "defs",
        "pattern",
    ]
)
_TEXTS = frozenset({"text", "tspan", "title", "desc"})
_HOLDERS = frozenset({"svg", "g", "defs", "pattern"})
_DROPPED = frozenset({"class", "version", "baseProfile", "focusable"})
"""Attributes that draw nothing, so they may go without a word; unused ids and `data-...` go too."""

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?"
_LENGTH = re.compile(rf"{_NUMBER}(?:px|pt|em|%)?")
_LENGTHS = re.compile(rf"{_NUMBER}(?:px|pt|em|%)?(?:[\s,]+{_NUMBER}(?:px|pt|em|%)?)*")
_NUMBERS = re.compile(r"[0-9eE+\-.,\s]*")
_WORD = re.compile(r"[a-zA-Z][a-zA-Z-]*")
_VIEW_BOX = re.compile(rf"\s*{_NUMBER}[\s,]+{_NUMBER}[\s,]+({_NUMBER})[\s,]+({_NUMBER})\s*")
_TRANSFORM = re.compile(r"\s*(?:(?:matrix|translate|scale|rotate|skewX|skewY)\s*\([0-9eE+\-.,\s]*\)[\s,]*)*")
_REFERENCE = re.compile(r"url\(\s*['\"]?#([A-Za-z_][\w.-]{0,63})['\"]?\s*\)")
_PAINT = re.compile(
    rf"none|[a-zA-Z]+|\#[0-9a-fA-F]{{3,8}}|(?:rgb|rgba|hsl|hsla)\([0-9.,%\s/]+\)|{_REFERENCE.pattern}"
)
_FREE_TEXT = re.compile(r".*", re.DOTALL)


def _values(pattern: re.Pattern[str], names: str) -> dict[str, re.Pattern[str]]:
    return dict.fromkeys(names.split(), pattern)


_ATTRIBUTES = {
    **_values(_LENGTHS, "x y dx dy stroke-dasharray"),
    **_values(
        _LENGTH,
        "x1 y1 x2 y2 cx cy r rx ry width height stroke-width stroke-miterlimit stroke-dashoffset"
        " opacity fill-opacity stroke-opacity font-size letter-spacing",
    ),
    **_values(re.compile(r"[MmZzLlHhVvCcSsQqTtAa0-9eE+\-.,\s]*"), "d"),
    **_values(_NUMBERS, "points"),
    **_values(_TRANSFORM, "transform patternTransform"),
    **_values(_VIEW_BOX, "viewBox"),
    **_values(_PAINT, "fill stroke"),
    **_values(
        _WORD,
        "stroke-linecap stroke-linejoin fill-rule font-style text-anchor dominant-baseline"
        " patternUnits patternContentUnits vector-effect",
    ),
    **_values(re.compile(r"[a-zA-Z ]+"), "preserveAspectRatio"),
    **_values(re.compile(r"[a-zA-Z0-9]+"), "font-weight"),
    **_values(re.compile(r"[\w ,'\"-]+"), "font-family"),
    **_values(re.compile(r"[A-Za-z_][\w.:-]{0,63}"), "id"),
    **_values(re.compile("img|none|presentation"), "role"),
    **_values(re.compile("true|false"), "aria-hidden"),
    **_values(_FREE_TEXT, "aria-label"),
}
_NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31};)")


@dataclass(slots=True)
class Drawing:
    """A drawing in its canonical form; `faults` are message codes with parameters, and leave `svg` empty."""

    svg: str = ""
    name: str = ""
    faults: list[tuple[str, dict[str, str | int]]] = field(default_factory=list)


def read_drawing(source: str) -> Drawing:
    """Return an `<svg>` element as a drawing that is safe in a page, whatever it holds.

    The canonical form is stable: reading it again gives the same text. Whatever could draw something and is not on the
    allow-list is a fault, never left out in silence.
    """
    size = len(source.encode("utf-8", "replace"))
    if size > LARGEST_DRAWING_BYTES:
        return _faulty("bank_svg_too_big", kilobytes=-(-size // 1024), most=LARGEST_DRAWING_BYTES // 1024)
    try:
        root = fromstring(_NAMED_ENTITY.sub(_as_number, source), forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        return _faulty("bank_svg_broken", line=line, column=column + 1)
    except (DefusedXmlException, ValueError):
        return _faulty("bank_svg_broken", line=1, column=1)
    return _Reader(root).drawing()


def _faulty(code: str, **params: str | int) -> Drawing:
    return Drawing(faults=[(code, params)])


def _as_number(found: re.Match[str]) -> str:
    character = html.unescape(found[0])
    return "".join(f"&#{ord(each)};" for each in character) if character != found[0] else found[0]


class _Reader:
    """Walks one parsed drawing: collects what is not allowed, then spells the rest."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._elements: set[str] = set()
        self._attributes: dict[str, str] = {}
        self._count = 0
        self._used: set[str] = set()
        self._patterns: list[str] = []
        self._is_too_deep = False

    def drawing(self) -> Drawing:
        if _local(self._root) != "svg":
            return _faulty("bank_svg_broken", line=1, column=1)
        self._check(self._root, 0, in_pattern=False)
        faults = self._faults()
        if faults:
            return Drawing(faults=faults)
        name = self._name()
        numbered = self._spelled("m")
        return Drawing(self._spelled(f"m{sha256(numbered.encode()).hexdigest()[:12]}-"), name)

    def _check(self, element: Element, depth: int, *, in_pattern: bool) -> None:
        self._count += 1
        if depth > DEEPEST:
            self._is_too_deep = True
            return
        tag = _local(element)
        if not (tag in _SHAPES or (tag == "svg" and depth == 0)):
            self._elements.add(tag or element.tag)
            return
        for name, value in element.attrib.items():
            self._check_attribute(tag, name, value, in_pattern=in_pattern)
        if tag == "pattern" and element.get("id"):
            self._patterns.append(element.attrib["id"])
        for child in element:
            if tag not in _HOLDERS and _local(child) not in ("title", "desc", "tspan"):
                self._elements.add(f"{_local(child)} ({tag})")
            else:
                self._check(child, depth + 1, in_pattern=in_pattern or tag == "pattern")

    def _check_attribute(self, tag: str, name: str, value: str, *, in_pattern: bool) -> None:
        if name in _DROPPED or name.startswith("data-"):
            return
        allowed = _ATTRIBUTES.get(name)
        value = value.strip()
        reference = _REFERENCE.fullmatch(value) if name in ("fill", "stroke") else None
        if allowed is None or not allowed.fullmatch(value) or (reference and in_pattern):
            self._attributes.setdefault(f"{tag} {name.replace(_SVG, '')}", value[:40])
        elif reference:
            self._used.add(reference[1])

    def _faults(self) -> list[tuple[str, dict[str, str | int]]]:
        faults: list[tuple[str, dict[str, str | int]]] = []
        if self._is_too_deep or self._count > MOST_ELEMENTS:
            faults.append(("bank_svg_too_intricate", {"elements": MOST_ELEMENTS, "depth": DEEPEST}))
        if self._elements:
            faults.append(("bank_svg_element", {"elements": ", ".join(sorted(self._elements))[:200]}))
        if self._attributes:
            named = [f'{name}="{value}"' for name, value in sorted(self._attributes.items())]
            faults.append(("bank_svg_attribute", {"attributes": ", ".join(named)[:300]}))
        unknown = self._used - set(self._patterns)
        if unknown or len(set(self._patterns)) < len(self._patterns):
            names = unknown or {each for each in self._patterns if self._patterns.count(each) > 1}
            faults.append(("bank_svg_reference", {"ids": ", ".join(sorted(names))[:200]}))
        if not faults and not self._has_size():
            faults.append(("bank_svg_no_size", {}))
        return faults

    def _has_size(self) -> bool:
        box = _VIEW_BOX.fullmatch(self._root.get("viewBox", ""))
        if box:
            return float(box[1]) > 0 and float(box[2]) > 0
        sizes = [
            re.fullmatch(rf"({_NUMBER})(?:px)?", self._root.get(each, "").strip())
            for each in ("width", "height")
        ]
        return all(size and float(size[1]) > 0 for size in sizes)

    def _name(self) -> str:
        titles = ("".join(each.itertext()) for each in self._root if _local(each) == "title")
        return _folded(self._root.get("aria-label", "") or next(titles, ""))[:LONGEST_NAME]

    def _spelled(self, prefix: str) -> str:
        ids = {each: f"{prefix}{number}" for number, each in enumerate(self._patterns) if each in self._used}
        parts: list[str] = []
        self._spell(self._root, ids, parts)
        return unicodedata.normalize("NFC", "".join(parts))

    def _spell(self, element: Element, ids: dict[str, str], parts: list[str]) -> None:
        tag = _local(element)
        attributes = _kept_attributes(element, tag, ids)
        if tag == "svg" and self._name():
            attributes.setdefault("role", "img")
        parts.append(f"<{tag}")
        parts += [f' {name}="{_escaped(value)}"' for name, value in sorted(attributes.items())]
        parts.append(">")
        has_text = tag in _TEXTS
        if has_text:
            parts.append(_escaped(_spaced(element.text)))
        for child in element:
            self._spell(child, ids, parts)
            if has_text:
                parts.append(_escaped(_spaced(child.tail)))
        parts.append(f"</{tag}>")


def _kept_attributes(element: Element, tag: str, ids: dict[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, raw in element.attrib.items():
        value = _folded(raw)
        reference = _REFERENCE.fullmatch(value)
        if name in _DROPPED or name.startswith("data-"):
            continue
        if name == "id":
            if tag == "pattern" and raw in ids:
                kept[name] = ids[raw]
        elif reference and name in ("fill", "stroke"):
            kept[name] = f"url(#{ids[reference[1]]})"
        else:
            kept[name] = value
    return kept


def _local(element: Element) -> str:
    """Return an element's name in the SVG namespace or none, empty for any other."""
    tag = element.tag.removeprefix(_SVG) if isinstance(element.tag, str) else ""
    return "" if "{" in tag else tag


def _folded(text: str) -> str:
    return " ".join(text.split())


def _spaced(text: str | None) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text or "")


def _escaped(text: str) -> str:
    return html.escape(text, quote=False).replace('"', "&quot;")
