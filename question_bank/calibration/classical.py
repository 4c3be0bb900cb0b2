"""What observed answers tell without a model: shares, means by score group, and how an item goes with the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from question_bank.assembly.response_curves import Reals
from question_bank.calibration.responses import NOT_GIVEN, Responses

GROUPS = 5
_PRIOR_RESPONSES = 2


@dataclass(frozen=True, slots=True)
class Classical:
    """By item: `mean` raw score, `groups` means by score group (items x groups, weakest first), `rest` correlation.

    The rest correlation holds an item's scores against the person's share of points on all other items; it is nan where
    either does not vary.
    """

    mean: Reals
    groups: Reals
    rest: Reals


class Points:
    """Who got how many points for what: people x items, and what they could have got.

    Args:
        responses: the responses of one section.
        highest: what each item brings at most.
    """

    def __init__(self, responses: Responses, highest: Reals) -> None:
        self.given = responses.scores != NOT_GIVEN
        self.points = np.where(self.given, responses.scores, 0).astype(np.float64)
        self.total = self.points.sum(axis=1)
        self.possible = self.given @ highest
        self._highest = highest

    def of_item(self, item: int) -> Reals:
        """Return what those who had an item got for it."""
        return np.asarray(self.points[self.given[:, item], item])

    def elsewhere(self, item: int) -> Reals:
        """Return, for the people who had an item, their share of points on everything else."""
        who = self.given[:, item]
        others = self.total[who] - self.points[who, item]
        return np.asarray(others / np.maximum(self.possible[who] - self._highest[item], 1))


def classical(points: Points) -> Classical:
    """Return the figures of a section.

    Groups are of equal size by the share of points a person got of what they were given; equal shares stand in the
    order of people. A group's mean leans on the item's own by two responses' weight (fairness.md 3.1), so that an item
    that few saw keeps a sensible curve.
    """
    mean = points.points.sum(axis=0) / np.maximum(points.given.sum(axis=0), 1)
    order = np.argsort(points.total / np.maximum(points.possible, 1), kind="stable")
    group_of = np.empty(len(order), dtype=np.int64)
    group_of[order] = np.arange(len(order)) * GROUPS // max(len(order), 1)
    groups = np.empty((len(mean), GROUPS))
    for group in range(GROUPS):
        members = group_of == group
        total, people = points.points[members].sum(axis=0), points.given[members].sum(axis=0)
        groups[:, group] = (total + _PRIOR_RESPONSES * mean) / (people + _PRIOR_RESPONSES)
    rest = [correlation(points.of_item(item), points.elsewhere(item)) for item in range(len(mean))]
    return Classical(mean, groups, np.array(rest))


def correlation(first: Reals, second: Reals) -> float:
    """Return the product-moment correlation, nan where one of them does not vary."""
    if len(first) < 3 or not first.std() or not second.std():
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])
