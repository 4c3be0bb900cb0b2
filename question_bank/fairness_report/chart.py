"""A chart as data: shapes in points from the upper left corner, drawn the same on a page and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Tone: TypeAlias = Literal["ink", "muted", "grid", "ours", "other", "third", "pale"]
Anchor: TypeAlias = Literal["start", "middle", "end"]
Point: TypeAlias = tuple[float, float]

TONES: dict[Tone, str] = {
    "ink": "#1b1b1b",
    "muted": "#5a5a5a",
    "grid": "#d9d9d9",
    "ours": "#0b5cad",
    "other": "#b3541e",
    "third": "#6d6d6d",
    "pale": "#cfe2f5",
}
SMALL = 9.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points; `dash` are lengths of strokes and gaps."""

    points: tuple[Point, ...]
    tone: Tone
    width: float = 1.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon."""

    points: tuple[Point, ...]
    tone: Tone


@dataclass(frozen=True, slots=True)
class Label:
    """A text on its base line."""

    at: Point
    text: str
    anchor: Anchor = "start"
    tone: Tone = "ink"
    size: float = SMALL
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """`alt` says in words what the chart shows."""

    title: str
    alt: str
    width: float
    height: float
    shapes: tuple[Line | Area | Label, ...]


@dataclass(slots=True)
class Plot:
    """Axes, and the way from values to points. Ticks are (value, text) pairs."""

    width: float
    height: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    left: float = 46
    right: float = 10
    top: float = 8
    bottom: float = 34
    shapes: list[Line | Area | Label] = field(default_factory=list)

    def x(self, value: float) -> float:
        """Return the point of a value on the horizontal axis."""
        low, high = self.x_range
        return self.left + (value - low) / (high - low) * (self.width - self.left - self.right)

    def y(self, value: float) -> float:
        """Return the point of a value on the vertical axis."""
        low, high = self.y_range
        inner = self.height - self.top - self.bottom
        return self.top + (high - value) / (high - low) * inner

    def axes(
        self,
        x_ticks: Sequence[tuple[float, str]],
        y_ticks: Sequence[tuple[float, str]],
        titles: tuple[str, str],
    ) -> None:
        """Draw the grid, the ticks' texts and the axes' titles (horizontal, vertical)."""
        bottom, right = self.height - self.bottom, self.width - self.right
        for value, text in y_ticks:
            at = self.y(value)
            self.shapes.append(Line(((self.left, at), (right, at)), "grid", 0.7))
            self.shapes.append(Label((self.left - 5, at + 3), text, "end", "muted"))
        for value, text in x_ticks:
            at = self.x(value)
            self.shapes.append(Line(((at, bottom), (at, bottom + 3)), "ink", 0.7))
            self.shapes.append(Label((at, bottom + 13), text, "middle", "muted"))
        self.shapes.append(Line(((self.left, bottom), (right, bottom)), "ink", 0.9))
        self.shapes.append(Label(((self.left + right) / 2, self.height - 4), titles[0], "middle", "muted"))
        self.shapes.append(Label((4, self.top + 6), titles[1], "start", "muted"))

    def curve(
        self, points: Sequence[Point], tone: Tone, *, width: float = 1.4, dash: tuple[float, ...] = ()
    ) -> None:
        """Draw a line through values."""
        self.shapes.append(Line(tuple((self.x(x), self.y(y)) for x, y in points), tone, width, dash))

    def bar(self, first: float, last: float, value: float, tone: Tone) -> None:
        """Draw a bar from zero."""
        left, right, top, bottom = self.x(first), self.x(last), self.y(value), self.y(0)
        self.shapes.append(Area(((left, top), (right, top), (right, bottom), (left, bottom)), tone))

    def chart(self, title: str, alt: str) -> Chart:
        """Return the chart."""
        return Chart(title, alt, self.width, self.height, tuple(self.shapes))


def ticks(low: float, high: float, count: int = 4) -> list[tuple[float, str]]:
    """Return round values within a range, and their texts."""
    span = max(high - low, 1e-9)
    size = 10.0 ** len(str(int(span)))
    steps = [size * each for each in (1, 0.5, 0.25, 0.2, 0.1, 0.05, 0.025, 0.02, 0.01, 0.005, 0.002, 0.001)]
    step = next((each for each in steps if span / each >= count - 1), steps[-1])
    digits = max(0, next((n for n in range(6) if abs(round(step, n) - step) < 1e-12), 6))
    first = int(-(-low // step))
    values = [each * step for each in range(first, int(high // step) + 1)]
    return [(each, f"{each:.{digits}f}") for each in values]
