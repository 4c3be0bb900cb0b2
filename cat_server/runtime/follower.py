"""Follows the ledger: tells subscribers what was appended, in order within each chain (design 4)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from cat_server.domain.events import Recorded
from cat_server.domain.log_entries import LedgerUnread

_log = logging.getLogger(__name__)

Heads = Callable[[], Mapping[str, int]]
Since = Callable[[str, int], Sequence[Recorded]]
Subscriber = Callable[[Sequence[Recorded]], None]


class Follower:
    """Polls the chain heads and hands new events to every subscriber.

    `heads` returns each chain's last number, `since` its events above a number. Subscribers that joined before
    `run` see every event from the first one; `position` tells how far each chain was read. `is_selective`: `since`
    leaves out events that no subscriber wants, so that a chain without a wanted event counts as read to its head.
    `wait` lets so many seconds pass between two polls, fewer where the database tells that something is new.
    """

    def __init__(
        self,
        heads: Heads,
        since: Since,
        poll_s: float = 0.15,
        *,
        is_selective: bool = False,
        wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._wait = wait
        self._is_selective = is_selective
        self._heads = heads
        self._since = since
        self._poll_s = poll_s
        self._subscribers: list[Subscriber] = []
        self.position: dict[str, int] = {}
        self._reading = asyncio.Lock()

    def subscribe(self, subscriber: Subscriber) -> None:
        """Call `subscriber` with each batch of new events."""
        self._subscribers.append(subscriber)

    async def run(self) -> None:
        """Follow until cancelled. A poll that fails is logged and repeated."""
        while True:
            try:
                await self.poll()
            except Exception:  # noqa: BLE001 - the loop must outlive a failed poll
                _log.exception(LedgerUnread())
            await self._wait(self._poll_s)

    async def poll(self) -> None:
        """Read what is new, once; who has just written something waits here until it has been told."""
        async with self._reading:
            await self._read()

    def read_again(self, chain: str) -> None:
        """Hand a chain to the subscribers once more, from its first event on, with the next poll."""
        self.position.pop(chain, None)

    async def _read(self) -> None:
        """Read to where the chains end now, a piece of each in turn: a long one keeps nobody else's news waiting."""
        goals = ends = dict(await asyncio.to_thread(self._heads))
        while True:
            for chain, last in ends.items():
                if self.position.get(chain, 0) < last and not await self._read_piece(chain, last):
                    goals = {each: goal for each, goal in goals.items() if each != chain}
            if all(self.position.get(chain, 0) >= goal for chain, goal in goals.items()):
                return
            ends = dict(await asyncio.to_thread(self._heads))

    async def _read_piece(self, chain: str, last: int) -> bool:
        """Hand the next piece of a chain on; False where nothing is to be had before event `last`."""
        events = await asyncio.to_thread(self._since, chain, self.position.get(chain, 0))
        if events:
            self.position[chain] = events[-1].number
            for subscriber in self._subscribers:
                subscriber(events)
        elif self._is_selective:
            self.position[chain] = last
        return bool(events) or self._is_selective
