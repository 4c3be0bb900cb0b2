"""What a form is made of: timed blocks, sections with their marking rule, and quotas per topic."""

from __future__ import annotations

from dataclasses import dataclass

MICROPOINTS = 1_000_000
"""Micropoints in one point: points are integers everywhere, decimal strings only in files and on screens."""


@dataclass(frozen=True, slots=True)
class Block:
    """Sections under one timer. `allotted_ms` is the ordinary time, without any accommodation."""

    code: str
    allotted_ms: int
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keyed:
    """One correct response; points in micropoints. A blank answer is not a wrong one."""

    correct: int
    wrong: int = 0
    blank: int = 0

    @property
    def best(self) -> int:
        """The most one item can bring, in micropoints."""
        return max(self.correct, self.wrong, self.blank)

    @property
    def worst(self) -> int:
        """The least one item can bring, in micropoints."""
        return min(self.correct, self.wrong, self.blank)


@dataclass(frozen=True, slots=True)
class Graded:
    """Every option has its own points between `minimum` and `maximum` (micropoints): no option is wrong."""

    minimum: int
    maximum: int
    blank: int = 0

    @property
    def best(self) -> int:
        """The most one item can bring, in micropoints."""
        return max(self.maximum, self.blank)

    @property
    def worst(self) -> int:
        """The least one item can bring, in micropoints."""
        return min(self.minimum, self.blank)


@dataclass(frozen=True, slots=True)
class Quota:
    """Exactly `count` items of a topic; an empty `subtopic` means any subtopic of it."""

    topic: str
    subtopic: str
    count: int


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the paper with its own score. `code` is unique only inside its profile.

    Without `quotas` any items of the section will do; with them their counts add up to `items`.
    """

    code: str
    title: str
    items: int
    rule: Keyed | Graded
    quotas: tuple[Quota, ...] = ()

    @property
    def maximum(self) -> int:
        """The highest possible section score in micropoints."""
        return self.items * self.rule.best

    @property
    def minimum(self) -> int:
        """The lowest possible section score in micropoints."""
        return self.items * self.rule.worst
