"""A section of a bank as the engine sees it: units in a fixed order, their cells, and integer features.

A unit is one item, or all items of a cell that share a stimulus. Features are integers of 1e-4 raw point, centred by
cell, so that the target of every column is zero (fairness.md 4.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import lcm

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

FEATURE_SCALE = 10_000
"""Features per raw point: a value is rounded to 1e-4 raw point once, when it is sealed."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What enters a form as a whole: one item, or a stimulus with its items, in the order of their opaque ids."""

    key: str
    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitCell:
    """Every form takes exactly `count` of these units, which stand in the order of their keys."""

    count: int
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a form's sum of a column may lie from zero: `tolerance` in the column's own integers."""

    column: int
    tolerance: int


class SectionTable:
    """One section. Units are numbered cell by cell; slots of a form likewise.

    Args:
        code: the section's code, the label of its random stream.
        cells: in the order of the blueprint.
        features: integers by item id, one list per item, all of one length; a unit's are the sum of its items'.
        limits: what the repair holds.
    """

    def __init__(
        self,
        code: str,
        cells: Sequence[UnitCell],
        features: Mapping[str, Sequence[int]],
        limits: Sequence[Limit],
    ) -> None:
        self.code = code
        self.cells = tuple(cells)
        self.limits = tuple(limits)
        self.units = tuple(unit for cell in cells for unit in cell.units)
        sizes = [len(cell.units) for cell in cells]
        self.cell_start = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        self.slot_start = np.concatenate(([0], np.cumsum([cell.count for cell in cells]))).astype(np.int64)
        self.cell_of_slot = np.repeat(np.arange(len(cells)), [cell.count for cell in cells]).astype(np.int64)
        raw = np.array(
            [
                [sum(column) for column in zip(*(features[each] for each in unit.item_ids), strict=True)]
                for unit in self.units
            ],
            dtype=np.int64,
        ).reshape(len(self.units), -1)
        self.features = _centred(raw, self.cell_start)
        self.within = lcm(*(each.tolerance for each in self.limits))
        self._limited: Integers = np.array([each.column for each in self.limits], dtype=np.int64)
        self._scale: Integers = np.array(
            [self.within // each.tolerance for each in self.limits], dtype=np.int64
        )

    def scaled(self, sums: Integers) -> Integers:
        """Return the limited columns of feature sums, so scaled that `within` is each column's tolerance."""
        return np.asarray(sums[..., self._limited] * self._scale)

    def excess(self, sums: Integers) -> Integers:
        """Return the largest deviation of each row of feature sums; `within` is exactly the tolerance."""
        return np.asarray(np.abs(self.scaled(sums)).max(axis=-1, initial=0))

    @property
    def slots(self) -> int:
        """How many units a form has."""
        return int(self.slot_start[-1])

    @property
    def most_per_round(self) -> int:
        """How many forms can be dealt without using a unit twice: the tightest cell decides."""
        return min((len(cell.units) // cell.count for cell in self.cells if cell.count), default=0)


def _centred(raw: Integers, cell_start: Integers) -> Integers:
    """Subtract each cell's mean, rounded half up by floor division, so that a cell's target is zero."""
    centred = raw.copy()
    for first, last in pairwise(cell_start):
        size = int(last - first)
        if size:
            total = raw[first:last].sum(axis=0)
            centred[first:last] -= (2 * total + size) // (2 * size)
    return centred
