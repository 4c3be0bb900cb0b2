"""Rasch and two-parameter logistic models by marginal maximum likelihood (fairness.md 9; Bock and Aitkin 1981).

P(right) = 1 / (1 + exp(-(a theta + d))), b = -d / a, theta normal with mean 0 and deviation 1. Blanks are ignored:
what a person was not given says nothing. Standard errors come from the observed information, as the cross products of
each person's contribution, so that they know that abilities are not known (fairness.md 15.2); that of a slope which all
items share, from how the likelihood falls when it is moved and all else follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from question_bank.assembly.response_curves import Reals

ABILITIES: Reals = np.linspace(-5.0, 5.0, 41)
MOST_ITERATIONS = 1_000
PRIOR_BELOW = 500
"""Items with fewer responses get a prior for their slope, log a ~ N(0, 0.4), so that chance makes no steep items."""
_PRIOR_VARIANCE = 0.4**2
_SMALLEST_SLOPE, _LARGEST_SLOPE = 0.05, 5.0
_STEEPEST = 12.0
"""No item is easier or harder than this many logits at the mean ability."""
_STEADY = 1e-9
_NEWTON_STEPS = 3
_SLOPE_STEP = 0.05
"""How far, as a share of it, a slope of all items is moved to see how sure it is."""
_ROWS = 2_048


@dataclass(frozen=True, slots=True)
class ItemModel:
    """A fitted model: slopes and locations by item with standard errors, and each person's expected ability."""

    is_rasch: bool
    a: Reals
    b: Reals
    a_error: Reals
    b_error: Reals
    log_likelihood: float
    iterations: int
    abilities: Reals


def fit(scores: NDArray[np.int16], *, is_rasch: bool) -> ItemModel:
    """Fit a model to `scores` (people x items; 1 right, 0 wrong, negative not given).

    Rasch has one slope for all items, found with the rest. Every item needs right and wrong answers.
    """
    rows, inverse, counts = np.unique(scores, axis=0, return_inverse=True, return_counts=True)
    work = _Work(rows, counts.astype(np.float64))
    a, d = np.ones(scores.shape[1]), work.first_intercepts()
    before, likelihood, iterations = -np.inf, -np.inf, 0
    while iterations < MOST_ITERATIONS:
        iterations += 1
        given, right, likelihood = work.expect(a, d)
        if abs(likelihood - before) <= _STEADY * abs(likelihood):
            break
        before = likelihood
        a, d = _maximise(given, right, a, d, work.has_prior, is_rasch=is_rasch)
    information, abilities = work.information(a, d)
    if is_rasch:
        a_error, b_error = _errors_of_one_slope(work, (a, d, likelihood), information)
    else:
        a_error, b_error = _errors(a, d, information)
    return ItemModel(
        is_rasch, a, -d / a, a_error, b_error, likelihood, iterations, abilities[inverse.ravel()]
    )


class _Work:
    """The data in pieces that fit into memory: distinct rows with how often they occur."""

    def __init__(self, rows: NDArray[np.int16], counts: Reals) -> None:
        self._rows = rows
        self._counts = counts
        self.given = np.asarray(((rows >= 0) * counts[:, None]).sum(axis=0), dtype=np.float64)
        self.right = np.asarray(((rows == 1) * counts[:, None]).sum(axis=0), dtype=np.float64)
        self.has_prior = self.given < PRIOR_BELOW
        self._log_prior = np.log(_normal_weights())

    def first_intercepts(self) -> Reals:
        share = np.clip(self.right / np.maximum(self.given, 1), 0.02, 0.98)
        return np.asarray(1.2 * np.log(share / (1 - share)))

    def expect(self, a: Reals, d: Reals) -> tuple[Reals, Reals, float]:
        """Return the expected counts of people given and right (items x abilities), and the log-likelihood."""
        shape = (len(a), len(ABILITIES))
        given, right, likelihood = np.zeros(shape), np.zeros(shape), 0.0
        for known, was_right, counts, posterior, marginal in self._pieces(a, d):
            weighted = posterior * counts[:, None]
            given += known.T @ weighted
            right += was_right.T @ weighted
            likelihood += float(counts @ marginal)
        return given, right, likelihood

    def information(self, a: Reals, d: Reals) -> tuple[Reals, Reals]:
        """Return the information matrices (items x 2 x 2, for d and a) and the expected ability of each row."""
        chances = _chances(a, d)
        information = np.zeros((len(a), 2, 2))
        abilities = []
        for known, was_right, counts, posterior, _ in self._pieces(a, d):
            mean = posterior @ ABILITIES
            by_d = was_right - known * (posterior @ chances.T)
            by_a = was_right * mean[:, None] - known * (posterior @ (chances * ABILITIES).T)
            information[:, 0, 0] += counts @ by_d**2
            information[:, 1, 1] += counts @ by_a**2
            information[:, 0, 1] += counts @ (by_d * by_a)
            abilities.append(mean)
        information[:, 1, 0] = information[:, 0, 1]
        information[:, 1, 1] += np.where(self.has_prior, 1 / (_PRIOR_VARIANCE * a**2), 0)
        return information, np.concatenate(abilities)

    def _pieces(self, a: Reals, d: Reals) -> Iterator[tuple[Reals, Reals, Reals, Reals, Reals]]:
        chances = _chances(a, d)
        log_right, log_wrong = np.log(chances), np.log1p(-chances)
        for first in range(0, len(self._rows), _ROWS):
            rows = self._rows[first : first + _ROWS]
            known, was_right = (rows >= 0).astype(np.float64), (rows == 1).astype(np.float64)
            logs = was_right @ (log_right - log_wrong) + known @ log_wrong + self._log_prior
            top = logs.max(axis=1, keepdims=True)
            weights = np.exp(logs - top)
            total = weights.sum(axis=1, keepdims=True)
            marginal = (top + np.log(total))[:, 0]
            yield known, was_right, self._counts[first : first + _ROWS], weights / total, marginal


def _normal_weights() -> Reals:
    weights = np.exp(-0.5 * ABILITIES**2)
    return np.asarray(weights / weights.sum())


def _chances(a: Reals, d: Reals) -> Reals:
    logits = np.clip(a[:, None] * ABILITIES + d[:, None], -30, 30)
    return np.asarray(1 / (1 + np.exp(-logits)))


def _maximise(
    given: Reals, right: Reals, a: Reals, d: Reals, has_prior: NDArray[np.bool_], *, is_rasch: bool
) -> tuple[Reals, Reals]:
    """Return slopes and intercepts after a few steps of Newton on the expected counts."""
    for _ in range(_NEWTON_STEPS):
        chances = _chances(a, d)
        residual = right - given * chances
        weight = given * chances * (1 - chances)
        g_d, g_a = residual.sum(axis=1), residual @ ABILITIES
        h_dd, h_da, h_aa = weight.sum(axis=1), weight @ ABILITIES, weight @ ABILITIES**2
        if is_rasch:
            inner = h_da / np.maximum(h_dd, 1e-9)
            step_a = np.full_like(a, (g_a - inner * g_d).sum() / max((h_aa - inner * h_da).sum(), 1e-9))
        else:
            g_a = g_a - np.where(has_prior, np.log(a) / (_PRIOR_VARIANCE * a), 0)
            h_aa = h_aa + np.where(has_prior, 1 / (_PRIOR_VARIANCE * a**2), 0)
            step_a = (h_dd * g_a - h_da * g_d) / np.maximum(h_dd * h_aa - h_da**2, 1e-9)
        step_a = np.clip(step_a, -0.3, 0.3)
        step_d = np.clip((g_d - h_da * step_a) / np.maximum(h_dd, 1e-9), -0.5, 0.5)
        a = np.clip(a + step_a, _SMALLEST_SLOPE, _LARGEST_SLOPE)
        d = np.clip(d + step_d, -_STEEPEST, _STEEPEST)
    return a, d


def _errors(a: Reals, d: Reals, information: Reals) -> tuple[Reals, Reals]:
    """Return the standard errors of a and b; b = -d / a, by the delta method."""
    b = -d / a
    dd, aa, da = information[:, 0, 0], information[:, 1, 1], information[:, 0, 1]
    determinant = np.maximum(dd * aa - da**2, 1e-9)
    var_d, var_a, covariance = aa / determinant, dd / determinant, -da / determinant
    spread = np.maximum(var_d + 2 * b * covariance + b**2 * var_a, 0)
    return np.sqrt(var_a), np.sqrt(spread) / a


def _errors_of_one_slope(
    work: _Work, top: tuple[Reals, Reals, float], information: Reals
) -> tuple[Reals, Reals]:
    """Return the standard errors of a and b where all items share the slope; `top` is a, d and the log-likelihood.

    The slope is moved both ways and the intercepts follow it: the fall of the likelihood gives its error, and how far
    the intercepts went is what they inherit of it.
    """
    a, d, likelihood = top
    step = _SLOPE_STEP * float(a[0])
    (up, above), (down, below) = (_following(work, a + each, d, top[2]) for each in (step, -step))
    fall = max(2 * likelihood - above - below, 1e-12)
    variance = step**2 / fall
    follows = (up - down) / (2 * step)
    inherited = (follows - d / a) ** 2 * variance
    b_error = np.sqrt(1 / np.maximum(information[:, 0, 0], 1e-9) + inherited) / a
    return np.full_like(a, np.sqrt(variance)), b_error


def _following(work: _Work, a: Reals, d: Reals, before: float) -> tuple[Reals, float]:
    """Return the best intercepts under these slopes, starting from `d`, and the log-likelihood."""
    likelihood = before
    for _ in range(MOST_ITERATIONS):
        given, right, likelihood = work.expect(a, d)
        if abs(likelihood - before) <= _STEADY * abs(likelihood):
            break
        before = likelihood
        chances = _chances(a, d)
        step = (right - given * chances).sum(axis=1) / np.maximum(
            (given * chances * (1 - chances)).sum(axis=1), 1e-9
        )
        d = np.clip(d + np.clip(step, -0.5, 0.5), -_STEEPEST, _STEEPEST)
    return d, likelihood
