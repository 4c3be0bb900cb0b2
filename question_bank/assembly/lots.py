"""Lots: one more form for a late or replaced participant, equal to the others, without touching them (fairness.md 6).

A lot follows from the seed and its own number alone: it can be drawn, and later derived again, without the rest of the
exam session. In each cell the units are sorted by difficulty and parted into as many families as a form takes units;
one unit of each family is drawn, and the draw is repeated until the form is within the same tolerance as all others.
What lots cannot do is spread the use of items evenly and keep neighbours apart; the forms of the room never come from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from question_bank.assembly.assemble import MOST_EXCESS, CannotAssemble, times
from question_bank.assembly.balance import Inputs, SectionInputs, section_inputs
from question_bank.assembly.enemies import Enemies, enemies_of
from question_bank.assembly.ordering import Ordering, TooFewDifferent
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.assembly.section_table import Integers, SectionTable
from question_bank.assembly.supply import shortages
from question_bank.assembly.tiers import Tier
from question_bank.assembly.wide_stream import WideStream, below
from question_bank.forms import Form
from question_bank.items import Bank, KeySheet, Statistics
from question_bank.problems import Problem
from question_bank.scoring_profile import Profile

LOTS_ENGINE = "lots/1"
BATCH = 500
"""Draws that one call of the stream serves."""
MOST_DRAWS = 200_000
"""After so many draws of a section the best is taken if it is within what any form may differ, else none."""
_NEVER = np.iinfo(np.int64).max
_DIFFICULTY = ("T(cut)", "T(0)", "p", "group 3", "group 1", "easy")
"""The column that families are sorted by: the first that there is."""


@dataclass(frozen=True, slots=True)
class Lot:
    """A form drawn by lots. `draws` were needed by section; `excess` is its largest deviation in thousandths of the tolerance."""

    form: Form
    draws: Mapping[str, int]
    excess: int


class Lots:
    """Draws lots of one exam session; what all of them need is prepared once.

    Args:
        bank: the items; retired ones are not used.
        keys: used only to spread the keys over the positions of the options.
        statistics: those that the forms of the room were drawn with.
        profile: its blueprint is obeyed exactly.
        seed: that of the exam session.

    Raises:
        CannotAssemble: the bank cannot serve the profile at all.
    """

    def __init__(
        self, bank: Bank, keys: KeySheet, statistics: Statistics, profile: Profile, seed: SealedSeed
    ) -> None:
        problems = shortages(bank, profile)
        if problems:
            raise CannotAssemble(problems)
        self._seed = seed
        inputs = Inputs(bank, statistics, profile, seed.seed, seed.salt, {}, enemies_of(bank.items))
        sections = [section_inputs(inputs, block, section) for block, section in profile.paper_order()]
        problems = [problem for each in sections for problem in each.problems]
        if problems:
            raise CannotAssemble(problems)
        self._enemies = inputs.enemies
        self._sections = [_Section(each) for each in sections]
        self._ordering = (bank, keys.keys, profile, seed, LOTS_ENGINE)

    def draw(self, number: int) -> Lot:
        """Return the form of this number, above those of all forms of the room so that no stream is used twice.

        Raises:
            CannotAssemble: no draw came near enough, with section, draws and the difference in reach.
        """
        taken: frozenset[str] = frozenset()
        hand: list[tuple[str, ...]] = []
        draws: dict[str, int] = {}
        worst = 0
        for section in self._sections:
            enemies = Enemies(section.table, self._enemies, [taken])
            stream = WideStream(self._seed.seed, f"lot/{section.table.code}/{number}")
            units, count, excess = section.draw(stream, enemies)
            items = tuple(each for unit in units for each in section.table.units[unit].item_ids)
            hand.append(items)
            taken |= set(items)
            draws[section.table.code] = count
            worst = max(worst, excess)
        try:
            form = Ordering(*self._ordering).form(number, tuple(hand))
        except TooFewDifferent as error:
            raise CannotAssemble([error.problem]) from error
        return Lot(form, draws, worst)


def draw_lot(
    bank: Bank,
    keys: KeySheet,
    statistics: Statistics,
    profile: Profile,
    *,
    number: int,
    seed: SealedSeed,
) -> Lot:
    """Return one form by lots, as `Lots` and its `draw` describe.

    Raises:
        CannotAssemble: with every shortage in numbers.
    """
    return Lots(bank, keys, statistics, profile, seed).draw(number)


class _Section:
    """One section: its units by family, sorted within the cell by difficulty, then by their order in the cell."""

    def __init__(self, inputs: SectionInputs) -> None:
        self.table = SectionTable(
            inputs.section, inputs.cells, inputs.features.values, inputs.features.limits
        )
        self._is_measured = inputs.features.tier >= Tier.P_VALUES
        columns = inputs.features.columns
        difficulty = next((columns.index(each) for each in _DIFFICULTY if each in columns), None)
        families: list[Integers] = []
        for index, cell in enumerate(self.table.cells):
            start, end = int(self.table.cell_start[index]), int(self.table.cell_start[index + 1])
            order = np.arange(start, end, dtype=np.int64)
            if difficulty is not None:
                order = order[np.argsort(self.table.features[start:end, difficulty], kind="stable")]
            size = len(order)
            families += [
                order[size * part // cell.count : size * (part + 1) // cell.count]
                for part in range(cell.count)
            ]
        self._units = np.concatenate(families)
        self._sizes = np.array([len(each) for each in families], dtype=np.int64)
        self._starts = np.concatenate(([0], np.cumsum(self._sizes)[:-1])).astype(np.int64)

    def draw(self, stream: WideStream, enemies: Enemies) -> tuple[list[int], int, int]:
        """Return the units drawn, the number of draws, and the deviation in thousandths of the tolerance.

        Raises:
            CannotAssemble: no draw was near enough, or none was without enemies.
        """
        width = len(self._sizes)
        best: tuple[int, int, list[int]] | None = None
        for first in range(0, MOST_DRAWS, BATCH):
            values = stream.draw(BATCH * width)
            picks = below(values, np.tile(self._sizes, BATCH)).reshape(BATCH, width) + self._starts
            drawn = self._units[picks]
            excess = self.table.excess(self.table.features[drawn].sum(axis=1))
            if not enemies.is_empty:
                excess[~enemies.allowed(0, drawn)] = _NEVER
            is_within = excess <= self.table.within
            draw = int(is_within.argmax() if is_within.any() else excess.argmin())
            found = int(excess[draw])
            if found < _NEVER and (best is None or found < best[0]):
                best = found, first + draw + 1, drawn[draw].tolist()
            if best is not None and best[0] <= self.table.within:
                return best[2], best[1], best[0] * 1000 // self.table.within
        return self._best_of_all(best)

    def _best_of_all(self, best: tuple[int, int, list[int]] | None) -> tuple[list[int], int, int]:
        section: dict[str, str | int] = {"section": self.table.code, "draws": MOST_DRAWS}
        if best is None:
            raise CannotAssemble([Problem("form_lot_enemies", params=section)])
        excess = best[0] * 1000 // self.table.within
        if self._is_measured and excess > MOST_EXCESS:
            reach = {"reachable": times(excess), "allowed": times(MOST_EXCESS)}
            raise CannotAssemble([Problem("form_lot_unreachable", params={**section, **reach})])
        return best[2], MOST_DRAWS, excess
