"""Figural analogies: what was done to the first figure is done to the third, by one change or by two."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from demo_bank_figures import Figure, Mark, mirrored, picture, turned

Change = Callable[[Figure], Figure]

_SWAPPED = {"putih": "hitam", "hitam": "putih", "abu-abu": "abu-abu"}
_NEXT_KIND = {
    "segitiga": "persegi",
    "persegi": "segi lima",
    "segi lima": "segi enam",
    "segi enam": "segi enam",
}


def _inside_out(figure: Figure) -> Figure:
    """The large mark and the small one in it change places."""
    outer, inner, *rest = figure
    swapped = (replace(inner, size=outer.size, x=50, y=50), replace(outer, size=inner.size, x=50, y=50))
    return (*swapped, *rest)


CHANGES: dict[str, Change] = {
    "quarter turn": lambda figure: turned(figure, 90),
    "quarter turn back": lambda figure: turned(figure, 270),
    "half turn": lambda figure: turned(figure, 180),
    "eighth turn": lambda figure: turned(figure, 45),
    "eighth turn back": lambda figure: turned(figure, 315),
    "mirror": mirrored,
    "mirror upside down": lambda figure: turned(mirrored(figure), 180),
    "swap colours": lambda figure: tuple(replace(mark, fill=_SWAPPED[mark.fill]) for mark in figure),
    "one side more": lambda figure: tuple(
        replace(mark, kind=_NEXT_KIND.get(mark.kind, mark.kind)) for mark in figure
    ),
    "inside out": _inside_out,
    "without the last": lambda figure: figure[:-1],
    "all black": lambda figure: tuple(replace(mark, fill="hitam") for mark in figure),
}
"""By name: what may be done to a figure."""


@dataclass(frozen=True, slots=True)
class _Analogy:
    level: str
    changes: tuple[str, ...]
    first: Figure
    third: Figure


_FLAG_AND_DOT = (Mark("bendera", 45, 50, 32), Mark("lingkaran", 78, 78, 9, fill="hitam"))
_ELBOW_AND_CROSS = (Mark("siku", 40, 50, 30, fill="abu-abu"), Mark("palang", 78, 24, 12, fill="hitam"))
_ARROW_AND_SQUARE = (Mark("panah", 35, 50, 28), Mark("persegi", 76, 30, 12, fill="hitam"))
_HALF_AND_BAR = (Mark("setengah lingkaran", 50, 34, 26, fill="hitam"), Mark("batang", 26, 74, 14, 90))
_ANALOGIES = (
    _Analogy(
        "mudah", ("quarter turn",), (Mark("bendera", size=34),), (Mark("panah", size=34, fill="abu-abu"),)
    ),
    _Analogy(
        "mudah",
        ("swap colours",),
        (Mark("persegi", size=40), Mark("lingkaran", size=16, fill="hitam")),
        (Mark("lingkaran", size=38, fill="hitam"), Mark("palang", size=16)),
    ),
    _Analogy(
        "mudah",
        ("inside out",),
        (Mark("lingkaran", size=38), Mark("segitiga", size=16, fill="hitam")),
        (Mark("persegi", size=40, fill="abu-abu"), Mark("palang", size=16)),
    ),
    _Analogy("mudah", ("mirror",), _FLAG_AND_DOT, _ELBOW_AND_CROSS),
    _Analogy(
        "sedang",
        ("half turn",),
        _ARROW_AND_SQUARE,
        (Mark("bendera", 34, 46, 28, fill="hitam"), Mark("segitiga", 76, 74, 12)),
    ),
    _Analogy(
        "sedang",
        ("one side more", "swap colours"),
        (Mark("segitiga", size=38), Mark("lingkaran", size=11, fill="hitam")),
        (Mark("segi lima", size=38, fill="hitam"), Mark("palang", size=12)),
    ),
    _Analogy(
        "sedang",
        ("quarter turn back", "swap colours"),
        (Mark("setengah lingkaran", 50, 40, 30), Mark("lingkaran", 24, 78, 8, fill="hitam")),
        (Mark("panah", 60, 50, 28, fill="hitam"), Mark("persegi", 22, 24, 11)),
    ),
    _Analogy(
        "sedang",
        ("mirror upside down",),
        (Mark("bendera", 40, 45, 28, fill="abu-abu"), Mark("segitiga", 76, 76, 12)),
        (Mark("siku", 56, 56, 28, fill="hitam"), Mark("lingkaran", 22, 24, 9)),
    ),
    _Analogy(
        "sedang",
        ("inside out", "swap colours"),
        (Mark("segi enam", size=38), Mark("persegi", size=16, fill="hitam")),
        (Mark("segitiga", size=40, fill="hitam"), Mark("lingkaran", size=12)),
    ),
    _Analogy(
        "sulit",
        ("mirror", "swap colours"),
        _HALF_AND_BAR,
        (Mark("panah", 66, 60, 24, 45), Mark("palang", 24, 24, 12, fill="hitam")),
    ),
    _Analogy(
        "sulit",
        ("eighth turn", "swap colours"),
        (Mark("panah", 50, 50, 26, fill="hitam"), Mark("lingkaran", 80, 30, 8)),
        (Mark("bendera", 50, 54, 24), Mark("palang", 84, 50, 10, fill="hitam")),
    ),
    _Analogy(
        "sulit",
        ("quarter turn", "without the last"),
        (Mark("siku", 42, 46, 28), Mark("lingkaran", 78, 24, 9, fill="hitam"), Mark("palang", 76, 76, 11)),
        (
            Mark("bendera", 38, 50, 28, fill="abu-abu"),
            Mark("segitiga", 78, 30, 11),
            Mark("lingkaran", 78, 76, 9, fill="hitam"),
        ),
    ),
)


def analogies() -> Iterator[tuple[str, tuple[Figure, Figure, Figure], tuple[Figure, ...]]]:
    """Yield level, the three shown figures and the options, the right one first."""
    for number, each in enumerate(_ANALOGIES):
        second, key = _done(each.changes, each.first), _done(each.changes, each.third)
        yield each.level, (each.first, second, each.third), (key, *_wrong(each, number))


def _done(changes: Sequence[str], figure: Figure) -> Figure:
    for name in changes:
        figure = CHANGES[name](figure)
    return figure


def _wrong(analogy: _Analogy, number: int) -> list[Figure]:
    """Return four figures: first those that leave out or add one change, then other changes of the third."""
    third = analogy.third
    key = _done(analogy.changes, third)
    usable = [
        name for name in CHANGES if name not in {"inside out", "without the last"} or name in analogy.changes
    ]
    partial = [
        third,
        *(
            _done(analogy.changes[:place] + analogy.changes[place + 1 :], third)
            for place in range(len(analogy.changes))
        ),
    ]
    further = [CHANGES[name](base) for name in usable for base in (key, third)]
    source = random.Random(f"analogy {number}")  # noqa: S311 - not a secret
    source.shuffle(further)
    near: dict[tuple[Mark, ...], Figure] = {}
    for figure in (*partial, *further):
        near.setdefault(picture(figure), figure)
    near.pop(picture(key), None)
    return list(near.values())[:4]
