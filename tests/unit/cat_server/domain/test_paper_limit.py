"""Reloading is fine; copying without end is refused."""

from __future__ import annotations

import pytest

from cat_server.domain.paper_limit import MOST_FETCHES, WINDOW_MS, PaperLimit
from cat_server.domain.refusals import Refusal


def test_a_paper_may_be_fetched_so_often_in_a_window_and_again_when_it_has_passed() -> None:
    limit = PaperLimit()
    for number in range(MOST_FETCHES):
        limit.count("a", 1_000 * number)
    with pytest.raises(Refusal) as caught:
        limit.count("a", 60_000)
    assert caught.value.params == {"seconds": (WINDOW_MS - 60_000) // 1000}
    limit.count("b", 60_000)
    limit.count("a", WINDOW_MS)


def test_refused_fetches_do_not_prolong_the_wait() -> None:
    limit = PaperLimit()
    for _ in range(MOST_FETCHES):
        limit.count("a", 0)
    for at in range(1, WINDOW_MS, WINDOW_MS // 20):
        with pytest.raises(Refusal):
            limit.count("a", at)
    limit.count("a", WINDOW_MS)
