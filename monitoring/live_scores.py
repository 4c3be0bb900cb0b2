"""Follows the ledger, keeps every exam session with its scores in memory, writes scores down when attempts end.

After a restart everything is folded from the ledger again; what the records already hold is not written twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence

from cat_server.actions.write_scores import DerivedScore, write_scores
from cat_server.domain.events import Recorded
from cat_server.domain.ids import SITE_CHAIN
from cat_server.domain.log_entries import BoardTickFailed
from cat_server.queries.access import DatabaseAwayError, Reader, WriteLane
from cat_server.queries.roster import roster, whereabouts
from cat_server.runtime.clock import Clock
from cat_server.runtime.follower import Follower
from monitoring.live_session import LiveSession
from question_bank.items import KeySheet

TICK_S = 0.25
PRESENCE_EVERY_TICKS = 4
MOST_BROUGHT = 8
"""How many archived exam sessions are kept in memory: some 10 MB for each thousand participants."""
SETTLE_MS = 1_000
"""How long after a step's moment the ledger is known to hold everything from before it."""

_log = logging.getLogger(__name__)


class LiveScores:
    """Every exam session that is not archived, live. `keys` returns a bank's key sheet and may block."""

    def __init__(
        self, lane: WriteLane, reader: Reader, clock: Clock, keys: Callable[[str], KeySheet]
    ) -> None:
        self.sessions: dict[str, LiveSession] = {}
        self._lane = lane
        self._reader = reader
        self._clock = clock
        self._keys = keys
        self._sheets: dict[str, KeySheet] = {}
        self._ticks = 0
        self._arriving: dict[str, LiveSession] = {}
        self._brought: deque[str] = deque()
        self._bringing = asyncio.Lock()
        self._after_tick: list[Callable[[], None]] = []

    def take(self, events: Sequence[Recorded]) -> None:
        """Take what the follower brings: events of any chain, in order within each."""
        for event in events:
            if event.chain == SITE_CHAIN:
                continue
            live = self.sessions.get(event.chain) or self._arriving.get(event.chain)
            if live is None:
                if event.number != 1:
                    continue  # archived, and nobody has asked for it
                live = self.sessions[event.chain] = self._begin(event.chain)
            step_ms = live.step_ms
            if step_ms and live.last_at_ms and event.at_ms // step_ms != live.last_at_ms // step_ms:
                self._step(live, event.at_ms // step_ms * step_ms)
            live.apply((event,))

    async def bring(self, exam_session_id: str, follower: Follower) -> None:
        """Read an archived exam session, one that was signed before this process began, so that it is here as the others are.

        The one that was brought first goes when there are too many.
        """
        if exam_session_id in self.sessions:
            return
        async with self._bringing:
            if exam_session_id in self.sessions or exam_session_id not in follower.position:
                return
            live = self._begin(exam_session_id)
            if live.roster is None:
                return  # a chain that is no exam session
            # Half read it would seem to run: nobody sees it before it is whole.
            self._arriving[exam_session_id] = live
            try:
                follower.read_again(exam_session_id)
                await follower.poll()
            finally:
                del self._arriving[exam_session_id]
            self.sessions[exam_session_id] = live
            self._brought.append(exam_session_id)
            if len(self._brought) > MOST_BROUGHT:
                self.sessions.pop(self._brought.popleft(), None)
        await self.tick()

    def after_tick(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each tick, so that boards are sent."""
        self._after_tick.append(callback)

    def now_ms(self) -> int:
        """Return the wall clock, for display and for how long a kiosk has been silent."""
        return self._clock.now().at_ms

    async def run(self) -> None:
        """Work until cancelled: rescore, write down, send boards.

        A tick that fails (a busy database, the supervisor away) is logged and made up for by the next one.
        """
        while True:
            try:
                await self.tick()
                for callback in self._after_tick:
                    callback()
            except Exception:  # noqa: BLE001 - logged whole, and the next tick makes up for it
                _log.exception(BoardTickFailed())
            await asyncio.sleep(TICK_S)

    async def tick(self) -> None:
        """Bring every exam session up to date once."""
        self._ticks += 1
        for live in tuple(self.sessions.values()):
            if live.has_stale_roster:
                found = await asyncio.to_thread(roster, self._reader, live.exam_session_id)
                if found is not None:
                    live.take_roster(found)
            if self._ticks % PRESENCE_EVERY_TICKS == 1:
                live.whereabouts = await asyncio.to_thread(whereabouts, self._reader, live.exam_session_id)
            await self._score(live)
            self._step_by_the_clock(live)

    def _begin(self, exam_session_id: str) -> LiveSession:
        live = LiveSession(exam_session_id)
        # What the follower brings comes once: a database that is away must not make it be lost. A tick reads the roster then.
        with contextlib.suppress(DatabaseAwayError):
            found = roster(self._reader, exam_session_id)
            if found is not None:
                live.take_roster(found)
        return live

    def _step_by_the_clock(self, live: LiveSession) -> None:
        step_ms = live.step_ms
        if not step_ms:
            return
        boundary = (self.now_ms() - SETTLE_MS) // step_ms * step_ms
        if (live.step is None or live.step.as_of_ms < boundary) and live.last_at_ms < boundary:
            self._step(live, boundary)

    def _step(self, live: LiveSession, as_of_ms: int) -> None:
        if live.roster is not None and live.has_unscored:
            bank_id = live.roster.exam_session.bank_id
            if bank_id not in self._sheets:
                self._sheets[bank_id] = self._keys(bank_id)
            live.rescore(self._sheets[bank_id])
        live.step = live.standing(as_of_ms)

    async def _score(self, live: LiveSession) -> None:
        if live.roster is None:
            return
        if live.has_unscored:
            live.rescore(await self._sheet(live.roster.exam_session.bank_id))
        ended = live.unwritten()
        if not ended:
            return
        derived = [
            DerivedScore(attempt_id, live.score_numbers[attempt_id], live.scores[attempt_id])
            for attempt_id in ended
        ]
        await write_scores(self._lane, live.exam_session_id, live.roster.keys_hash, derived)
        live.mark_written({each.attempt_id: each.number for each in derived})

    async def _sheet(self, bank_id: str) -> KeySheet:
        if bank_id not in self._sheets:
            self._sheets[bank_id] = await asyncio.to_thread(self._keys, bank_id)
        return self._sheets[bank_id]
