"""No tick, no time (design 6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cat_server.domain.exam_clock import ExamClock
from cat_server.domain.instants import Instant


def at(boot_ms: int, boot_id: str = "a", at_ms: int | None = None) -> Instant:
    return Instant(boot_ms if at_ms is None else at_ms, boot_id, boot_ms)


RUNNING = ExamClock(60_000, "a", 10_000, 10_000, is_running=True)


@pytest.mark.parametrize(
    ("boot_ms", "clock_ms"),
    [(10_000, 60_000), (10_999, 60_999), (11_000, 61_000), (11_001, 61_000), (99_000, 61_000)],
)
def test_it_runs_at_most_a_second_beyond_its_last_tick(boot_ms: int, clock_ms: int) -> None:
    assert RUNNING.at(at(boot_ms)) == clock_ms


def test_it_stands_across_a_reboot_and_while_paused() -> None:
    assert RUNNING.at(at(999_000, "b")) == 60_000
    assert ExamClock(60_000, "a", 10_000, 10_000, is_running=False).at(at(12_000)) == 60_000


def test_a_jump_of_the_wall_clock_changes_nothing() -> None:
    assert RUNNING.at(at(10_500, at_ms=10_000 + 86_400_000)) == 60_500
    assert RUNNING.at(at(10_500, at_ms=-86_400_000)) == 60_500


@pytest.mark.parametrize(("boot_ms", "gap_ms"), [(11_500, 0), (12_999, 0), (13_000, 2_000), (73_000, 62_000)])
def test_a_stop_is_noticed_and_measured(boot_ms: int, gap_ms: int) -> None:
    now = at(boot_ms)
    assert RUNNING.gap_ms(now, RUNNING.ticked(now)) == gap_ms


def test_a_reboot_is_measured_by_the_wall_clock() -> None:
    now = at(1_000, "b", at_ms=190_000)
    assert RUNNING.gap_ms(now, RUNNING.ticked(now)) == 180_000


def test_a_timekeeper_that_comes_up_charges_nothing_since_the_last_tick() -> None:
    now = at(73_000)
    resumed = RUNNING.resumed(now)
    assert resumed.at(now) == 60_000
    assert resumed.at(at(73_400)) == 60_400
    assert RUNNING.gap_ms(now, resumed) == 63_000


@given(st.lists(st.integers(1, 1_000), max_size=200))
def test_regular_ticks_lose_and_gain_nothing(steps: list[int]) -> None:
    clock, now = RUNNING, 10_000
    for step in steps:
        now += step
        clock = clock.ticked(at(now))
    assert clock.clock_ms == 60_000 + sum(steps)


@given(st.lists(st.integers(0, 100_000), max_size=100))
def test_it_never_runs_faster_than_time(steps: list[int]) -> None:
    clock, now = RUNNING, 10_000
    for step in steps:
        now += step
        before, clock = clock, clock.ticked(at(now))
        assert before.clock_ms <= clock.clock_ms <= before.clock_ms + min(step, 1_000)
