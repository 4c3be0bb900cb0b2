"""How things stood at one moment: what a board that moves in steps shows until the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cat_server.domain.attempt import AttemptState
from cat_server.domain.scoring import AttemptScore


@dataclass(frozen=True, slots=True)
class Standing:
    """Scores, states and counts of answered items by attempt, as of a moment of the wall clock."""

    as_of_ms: int
    scores: Mapping[str, AttemptScore]
    states: Mapping[str, AttemptState]
    answered: Mapping[str, int]
