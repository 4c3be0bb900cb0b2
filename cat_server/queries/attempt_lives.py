"""The live part of many attempts at once, and which of them have a score: what a room's event streams carry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cat_server.domain.instants import Clock
from cat_server.domain.live import Live, live
from cat_server.records.contexts import contexts_of
from cat_server.records.engine import Reader
from cat_server.records.score_presence import scored


@dataclass(frozen=True, slots=True)
class AttemptLive:
    """An attempt's live part, and where it belongs."""

    exam_session_id: str
    room_id: str
    live: Live


def attempt_lives(reader: Reader, clock: Clock, attempt_ids: Collection[str]) -> dict[str, AttemptLive]:
    """Return the live parts by attempt; unknown ids are missing."""
    if not attempt_ids:
        return {}
    with reader.view() as view:
        contexts = contexts_of(view.connection, attempt_ids)
        now = clock.now()
    return {
        attempt_id: AttemptLive(each.exam_session_id, each.room_id, live(each, now))
        for attempt_id, each in contexts.items()
    }


def scored_attempts(reader: Reader, attempt_ids: Collection[str]) -> frozenset[str]:
    """Return those of the attempts that have a score."""
    if not attempt_ids:
        return frozenset()
    with reader.view() as view:
        return scored(view.connection, attempt_ids)
