"""How unequal forms may really be, since statistics are estimates: the second number of the certificate (fairness.md 3.2, 11).

Item statistics are drawn many times from their errors of estimate, the same draw for all forms; each time the spread over
all forms is computed anew. The 95th percentile of these spreads is told beside the spread on the statistics as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from question_bank.assembly.response_curves import CurveGroup, ItemCurve, Reals, curve_groups
from question_bank.assembly.wide_stream import WideStream
from question_bank.items import ItemStatistics

DRAWS = 200
CONFIDENCE = 0.95
_SEED = b"cat/uncertainty/1"
_MICRO = 1e6
_SMALLEST_SLOPE = 0.05


def pass_spread_band(
    curves: Sequence[ItemCurve],
    known: Sequence[ItemStatistics],
    forms: NDArray[np.int64],
    cut: tuple[float, int],
    chances: Reals,
) -> float | None:
    """Return the spread of pass chances, in percentage points, that is exceeded in one of twenty draws; None if unknown.

    Args:
        curves: the items' curves.
        known: the items' statistics, with errors of estimate or numbers of responses.
        forms: item indexes by form.
        cut: the ability at the cut, and the raw score that passes.
        chances: every form's pass chance by the curves as they are.
    """
    ability, needed = cut
    if not all(each.responses or (each.irt and each.irt.b_error_micro) for each in known):
        return None
    at = np.array([ability])
    groups = list(curve_groups(curves))
    mean, variance = np.empty(len(curves)), np.empty(len(curves))
    for group in groups:
        found, spread = group.moments(at)
        mean[group.places], variance[group.places] = found[:, 0], spread[:, 0]
    errors = _Errors(known, variance)
    before = _normal_chance(mean, variance, forms, needed)
    stream = WideStream(_SEED, "pass")
    spreads = np.empty(DRAWS)
    for draw in range(DRAWS):
        first, second = _normal(stream, 2 * len(curves)).reshape(2, -1)
        moved, moved_variance = mean + second * errors.mean, variance.copy()
        for group in groups:
            found, spread = errors.drawn(group, first, second).moments(at)
            told = errors.is_told[group.places]
            moved[group.places[told]] = found[told, 0]
            moved_variance[group.places[told]] = spread[told, 0]
        after = _normal_chance(moved, moved_variance, forms, needed)
        spreads[draw] = np.ptp(chances + after - before)
    return float(100 * np.quantile(spreads, CONFIDENCE))


def mean_spread_band(means: Reals, errors: Reals, forms: NDArray[np.int64]) -> float:
    """Return the spread of forms' mean scores that is exceeded in one of twenty draws.

    `means` and `errors` are items x groups of participants; the group that differs most counts.
    """
    stream = WideStream(_SEED, "mean")
    spreads = np.empty(DRAWS)
    for draw in range(DRAWS):
        drawn = means + errors * _normal(stream, means.size).reshape(means.shape)
        spreads[draw] = np.ptp(drawn[forms].sum(axis=1), axis=0).max()
    return float(np.quantile(spreads, CONFIDENCE))


class _Errors:
    """How far items may be from their statistics: errors of estimate where told, else what the responses leave.

    Without errors of estimate the expected score at the cut is known to sqrt(variance / responses), as that of a share.
    """

    def __init__(self, known: Sequence[ItemStatistics], variance: Reals) -> None:
        told = [(each.irt.a_error_micro, each.irt.b_error_micro) if each.irt else (0, 0) for each in known]
        self._slope, self._location = np.array(told, dtype=np.float64).T / _MICRO
        self.is_told: NDArray[np.bool_] = self._location > 0
        responses = np.array([max(each.responses, 1) for each in known])
        self.mean = np.where(self.is_told, 0, np.sqrt(variance / responses))

    def drawn(self, group: CurveGroup, first: Reals, second: Reals) -> CurveGroup:
        """Return the curves of a group as they may really be, by two normal numbers for each item."""
        at = group.places
        a = np.maximum(group.a + first[at] * self._slope[at], np.minimum(group.a, _SMALLEST_SLOPE))
        return replace(group, a=a, b=group.b + second[at] * self._location[at])


def _normal_chance(mean: Reals, variance: Reals, forms: NDArray[np.int64], needed: int) -> Reals:
    """Return each form's chance to reach `needed`, the sum of scores taken as normal.

    Only differences of these are used, between draws of the same form, where the approximation cancels.
    """
    standard = (mean[forms].sum(axis=1) - needed + 0.5) / np.sqrt(variance[forms].sum(axis=1))
    return _normal_distribution(standard)


def _normal_distribution(value: Reals) -> Reals:
    """Return the normal distribution function, to 1e-7 (Abramowitz and Stegun 26.2.17)."""
    size = np.abs(value)
    t = 1 / (1 + 0.2316419 * size)
    series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-(size**2) / 2) / np.sqrt(2 * np.pi) * series
    return np.asarray(np.where(value >= 0, 1 - tail, tail))


def _normal(stream: WideStream, count: int) -> Reals:
    """Return normal numbers by the method of Box and Muller."""
    half = -(-count // 2)
    uniform = (stream.draw(2 * half).astype(np.float64) + 0.5) / 2**64
    radius = np.sqrt(-2 * np.log(uniform[:half]))
    angle = 2 * np.pi * uniform[half:]
    return np.asarray(np.concatenate((radius * np.cos(angle), radius * np.sin(angle)))[:count])
