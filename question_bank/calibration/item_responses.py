"""One person's answer to one item as a calibration counts it: a score, and the option where one was chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from question_bank.blueprint import MICROPOINTS
from question_bank.calibration.responses import NOT_GIVEN, UNKNOWN_OPTION
from question_bank.items import Item, ItemKey

LEFT_BLANK = frozenset({"-", ".", "–"})
"""How a file writes that the item was there and was not answered."""
NOT_THERE = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none"})
"""How a file writes, in small letters, that a person did not have the item."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WHOLE = re.compile(r"(\d{1,3})(?:[.,]0*)?", re.ASCII)


class CellKind(Enum):
    """What a file writes in the cells of right-or-wrong items."""

    SCORES = 1
    """1 right, 0 wrong."""
    NUMBERS = 2
    """The number of the option in the author's order, from 1."""
    OPTIONS = 3
    """The letter of the option or its id; where there is none, a score."""


@dataclass(frozen=True, slots=True)
class ItemScale:
    """What an item's answers may be and what they bring. `points` by option, in the order of the item's options."""

    item: Item
    points: tuple[int, ...]
    lowest: int
    highest: int
    is_graded: bool = False

    @classmethod
    def of(cls, item: Item, key: ItemKey) -> ItemScale:
        """Return the scale of an item under its key; graded options count whole points."""
        if key.points:
            points = tuple(key.points.get(each.option_id, 0) // MICROPOINTS for each in item.options)
            return cls(item, points, min(points, default=0), max(points, default=1), is_graded=True)
        right = key.correct[0] if len(key.correct) == 1 else ""
        points = tuple(int(each.option_id == right) for each in item.options)
        return cls(item, points, 0, 1)

    def option_of(self, text: str) -> int | None:
        """Return the index of the option that a cell names: its id, or its letter in the author's order."""
        ids = [each.option_id for each in self.item.options]
        if text.lower() in ids:
            return ids.index(text.lower())
        letter = _LETTERS.find(text.upper()) if len(text) == 1 else -1
        if 0 <= letter < len(self.item.source_order):
            return ids.index(self.item.source_order[letter])
        return None

    def read(self, text: str, kind: CellKind) -> tuple[int, int] | None:
        """Return (score, option) of a cell without spaces around it, or None where it means nothing."""
        if text.lower() in NOT_THERE:
            return NOT_GIVEN, UNKNOWN_OPTION
        if text in LEFT_BLANK:
            return 0, UNKNOWN_OPTION
        number = whole_number(text)
        if self.is_graded or kind is CellKind.OPTIONS:
            option = self.option_of(text)
        else:
            option = self._option_number(number) if kind is CellKind.NUMBERS else None
        if option is not None:
            return self.points[option], option
        is_score = number is not None and (self.is_graded or kind is not CellKind.NUMBERS)
        if is_score and number is not None and self._is_score(number):
            return number, UNKNOWN_OPTION
        return None

    def chosen(self, response: Sequence[str], score: int) -> tuple[int, int]:
        """Return (score, option) of a stored response that brought `score`."""
        ids = [each.option_id for each in self.item.options]
        is_one = len(response) == 1 and response[0] in ids
        return score, ids.index(response[0]) if is_one else UNKNOWN_OPTION

    def _option_number(self, number: int | None) -> int | None:
        if number is None or not 0 < number <= len(self.item.source_order):
            return None
        return self.option_of(self.item.source_order[number - 1])

    def _is_score(self, value: int) -> bool:
        return value == 0 or self.lowest <= value <= self.highest


def whole_number(text: str) -> int | None:
    """Return the number of a cell such as `1`, `1.0` or `1,0`; None where it is none."""
    found = _WHOLE.fullmatch(text)
    return int(found[1]) if found else None
