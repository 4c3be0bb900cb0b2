"""Units that must not meet in one form: enemies of a bank, as seen by one section."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from question_bank.assembly.section_table import Integers, SectionTable, Unit
from question_bank.items import Item
from question_bank.problems import Problem


def enemies_of(items: Sequence[Item]) -> dict[str, frozenset[str]]:
    """Return who must not meet whom by item id, both ways."""
    enemies: dict[str, set[str]] = {}
    for item in items:
        for other in item.enemies:
            enemies.setdefault(item.item_id, set()).add(other)
            enemies.setdefault(other, set()).add(item.item_id)
    return {item_id: frozenset(others) for item_id, others in enemies.items()}


class Enemies:
    """Who must not meet whom in a section, also by what earlier sections put into a form.

    Args:
        table: the section.
        item_enemies: enemies by item id, both ways.
        taken: the items that each form holds already, by number of the form.
    """

    def __init__(
        self,
        table: SectionTable,
        item_enemies: Mapping[str, frozenset[str]],
        taken: Sequence[frozenset[str]],
    ) -> None:
        number = {item_id: index for index, unit in enumerate(table.units) for item_id in unit.item_ids}
        self._units = len(table.units)
        self._of: dict[int, frozenset[int]] = {}
        foreign: dict[str, set[int]] = {}
        for index, unit in enumerate(table.units):
            hostile = _hostile(unit, item_enemies)
            mine = frozenset(number[each] for each in hostile if each in number) - {index}
            for each in hostile:
                if each not in number:
                    foreign.setdefault(each, set()).add(index)
            if mine:
                self._of[index] = mine
        self._banned = [
            frozenset(index for item_id in items for index in foreign.get(item_id, ())) for items in taken
        ]
        self.is_empty = not self._of and not any(self._banned)

    def may_enter(self, form: int, unit: int, others: Iterable[int]) -> bool:
        """Tell whether a unit may join `others` in a form."""
        return unit not in self._banned[form] and self._of.get(unit, frozenset()).isdisjoint(others)

    def concerned(self, unit: int) -> bool:
        """Tell whether a unit has any enemy in its section or was banned from some form."""
        return unit in self._of or any(unit in banned for banned in self._banned)

    def offenders(self, form: int, units: Sequence[int]) -> list[int]:
        """Return the slots whose unit may not be there, given the others."""
        return [
            slot
            for slot, unit in enumerate(units)
            if not self.may_enter(form, unit, (*units[:slot], *units[slot + 1 :]))
        ]

    def allowed(self, form: int, candidates: Integers) -> NDArray[np.bool_]:
        """Tell of each row of units whether it would do as that form."""
        holds = np.zeros((len(candidates), self._units), dtype=np.bool_)
        holds[np.arange(len(candidates))[:, None], candidates] = True
        pairs = sorted((one, other) for one, others in self._of.items() for other in others if one < other)
        first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        meets = (holds[:, first] & holds[:, second]).any(axis=1)
        return np.asarray(~meets & ~holds[:, sorted(self._banned[form])].any(axis=1))


def contradictions(
    section: str, units: Iterable[Unit], item_enemies: Mapping[str, frozenset[str]]
) -> list[Problem]:
    """Return a problem for each stimulus whose own items are enemies: nothing can part them."""
    return [
        Problem("form_enemies_unavoidable", params={"section": section, "first": item_id, "second": min(met)})
        for unit in units
        for item_id in unit.item_ids
        if (met := item_enemies.get(item_id, frozenset()) & set(unit.item_ids)) and item_id < min(met)
    ]


def _hostile(unit: Unit, item_enemies: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(item_enemies.get(each, frozenset()) for each in unit.item_ids))
