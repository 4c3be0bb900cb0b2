"""What is expected of a participant of a given ability: scores, information and pass chances (fairness.md 2.1).

Dichotomous items follow the 2PL/3PL model, graded ones the generalised partial credit model. Abilities and
parameters are logits; scores are raw: one for a right answer, or the points of a graded option.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
_GROUP = 1_000
_LEAST = 1e-12

DESIGN_ABILITIES: Reals = np.array([-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0])
"""Where forms are held equal."""
ALL_ABILITIES: Reals = np.linspace(-3.0, 3.0, 61)
"""Where equality is reported."""


@dataclass(frozen=True, slots=True)
class ItemCurve:
    """An item's parameters. `steps` are the step offsets of a graded item, whose lowest score is `lowest`."""

    a: float
    b: float
    c: float = 0.0
    steps: tuple[float, ...] = ()
    lowest: int = 0


@dataclass(frozen=True, slots=True)
class CurveGroup:
    """Curves of items that have equally many steps, as arrays; `places` says where each stands among all curves.

    `steps` has a row for each item and is without columns where items are right or wrong.
    """

    places: NDArray[np.int64]
    a: Reals
    b: Reals
    c: Reals
    steps: Reals
    lowest: Reals

    @property
    def scores(self) -> Reals:
        """The scores that can be reached, by item: items x scores."""
        return self.lowest[:, None] + np.arange(max(self.steps.shape[1], 1) + 1)

    def chances(self, abilities: Reals) -> Reals:
        """Return the chance of each score: items x abilities x scores."""
        distance = abilities[None, :] - self.b[:, None]
        if not self.steps.shape[1]:
            right = self.c[:, None] + (1 - self.c[:, None]) / (1 + np.exp(-self.a[:, None] * distance))
            return np.stack((1 - right, right), axis=2)
        terms = self.a[:, None, None] * (distance[:, :, None] - self.steps[:, None, :])
        logits = np.concatenate((np.zeros((*distance.shape, 1)), np.cumsum(terms, axis=2)), axis=2)
        weights = np.exp(logits - logits.max(axis=2, keepdims=True))
        return np.asarray(weights / weights.sum(axis=2, keepdims=True))

    def moments(self, abilities: Reals) -> tuple[Reals, Reals]:
        """Return mean and variance of each item's score: items x abilities, twice."""
        chances = self.chances(abilities)
        scores = self.scores[:, None, :]
        mean = (chances * scores).sum(axis=2)
        return mean, np.maximum((chances * scores**2).sum(axis=2) - mean**2, 0)


def curve_groups(curves: Sequence[ItemCurve]) -> Iterator[CurveGroup]:
    """Yield the curves as arrays, a thousand at a time."""
    lengths = sorted({len(each.steps) for each in curves})
    for length in lengths:
        chosen = [place for place, each in enumerate(curves) if len(each.steps) == length]
        for first in range(0, len(chosen), _GROUP):
            places = chosen[first : first + _GROUP]
            members = [curves[place] for place in places]
            a, b, c, lowest = np.array([(each.a, each.b, each.c, each.lowest) for each in members]).T
            steps = np.array([each.steps for each in members], dtype=np.float64).reshape(len(members), length)
            yield CurveGroup(np.array(places, dtype=np.int64), a, b, c, steps, lowest)


def category_chances(curve: ItemCurve, abilities: Reals) -> tuple[Reals, Reals]:
    """Return the possible scores, and their chances by ability (abilities x scores)."""
    (group,) = curve_groups([curve])
    return group.scores[0], group.chances(np.asarray(abilities, dtype=np.float64))[0]


def expected_scores(curves: Sequence[ItemCurve], abilities: Reals) -> Reals:
    """Return T_i: the expected score of each item at each ability (items x abilities)."""
    found = np.zeros((len(curves), len(abilities)))
    for group in curve_groups(curves):
        found[group.places] = group.moments(abilities)[0]
    return found


def information(curves: Sequence[ItemCurve], abilities: Reals) -> Reals:
    """Return I_i: the information of each item at each ability (items x abilities)."""
    found = np.zeros((len(curves), len(abilities)))
    for group in curve_groups(curves):
        mean, variance = group.moments(abilities)
        slope = group.a[:, None]
        if not group.steps.shape[1]:
            c = group.c[:, None]
            slope = slope * (mean - c) / np.maximum((1 - c) * mean, _LEAST)
        found[group.places] = slope**2 * variance
    return found


def pass_chances(item_chances: NDArray[np.float64], forms: NDArray[np.int64], cut: int) -> Reals:
    """Return the pass chance of every form at one ability, all forms at once.

    `item_chances[i, s]` is the chance that item i brings score s; `forms[f]` are item indexes.
    """
    most = item_chances.shape[1] - 1
    sums = np.zeros((len(forms), forms.shape[1] * most + 1))
    sums[:, 0] = 1
    for place in range(forms.shape[1]):
        reach = place * most + 1
        longer = np.zeros_like(sums)
        chances = item_chances[forms[:, place]]
        for score in range(most + 1):
            longer[:, score : score + reach] += sums[:, :reach] * chances[:, score : score + 1]
        sums = longer
    return np.asarray(sums[:, max(cut, 0) :].sum(axis=1))


def cut_ability(target: Reals, abilities: Reals, cut: float) -> float:
    """Return the ability at which a rising curve of expected scores reaches `cut`; the nearer end if it never does."""
    if cut <= target[0]:
        return float(abilities[0])
    if cut >= target[-1]:
        return float(abilities[-1])
    return float(np.interp(cut, target, abilities))
