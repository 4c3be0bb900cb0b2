"""Balanced rounds and exchange: forms of equal sums from units used equally often (fairness.md 4.3, 4.4).

Every decision uses integers. Sums of products run in float64 for speed, where all of them are integers below 2^53 and
therefore exact: no order of summation, library or number of threads can change a result.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from question_bank.assembly.enemies import Enemies
from question_bank.assembly.section_table import Integers, SectionTable
from question_bank.assembly.wide_stream import WideStream

SWEEPS = 150
_MOST_USES = 2**15
_EXACT = 2**53


class TooLargeForExactSumsError(ValueError):
    """Features are so large that sums would not be exact: a defect of the table, never of a bank within its limits."""


class Dealing:
    """Forms of one section in the making.

    `forms[f]` holds form f's units by slot; form f belongs to round `f // per_round`; `deviation[f]` is its sum of
    centred features; `used[r, u]` tells whether round r uses unit u; `usage[u]` counts uses, earlier ones included.
    """

    def __init__(
        self, table: SectionTable, forms: int, usage: Integers, stream: WideStream, enemies: Enemies
    ) -> None:
        self.table = table
        self.stream = stream
        self.enemies = enemies
        self.count = forms
        self.per_round = min(table.most_per_round, forms)
        self.usage = usage.copy()
        self.before = usage.copy()
        self.forms: Integers = np.empty((forms, table.slots), dtype=np.int64)
        self.rounds = -(-forms // self.per_round)
        self.used: NDArray[np.bool_] = np.zeros((self.rounds, len(table.units)), dtype=np.bool_)
        self.round_of: Integers = np.arange(forms, dtype=np.int64) // self.per_round
        self._deal()
        self.unparted = self._part_enemies()
        self.deviation: Integers = table.features[self.forms].sum(axis=1)
        self._features = table.features.astype(np.float64)

    def _deal(self) -> None:
        table = self.table
        for number in range(self.rounds):
            first = number * self.per_round
            size = min(self.per_round, self.count - first)
            for index, cell in enumerate(table.cells):
                start, end = int(table.cell_start[index]), int(table.cell_start[index + 1])
                keys = (self.usage[start:end].astype(np.uint64) << np.uint64(48)) | (
                    self.stream.draw(end - start) >> np.uint64(16)
                )
                taken = np.argsort(keys, kind="stable")[: size * cell.count]
                dealt = start + taken[self.stream.permutation(size * cell.count)]
                self.usage[dealt] += 1
                self.used[number, dealt] = True
                slots = slice(int(table.slot_start[index]), int(table.slot_start[index + 1]))
                self.forms[first : first + size, slots] = dealt.reshape(size, cell.count)
        if int(self.usage.max(initial=0)) >= _MOST_USES:
            raise TooLargeForExactSumsError("a unit was used too often to be counted")

    def _part_enemies(self) -> tuple[int, ...]:
        """Exchange units of forms where enemies met, within their round; return the forms where that fails."""
        if self.enemies.is_empty:
            return ()
        return tuple(form for form in range(self.count) if not self._part(form))

    def _part(self, form: int) -> bool:
        for _ in range(self.table.slots):
            offending = self.enemies.offenders(form, self.forms[form].tolist())
            if not offending:
                return True
            if not any(
                self._exchange_slot(form, slot) or self._replace_slot(form, slot) for slot in offending
            ):
                return False
        return not self.enemies.offenders(form, self.forms[form].tolist())

    def _exchange_slot(self, form: int, slot: int) -> bool:
        first = int(self.round_of[form]) * self.per_round
        size = min(self.per_round, self.count - first)
        cell = int(self.table.cell_of_slot[slot])
        for step in range(1, size):
            other = first + (form - first + step) % size
            for place in range(int(self.table.slot_start[cell]), int(self.table.slot_start[cell + 1])):
                if self.may_exchange(form, slot, other, place):
                    mine, theirs = int(self.forms[form, slot]), int(self.forms[other, place])
                    self.forms[form, slot], self.forms[other, place] = theirs, mine
                    return True
        return False

    def _replace_slot(self, form: int, slot: int) -> bool:
        cell, number = int(self.table.cell_of_slot[slot]), int(self.round_of[form])
        start, end = int(self.table.cell_start[cell]), int(self.table.cell_start[cell + 1])
        free = start + np.flatnonzero(~self.used[number, start:end])
        others = np.delete(self.forms[form], slot).tolist()
        for unit in free[np.argsort(self.usage[free], kind="stable")].tolist():
            if self.enemies.may_enter(form, unit, others):
                leaving = int(self.forms[form, slot])
                self.forms[form, slot] = unit
                self.used[number, leaving], self.used[number, unit] = False, True
                self.usage[leaving] -= 1
                self.usage[unit] += 1
                return True
        return False

    def may_exchange(self, form: int, slot: int, other: int, place: int) -> bool:
        """Tell whether two forms may exchange the units of these slots without bringing enemies together."""
        mine, theirs = self.forms[form], self.forms[other]
        return self.enemies.may_enter(
            form, int(theirs[place]), np.delete(mine, slot).tolist()
        ) and self.enemies.may_enter(other, int(mine[slot]), np.delete(theirs, place).tolist())

    def exchange(self, sweeps: int = SWEEPS) -> None:
        """Exchange units between pairs of forms, `sweeps` times; blueprint, exposure and disjoint rounds stay."""
        half = self.count // 2
        if half == 0:
            return
        self._assert_exact()
        for sweep in range(sweeps):
            self._sweep(*self._pairs(sweep, half))

    def _assert_exact(self) -> None:
        columns = self.table.features.shape[1]
        largest = 4 * int(np.abs(self.table.features).max(initial=0)) + 2 * int(
            np.abs(self.deviation).max(initial=0)
        )
        if columns * largest**2 >= _EXACT:
            raise TooLargeForExactSumsError(f"features up to {largest} in {columns} columns")

    def _pairs(self, sweep: int, half: int) -> tuple[Integers, Integers]:
        """Return who is paired with whom: at random; within rounds; the worst half with others. In turn.

        Pairs within a round are never blocked, which is what a bank of few forms' worth needs: there every round uses
        nearly every unit.
        """
        if sweep % 3 == 1:
            order = self.stream.permutation(self.count)
            order = order[np.argsort(self.round_of[order], kind="stable")]
            place = np.arange(self.count) - self.round_of[order] * self.per_round
            is_left = (place[:-1] % 2 == 0) & (self.round_of[order[:-1]] == self.round_of[order[1:]])
            return order[:-1][is_left], order[1:][is_left]
        if sweep % 3 == 2:
            worst = np.argsort(-np.abs(self.deviation).max(axis=1), kind="stable").astype(np.int64)
            rest = worst[half:]
            return worst[:half], rest[self.stream.permutation(len(rest))][:half]
        order = self.stream.permutation(self.count)
        return order[:half], order[half : 2 * half]

    def _sweep(self, left: Integers, right: Integers) -> None:
        if not len(left):
            return
        gap = (self.deviation[left] - self.deviation[right]).astype(np.float64)
        best = np.full(len(left), np.inf)
        slot_left, slot_right = np.zeros(len(left), dtype=np.int64), np.zeros(len(left), dtype=np.int64)
        is_cross = self.round_of[left] != self.round_of[right]
        for first, last in zip(self.table.slot_start[:-1], self.table.slot_start[1:], strict=True):
            width = int(last - first)
            if width == 0:
                continue
            mine, theirs = self.forms[left, first:last], self.forms[right, first:last]
            cost = _costs(self._features, mine, theirs, gap)
            blocked_right = self.used[self.round_of[left][:, None], theirs] & is_cross[:, None]
            blocked_left = self.used[self.round_of[right][:, None], mine] & is_cross[:, None]
            cost[blocked_left[:, :, None] | blocked_right[:, None, :]] = np.inf
            flat = cost.reshape(len(left), -1)
            where = flat.argmin(axis=1)
            least = flat[np.arange(len(left)), where]
            better = least < best
            best[better] = least[better]
            slot_left[better] = first + where[better] // width
            slot_right[better] = first + where[better] % width
        chosen = np.flatnonzero(best < (gap * gap).sum(axis=1))
        self._apply(left[chosen], right[chosen], slot_left[chosen], slot_right[chosen])

    def _apply(self, left: Integers, right: Integers, slot_left: Integers, slot_right: Integers) -> None:
        leaving, entering = self.forms[left, slot_left], self.forms[right, slot_right]
        keep = self._without_conflicts(left, right, leaving, entering)
        if not self.enemies.is_empty:
            for move in np.flatnonzero(keep):
                if self.enemies.concerned(int(leaving[move])) or self.enemies.concerned(int(entering[move])):
                    keep[move] = self.may_exchange(
                        int(left[move]), int(slot_left[move]), int(right[move]), int(slot_right[move])
                    )
        left, right, slot_left, slot_right = left[keep], right[keep], slot_left[keep], slot_right[keep]
        leaving, entering = leaving[keep], entering[keep]
        change = self.table.features[entering] - self.table.features[leaving]
        self.forms[left, slot_left] = entering
        self.forms[right, slot_right] = leaving
        self.deviation[left] += change
        self.deviation[right] -= change
        one, other = self.round_of[left], self.round_of[right]
        cross = one != other
        self.used[one[cross], leaving[cross]] = False
        self.used[other[cross], entering[cross]] = False
        self.used[one[cross], entering[cross]] = True
        self.used[other[cross], leaving[cross]] = True

    def _without_conflicts(
        self, left: Integers, right: Integers, leaving: Integers, entering: Integers
    ) -> NDArray[np.bool_]:
        """Tell which moves may be made at once: no unit enters a round twice, the first mention wins."""
        one, other = self.round_of[left], self.round_of[right]
        cross = np.flatnonzero(one != other)
        units = len(self.table.units)
        entries = np.concatenate(
            (one[cross] * units + entering[cross], other[cross] * units + leaving[cross])
        )
        is_first = np.zeros(len(entries), dtype=np.bool_)
        is_first[np.unique(entries, return_index=True)[1]] = True
        keep = np.ones(len(left), dtype=np.bool_)
        keep[cross] = is_first[: len(cross)] & is_first[len(cross) :]
        return keep


def _costs(
    features: NDArray[np.float64], mine: Integers, theirs: Integers, gap: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return |2x_a - gap - 2x_b|^2 for every slot of one form against every slot of its partner."""
    ours = 2 * features[mine] - gap[:, None, :]
    others = 2 * features[theirs]
    squares = (ours * ours).sum(axis=2)[:, :, None] + (others * others).sum(axis=2)[:, None, :]
    return np.asarray(squares - 2 * np.matmul(ours, others.transpose(0, 2, 1)))
