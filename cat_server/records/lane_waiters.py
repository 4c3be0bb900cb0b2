"""Callers of the write lane that wait on an event loop: all of a batch are told by one wake-up of their loop.

Waking a loop from another thread is a system call and a turn of the loop; one for each answer costs more than the
answer's row in the database.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Generic, TypeAlias, TypeVar

Value = TypeVar("Value")

_Outcome: TypeAlias = "tuple[asyncio.Future[Any], Any, BaseException | None]"


class Tidings:
    """Outcomes that are decided but not told yet, by event loop. Used by the lane's thread alone."""

    def __init__(self) -> None:
        self._by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}

    def add(self, future: asyncio.Future[Any], value: object, error: BaseException | None) -> None:
        """Keep an outcome until `tell`."""
        self._by_loop.setdefault(future.get_loop(), []).append((future, value, error))

    def tell(self) -> None:
        """Tell everybody; a loop that has ended has nobody left to hear it."""
        by_loop, self._by_loop = self._by_loop, {}
        for loop, outcomes in by_loop.items():
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, outcomes)


class LoopWaiter(Generic[Value]):
    """One caller; to the lane it looks like a `concurrent.futures.Future`."""

    __slots__ = ("_is_settled", "_tidings", "future")

    def __init__(self, tidings: Tidings) -> None:
        self.future: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        self._tidings = tidings
        self._is_settled = False

    def set_running_or_notify_cancel(self) -> bool:
        """Tell whether the caller still waits."""
        return not self.future.cancelled()

    def done(self) -> bool:
        """Tell whether an outcome was set."""
        return self._is_settled

    def set_result(self, value: Value) -> None:
        """Set the outcome; the caller hears it with the next `Tidings.tell`."""
        self._is_settled = True
        self._tidings.add(self.future, value, None)

    def set_exception(self, error: BaseException) -> None:
        """Set a failure as the outcome."""
        self._is_settled = True
        self._tidings.add(self.future, None, error)


def _settle(outcomes: list[_Outcome]) -> None:
    for future, value, error in outcomes:
        if future.done():  # who gave up waiting
            continue
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)
