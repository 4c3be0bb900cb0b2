"""From demands to cells of units: stimulus sets stay together, and the order follows from the seed.

Units stand in the order of opaque ids, which follow from the session's salt: whoever re-derives the forms in public sees
these and not the bank's own ids (design 12).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from question_bank.assembly.section_table import Unit, UnitCell
from question_bank.assembly.supply import Demand
from question_bank.items import Item
from question_bank.problems import Problem

OPAQUE_DIGITS = 20


def opaque_id(salt: bytes, item_id: str) -> str:
    """Return the id under which an item appears in an exam session's published files."""
    return hashlib.sha256(b"cat/opaque-id/1\n" + salt + item_id.encode()).hexdigest()[:OPAQUE_DIGITS]


def unit_cells(demands: Sequence[Demand], salt: bytes) -> tuple[list[UnitCell], list[Problem]]:
    """Return the cells of a section, and a problem for each demand whose stimulus sets cannot fill it exactly.

    A demand with stimulus sets becomes one cell for each size of set (and one for single items), its count shared
    out in proportion to the items of each.
    """
    cells: list[UnitCell] = []
    problems: list[Problem] = []
    for demand in demands:
        by_size: dict[int, list[Unit]] = {}
        for unit in _units(demand.items, salt):
            by_size.setdefault(len(unit.item_ids), []).append(unit)
        shares = _shares(demand.count, {size: len(units) for size, units in by_size.items()})
        if shares is None:
            problems.append(_unfillable(demand, by_size))
            continue
        cells += [
            UnitCell(shares[size], tuple(sorted(by_size[size], key=lambda unit: unit.key)))
            for size in sorted(by_size)
            if shares[size]
        ]
    return cells, problems


def _units(items: Sequence[Item], salt: bytes) -> list[Unit]:
    sets: dict[str, list[str]] = {}
    for item in items:
        sets.setdefault(f"s/{item.stimulus_id}" if item.stimulus_id else f"i/{item.item_id}", []).append(
            item.item_id
        )
    units = []
    for members in sets.values():
        ordered = sorted((opaque_id(salt, each), each) for each in members)
        units.append(Unit(ordered[0][0], tuple(item_id for _, item_id in ordered)))
    return units


def _shares(count: int, units: dict[int, int]) -> dict[int, int] | None:
    """Return how many units of each size a form takes: nearest to the bank's proportions, exact in items.

    Sizes are tried from the largest down; what singles cannot make up is taken from the larger ones.
    """
    total = sum(size * number for size, number in units.items())
    sizes = sorted(units, reverse=True)

    def fill(left: int, place: int) -> dict[int, int] | None:
        if place == len(sizes):
            return {} if left == 0 else None
        size = sizes[place]
        ideal = count * units[size] // total if total else 0
        most = min(left // size, units[size])
        for number in sorted(range(most + 1), key=lambda each: (abs(each - ideal), each)):
            rest = fill(left - number * size, place + 1)
            if rest is not None:
                return {size: number, **rest}
        return None

    return fill(count, 0)


def _unfillable(demand: Demand, by_size: dict[int, list[Unit]]) -> Problem:
    params: dict[str, str | int] = {
        "section": demand.section,
        "topic": demand.quota.topic if demand.quota else "",
        "needed": demand.count,
        "sizes": ", ".join(f"{len(units)} x {size}" for size, units in sorted(by_size.items())),
    }
    return Problem("form_sets_do_not_fill", params=params)
