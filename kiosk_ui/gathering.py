"""What many requests ask in the same moment, answered by one reading."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

_Asked = TypeVar("_Asked")
_Told = TypeVar("_Told")

_MOST_AT_ONCE = 250


class Gathered(Generic[_Asked, _Told]):
    """Gathers what is asked while a reading is under way, and answers all of it with the next.

    `read` returns an answer for each of those that ask, in their order; it runs in a thread. It begins after they have asked, so
    that nobody is told of a past that was over when they asked. Not safe for threads: it lives in one event loop.
    """

    def __init__(self, read: Callable[[Sequence[_Asked]], Sequence[_Told]]) -> None:
        self._read = read
        self._waiting: list[tuple[_Asked, asyncio.Future[_Told]]] = []
        self._reading: asyncio.Task[None] | None = None

    async def ask(self, asked: _Asked) -> _Told:
        """Return the answer; what the reading raised is raised for each who waited for it."""
        answer: asyncio.Future[_Told] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_on())
        return await answer

    async def _read_on(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
                await self._answer(batch)
        finally:
            self._reading = None

    async def _answer(self, batch: Sequence[tuple[_Asked, asyncio.Future[_Told]]]) -> None:
        try:
            told = await asyncio.to_thread(self._read, [asked for asked, _ in batch])
        except Exception as error:  # noqa: BLE001 - raised where it was asked
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), each in zip(batch, told, strict=True):
            if not answer.done():  # the browser may have left
                answer.set_result(each)
