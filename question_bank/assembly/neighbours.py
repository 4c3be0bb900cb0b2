"""Which form goes to which seat: neighbours share few items (fairness.md 7).

A seat's neighbours are the up to eight seats around it in its room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from question_bank.assembly.section_table import Integers
from question_bank.assembly.wide_stream import WideStream, below

_TRIES_PER_FORM = 100
_MOST_TRIES = 40_000
_SQUARES = [number**2 for number in range(256)]


@dataclass(frozen=True, slots=True)
class SeatPlace:
    """Where a seat stands: rooms apart share no neighbours; rows and columns count from any number."""

    room: str
    row: int
    column: int


def neighbours_of(places: Sequence[SeatPlace]) -> list[list[int]]:
    """Return for each seat the indexes of the seats around it, in the order of seats."""
    at = {(each.room, each.row, each.column): index for index, each in enumerate(places)}
    around = [(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if (row, column) != (0, 0)]
    return [
        sorted(
            at[key]
            for row, column in around
            if (key := (each.room, each.row + row, each.column + column)) in at
        )
        for each in places
    ]


def common_items(forms: Sequence[frozenset[str]]) -> NDArray[np.int16]:
    """Return how many items each two forms share."""
    holders: dict[str, list[int]] = {}
    for number, form in enumerate(forms):
        for item_id in form:
            holders.setdefault(item_id, []).append(number)
    known = {item_id: np.array(each, dtype=np.int16) for item_id, each in holders.items()}
    common = np.zeros((len(forms), len(forms)), dtype=np.int16)
    for number, form in enumerate(forms):
        met = np.concatenate([known[each] for each in form]) if form else np.zeros(0, dtype=np.int16)
        common[number] = np.bincount(met, minlength=len(forms))
    return common


def place_forms(
    common: NDArray[np.int16], neighbours: Sequence[Sequence[int]], stream: WideStream
) -> Integers:
    """Return for each seat the form it gets, so that the sum of squares of items shared by neighbours is small.

    Seats are filled in their order, each with the free form of least added cost (ties: the lowest number); then pairs
    of seats are tried in the stream's order and exchanged where that lowers the sum. Forms beyond the seats stay
    spares. Everything is an integer.
    """
    seats = len(neighbours)
    given = np.full(seats, -1, dtype=np.int64)
    is_free = np.ones(len(common), dtype=np.bool_)
    for seat in range(seats):
        before = [int(given[each]) for each in neighbours[seat] if each < seat]
        added = (common[:, before].astype(np.int64) ** 2).sum(axis=1)
        form = int(np.where(is_free, added, np.iinfo(np.int64).max).argmin())
        given[seat], is_free[form] = form, False
    tries = min(_MOST_TRIES, _TRIES_PER_FORM * seats) if seats > 1 else 0
    if not tries:
        return given
    pairs = below(stream.draw(2 * tries), np.full(2 * tries, seats, dtype=np.int64)).reshape(tries, 2)
    return np.array(_improved(given.tolist(), common, neighbours, pairs), dtype=np.int64)


def _improved(
    seated: list[int], common: NDArray[np.int16], neighbours: Sequence[Sequence[int]], pairs: Integers
) -> list[int]:
    """Return the forms by seat after every pair of seats was tried in turn."""
    rows = [np.minimum(row, 255).astype(np.uint8).tobytes() for row in common]
    for one, other in zip(pairs[:, 0].tolist(), pairs[:, 1].tolist(), strict=True):
        if one == other:
            continue
        first, second = seated[one], seated[other]
        mine, theirs = rows[first], rows[second]
        change = 0
        for each in neighbours[one]:
            if each != other:
                form = seated[each]
                change += _SQUARES[theirs[form]] - _SQUARES[mine[form]]
        for each in neighbours[other]:
            if each != one:
                form = seated[each]
                change += _SQUARES[mine[form]] - _SQUARES[theirs[form]]
        if change < 0:
            seated[one], seated[other] = second, first
    return seated
