"""Figural series: marks that move, turn, grow, change colour or become more, one step per frame."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from demo_bank_figures import Figure, Mark, picture

SHOWN = 4
"""How many frames the stem shows."""

_CORNERS = ((24, 24), (76, 24), (76, 76), (24, 76))
_EDGES = ((50, 20), (80, 50), (50, 80), (20, 50))
_RING = tuple(point for pair in zip(_CORNERS, _EDGES, strict=True) for point in pair)
_ROW = ((18, 50), (34, 50), (50, 50), (66, 50), (82, 50))
_MIDDLE = ((50, 50),)
_COLOURS = ("putih", "abu-abu", "hitam")


@dataclass(frozen=True, slots=True)
class Track:
    """One mark through the frames: it goes `pace` places along `path`, turns, grows and changes its fill."""

    kind: str
    path: Sequence[tuple[float, float]] = _MIDDLE
    start: int = 0
    pace: int = 0
    turn: int = 0
    turns: int = 0
    fills: Sequence[str] = ("putih",)
    size: float = 15
    grows: float = 0
    since: int = 0

    def at(self, frame: int) -> Figure:
        """Return the mark in this frame; nothing before the frame it appears in."""
        if frame < self.since:
            return ()
        x, y = self.path[(self.start + self.pace * frame) % len(self.path)]
        return (
            Mark(
                self.kind,
                x,
                y,
                self.size + self.grows * frame,
                self.turn + self.turns * frame,
                self.fills[frame % len(self.fills)],
            ),
        )


_TRACKS: tuple[tuple[str, tuple[Track, ...]], ...] = (
    ("mudah", (Track("panah", turns=90, size=32, fills=("hitam",)),)),
    ("mudah", (Track("lingkaran", _CORNERS, pace=1, fills=("hitam",)), Track("persegi", size=12))),
    ("mudah", (Track("segi enam", size=14, grows=6),)),
    (
        "mudah",
        tuple(
            Track("segitiga", _ROW, start=number, fills=("hitam", "putih"), size=9, since=number)
            for number in range(5)
        ),
    ),
    ("sedang", (Track("setengah lingkaran", turns=45, size=30, fills=("putih", "hitam")),)),
    (
        "sedang",
        (
            Track("palang", _CORNERS, pace=1, size=13, fills=("putih",)),
            Track("lingkaran", _CORNERS, start=2, pace=1, size=13, fills=("hitam",)),
        ),
    ),
    ("sedang", (Track("segitiga", size=34), Track("batang", turns=45, size=13, fills=("hitam",)))),
    (
        "sedang",
        (
            Track("persegi", size=20, turns=45),
            Track("lingkaran", size=9, fills=_COLOURS),
            Track("lingkaran", _EDGES, pace=1, size=5, fills=("hitam",)),
        ),
    ),
    (
        "sedang",
        (
            Track("panah", _RING, pace=1, turns=45, size=15, fills=("abu-abu",)),
            Track("persegi", size=14, fills=("hitam",)),
        ),
    ),
    (
        "sulit",
        (
            Track("lingkaran", _RING, pace=2, size=10, fills=("hitam",)),
            Track("segitiga", _RING, start=7, pace=-1, size=12, fills=("putih",)),
        ),
    ),
    (
        "sulit",
        (
            Track("seperempat lingkaran", size=24, turns=-90, fills=_COLOURS),
            Track("palang", _RING, start=1, pace=-2, size=8, fills=("hitam", "putih")),
        ),
    ),
    (
        "sulit",
        (
            Track("panah", _CORNERS, pace=1, turns=-90, size=14, fills=("putih", "hitam")),
            Track("panah", _CORNERS, start=3, pace=-1, turns=90, size=14, fills=("hitam", "putih")),
        ),
    ),
    (
        "sulit",
        tuple(
            Track(
                "lingkaran",
                _EDGES,
                start=number,
                pace=1,
                size=9,
                fills=_COLOURS[number % 3 :] + _COLOURS[: number % 3],
            )
            for number in range(3)
        ),
    ),
)


def series() -> Iterator[tuple[str, tuple[Figure, ...], tuple[Figure, ...]]]:
    """Yield level, shown frames and options, the right one first."""
    for number, (level, tracks) in enumerate(_TRACKS):
        shown = tuple(_frame(tracks, frame) for frame in range(SHOWN))
        yield level, shown, (_frame(tracks, SHOWN), *_wrong(tracks, number))


def _frame(tracks: Sequence[Track], frame: int) -> Figure:
    return tuple(mark for track in tracks for mark in track.at(frame))


def _wrong(tracks: Sequence[Track], number: int) -> list[Figure]:
    """Return four figures that keep to the rule in all but one respect, or repeat or skip a frame."""
    key = picture(_frame(tracks, SHOWN))
    near: dict[tuple[Mark, ...], Figure] = {}
    for place, track in enumerate(tracks):
        for slip in _slips(track):
            figure = tuple(
                mark
                for other, each in enumerate(tracks)
                for mark in (slip if other == place else each.at(SHOWN))
            )
            near.setdefault(picture(figure), figure)
    for frame in (SHOWN - 1, SHOWN + 1, SHOWN - 2):
        near.setdefault(picture(_frame(tracks, frame)), _frame(tracks, frame))
    near.pop(key, None)
    candidates = [figure for figure in near.values() if _hidden(figure) == _hidden(key)]
    random.Random(f"series {number}").shuffle(candidates)  # noqa: S311 - not a secret
    for figure in _otherwise(_frame(tracks, SHOWN)):
        if picture(figure) not in {key, *map(picture, candidates)}:
            candidates.append(figure)
    return candidates[:4]


def _hidden(figure: Figure) -> int:
    """Return how many marks lie in the same place as another one."""
    return len(figure) - len({(mark.x, mark.y) for mark in figure})


def _otherwise(key: Figure) -> Iterator[Figure]:
    """Yield the key with its first mark turned or coloured otherwise, for series with few slips."""
    first, *rest = key
    yield (replace(first, turn=first.turn + 45), *rest)
    yield from ((replace(first, fill=fill), *rest) for fill in ("abu-abu", "hitam"))


def _slips(track: Track) -> Iterator[Figure]:
    """Yield the mark with one of its changes forgotten, made twice or made backwards."""
    for frame in (SHOWN - 1, SHOWN + 1):
        moved, turned, grown, filled = (
            replace(track, start=track.start + track.pace * (frame - SHOWN)),
            replace(track, turn=track.turn + track.turns * (frame - SHOWN)),
            replace(track, size=track.size + track.grows * (frame - SHOWN)),
            replace(
                track,
                fills=[
                    track.fills[(place + frame - SHOWN) % len(track.fills)]
                    for place in range(len(track.fills))
                ],
            ),
        )
        yield from (each.at(SHOWN) for each in (moved, turned, grown, filled))
    if track.turns:
        yield replace(track, turns=-track.turns).at(SHOWN)
    if track.since:
        yield ()
