"""The inputs of a drawing as they are bound before it and published after the exam session (docs/form-assembly.md).

Items stand under opaque ids; there is no content, no key, and nothing but integers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from question_bank.assembly.balance import Inputs, SectionInputs
from question_bank.assembly.cells import opaque_id
from question_bank.assembly.neighbours import SeatPlace
from question_bank.canonical import Json, cjson, digest
from question_bank.items import Bank

INPUTS_TYPE = "form-inputs/1"


def public_inputs(
    engine: str,
    inputs: Inputs,
    sections: Sequence[SectionInputs],
    counts: tuple[int, int, int],
    places: Sequence[SeatPlace],
) -> bytes:
    """Return the inputs as `cjson/1`. `counts` are seats, spares, and forms drawn on top and left out."""
    seats, spares, surplus = counts
    opaque = {
        item_id: opaque_id(inputs.salt, item_id)
        for section in sections
        for cell in section.cells
        for unit in cell.units
        for item_id in unit.item_ids
    }
    rooms = {room: number for number, room in enumerate(dict.fromkeys(each.room for each in places))}
    content: dict[str, Json] = {
        "v": 1,
        "engine": engine,
        "seats": seats,
        "spares": spares,
        "surplus": surplus,
        "sections": [_section(inputs, each, opaque) for each in sections],
        "enemies": _enemies(inputs.enemies, opaque),
        "sets": _sets(inputs.bank, opaque),
        "places": [[rooms[each.room], each.row, each.column] for each in places],
    }
    return cjson(content)


def inputs_hash(content: bytes) -> str:
    """Return the hash of public inputs."""
    return digest(INPUTS_TYPE, content)


def usage_in(content: bytes, bank: Bank, salt: bytes) -> dict[str, int]:
    """Return how often items had been used when these inputs were written, by the bank's own ids."""
    named = {opaque_id(salt, each.item_id): each.item_id for each in bank.items}
    usage: dict[str, int] = {}
    for section in json.loads(content)["sections"]:
        units = chain.from_iterable(cell["units"] for cell in section["cells"])
        for unit, count in zip(units, section["usage"], strict=True):
            usage.update({named[each]: count for each in unit if count and each in named})
    return usage


def places_in(content: bytes) -> list[SeatPlace]:
    """Return where the seats stood when these inputs were written."""
    places: list[Any] = json.loads(content)["places"]
    return [SeatPlace(str(room), row, column) for room, row, column in places]


def numbers_in(content: bytes) -> tuple[int, int]:
    """Return how many seats and spare forms were drawn from these inputs; forms above their sum are lots."""
    inputs = json.loads(content)
    return inputs["seats"], inputs["spares"]


def _section(inputs: Inputs, section: SectionInputs, opaque: Mapping[str, str]) -> Json:
    units = [unit for cell in section.cells for unit in cell.units]
    return {
        "block": section.block,
        "section": section.section,
        "cells": [
            {"count": cell.count, "units": [[opaque[each] for each in unit.item_ids] for unit in cell.units]}
            for cell in section.cells
        ],
        "columns": list(section.features.columns),
        "features": [
            [
                sum(column)
                for column in zip(*(section.features.values[each] for each in unit.item_ids), strict=True)
            ]
            for unit in units
        ],
        "limits": [[each.column, each.tolerance] for each in section.features.limits],
        "usage": [max(inputs.usage.get(each, 0) for each in unit.item_ids) for unit in units],
    }


def _enemies(enemies: Mapping[str, frozenset[str]], opaque: Mapping[str, str]) -> Json:
    pairs = {
        tuple(sorted((opaque[one], opaque[other])))
        for one, others in enemies.items()
        for other in others
        if one in opaque and other in opaque
    }
    return [list(each) for each in sorted(pairs)]


def _sets(bank: Bank, opaque: Mapping[str, str]) -> Json:
    sets: dict[str, list[str]] = {}
    for item in bank.items:
        if item.stimulus_id and item.item_id in opaque:
            sets.setdefault(item.stimulus_id, []).append(opaque[item.item_id])
    return [list(each) for each in sorted(sorted(members) for members in sets.values())]
