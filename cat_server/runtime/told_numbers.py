"""What the processes told of themselves, summed by role: several of one role count as one, and a restart loses no count."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

Numbers = Mapping[str, Any]
_OF_THE_MOMENT = frozenset({"queue"})
"""Numbers that end with their process; all others go on counting."""


class ToldNumbers:
    """The latest numbers of each process, and what processes that have ended left. Safe to use from several threads."""

    def __init__(self) -> None:
        self._now: dict[str, dict[str, Numbers]] = defaultdict(dict)
        self._left: dict[str, Numbers] = {}
        self._lock = threading.Lock()

    def tell(self, role: str, process: str, numbers: Numbers) -> None:
        """Take a process's numbers since its beginning."""
        with self._lock:
            self._now[role][process] = numbers

    def ended(self, role: str, process: str) -> None:
        """Keep what a process had counted; the next of its name begins at nothing."""
        with self._lock:
            if numbers := self._now[role].pop(process, None):
                counted = {name: each for name, each in numbers.items() if name not in _OF_THE_MOMENT}
                self._left[role] = _sum(self._left.get(role, {}), counted)

    def by_role(self) -> dict[str, Numbers]:
        """Return the sums, without roles of which nobody speaks now."""
        sums: dict[str, Numbers] = {}
        with self._lock:
            for role, processes in self._now.items():
                for numbers in processes.values():
                    sums[role] = _sum(sums.get(role, self._left.get(role, {})), numbers)
        return sums


def _sum(one: Numbers, other: Numbers) -> Numbers:
    return {name: _added(one.get(name), other.get(name)) for name in one.keys() | other.keys()}


def _added(one: Any, other: Any) -> Any:  # noqa: ANN401 - a number or a list of them
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, list):
        return [first + second for first, second in zip(one, other, strict=True)]
    return one + other
