"""What the open boards of a room are sent: first everything, then only what changed, encoded once for all of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from cat_server.queries.roster import Whereabouts
from cat_server.web.server_sent_events import Feed, frame
from monitoring.live_scores import LiveScores
from monitoring.room_rows import RoomState, Row, room_state


@dataclass(slots=True)
class _Sent:
    """What the boards of a room have: `change` is the latest that they know of, `whereabouts` what was alive then."""

    number: int = 0
    rows: dict[str, Row] = field(default_factory=dict)
    change: int = -1
    whereabouts: Whereabouts | None = None


class RoomFeed:
    """The boards of all rooms. Frames of a room are numbered, so that a board notices a gap and asks again."""

    def __init__(self, feed: Feed, live_scores: LiveScores) -> None:
        self._feed = feed
        self._live_scores = live_scores
        self._sent: dict[str, _Sent] = {}

    @staticmethod
    def topic(exam_session_id: str, room_id: str) -> str:
        """Return the topic that the boards of a room listen to."""
        return f"room {exam_session_id} {room_id}"

    def snapshot(self, exam_session_id: str, room_id: str) -> dict[str, Any] | None:
        """Return the whole room as the first frame of a board, or None where there is no such room."""
        live = self._live_scores.sessions.get(exam_session_id)
        state = None if live is None else room_state(live, room_id, self._live_scores.now_ms())
        if state is None:
            return None
        topic = self.topic(exam_session_id, room_id)
        sent = self._sent.setdefault(topic, _Sent())
        if not self._feed.listeners(topic):
            sent.rows = state.rows
        return {
            "n": sent.number,
            "full": True,
            "head": state.head,
            "rows": list(sent.rows.values()),
            "gone": [],
        }

    def first_frame(self, exam_session_id: str, room_id: str) -> bytes | None:
        """Return `snapshot` as it goes over the wire."""
        snapshot = self.snapshot(exam_session_id, room_id)
        return None if snapshot is None else frame("room", _encoded(snapshot))

    def send(self) -> None:
        """Send every room that somebody looks at what changed since the last time.

        This follows each tick of the live scores, every 250 ms: an answer must be seen within a second. Between two
        looks at who is alive, once a second, only the rows of those are made to whom something has happened.
        """
        topics = self._feed.topics()
        for topic in topics:
            _, exam_session_id, room_id = topic.split(" ")
            sent = self._sent.setdefault(topic, _Sent())
            state = self._next(sent, exam_session_id, room_id)
            if state is None:
                continue
            changed = [
                row
                for attempt_id, row in state.rows.items()
                if (known := sent.rows.get(attempt_id)) is not row and known != row
            ]
            gone = [attempt_id for attempt_id in sent.rows if attempt_id not in state.rows]
            sent.number += 1
            sent.rows = state.rows
            message = {"n": sent.number, "full": False, "head": state.head, "rows": changed, "gone": gone}
            self._feed.publish("room", _encoded(message), topic)

    def _next(self, sent: _Sent, exam_session_id: str, room_id: str) -> RoomState | None:
        live = self._live_scores.sessions.get(exam_session_id)
        if live is None:
            return None
        now_ms = self._live_scores.now_ms()
        change, concerned = live.changed_since(sent.change)
        if concerned is None or sent.whereabouts is not live.whereabouts:
            state = room_state(live, room_id, now_ms)
        else:
            state = room_state(live, room_id, now_ms, sent.rows, concerned)
        sent.change, sent.whereabouts = change, live.whereabouts
        return state


def _encoded(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
