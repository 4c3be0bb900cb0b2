"""What a write lane did since its process began, for those who watch it."""

from __future__ import annotations

import logging
from bisect import bisect_left

from cat_server.domain.log_entries import CommitSlow

BUCKETS_MS = (1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000, 5_000)
"""Upper bounds of the classes of commit times; longer ones are in the last class, without a bound."""
_NEWEST_WEIGHS = 0.1

_log = logging.getLogger(__name__)


class LaneGauge:
    """Counts commits, the requests in them, and how long a transaction took from its lock to the disk.

    `recent_ms` is the mean of the latest ones, the newest weighing most; None before the first.
    One that took more than `slow_ms` is logged; None: no bound.
    """

    def __init__(self) -> None:
        self.slow_ms: int | None = None
        self.commits = 0
        self.requests = 0
        self.rolled_back = 0
        self.total_ms = 0.0
        self.recent_ms: float | None = None
        self.classes = [0] * (len(BUCKETS_MS) + 1)

    def committed(self, requests: int, seconds: float) -> None:
        """Count one commit."""
        self.commits += 1
        self.requests += requests
        self.total_ms += seconds * 1_000
        before = seconds * 1_000 if self.recent_ms is None else self.recent_ms
        self.recent_ms = before + (seconds * 1_000 - before) * _NEWEST_WEIGHS
        self.classes[bisect_left(BUCKETS_MS, seconds * 1_000)] += 1
        if self.slow_ms is not None and seconds * 1_000 > self.slow_ms:
            _log.warning(CommitSlow(round(seconds * 1_000), requests))

    def numbers(self) -> dict[str, int | float | list[int]]:
        """Return everything by name."""
        return {
            "commits": self.commits,
            "requests": self.requests,
            "rolled_back": self.rolled_back,
            "total_ms": self.total_ms,
            "classes": list(self.classes),
        }
