"""The order of a scoreboard: total, then the profile's tie-break sections; who is still equal shares a rank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from question_bank.scoring_profile import Ranking

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Contender(Generic[Entry]):
    """Someone to be ranked: points in micropoints, and `entry`, whatever the caller wants to find again."""

    participant_number: str
    total: int
    sections: Mapping[str, int]
    entry: Entry


@dataclass(frozen=True, slots=True)
class Ranked(Generic[Entry]):
    """A line of the board. Two with rank 3 are followed by rank 5; `rank` is None where the profile ranks nobody."""

    rank: int | None
    entry: Entry


def ranked(contenders: Iterable[Contender[Entry]], ranking: Ranking) -> tuple[Ranked[Entry], ...]:
    """Return the contenders best first; those with equal rank by participant number, so that lines stay put.

    Rule: total, then `ranking.tie` from left to right (domain.md 1.6: TKP, TIU, TWK for SKD). A section a contender
    does not have counts as zero.
    """
    by_number = sorted(contenders, key=lambda each: each.participant_number)
    if ranking.order == "none":
        return tuple(Ranked(None, each.entry) for each in by_number)
    lines: list[Ranked[Entry]] = []
    rank, previous = 0, None
    for place, each in enumerate(
        sorted(by_number, key=lambda one: _standing(one, ranking), reverse=True), start=1
    ):
        standing = _standing(each, ranking)
        if standing != previous:
            rank, previous = place, standing
        lines.append(Ranked(rank, each.entry))
    return tuple(lines)


def _standing(contender: Contender[Entry], ranking: Ranking) -> tuple[int, ...]:
    return (contender.total, *(contender.sections.get(code, 0) for code in ranking.tie))
