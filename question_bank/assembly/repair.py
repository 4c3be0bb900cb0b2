"""Repair: what the exchange left outside the tolerance, several slots at a time (fairness.md 4.5)."""

from __future__ import annotations

import numpy as np

from question_bank.assembly.rounds import Dealing
from question_bank.assembly.section_table import Integers
from question_bank.assembly.wide_stream import below

MOST_TRIES = 400
MOST_FAILURES = 20
"""After that many forms that nothing helped, the rest stays as it is: the bank cannot do better."""
CANDIDATES = 1_500


class Repair:
    """Brings single forms within the table's limits with units that their round does not use."""

    def __init__(self, dealing: Dealing) -> None:
        self._dealing = dealing
        table = dealing.table
        self._limited = table.scaled(table.features)
        own = dealing.usage - dealing.before
        self._highest = np.array(
            [
                own[first:last].max(initial=0)
                for first, last in zip(table.cell_start[:-1], table.cell_start[1:], strict=True)
            ],
            dtype=np.int64,
        )

    def run(self) -> None:
        """Repair the worst forms first."""
        within = self._dealing.table.within
        excess = self._dealing.table.excess(self._dealing.deviation)
        failures = 0
        for form in np.argsort(-excess, kind="stable"):
            if excess[form] <= within or failures == MOST_FAILURES:
                return
            failures += not self._repair(int(form), int(excess[form]))

    def _repair(self, form: int, excess: int) -> bool:
        for attempt in range(MOST_TRIES):
            excess = self._try(form, 2 + attempt % 3, excess)
            if excess <= self._dealing.table.within:
                return True
        return False

    def _try(self, form: int, width: int, excess: int) -> int:
        """Take the best of many candidates that change `width` slots, if it is better; return the excess then."""
        dealing, table = self._dealing, self._dealing.table
        benches = self._benches(form)
        values = dealing.stream.draw(2 * width * CANDIDATES).reshape(2, CANDIDATES, width)
        slots = below(values[0], np.full((CANDIDATES, width), table.slots, dtype=np.int64))
        cells = table.cell_of_slot[slots]
        sizes = np.array([len(each) for each in benches], dtype=np.int64)
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
        bench = np.concatenate(benches)
        is_void = (sizes[cells] == 0).any(axis=1) | _has_repeats(slots)
        picks = below(values[1], np.maximum(sizes[cells], 1)) + starts[cells]
        entering = bench[np.minimum(picks, max(len(bench) - 1, 0))] if len(bench) else np.zeros_like(picks)
        is_void |= _has_repeats(entering)
        leaving = dealing.forms[form][slots]
        if is_void.all():
            return excess
        change = (self._limited[entering] - self._limited[leaving]).sum(axis=1)
        present = table.scaled(dealing.deviation[form])
        found = np.abs(present + change).max(axis=1)
        found[is_void] = np.iinfo(np.int64).max
        chosen = int(found.argmin())
        if found[chosen] >= excess or not self._may_take(form, slots[chosen], entering[chosen]):
            return excess
        self._take(form, slots[chosen], entering[chosen])
        return int(found[chosen])

    def _may_take(self, form: int, slots: Integers, entering: Integers) -> bool:
        enemies = self._dealing.enemies
        if enemies.is_empty:
            return True
        after = self._dealing.forms[form].copy()
        after[slots] = entering
        return not enemies.offenders(form, after.tolist())

    def _benches(self, form: int) -> list[Integers]:
        dealing, table = self._dealing, self._dealing.table
        free = ~dealing.used[dealing.round_of[form]]
        own = dealing.usage - dealing.before
        return [
            np.flatnonzero(free[first:last] & (own[first:last] <= most)).astype(np.int64) + first
            for first, last, most in zip(
                table.cell_start[:-1], table.cell_start[1:], self._highest, strict=True
            )
        ]

    def _take(self, form: int, slots: Integers, entering: Integers) -> None:
        dealing = self._dealing
        leaving = dealing.forms[form, slots]
        number = dealing.round_of[form]
        dealing.forms[form, slots] = entering
        dealing.used[number, leaving] = False
        dealing.used[number, entering] = True
        dealing.usage[leaving] -= 1
        dealing.usage[entering] += 1
        features = dealing.table.features
        dealing.deviation[form] += (features[entering] - features[leaving]).sum(axis=0)


def _has_repeats(values: Integers) -> np.typing.NDArray[np.bool_]:
    ordered = np.sort(values, axis=1)
    return np.asarray((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
