"""The model of one section's right-or-wrong items, brought to the bank's scale and together with what was known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from question_bank.calibration.item_model import ABILITIES, ItemModel, fit
from question_bank.calibration.linking import Link, Scale, combined, link
from question_bank.calibration.responses import NOT_GIVEN
from question_bank.items import IrtParameters

_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class SectionModel:
    """What was fitted: parameters by the items' place, the places of those that drifted, and how the fit went.

    `stretch` and `shift` bring the new scale to the old one; None where there was none to link to.
    """

    parameters: dict[int, IrtParameters] = field(default_factory=dict)
    drifted: frozenset[int] = frozenset()
    log_likelihood: float | None = None
    iterations: int = 0
    common_items: int = 0
    stretch: float | None = None
    shift: float | None = None


def varied(scores: NDArray[np.int16]) -> list[int]:
    """Return the items that somebody had right and somebody wrong; others have no finite estimate."""
    return np.flatnonzero((scores == 1).any(axis=0) & (scores == 0).any(axis=0)).tolist()


def fit_section(
    scores: NDArray[np.int16], known: Sequence[IrtParameters | None], *, is_rasch: bool
) -> SectionModel:
    """Fit the items (people x items; negative not given) and link them to what is `known` of them."""
    places = varied(scores)
    found = fit(scores[:, places], is_rasch=is_rasch)
    new = Scale(found.a, found.b, found.a_error, found.b_error)
    common = [order for order, place in enumerate(places) if known[place] is not None]
    old = _scale_of([each for order in common if (each := known[places[order]]) is not None])
    linked = link(old, _chosen(new, common))
    if linked is not None:
        new = _with_old(new.moved(linked.stretch, linked.shift), old, common, linked)
    parameters = {place: _parameters(new, order) for order, place in enumerate(places)}
    for place, before in enumerate(known):
        if place not in parameters:
            parameters[place] = before or _bounded(scores[:, place], found, linked)
    return SectionModel(
        parameters,
        frozenset(places[common[each]] for each in (np.flatnonzero(linked.has_drifted) if linked else ())),
        found.log_likelihood,
        found.iterations,
        len(common) if linked else 0,
        linked.stretch if linked else None,
        linked.shift if linked else None,
    )


def _bounded(scores: NDArray[np.int16], found: ItemModel, linked: Link | None) -> IrtParameters:
    """Return parameters of an item that all had right, or all wrong: as if half of one more had not.

    They are a bound more than an estimate; their error says so.
    """
    given = int((scores != NOT_GIVEN).sum())
    share = (float((scores == 1).sum()) + 0.5) / (given + 1)
    slope = float(np.median(found.a))
    weights = np.exp(-0.5 * ABILITIES**2)
    places = np.linspace(-12, 12, 2401)
    chances = 1 / (1 + np.exp(-slope * (ABILITIES[None, :] - places[:, None])))
    expected = chances @ (weights / weights.sum())
    location = float(np.interp(-share, -expected, places))
    error = 1 / (slope * np.sqrt(max(given * share * (1 - share), 1e-3)))
    bound = Scale(*(np.array([each]) for each in (slope, location, slope / 2, error)))
    return _parameters(bound.moved(linked.stretch, linked.shift) if linked else bound, 0)


def _scale_of(known: Sequence[IrtParameters]) -> Scale:
    columns = [(each.a_micro, each.b_micro, each.a_error_micro, each.b_error_micro) for each in known]
    a, b, a_error, b_error = (np.array(columns, dtype=np.float64).reshape(-1, 4) / _MICRO).T
    return Scale(a, b, a_error, b_error)


def _chosen(scale: Scale, places: Sequence[int]) -> Scale:
    chosen = np.array(places, dtype=np.int64)
    return Scale(scale.a[chosen], scale.b[chosen], scale.a_error[chosen], scale.b_error[chosen])


def _with_old(new: Scale, old: Scale, common: Sequence[int], linked: Link) -> Scale:
    """Return the new scale, with the older calibration brought in where an item stayed what it was."""
    both = combined(old, _chosen(new, common))
    stayed = np.flatnonzero(~linked.has_drifted)
    places = np.array(common, dtype=np.int64)[stayed]
    columns = [new.a.copy(), new.b.copy(), new.a_error.copy(), new.b_error.copy()]
    for column, values in zip(columns, (both.a, both.b, both.a_error, both.b_error), strict=True):
        column[places] = values[stayed]
    return Scale(*columns)


def _parameters(scale: Scale, place: int) -> IrtParameters:
    a, b, a_error, b_error = (
        round(float(each[place]) * _MICRO) for each in (scale.a, scale.b, scale.a_error, scale.b_error)
    )
    return IrtParameters(max(a, 1), b, 0, (), a_error, b_error)
