"""Ticks twice a second while a kiosk process lives. No tick, no time (design 6)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from cat_server.domain.log_entries import TickFailed, TimekeeperChanged

TICK_S = 0.5

_log = logging.getLogger(__name__)


class Timekeeper:
    """Calls `resume` once, then `tick` every half second; one that fails stops nobody's work and costs nobody time.

    Of several processes one keeps time: while it is not `is_mine`, or `resume` says that another server keeps it, a process
    calls `aside` instead, and is ready to take over. A `tick` that says so ends this one's turn.
    """

    def __init__(
        self,
        resume: Callable[[], Awaitable[bool]],
        tick: Callable[[], Awaitable[bool]],
        *,
        aside: Callable[[], Awaitable[object]] | None = None,
        is_mine: Callable[[], bool] = lambda: True,
    ) -> None:
        self._resume = resume
        self._tick = tick
        self._aside = aside
        self._is_mine = is_mine
        self._has_resumed = False
        self.failures = 0

    async def run(self) -> None:
        """Keep time until cancelled. No tick before the clocks were taken over."""
        while True:
            try:
                await self._step()
            except Exception:  # noqa: BLE001 - the loop must outlive a failed tick
                self.failures += 1
                _log.exception(TickFailed())
            await asyncio.sleep(TICK_S)

    async def _step(self) -> None:
        if not self._is_mine():
            if self._aside is not None:
                await self._aside()
        elif self._has_resumed:
            self._has_resumed = await self._tick()
        elif await self._resume():
            self._has_resumed = True
            _log.info(TimekeeperChanged())
        elif self._aside is not None:
            await self._aside()
