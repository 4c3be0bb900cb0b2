"""Whoever adds to the lane's queue is either taken or told that nobody will take it, however the lane ends."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

import pytest

from cat_server.records.lane_queue import LaneEndedError, LaneQueue, Waiting

THREADS, EACH = 4, 3_000


def adding(queue: LaneQueue, told: list[Waiting[Any]], refused: list[Waiting[Any]]) -> None:
    for _ in range(EACH):
        waiting: Waiting[Any] = Waiting(Future())
        try:
            queue.put(waiting)
            told.append(waiting)
        except LaneEndedError:
            refused.append(waiting)


@pytest.mark.parametrize("end", ["stop", "fail"])
@pytest.mark.parametrize("after", [1, 50, 4_000])
def test_nobody_is_forgotten_when_the_lane_ends_in_the_midst(end: str, after: int) -> None:
    queue = LaneQueue()
    told: list[Waiting[Any]] = []
    refused: list[Waiting[Any]] = []
    taken: list[Waiting[Any]] = []
    adders = [threading.Thread(target=adding, args=(queue, told, refused)) for _ in range(THREADS)]
    for each in adders:
        each.start()
    while len(taken) < after:
        taken += queue.take(7)
    if end == "fail":
        taken += queue.fail()
    else:
        queue.stop()
        while batch := queue.take(7):
            taken += batch
    for each in adders:
        each.join()
    assert {id(each) for each in taken} == {id(each) for each in told}
    assert len(taken) == len(told)
    assert len(told) + len(refused) == THREADS * EACH
    assert len(queue) == 0


def test_a_sleeping_lane_is_woken_and_who_gave_up_is_passed_over() -> None:
    queue = LaneQueue()
    taken: list[Waiting[Any]] = []
    lane = threading.Thread(target=lambda: taken.extend(queue.take(10)))
    lane.start()
    gone: Waiting[Any] = Waiting(Future())
    gone.future.cancel()  # type: ignore[union-attr]  # a future of this test
    queue.put(gone)
    here: Waiting[Any] = Waiting(Future())
    queue.put(here)
    lane.join(10)
    assert not lane.is_alive()
    assert taken == [here]


def test_a_failed_lane_is_handed_nothing_more_even_by_one_who_is_just_adding() -> None:
    queue = LaneQueue()
    assert queue.fail() == []
    added: Waiting[Any] = Waiting(Future())
    queue._waiting.append(added)  # as far as `put` gets before it sees that the lane has failed
    assert queue.take(7) == []
    assert not added.future.running()
