"""Whether an item is harder for one group than for another of equal ability (fairness.md 11 B4).

Right-or-wrong items: Mantel and Haenszel's common odds ratio over strata of the section's score, as ETS delta, with the
error of Robins, Breslow and Greenland. Graded items: Mantel's test on the strata, with the difference of means weighted by
the focal group, as a share of the item's deviation.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from question_bank.assembly.response_curves import Reals

STRATA = 8
LEAST_PEOPLE = 50
"""In either group; fewer tell nothing."""
_ETS = 2.35
_SMALL, _LARGE = 1.0, 1.5
_GRADED_SMALL, _GRADED_LARGE = 0.17, 0.25
_SURE = 1.96
POWER = 2.8
"""A difference of so many standard errors is found in four of five cases at 5 %."""


class Size(StrEnum):
    """ETS classes: negligible, moderate, large."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Difference:
    """One item: the difference (negative: harder for the focal group), its standard error, and its class."""

    value: float
    error: float
    size: Size


def keyed_difference(
    right: NDArray[np.bool_], is_focal: NDArray[np.bool_], share: Reals
) -> Difference | None:
    """Return the difference of a right-or-wrong item in ETS delta, None where it cannot be told.

    Args:
        right: who had it right.
        is_focal: who belongs to the focal group; the others are the reference.
        share: each person's share of points in the section, by which equals are compared.
    """
    up = down = 0.0
    first = second = third = 0.0
    for members in _strata(share):
        focal = is_focal[members]
        a, b = float((right[members] & ~focal).sum()), float((~right[members] & ~focal).sum())
        c, d = float((right[members] & focal).sum()), float((~right[members] & focal).sum())
        total = a + b + c + d
        if not total:
            continue
        r, s, p, q = a * d / total, b * c / total, (a + d) / total, (b + c) / total
        up, down = up + r, down + s
        first, second, third = first + p * r, second + p * s + q * r, third + q * s
    if not up or not down:
        return None
    variance = first / (2 * up**2) + second / (2 * up * down) + third / (2 * down**2)
    delta, error = -_ETS * float(np.log(up / down)), _ETS * float(np.sqrt(variance))
    return Difference(delta, error, _size(abs(delta), error, (_SMALL, _LARGE)))


def graded_difference(scores: Reals, is_focal: NDArray[np.bool_], share: Reals) -> Difference | None:
    """Return the difference of a graded item as a share of its deviation, None where it cannot be told."""
    deviation = float(scores.std())
    if not deviation:
        return None
    gap = spread = weights = 0.0
    for members in _strata(share):
        focal, other = scores[members & is_focal], scores[members & ~is_focal]
        if len(focal) and len(other):
            gap += len(focal) * float(focal.mean() - other.mean())
            pooled = float(scores[members].var())
            spread += len(focal) ** 2 * pooled * (1 / len(focal) + 1 / len(other))
            weights += len(focal)
    if not weights:
        return None
    value, error = gap / weights / deviation, float(np.sqrt(spread)) / weights / deviation
    return Difference(value, error, _size(abs(value), error, (_GRADED_SMALL, _GRADED_LARGE)))


def _strata(share: Reals) -> list[NDArray[np.bool_]]:
    """Return who belongs to each stratum of equal score."""
    edges = np.unique(np.quantile(share, np.linspace(0, 1, STRATA + 1)[1:-1]))
    place = np.searchsorted(edges, share, side="right")
    return [place == each for each in range(len(edges) + 1)]


def _size(value: float, error: float, limits: tuple[float, float]) -> Size:
    """Return the class: large must be more than small with certainty, moderate more than nothing."""
    small, large = limits
    if value >= large and value - _SURE * error > small:
        return Size.C
    return Size.B if value >= small and value - _SURE * error > 0 else Size.A
