"""Figures as lists of marks: moved, turned, mirrored, drawn as SVG, described, and read back from the SVG.

A figure is a square of 100 by 100. Two figures are the same picture exactly if their marks are equal, since a mark's
turn is kept within what its symmetry leaves visible.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_INK = "#1a1a1a"
FILLS = {"putih": "#ffffff", "abu-abu": "#a6a6a6", "hitam": _INK}
"""By name: the colour of a mark."""

_PATHS = {
    "lingkaran": "M -1 0 A 1 1 0 1 1 1 0 A 1 1 0 1 1 -1 0 Z",
    "persegi": "M -0.8 -0.8 H 0.8 V 0.8 H -0.8 Z",
    "segitiga": "M 0 -1 L 0.866 0.5 L -0.866 0.5 Z",
    "segi lima": "M 0 -1 L 0.951 -0.309 L 0.588 0.809 L -0.588 0.809 L -0.951 -0.309 Z",
    "segi enam": "M 0 -1 L 0.866 -0.5 L 0.866 0.5 L 0 1 L -0.866 0.5 L -0.866 -0.5 Z",
    "palang": "M -0.3 -0.9 H 0.3 V -0.3 H 0.9 V 0.3 H 0.3 V 0.9 H -0.3 V 0.3 H -0.9 V -0.3 H -0.3 Z",
    "panah": "M 0 -1 L 0.7 -0.1 H 0.25 V 0.95 H -0.25 V -0.1 H -0.7 Z",
    "setengah lingkaran": "M -1 0.4 A 1 1 0 0 1 1 0.4 Z",
    "seperempat lingkaran": "M -0.6 0.6 V -0.9 A 1.5 1.5 0 0 1 0.9 0.6 Z",
    "batang": "M -0.16 -1 H 0.16 V 1 H -0.16 Z",
    "bendera": "M -0.5 1 V -1 L 0.75 -0.5 L -0.25 0 V 1 Z",
    "siku": "M -0.6 -1 H -0.1 V 0.5 H 0.7 V 1 H -0.6 Z",
}
_SYMMETRY = {
    "lingkaran": 1,
    "persegi": 90,
    "segitiga": 120,
    "segi lima": 72,
    "segi enam": 60,
    "palang": 90,
    "batang": 180,
}
"""By kind: after how many degrees it looks the same; 360 where nothing is said."""

CHIRAL = {"bendera", "siku"}
"""Kinds whose mirror image no turn can give."""

_DIAGONAL_AXIS = {"seperempat lingkaran": 45}
"""By kind: how far its axis of symmetry lies from the upright one."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """One sign of a figure: its kind, its middle, its radius, its turn (degrees, clockwise), its fill, mirrored or not."""

    kind: str
    x: float = 50
    y: float = 50
    size: float = 20
    turn: int = 0
    fill: str = "putih"
    is_mirrored: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "turn", self.turn % _SYMMETRY.get(self.kind, 360))
        object.__setattr__(self, "x", round(self.x, 1))
        object.__setattr__(self, "y", round(self.y, 1))


Figure = tuple[Mark, ...]
"""The marks from the lowest to the topmost."""


def picture(figure: Sequence[Mark]) -> tuple[Mark, ...]:
    """Return what is seen, whatever order the marks were drawn in."""
    return tuple(sorted(figure))


_QUARTERS = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}
_EIGHTH = 0.5**0.5
_UNIT = {
    **_QUARTERS,
    45: (_EIGHTH, _EIGHTH),
    135: (-_EIGHTH, _EIGHTH),
    225: (-_EIGHTH, -_EIGHTH),
    315: (_EIGHTH, -_EIGHTH),
}


def turned(figure: Figure, degrees: int) -> Figure:
    """Turn the whole figure clockwise by a multiple of 45 degrees."""
    cosine, sine = _UNIT[degrees % 360]
    return tuple(
        replace(
            mark,
            x=50 + (mark.x - 50) * cosine - (mark.y - 50) * sine,
            y=50 + (mark.x - 50) * sine + (mark.y - 50) * cosine,
            turn=mark.turn + degrees,
        )
        for mark in figure
    )


def mirrored(figure: Figure) -> Figure:
    """Mirror the whole figure left to right."""
    return tuple(
        replace(
            mark,
            x=100 - mark.x,
            turn=2 * _DIAGONAL_AXIS.get(mark.kind, 0) * -1 - mark.turn,
            is_mirrored=mark.kind in CHIRAL and not mark.is_mirrored,
        )
        for mark in figure
    )


def svg(figures: Sequence[Figure], *, asks: bool = False) -> str:
    """Draw figures side by side, each in a frame; `asks` adds a frame with a question mark."""
    count = len(figures) + asks
    frames = [_frame(figure, place * 110) for place, figure in enumerate(figures)]
    if asks:
        frames.append(_box((count - 1) * 110) + _question((count - 1) * 110))
    return _document(110 * count - 10, description(figures, asks=asks), frames)


def analogy_svg(first: Figure, second: Figure, third: Figure) -> str:
    """Draw first : second = third : ?"""
    signs = [_text(110, ":"), _text(235, "="), _text(365, ":")]
    frames = [_frame(first, 0), _frame(second, 120), _frame(third, 250), _box(380) + _question(380)]
    label = "; ".join(
        (
            f"gambar pertama: {_described(first)}",
            f"gambar kedua: {_described(second)}",
            f"gambar ketiga: {_described(third)}",
            "gambar keempat: tanda tanya",
        )
    )
    return _document(480, label, [*frames, *signs])


def description(figures: Sequence[Figure], *, asks: bool = False) -> str:
    """Say what is drawn, in Indonesian, without saying what it means."""
    if len(figures) == 1 and not asks:
        return _described(figures[0])
    said = [f"gambar {number}: {_described(figure)}" for number, figure in enumerate(figures, start=1)]
    return "; ".join([*said, f"gambar {len(figures) + 1}: tanda tanya"] if asks else said)


def _described(figure: Figure) -> str:
    return ", ".join(_described_mark(mark) for mark in figure) or "kosong"


def _described_mark(mark: Mark) -> str:
    across = "kiri" if mark.x < 40 else "kanan" if mark.x > 60 else "tengah"
    down = "atas" if mark.y < 40 else "bawah" if mark.y > 60 else "tengah"
    where = "tengah" if across == down else f"{across} {down}"
    turn = f" putar {mark.turn}°" if mark.turn else ""
    return f"{mark.kind} {mark.fill} ukuran {mark.size:g} di {where}{turn}"


def _document(width: int, label: str, parts: Sequence[str]) -> str:
    return f'<svg viewBox="-2 -2 {width + 4} 104" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _box(left: int) -> str:
    return f'<rect x="{left}" y="0" width="100" height="100" fill="#ffffff" stroke="#767676" stroke-width="1.5"/>'


def _question(left: int) -> str:
    return _text(left + 50, "?", size=44)


def _text(middle: int, sign: str, size: int = 26) -> str:
    return f'<text x="{middle}" y="{50 + size // 3}" font-size="{size}" text-anchor="middle" fill="{_INK}">{sign}</text>'


def _frame(figure: Figure, left: int) -> str:
    marks = "".join(_drawn(mark) for mark in figure)
    return f'<g transform="translate({left} 0)">{_box(0)}{marks}</g>'


def _drawn(mark: Mark) -> str:
    across = -mark.size if mark.is_mirrored else mark.size
    width = round(2 / mark.size, 4)
    transform = f"translate({mark.x:g} {mark.y:g}) rotate({mark.turn}) scale({across:g} {mark.size:g})"
    return (
        f'<path d="{_PATHS[mark.kind]}" transform="{transform}" fill="{FILLS[mark.fill]}"'
        f' stroke="{_INK}" stroke-width="{width:g}"/>'
    )


_DRAWN = re.compile(
    r'<path d="(?P<path>[^"]+)" transform="translate\((?P<x>\S+) (?P<y>\S+)\) rotate\((?P<turn>\d+)\)'
    r' scale\((?P<across>\S+) (?P<size>\S+)\)" fill="(?P<fill>[^"]+)"'
)
_KIND_OF = {path: kind for kind, path in _PATHS.items()}
_FILL_OF = {colour: name for name, colour in FILLS.items()}


def read_figures(text: str) -> list[Figure]:
    """Return the figures that `svg` or `analogy_svg` has drawn into `text`."""
    frames = re.findall(r'<g transform="translate\(\d+ 0\)">(.*?)</g>', text)
    return [tuple(_read_mark(found) for found in _DRAWN.finditer(frame)) for frame in frames]


def _read_mark(found: re.Match[str]) -> Mark:
    return Mark(
        _KIND_OF[found["path"]],
        float(found["x"]),
        float(found["y"]),
        float(found["size"]),
        int(found["turn"]),
        _FILL_OF[found["fill"]],
        is_mirrored=float(found["across"]) < 0,
    )
