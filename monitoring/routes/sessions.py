"""The first page: exam sessions, their rooms, and what is to be done next."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from cat_server.domain.attempt import ENDED, IN_PROGRESS, SAT, AttemptState
from cat_server.domain.exam_session import OVER, SittingState
from cat_server.queries.session_list import RoomSummary, SessionSummary, session_list
from monitoring.pages import Chrome, Screens
from monitoring.wording import date_and_time


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A room of an exam session on the first page."""

    room_id: str
    name: str
    state: str
    seats: int
    seated: int
    working: int
    ended: int


@dataclass(frozen=True, slots=True)
class SessionCard:
    """An exam session on the first page; `next_code` names the sentence that says what to do next."""

    exam_session_id: str
    code: str
    title: str
    event_name: str
    is_demo: bool
    state: str
    planned_start: str
    participants: int
    checked_in: int
    next_code: str
    has_results: bool
    rooms: tuple[RoomLine, ...]


@dataclass(frozen=True, slots=True)
class SessionsView:
    """The first page."""

    chrome: Chrome
    sessions: tuple[SessionCard, ...]
    may_desk: bool
    may_room: bool
    may_results: bool
    may_papers: bool


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get("/")
    async def show(request: Request) -> Response:
        language = screens.language.of(request)
        cards = tuple(
            _card(each, date_and_time(each.planned_start_at_ms, screens.zone, language))
            for each in session_list(screens.deps.reader)
        )
        view = SessionsView(
            screens.chrome(request, "/"),
            cards,
            screens.may(request, "GET", "/desk/{exam_session_id}"),
            screens.may(request, "GET", "/rooms/{exam_session_id}/{room_id}"),
            screens.may(request, "GET", "/results/{exam_session_id}"),
            screens.may(request, "GET", "/papers/{exam_session_id}"),
        )
        return screens.show(request, "sessions.html", view)

    return router


def _card(exam_session: SessionSummary, planned_start: str) -> SessionCard:
    return SessionCard(
        exam_session.exam_session_id,
        exam_session.code,
        exam_session.title,
        exam_session.event_name,
        exam_session.is_demo,
        exam_session.state.value,
        planned_start,
        exam_session.participants,
        exam_session.checked_in,
        _next_code(exam_session),
        exam_session.state in OVER,
        tuple(_line(each) for each in exam_session.rooms),
    )


def _line(room: RoomSummary) -> RoomLine:
    ended = sum(count for state, count in room.counts.items() if AttemptState(state) in ENDED & SAT)
    working = sum(count for state, count in room.counts.items() if AttemptState(state) in IN_PROGRESS)
    return RoomLine(
        room.room_id, room.name, room.state.value, room.seats, room.counts.total(), working, ended
    )


def _next_code(exam_session: SessionSummary) -> str:
    if exam_session.state is SittingState.REGISTERING:
        return "next_registering_empty" if not exam_session.checked_in else "next_registering"
    return f"next_{exam_session.state.value.lower()}"
