"""What people answered: the material of a calibration, whatever file it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOT_GIVEN = -1
"""Stands for an item that was not on a person's form."""
UNKNOWN_OPTION = -1

Scores = NDArray[np.int16]
Chosen = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Responses:
    """People by items.

    `scores[p, i]` is what the answer brought: 1 or 0 where it is right or wrong, the option's points where it is graded,
    `NOT_GIVEN` where the item was not on the person's form. `chosen[p, i]` is the index of the option in the item's
    `options`, `UNKNOWN_OPTION` where none was chosen or only the score is known.
    """

    people: tuple[str, ...]
    item_ids: tuple[str, ...]
    scores: Scores
    chosen: Chosen

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many people had each item."""
        return np.asarray((self.scores != NOT_GIVEN).sum(axis=0), dtype=np.int64)

    def of_items(self, item_ids: Sequence[str]) -> Responses:
        """Return the columns of these items, in this order."""
        place = {each: index for index, each in enumerate(self.item_ids)}
        columns = [place[each] for each in item_ids]
        return Responses(self.people, tuple(item_ids), self.scores[:, columns], self.chosen[:, columns])


def joined(parts: Sequence[Responses]) -> Responses:
    """Return the people of all parts in order; what a part does not name was not given to its people."""
    item_ids = tuple(dict.fromkeys(each for part in parts for each in part.item_ids))
    place = {each: index for index, each in enumerate(item_ids)}
    shape = (sum(len(part.people) for part in parts), len(item_ids))
    scores = np.full(shape, NOT_GIVEN, dtype=np.int16)
    chosen = np.full(shape, UNKNOWN_OPTION, dtype=np.int8)
    first = 0
    for part in parts:
        rows = slice(first, first + len(part.people))
        columns = [place[each] for each in part.item_ids]
        scores[rows, columns], chosen[rows, columns] = part.scores, part.chosen
        first += len(part.people)
    return Responses(tuple(each for part in parts for each in part.people), item_ids, scores, chosen)
