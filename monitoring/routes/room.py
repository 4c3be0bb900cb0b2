"""A room, live: the page once, then only what changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from cat_server.domain.refusals import Refusal
from monitoring.pages import Chrome, Screens
from monitoring.room_commands import COMMANDS, Command
from monitoring.room_rows import URGENCY
from monitoring.wording import words, zone_ms

PAGE = "/rooms/{exam_session_id}/{room_id}"

WORDS = (
    "room_seat",
    "room_lost_count",
    "room_unsaved_count",
    "room_never_seen",
    "room_connected",
    "room_lost",
    "room_none_urgent",
    "room_stale",
    "room_empty",
    "room_spare",
    "room_blocked",
    "room_more_urgent",
    "room_shown",
    "conn_none",
    "time_left",
    "to_start",
    "as_of",
)
_STATES = (
    "SCHEDULED",
    "REGISTERED",
    "SEATED",
    "READY",
    "RUNNING",
    "PAUSED",
    "FINISHED",
    "TIMED_OUT",
    "FORCE_CLOSED",
    "ABSENT",
    "FORFEITED",
    "DISQUALIFIED",
    "VOIDED",
)
_STATE_CODES = tuple(f"state_{each}" for each in _STATES)
_SITTINGS = ("PREPARED", "REGISTERING", "RUNNING", "PAUSED", "CLOSED", "SIGNED")
_SITTING_CODES = tuple(f"sitting_{each}" for each in _SITTINGS)
_NEED_CODES = tuple(f"need_{each}" for each in URGENCY)


@dataclass(frozen=True, slots=True)
class RoomView:
    """The room page. `board` is what its script starts from: the first frame, the seat plan and the words."""

    chrome: Chrome
    exam_session_id: str
    session_title: str
    session_code: str
    room_id: str
    room_name: str
    is_demo: bool
    sections: tuple[str, ...]
    states: tuple[str, ...]
    commands: tuple[Command, ...]
    board: dict[str, Any]
    may_desk: bool
    may_results: bool
    needs: tuple[str, ...]
    has_other_rooms: bool
    may_release: bool


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(PAGE)
    async def show(request: Request, exam_session_id: str, room_id: str) -> Response:
        first = screens.room_feed.snapshot(exam_session_id, room_id)
        live = screens.live_scores.sessions.get(exam_session_id)
        if first is None or live is None or live.roster is None:
            raise Refusal("NOT_FOUND")
        roster = live.roster
        language = screens.language.of(request)
        texts = words(screens.catalogue, language, (*WORDS, *_STATE_CODES, *_SITTING_CODES, *_NEED_CODES))
        plan = [
            [seat.seat_no, seat.column_no, seat.row_no, int(seat.is_spare), int(seat.is_blocked)]
            for seat in roster.seats.values()
            if seat.room_id == room_id
        ]
        view = RoomView(
            screens.chrome(request),
            exam_session_id,
            roster.exam_session.title,
            roster.exam_session.code,
            room_id,
            roster.rooms[room_id].room_name,
            roster.exam_session.is_demo,
            tuple(section.code for _, section in roster.profile.paper_order()),
            _STATES,
            tuple(each for each in COMMANDS if screens.may(request, "GET", f"{PAGE}/{each.name}")),
            {
                "first": first,
                "plan": plan,
                "words": texts,
                "zone_ms": zone_ms(screens.deps.clock.now().at_ms, screens.zone),
                "events": f"/rooms/{exam_session_id}/{room_id}/events",
                "items": roster.profile.items,
                "urgency": URGENCY,
            },
            screens.may(request, "GET", "/desk/{exam_session_id}"),
            screens.may(request, "GET", "/results/{exam_session_id}"),
            URGENCY,
            len(roster.rooms) > 1,
            screens.may(request, "POST", f"{PAGE}/release"),
        )
        return screens.show(request, "room.html", view)

    @router.get(f"{PAGE}/events")
    async def events(exam_session_id: str, room_id: str) -> Response:
        first = screens.room_feed.first_frame(exam_session_id, room_id)
        if first is None:
            raise Refusal("NOT_FOUND")
        return screens.feed.stream(screens.room_feed.topic(exam_session_id, room_id), (first,))

    return router
