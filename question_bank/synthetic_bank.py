"""A made-up bank with known item parameters, for trials: the measured banks of fairness.md 1.3.

Content is filler marked as such. Parameters follow from the seed by the stream of the drawing, so that the same
command gives the same bank anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from question_bank.assembly.stream import Stream
from question_bank.blueprint import MICROPOINTS, Graded, Section
from question_bank.formats.template import HEADINGS
from question_bank.items import Bank, IrtParameters, ItemStatistics
from question_bank.scoring_profile import Profile

MOST_ITEMS = 200_000
_RESPONSES = 5_000
"""How many responses the parameters pretend to come from; errors of estimate follow."""
_LETTERS = "ABCDE"
_MARK = "sintetis-"
"""What ids of made-up items begin with, so that a report on them is known as a simulation."""


def is_synthetic(bank: Bank) -> bool:
    """Tell whether any item of a bank is made up."""
    return any(each.item_id.startswith(_MARK) for each in bank.items)


class SyntheticBank:
    """Rows of the template and the statistics behind them."""

    def __init__(self, profile: Profile, items: int, seed: bytes) -> None:
        self.headings = HEADINGS
        self.rows: list[tuple[str, ...]] = []
        self.statistics: dict[str, ItemStatistics] = {}
        self._stream = Stream(seed, "synthetic")
        self._spare: list[float] = []
        for section, topic, subtopic, count in _cells(profile):
            share = items * count / profile.items * self._uniform(0.8, 1.25)
            size = max(4 * count, int(share))
            self._cell(section, topic, subtopic, size)

    def _cell(self, section: Section, topic: str, subtopic: str, size: int) -> None:
        is_graded = isinstance(section.rule, Graded)
        middle = self._normal(-0.9, 0.2) if is_graded else self._normal(0.3, 0.35)
        for _ in range(size):
            item_id = f"{_MARK}{len(self.rows) + 1:06d}"
            irt = self._graded(section, middle) if is_graded else self._keyed(middle)
            self.statistics[item_id] = ItemStatistics(
                responses=_RESPONSES, irt=irt, seconds=int(self._uniform(25, 90))
            )
            self.rows.append(self._row(item_id, section, topic, subtopic))

    def _keyed(self, middle: float) -> IrtParameters:
        a, b = math.exp(self._normal(0, 0.3)), self._normal(middle, 1)
        return IrtParameters(_micro(a), _micro(b), 0, (), *self._errors(a, score_variance=0.2))

    def _graded(self, section: Section, middle: float) -> IrtParameters:
        rule = section.rule
        steps = (rule.maximum - rule.minimum) // MICROPOINTS if isinstance(rule, Graded) else 0
        offsets = sorted(self._normal(0, 0.7) for _ in range(steps))
        mean = sum(offsets) / max(len(offsets), 1)
        a, b = math.exp(self._normal(-0.5, 0.3)), self._normal(middle, 0.5)
        centred = tuple(_micro(each - mean) for each in offsets)
        return IrtParameters(_micro(a), _micro(b), 0, centred, *self._errors(a, score_variance=1.6))

    @staticmethod
    def _errors(a: float, score_variance: float) -> tuple[int, int]:
        """Return the errors of slope and location that so many responses leave, by the information of a score."""
        error = 1 / math.sqrt(score_variance * _RESPONSES)
        return _micro(0.7 * error), _micro(error / a)

    def _row(self, item_id: str, section: Section, topic: str, subtopic: str) -> tuple[str, ...]:
        number = len(self.rows) + 1
        words = " ".join(["isian"] * int(self._uniform(4, 24)))
        options = [f"Pilihan {letter} butir {number}" for letter in _LETTERS]
        if isinstance(section.rule, Graded):
            best = section.rule.maximum // MICROPOINTS
            points = [str(max(best - place, section.rule.minimum // MICROPOINTS)) for place in range(5)]
            order = self._stream.permutation(5)
            key, marks = "", [points[place] for place in order]
        else:
            key, marks = _LETTERS[self._stream.below((5,))[0]], [""] * 5
        stem = f"Butir sintetis {number} ({section.code} {topic} {subtopic}): {words}"
        return (item_id, section.code, topic, subtopic, stem, *options, key, *marks, "", "ya", "")

    def _uniform(self, low: float, high: float) -> float:
        return low + (high - low) * (self._stream.draw(1)[0] / 2**64)

    def _normal(self, mean: float, deviation: float) -> float:
        """Return a normal number by the method of Box and Muller."""
        if not self._spare:
            first, second = (each / 2**64 for each in self._stream.draw(2))
            radius = math.sqrt(-2 * math.log(1 - first))
            self._spare = [radius * math.cos(math.tau * second), radius * math.sin(math.tau * second)]
        return mean + deviation * self._spare.pop()


def _cells(profile: Profile) -> Iterator[tuple[Section, str, str, int]]:
    for _, section in profile.paper_order():
        if not section.quotas:
            yield section, "", "", section.items
        for quota in section.quotas:
            yield section, quota.topic, quota.subtopic, quota.count


def _micro(value: float) -> int:
    return round(value * 1_000_000)
