"""What waits for the write lane, and the waiting itself: anybody may add, one thread takes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cat_server.records.lane_waiters import LoopWaiter

Value = TypeVar("Value")


class LaneEndedError(Exception):
    """The lane stops or has failed: it takes nothing more."""


@dataclass(slots=True, eq=False)
class Waiting(Generic[Value]):
    """One who waits: either for an operation of its own, or for a request that its kind applies together with others."""

    future: Future[Value] | LoopWaiter[Value]
    operation: Callable[[Any], Value] | None = None
    kind: Any = None
    request: Any = None


class LaneQueue:
    """A queue whose lock is taken only where the lane sleeps or has ended, since every save passes here."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting[Any]] = deque()
        self._wake = threading.Condition()
        self._is_asleep = False
        self._is_stopping = False
        self._is_failed = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, waiting: Waiting[Any]) -> None:
        """Add one.

        Raises:
            LaneEndedError: nobody will take it.
        """
        self._waiting.append(waiting)
        if not (self._is_asleep or self._is_stopping or self._is_failed):
            return
        with self._wake:
            if self._is_stopping or self._is_failed:
                with suppress(ValueError):  # taken all the same: then it will be answered
                    self._waiting.remove(waiting)
                    raise LaneEndedError
            self._wake.notify()

    def take(self, most: int) -> list[Waiting[Any]]:
        """Wait; return what waits, at most `most`, without those who gave up; nothing once the lane stops or has failed."""
        with self._wake:
            while True:
                self._is_asleep = True
                while not (self._waiting or self._is_stopping or self._is_failed):
                    self._wake.wait()
                self._is_asleep = False
                if self._is_failed or not self._waiting:  # after a failure whoever adds takes it back itself
                    return []
                taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
                batch = [each for each in taken if each.future.set_running_or_notify_cancel()]
                if batch:
                    return batch

    def stop(self) -> None:
        """Take no more; what waits is still handed out."""
        with self._wake:
            self._is_stopping = True
            self._wake.notify()

    def fail(self) -> list[Waiting[Any]]:
        """Take no more; return all that waits, which nobody will apply."""
        with self._wake:
            self._is_failed = True
            left = []
            while self._waiting:  # one by one, since others may add meanwhile
                left.append(self._waiting.popleft())
            return left


def by_kind(batch: Sequence[Waiting[Any]]) -> list[tuple[Any, list[Waiting[Any]]]]:
    """Return the requests of each kind, kinds in the order of their first."""
    kinds: list[tuple[Any, list[Waiting[Any]]]] = []
    for each in batch:
        if each.kind is None:
            continue
        for kind, members in kinds:
            if kind == each.kind:
                members.append(each)
                break
        else:
            kinds.append((each.kind, [each]))
    return kinds
