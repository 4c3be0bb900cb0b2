"""Carries control from the ledger to the kiosks' event streams: only to those concerned, read in one go."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Sequence

from cat_server.domain.events import EventKind, Recorded
from cat_server.domain.log_entries import KiosksUntold
from cat_server.queries.attempt_lives import attempt_lives, scored_attempts
from cat_server.queries.release import released_attempts
from kiosk_ui.journey import ENDED_WITH_SCORE
from kiosk_ui.live_reply import live_content
from kiosk_ui.paper_pages import PaperPages
from kiosk_ui.routes.enrolment import kiosk_topic
from kiosk_ui.screens import Screens

_ROOM = frozenset(
    {
        EventKind.SITTING_STARTED,
        EventKind.SITTING_PAUSED,
        EventKind.SITTING_RESUMED,
        EventKind.SITTING_CLOSED,
        EventKind.CLOCK_RECOVERED,
    }
)
_ATTEMPT = frozenset(
    {
        EventKind.PARTICIPANT_SIGNED_IN,
        EventKind.ATTEMPT_STARTED,
        EventKind.BLOCK_ENDED,
        EventKind.BLOCK_STARTED,
        EventKind.ATTEMPT_FINISHED,
        EventKind.ATTEMPT_TIMED_OUT,
        EventKind.ATTEMPT_FORCE_CLOSED,
        EventKind.ATTEMPT_REOPENED,
        EventKind.ATTEMPT_PAUSED,
        EventKind.ATTEMPT_RESUMED,
        EventKind.ATTEMPT_DISQUALIFIED,
        EventKind.ATTEMPT_VOIDED,
        EventKind.ATTEMPT_FORFEITED,
        EventKind.TIME_GRANTED,
    }
)
_ENDS = frozenset(
    {
        EventKind.ATTEMPT_FINISHED,
        EventKind.ATTEMPT_TIMED_OUT,
        EventKind.ATTEMPT_FORCE_CLOSED,
        EventKind.ATTEMPT_DISQUALIFIED,
        EventKind.ATTEMPT_VOIDED,
        EventKind.ATTEMPT_FORFEITED,
    }
)
_ENROLMENT = frozenset(
    {
        EventKind.KIOSK_ENROLLED,
        EventKind.KIOSK_REMOVED,
        EventKind.ENROLMENT_OPENED,
        EventKind.ENROLMENT_CLOSED,
    }
)
FOLLOWED = _ROOM | _ATTEMPT | _ENROLMENT | {EventKind.SEAT_MOVED, EventKind.ROOM_RELEASED}
"""Every kind that `ControlFeed.take` reacts to; answers, by far the most events, are not among them."""
_SCORE_POLL_S, _SELDOM_S = 0.2, 2.0
_OFTEN = 50
"""So many times in vain a score is looked for in quick steps, then seldom: it will not come before something is mended."""
_log = logging.getLogger(__name__)


class ControlFeed:
    """Gathers what the follower tells and sends each listening kiosk its own live part."""

    def __init__(self, screens: Screens, papers: PaperPages) -> None:
        self._screens = screens
        self._papers = papers
        self._concerned: set[str] = set()
        self._is_room_concerned = False
        self._has_news = asyncio.Event()
        self._unscored: set[str] = set()
        self._in_vain = 0
        self._is_score_awaited = asyncio.Event()
        self._released_rooms: set[str] = set()

    def take(self, events: Sequence[Recorded]) -> None:
        """Note which attempts new events concern; a room's event concerns every kiosk that listens."""
        self._papers.forget(str(each.body["attempt_id"]) for each in events if each.kind in _ENDS)
        for each in events:
            if each.kind in _ROOM:
                self._is_room_concerned = True
            elif each.kind in _ATTEMPT:
                self._concerned.add(str(each.body["attempt_id"]))
            elif each.kind is EventKind.SEAT_MOVED:
                self._screens.feed.publish("gone", "{}", str(each.body["attempt_id"]))
            elif each.kind is EventKind.ROOM_RELEASED:
                self._released_rooms.add(str(each.body["room_id"]))
            elif each.kind in _ENROLMENT:
                self._tell_kiosks(each)
        if self._is_room_concerned or self._concerned or self._released_rooms:
            self._has_news.set()

    async def run(self) -> None:
        """Send until cancelled. A round that fails is logged, and what it would have sent goes out with the next one."""
        await asyncio.gather(self._run_control(), self._run_scores())

    async def _run_control(self) -> None:
        while True:
            await self._has_news.wait()
            try:
                await self._send_control()
                await self._send_releases()
            except Exception:  # noqa: BLE001 - the loop must outlive a failed round
                _log.exception(KiosksUntold())
                self._has_news.set()
                await asyncio.sleep(_SCORE_POLL_S)

    async def _run_scores(self) -> None:
        while True:
            if not self._unscored or self._in_vain >= _OFTEN:
                self._is_score_awaited.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_SELDOM_S if self._unscored else None):
                        await self._is_score_awaited.wait()
            try:
                await self._send_scores()
            except Exception:  # noqa: BLE001 - the loop must outlive a failed round
                _log.exception(KiosksUntold())
            await asyncio.sleep(_SCORE_POLL_S)

    async def _send_control(self) -> None:
        self._has_news.clear()
        listening = self._screens.feed.topics()
        concerned = listening if self._is_room_concerned else listening & self._concerned
        self._concerned, self._is_room_concerned = set(), False
        deps = self._screens.deps
        try:
            lives = await asyncio.to_thread(attempt_lives, deps.reader, deps.clock, concerned)
        except Exception:
            self._concerned |= concerned
            raise
        for attempt_id, each in lives.items():
            if each.live.state in ENDED_WITH_SCORE:
                self.await_score(attempt_id)
            else:
                self._unscored.discard(attempt_id)
            self._screens.feed.publish("control", json.dumps(live_content(each.live)), attempt_id)

    async def _send_releases(self) -> None:
        listening = self._screens.feed.topics()
        for room_id in tuple(self._released_rooms):
            gone = await asyncio.to_thread(released_attempts, self._screens.deps.reader, room_id, listening)
            self._released_rooms.discard(room_id)
            for attempt_id in gone:
                self._screens.feed.publish("gone", "{}", attempt_id)

    def _tell_kiosks(self, event: Recorded) -> None:
        """A PC learns of its own seat; opening and closing concern every PC that waits or shows its seat."""
        feed = self._screens.feed
        kiosk_id = event.body.get("kiosk_id")
        for topic in feed.topics():
            if topic == kiosk_topic(str(kiosk_id)) or (not kiosk_id and topic.startswith(kiosk_topic(""))):
                feed.publish("seat", "{}", topic)

    async def _send_scores(self) -> None:
        """Tell whose score is there; who listens no more says so anew with the next stream."""
        self._unscored &= self._screens.feed.topics()
        if not self._unscored:
            return
        ready = await asyncio.to_thread(scored_attempts, self._screens.deps.reader, frozenset(self._unscored))
        self._in_vain = 0 if ready else self._in_vain + 1
        for attempt_id in ready:
            self._unscored.discard(attempt_id)
            self._screens.feed.publish("score", "{}", attempt_id)

    def await_score(self, attempt_id: str) -> None:
        """Tell this attempt's kiosk as soon as its score is there; it listens, or will in a moment."""
        if attempt_id in self._unscored:
            return
        self._unscored.add(attempt_id)
        self._in_vain = 0
        self._is_score_awaited.set()
