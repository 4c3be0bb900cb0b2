"""Odd ones out: four figures keep a relation that the fifth breaks, and nothing simpler singles any of them out.

Each family draws its figures at random until the checker's list of features (`demo_bank_figural_check.py`) finds
exactly the intended figure; the seed makes that the same figures every time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Protocol

from demo_bank_figural_check import singled_out
from demo_bank_figures import Figure, Mark, description, mirrored, picture, turned


class Draw(Protocol):
    """Draws one figure, the odd one or one of the other four."""

    def __call__(self, source: random.Random, *, odd: bool) -> Figure:
        """Return a figure whose details the source decides."""


_FILLS = ("putih", "abu-abu", "hitam")
_POLYGONS = ("segitiga", "persegi", "segi lima", "segi enam")
_SPOTS = ((24, 24), (50, 24), (76, 24), (24, 50), (76, 50), (24, 76), (50, 76), (76, 76))
_TRIES = 20000


def _handed(kind: str, companion: str) -> Draw:
    def draw(source: random.Random, *, odd: bool) -> Figure:
        figure = (Mark(kind, 44, 50, 30), Mark(companion, 78, 24, 9, fill="hitam"))
        return turned(
            mirrored(figure) if odd else figure, source.choice((0, 45, 90, 135, 180, 225, 270, 315))
        )

    return draw


def _as_many_black_as_white(source: random.Random, *, odd: bool) -> Figure:
    each = source.choice((1, 2, 3))
    black = each + odd if each < 3 else each - odd
    kind = source.choice(("lingkaran", "persegi", "segitiga"))
    spots = source.sample(_SPOTS, each + black)
    return tuple(
        Mark(kind, x, y, 10, fill="putih" if place < each else "hitam") for place, (x, y) in enumerate(spots)
    )


def _dots_for_sides(source: random.Random, *, odd: bool) -> Figure:
    sides = source.choice((3, 4, 5, 6))
    dots = sides + (source.choice((-1, 1)) if odd else 0)
    row = ((50, 50), (36, 50), (64, 50), (43, 38), (57, 38), (43, 62), (57, 62))
    fill = source.choice(("putih", "abu-abu"))
    return (
        Mark(_POLYGONS[sides - 3], size=42, fill=fill),
        *(Mark("lingkaran", x, y, 4, fill="hitam") for x, y in row[:dots]),
    )


def _one_side_more_inside(source: random.Random, *, odd: bool) -> Figure:
    outer = source.choice((0, 1, 2))
    inner = source.choice([place for place in range(4) if place != outer + 1]) if odd else outer + 1
    fills = source.sample(_FILLS, 2)
    return (Mark(_POLYGONS[outer], size=42, fill=fills[0]), Mark(_POLYGONS[inner], size=15, fill=fills[1]))


def _same_shape_inside(source: random.Random, *, odd: bool) -> Figure:
    kinds = (*_POLYGONS, "lingkaran", "palang")
    outer = source.choice(kinds)
    inner = source.choice([kind for kind in kinds if kind != outer]) if odd else outer
    fills = source.sample(_FILLS, 2)
    return (Mark(outer, size=40, fill=fills[0]), Mark(inner, size=13, fill=fills[1]))


def _arrow_to_dot(source: random.Random, *, odd: bool) -> Figure:
    fill = source.choice(_FILLS)
    figure = (
        Mark("panah", 50, 60, 24, 180 if odd else 0, fill),
        Mark("lingkaran", 50, 18, 9, fill=source.choice(("putih", "hitam"))),
    )
    return turned(figure, source.choice((0, 45, 90, 135, 180, 225, 270, 315)))


def _colours_round(source: random.Random, *, odd: bool) -> Figure:
    kind = source.choice(("lingkaran", "persegi", "segi enam"))
    order = ("putih", "hitam", "abu-abu") if odd else ("putih", "abu-abu", "hitam")
    places = ((50, 20), (80, 50), (50, 80), (20, 50))
    start = source.randrange(4)
    taken = [places[(start + step) % 4] for step in range(3)]
    return tuple(Mark(kind, x, y, 13, fill=fill) for (x, y), fill in zip(taken, order, strict=True))


def _symmetric(source: random.Random, *, odd: bool) -> Figure:
    kind = source.choice(("lingkaran", "segi enam", "palang"))
    half = source.sample([(24, 24), (24, 50), (24, 76)], 2)
    other = [(100 - x, y) for x, y in half]
    if odd:
        left = next(y for y in (24, 50, 76) if y not in {each for _, each in half})
        other[1] = (76, left)
    fill = source.choice(_FILLS)
    return tuple(
        Mark(kind, x, y, 10, fill=fill) for x, y in (*half, *other, (50, source.choice((24, 50, 76))))
    )


def _opposite_turn(source: random.Random, *, odd: bool) -> Figure:
    turn = source.choice((0, 45, 90, 135, 180, 225, 270, 315))
    fills = source.sample(_FILLS, 2)
    return (
        Mark("panah", 28, 50, 22, turn, fills[0]),
        Mark("panah", 72, 50, 22, turn + (90 if odd else 180), fills[1]),
    )


def _bars_double_dots(source: random.Random, *, odd: bool) -> Figure:
    dots = source.choice((1, 2, 3))
    bars = 2 * dots + (source.choice((-1, 1)) if odd and dots < 3 else -1 if odd else 0)
    fill = source.choice(("putih", "hitam"))
    return (
        *(Mark("lingkaran", 50 + 24 * (place - (dots - 1) / 2), 26, 9, fill=fill) for place in range(dots)),
        *(
            Mark("batang", 50 + 14 * (place - (bars - 1) / 2), 70, 14, fill="abu-abu")
            for place in range(bars)
        ),
    )


def _larger_is_darker(source: random.Random, *, odd: bool) -> Figure:
    kind = source.choice(("lingkaran", "persegi", "segi lima"))
    sizes = (8, 13, 18)
    fills = source.choice([("putih", "hitam", "abu-abu"), ("abu-abu", "putih", "hitam")]) if odd else _FILLS
    places = source.sample(((24, 26), (74, 30), (30, 74), (74, 74)), 3)
    return tuple(
        Mark(kind, x, y, size, fill=fill) for (x, y), size, fill in zip(places, sizes, fills, strict=True)
    )


_FAMILIES: tuple[tuple[str, Draw], ...] = (
    ("mudah", _same_shape_inside),
    ("mudah", _arrow_to_dot),
    ("mudah", _as_many_black_as_white),
    ("mudah", _symmetric),
    ("sedang", _handed("bendera", "lingkaran")),
    ("sedang", _dots_for_sides),
    ("sedang", _opposite_turn),
    ("sedang", _larger_is_darker),
    ("sedang", _bars_double_dots),
    ("sulit", _handed("siku", "palang")),
    ("sulit", _one_side_more_inside),
    ("sulit", _colours_round),
)


def oddities() -> Iterator[tuple[str, tuple[Figure, ...]]]:
    """Yield level and options, the odd one first."""
    for number, (level, draw) in enumerate(_FAMILIES):
        yield level, _five(draw, number)


def _five(draw: Draw, number: int) -> tuple[Figure, ...]:
    source = random.Random(f"odd {number}")  # noqa: S311 - not a secret
    for _ in range(_TRIES):
        figures = tuple(draw(source, odd=place == 0) for place in range(5))
        distinct = {picture(figure) for figure in figures}
        said = {description([figure]) for figure in figures}
        if len(distinct) == len(said) == 5 and singled_out(figures) == {0}:
            return figures
    raise ValueError(f"family {number}: no figures in which only the intended one is odd")
