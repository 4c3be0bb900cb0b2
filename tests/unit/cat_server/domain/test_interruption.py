from __future__ import annotations

import pytest

from cat_server.domain.interruption import LEAST_PROPOSED_MS, Interruption, stopped_at
from cat_server.domain.timing import AttemptBlock

MINUTE = 60_000
FIRST = AttemptBlock(1, MINUTE, 90 * MINUTE)


@pytest.mark.parametrize(
    ("seen_ms", "worked_ms", "now_ms", "since"),
    [
        (10 * MINUTE, 0, 13 * MINUTE, 10 * MINUTE),
        (10 * MINUTE, 12 * MINUTE, 13 * MINUTE, 12 * MINUTE),
        (10 * MINUTE, 9 * MINUTE, 13 * MINUTE, 10 * MINUTE),
        (0, 0, 5 * MINUTE, MINUTE),
        (10 * MINUTE, 99 * MINUTE, 13 * MINUTE, None),
        (10 * MINUTE, 0, 10 * MINUTE + LEAST_PROPOSED_MS, 10 * MINUTE),
        (10 * MINUTE, 0, 10 * MINUTE + LEAST_PROPOSED_MS - 1, None),
    ],
    ids=[
        "dead",
        "worked on alone",
        "heard of later",
        "late at the start",
        "claims the future",
        "least",
        "less",
    ],
)
def test_since_when_nobody_worked(seen_ms: int, worked_ms: int, now_ms: int, since: int | None) -> None:
    assert stopped_at([FIRST], seen_ms, worked_ms, now_ms) == since


def test_only_the_open_block_counts() -> None:
    over = AttemptBlock(1, 0, 10 * MINUTE, ended_clock_ms=10 * MINUTE)
    second = AttemptBlock(2, 10 * MINUTE, 5 * MINUTE)
    assert stopped_at([over, second], 3 * MINUTE, 0, 12 * MINUTE) == 10 * MINUTE
    assert stopped_at([over], 3 * MINUTE, 0, 12 * MINUTE) is None


def test_what_was_lost_is_the_time_between() -> None:
    assert Interruption(7, 3 * MINUTE, 5 * MINUTE).lost_ms == 2 * MINUTE
