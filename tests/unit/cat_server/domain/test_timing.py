from __future__ import annotations

import pytest

from cat_server.domain.timing import (
    TRANSPORT_GRACE_MS,
    Arrival,
    AttemptBlock,
    Progress,
    TimeGrant,
    arrival,
    ends_clock_ms,
    finish_block,
    granted_ms,
    open_block,
    remaining_ms,
    start_blocks,
    tick,
)

MINUTE = 60_000
SKD = (100 * MINUTE,)
PPPK = (120 * MINUTE, 10 * MINUTE)


def wall_ms(text: str) -> int:
    hours, minutes, *seconds = text.split(":")
    return (int(hours) * 60 + int(minutes)) * MINUTE + round(float(seconds[0] if seconds else 0) * 1000)


def run(timeline: str, allowed_ms: tuple[int, ...]) -> tuple[Progress, list[TimeGrant], int]:
    """Play `09:00 start | 09:20 pause | 09:25 resume | 10:30 ?`; the exam clock stands while paused.

    Words: start, pause, resume, finish, `grant <minutes>`, and `?`, which ends it.
    """
    clock, before, is_standing = 0, None, False
    progress, grants = Progress(()), []
    for event in timeline.split("|"):
        at, word, *rest = event.split()
        now = wall_ms(at)
        if before is not None and not is_standing:
            clock += now - before
        before = now
        if progress.blocks and not progress.is_over:
            progress = tick(progress.blocks, allowed_ms, grants, clock)
        match word:
            case "start":
                progress = start_blocks(allowed_ms, clock)
            case "pause" | "resume":
                is_standing = word == "pause"
            case "finish":
                progress = finish_block(progress.blocks, allowed_ms, clock)
            case "grant":
                grants.append(TimeGrant(f"g{len(grants)}", None, int(rest[0]) * MINUTE))
            case "?":
                break
    return progress, grants, clock


def left_ms(timeline: str, allowed_ms: tuple[int, ...] = SKD) -> int:
    progress, grants, clock = run(timeline, allowed_ms)
    current = open_block(progress.blocks)
    return remaining_ms(current, grants, clock) if current else 0


@pytest.mark.parametrize(
    ("timeline", "left"),
    [
        ("09:00 start | 09:00 ?", 100 * MINUTE),
        ("09:00 start | 10:30 ?", 10 * MINUTE),
        ("09:00 start | 09:20 pause | 09:25 resume | 10:30 ?", 15 * MINUTE),
        ("09:00 start | 09:20 pause | 11:00 ?", 80 * MINUTE),
        ("09:00 start | 10:39:59.999 ?", 1),
        ("09:00 start | 10:40 ?", 0),
        ("09:00 start | 10:39 grant 5 | 10:40 ?", 5 * MINUTE),
        ("09:00 start | 09:10 grant 5 | 09:11 grant -5 | 10:39 ?", MINUTE),
        ("09:00 start | 10:38 pause | 10:50 resume | 10:52 ?", 0),
        ("09:00 start | 10:38 pause | 10:50 resume | 10:51:59 ?", 1000),
    ],
)
def test_time_left(timeline: str, left: int) -> None:
    assert left_ms(timeline) == left


@pytest.mark.parametrize(
    ("timeline", "is_over"),
    [
        ("09:00 start | 10:39:59.999 ?", False),
        ("09:00 start | 10:40 ?", True),
        ("09:00 start | 09:20 pause | 09:25 resume | 10:44:59.999 ?", False),
        ("09:00 start | 09:20 pause | 09:25 resume | 10:45 ?", True),
        ("09:00 start | 09:30 finish | 09:31 ?", True),
    ],
)
def test_the_attempt_is_over_at_the_deadline_and_not_before(timeline: str, is_over: bool) -> None:
    assert run(timeline, SKD)[0].is_over is is_over


@pytest.mark.parametrize(
    ("timeline", "block_no", "left"),
    [
        ("09:00 start | 10:59:59.999 ?", 1, 1),
        ("09:00 start | 11:00 ?", 2, 10 * MINUTE),
        ("09:00 start | 11:00:01 ?", 2, 10 * MINUTE - 1000),
        ("09:00 start | 10:00 finish | 10:05 ?", 2, 5 * MINUTE),
        ("09:00 start | 10:50 grant 5 | 11:04 ?", 1, MINUTE),
        ("09:00 start | 10:50 grant 5 | 11:06 ?", 2, 14 * MINUTE),
    ],
)
def test_the_next_block_starts_when_one_ends(timeline: str, block_no: int, left: int) -> None:
    progress, grants, clock = run(timeline, PPPK)
    current = open_block(progress.blocks)
    assert current is not None
    assert (current.block_no, remaining_ms(current, grants, clock)) == (block_no, left)


def test_a_late_tick_ends_blocks_at_their_deadlines() -> None:
    started = start_blocks(PPPK, 0)
    late = tick(started.blocks, PPPK, (), 131 * MINUTE)
    assert [each.ended_clock_ms for each in late.blocks] == [120 * MINUTE, 130 * MINUTE]
    assert [each.block_no for each in late.ended] == [1, 2]
    assert [each.started_clock_ms for each in late.started] == [120 * MINUTE]
    assert late.over_clock_ms == 130 * MINUTE


def test_a_tick_tells_what_changed_only_once() -> None:
    once = tick(start_blocks(SKD, 0).blocks, SKD, (), 100 * MINUTE)
    assert once.is_over
    again = tick(once.blocks, SKD, (), 100 * MINUTE + 1000)
    assert (again.ended, again.started, again.is_over) == ((), (), False)
    assert again.blocks == once.blocks


def test_an_ended_block_has_no_time_left_whatever_is_granted() -> None:
    block = AttemptBlock(1, 0, 10 * MINUTE, ended_clock_ms=3 * MINUTE)
    assert remaining_ms(block, [TimeGrant("g", 1, 60 * MINUTE)], 4 * MINUTE) == 0


def test_a_grant_counts_once_and_only_for_its_block() -> None:
    grants = [
        TimeGrant("a", 1, 1000),
        TimeGrant("a", 1, 1000),
        TimeGrant("b", 2, 20),
        TimeGrant("c", None, 300),
    ]
    assert granted_ms(1, grants) == 1300
    assert granted_ms(2, grants) == 320


def test_time_taken_back_never_ends_a_block_before_it_started() -> None:
    assert ends_clock_ms(AttemptBlock(1, 5000, 1000), [TimeGrant("g", 1, -9000)]) == 5000


@pytest.mark.parametrize(
    ("after_end_ms", "expected"),
    [
        (-1, Arrival.IN_TIME),
        (0, Arrival.IN_TIME),
        (TRANSPORT_GRACE_MS, Arrival.IN_TIME),
        (TRANSPORT_GRACE_MS + 1, Arrival.LATE),
        (300_000, Arrival.LATE),
        (300_001, Arrival.TOO_LATE),
    ],
)
def test_arrival_on_both_sides_of_each_limit(after_end_ms: int, expected: Arrival) -> None:
    assert arrival(100 * MINUTE + after_end_ms, 100 * MINUTE, 300) is expected


def test_without_offline_grace_the_transport_grace_stays() -> None:
    assert arrival(5000, 0, 0) is Arrival.IN_TIME
    assert arrival(5001, 0, 0) is Arrival.TOO_LATE


def test_two_open_blocks_are_a_bug() -> None:
    with pytest.raises(ValueError, match="open at once"):
        open_block([AttemptBlock(1, 0, 1), AttemptBlock(2, 0, 1)])


def test_finishing_twice_is_a_bug_of_the_caller() -> None:
    over = finish_block(start_blocks(SKD, 0).blocks, SKD, 1000)
    with pytest.raises(ValueError, match="no block is open"):
        finish_block(over.blocks, SKD, 2000)
