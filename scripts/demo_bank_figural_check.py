"""What the drawn figures themselves say: the next of a series, the fourth of an analogy, the odd one of five.

Nothing here knows how an item was made: it reads pictures and looks for rules that explain them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from itertools import pairwise, product

from demo_bank_figures import CHIRAL, Figure, Mark, mirrored, picture, turned

_SIDES = {"segitiga": 3, "persegi": 4, "segi lima": 5, "segi enam": 6}
_EIGHTHS = range(0, 360, 45)


def _kinds(figure: Figure) -> Hashable:
    return tuple(sorted(mark.kind for mark in figure))


def _outer(figure: Figure) -> Mark:
    return max(figure, key=lambda mark: mark.size)


def _rest(figure: Figure) -> list[Mark]:
    outer = _outer(figure)
    return [mark for mark in figure if mark is not outer]


def _sides_less_inner_sides(figure: Figure) -> Hashable:
    sides = [_SIDES.get(mark.kind) for mark in sorted(figure, key=lambda mark: -mark.size)[:2]]
    return sides[0] - sides[1] if len(sides) == 2 and sides[0] and sides[1] else None


def _sides_less_dots(figure: Figure) -> Hashable:
    sides = _SIDES.get(_outer(figure).kind)
    return sides - len(_rest(figure)) if sides else None


def _shape(figure: Figure) -> Hashable:
    """Return what stays the same however the figure is turned."""
    return min(picture(turned(figure, turn)) for turn in _EIGHTHS)


def _is_symmetric(figure: Figure) -> Hashable:
    return any(picture(turned(mirrored(figure), turn)) == picture(figure) for turn in _EIGHTHS)


def _is_upright_symmetric(figure: Figure) -> Hashable:
    return picture(mirrored(figure)) == picture(figure)


def _handedness(figure: Figure) -> Hashable:
    return tuple(mark.is_mirrored for mark in figure if mark.kind in CHIRAL)


def _points_at_another(figure: Figure) -> Hashable:
    """Return the angle between the first arrow and the way from it to the other marks, in eighths of a turn."""
    arrow = next((mark for mark in figure if mark.kind == "panah"), None)
    others = [mark for mark in figure if mark is not arrow]
    if arrow is None or not others:
        return None
    to = math.degrees(math.atan2(others[0].x - arrow.x, arrow.y - others[0].y))
    return round((to - arrow.turn) / 45) % 8


def _turn_between(figure: Figure) -> Hashable:
    turns = [mark.turn for mark in figure if mark.kind == "panah"]
    return (turns[1] - turns[0]) % 360 if len(turns) == 2 else None


def _colours_round(figure: Figure) -> Hashable:
    """Return the colours clockwise round the middle, from white on."""
    if len(figure) < 3 or len({mark.fill for mark in figure}) < 3:
        return None
    around = sorted(figure, key=lambda mark: math.atan2(mark.y - 50, mark.x - 50))
    colours = [mark.fill for mark in around]
    start = colours.index("putih")
    return tuple(colours[start:] + colours[:start])


def _colours_by_size(figure: Figure) -> Hashable:
    return (
        tuple(mark.fill for mark in sorted(figure, key=lambda mark: mark.size)) if len(figure) == 3 else None
    )


def _ratio_of_kinds(figure: Figure) -> Hashable:
    counts = sorted(Counter(mark.kind for mark in figure).items())
    return counts[0][1] / counts[1][1] if len(counts) == 2 else None


def _black_less_white(figure: Figure) -> Hashable:
    fills = Counter(mark.fill for mark in figure)
    return fills["hitam"] - fills["putih"]


FEATURES: dict[str, Callable[[Figure], Hashable]] = {
    "how many marks": len,
    "even number of marks": lambda figure: len(figure) % 2,
    "which kinds": lambda figure: tuple(sorted({mark.kind for mark in figure})),
    "which marks": _kinds,
    "how many kinds": lambda figure: len({mark.kind for mark in figure}),
    "how many colours": lambda figure: len({mark.fill for mark in figure}),
    "which colours": lambda figure: tuple(sorted({mark.fill for mark in figure})),
    "the largest mark's kind": lambda figure: _outer(figure).kind,
    "the largest mark's colour": lambda figure: _outer(figure).fill,
    "the smallest mark's kind": lambda figure: min(figure, key=lambda mark: mark.size).kind,
    "the smallest mark's colour": lambda figure: min(figure, key=lambda mark: mark.size).fill,
    "black less white": _black_less_white,
    "same kind throughout": lambda figure: len({mark.kind for mark in figure}) == 1,
    "sides less inner sides": _sides_less_inner_sides,
    "sides less dots": _sides_less_dots,
    "shape apart from turning": _shape,
    "some symmetry": _is_symmetric,
    "upright symmetry": _is_upright_symmetric,
    "handedness": _handedness,
    "points at another": _points_at_another,
    "turn between arrows": _turn_between,
    "turns": lambda figure: tuple(mark.turn for mark in figure),
    "first mark's turn": lambda figure: figure[0].turn,
    "colours round the middle": _colours_round,
    "colours by size": _colours_by_size,
    "ratio of the kinds": _ratio_of_kinds,
    "how many black": lambda figure: sum(mark.fill == "hitam" for mark in figure),
    "how many white": lambda figure: sum(mark.fill == "putih" for mark in figure),
    "how many grey": lambda figure: sum(mark.fill == "abu-abu" for mark in figure),
    "something in the middle": lambda figure: any((mark.x, mark.y) == (50, 50) for mark in figure),
}
"""By name: what one may look at to find the odd one."""


def singled_out(figures: Sequence[Figure]) -> set[int]:
    """Return the places of the figures that differ in some feature in which the other four agree."""
    found = set()
    for feature in FEATURES.values():
        values = [feature(figure) for figure in figures]
        counts = Counter(values)
        if len(counts) == 2 and min(counts.values()) == 1:
            found.add(values.index(min(counts, key=lambda value: counts[value])))
    return found


_SWAP = {"putih": "hitam", "hitam": "putih", "abu-abu": "abu-abu"}
_ORDER = ("segitiga", "persegi", "segi lima", "segi enam")


def _recoloured(figure: Figure, colours: dict[str, str]) -> Figure:
    return tuple(replace(mark, fill=colours[mark.fill]) for mark in figure)


def _more_sides(figure: Figure) -> Figure:
    following = dict(pairwise(_ORDER))
    return tuple(replace(mark, kind=following.get(mark.kind, mark.kind)) for mark in figure)


def _exchanged(figure: Figure) -> Figure:
    if len(figure) != 2:
        return figure
    first, second = figure
    return (replace(second, size=first.size), replace(first, size=second.size))


_MOVES: tuple[Callable[[Figure], Figure], ...] = (
    *(lambda figure, turn=turn: turned(figure, turn) for turn in _EIGHTHS),
    *(lambda figure, turn=turn: turned(mirrored(figure), turn) for turn in _EIGHTHS),
)
_STYLES: tuple[Callable[[Figure], Figure], ...] = (
    lambda figure: figure,
    lambda figure: _recoloured(figure, _SWAP),
    lambda figure: _recoloured(figure, dict.fromkeys(_SWAP, "hitam")),
    lambda figure: _recoloured(figure, dict.fromkeys(_SWAP, "putih")),
)
_BUILDS: tuple[Callable[[Figure], Figure], ...] = (
    lambda figure: figure,
    _more_sides,
    _exchanged,
    lambda figure: figure[:-1],
    lambda figure: figure[1:],
)


def fourth_figures(first: Figure, second: Figure, third: Figure) -> set[tuple[Mark, ...]]:
    """Return every picture the third becomes by a rule that makes the second of the first."""
    found = set()
    for build, style, move in product(_BUILDS, _STYLES, _MOVES):
        if picture(move(style(build(first)))) == picture(second):
            found.add(picture(move(style(build(third)))))
    return found


def next_figure(shown: Sequence[Figure]) -> Figure:
    """Return the figure that continues the series: each mark goes on as it did.

    Raises:
        ValueError: some mark changes in no regular way.
    """
    counts = [len(figure) for figure in shown]
    if len(set(counts)) > 1:
        return _one_mark_more(shown)
    return tuple(_next_mark([figure[place] for figure in shown]) for place in range(counts[0]))


def _one_mark_more(shown: Sequence[Figure]) -> Figure:
    """Return the next figure of a series in which each figure has one mark more, behind the last in line."""
    newest = [figure[-1] for figure in shown]
    if [len(figure) for figure in shown] != list(range(len(shown[0]), len(shown[0]) + len(shown))):
        raise ValueError("marks do not become more one by one")
    added = _next_mark(newest)
    old = [
        _next_mark([figure[place] for figure in shown if len(figure) > place], shown, place)
        for place in range(len(shown[-1]))
    ]
    return (*old, added)


def _next_mark(marks: Sequence[Mark], shown: Sequence[Figure] = (), place: int = 0) -> Mark:
    if 0 < len(marks) < 4:
        return replace(shown[-1][place], fill=_continued([figure[0].fill for figure in shown]))
    kinds = {mark.kind for mark in marks}
    if len(kinds) != 1:
        raise ValueError("a mark changes its kind")
    period = 360
    while replace(marks[0], turn=period // 2).turn == replace(marks[0], turn=0).turn and period > 45:
        period //= 2
    x, y = _next_spot([(mark.x, mark.y) for mark in marks])
    turn = _stepped([mark.turn for mark in marks], period)
    size = _stepped([mark.size for mark in marks])
    return replace(
        marks[-1], x=x, y=y, turn=int(turn), size=size, fill=_continued([mark.fill for mark in marks])
    )


def _stepped(values: Sequence[float], period: float = math.inf) -> float:
    steps = {
        (after - before) % period if period < math.inf else after - before
        for before, after in pairwise(values)
    }
    if len(steps) != 1:
        raise ValueError("a mark turns or grows unevenly")
    return values[-1] + steps.pop()


def _continued(fills: Sequence[str]) -> str:
    for period in (1, 2, 3):
        if all(fill == fills[place % period] for place, fill in enumerate(fills)):
            return fills[len(fills) % period]
    raise ValueError("a mark changes its colour irregularly")


def _next_spot(spots: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the next place of a mark that rests, goes straight on, or goes round the middle."""
    steps = {(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(spots)}
    if len(steps) == 1:
        across, down = steps.pop()
        return spots[-1][0] + across, spots[-1][1] + down
    angles = [math.degrees(math.atan2(y - 50, x - 50)) for x, y in spots]
    angle = math.radians(_stepped([round(each) for each in angles], 360))
    far = [math.hypot(x - 50, y - 50) for x, y in spots]
    distance = far[-2]
    return 50 + distance * math.cos(angle), 50 + distance * math.sin(angle)


def same_picture(one: Figure, other: Figure) -> bool:
    """Whether two figures look the same; a mark may lie half a unit off."""

    def rough(figure: Figure) -> list[tuple[object, ...]]:
        return sorted(
            (
                mark.kind,
                round(mark.x / 2),
                round(mark.y / 2),
                round(mark.size),
                mark.turn,
                mark.fill,
                mark.is_mirrored,
            )
            for mark in figure
        )

    return rough(one) == rough(other)
