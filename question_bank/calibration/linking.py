"""Bringing a new calibration to the scale of the one before, and finding the items that changed (fairness.md 9, 11 B3).

Another group of people is another scale: b_old = A b_new + B, a_old = a_new / A. A and B come from the items that both
calibrations know, by their mean slopes and locations, without those that drifted; so the bank's mean stays where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from question_bank.assembly.response_curves import Reals

FALSE_ALARMS = 0.05
"""Share of false alarms among the items flagged (Benjamini and Hochberg)."""
LEAST_COMMON = 3
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """Locations, slopes and their standard errors of several items."""

    a: Reals
    b: Reals
    a_error: Reals
    b_error: Reals

    def moved(self, stretch: float, shift: float) -> Scale:
        """Return the same items on the scale b -> stretch b + shift."""
        return Scale(
            self.a / stretch, self.b * stretch + shift, self.a_error / stretch, self.b_error * stretch
        )


@dataclass(frozen=True, slots=True)
class Link:
    """How two scales belong together: A, B, and which of the common items drifted."""

    stretch: float
    shift: float
    has_drifted: NDArray[np.bool_]


def link(old: Scale, new: Scale) -> Link | None:
    """Return the link of the same items on two scales, or None where there are too few to tell."""
    stays = np.ones(len(old.b), dtype=np.bool_)
    if len(old.b) < LEAST_COMMON:
        return None
    stretch, shift = 1.0, 0.0
    for _ in range(_ROUNDS):
        weight = 1 / (old.b_error**2 + new.b_error**2 + 1e-6) * stays
        stretch = float(
            np.exp(np.average(np.log(new.a), weights=weight) - np.average(np.log(old.a), weights=weight))
        )
        shift = float(np.average(old.b, weights=weight) - stretch * np.average(new.b, weights=weight))
        drifted = significant(_chances_of_chance(old, new.moved(stretch, shift)))
        if drifted.sum() > len(drifted) - LEAST_COMMON or np.array_equal(~drifted, stays):
            break
        stays = ~drifted
    return Link(stretch, shift, ~stays)


def significant(chances: Reals) -> NDArray[np.bool_]:
    """Return which of many tests to believe, so that of those at most a twentieth is chance."""
    order = np.argsort(chances, kind="stable")
    limits = FALSE_ALARMS * np.arange(1, len(chances) + 1) / max(len(chances), 1)
    passed = np.flatnonzero(chances[order] <= limits)
    found = np.zeros(len(chances), dtype=np.bool_)
    if len(passed):
        found[order[: passed[-1] + 1]] = True
    return found


def combined(old: Scale, new: Scale) -> Scale:
    """Return both calibrations of the same items on one scale, weighted by how sure they are."""
    a, a_error = _weighted(old.a, old.a_error, new.a, new.a_error)
    b, b_error = _weighted(old.b, old.b_error, new.b, new.b_error)
    return Scale(a, b, a_error, b_error)


def _weighted(old: Reals, old_error: Reals, new: Reals, new_error: Reals) -> tuple[Reals, Reals]:
    """Return the mean by precision; an old value whose error nobody knows gives way to the new one."""
    weight_old = np.where(old_error > 0, 1 / np.maximum(old_error, 1e-6) ** 2, 0)
    weight_new = 1 / np.maximum(new_error, 1e-6) ** 2
    total = weight_old + weight_new
    return (old * weight_old + new * weight_new) / total, 1 / np.sqrt(total)


def _chances_of_chance(old: Scale, new: Scale) -> Reals:
    errors = np.sqrt(old.b_error**2 + new.b_error**2 + 1e-9)
    return np.array([erfc(abs(each) / sqrt(2)) for each in (new.b - old.b) / errors])
