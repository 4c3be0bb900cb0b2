"""The working list of who has come, live and for printing. The official list is a paper of the sealed record."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from cat_server.domain.attempt import SAT, WAITING, AttemptState
from cat_server.queries.desk import StoredAttempt, everybody_at_desk
from monitoring.pages import Chrome, Screens
from monitoring.registration_view import RegistrationView, registration_view
from monitoring.routes.results import summary_of
from monitoring.wording import clock_time

ATTENDANCE = "/attendance/{exam_session_id}"
GROUPS: dict[str, frozenset[AttemptState]] = {
    "awaited": frozenset({AttemptState.SCHEDULED}),
    "registered": frozenset({AttemptState.REGISTERED}),
    "present": (WAITING | SAT) - {AttemptState.REGISTERED},
    "absent": frozenset({AttemptState.ABSENT}),
    "forfeited": frozenset({AttemptState.FORFEITED}),
}
"""What an attendance list tells apart: registered are checked in but not yet at a PC, present are or were."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One group to look at; `code` is empty for everybody."""

    code: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class AttendanceView:
    """The list. `shown` are the participants of the chosen group and room."""

    chrome: Chrome
    registration: RegistrationView
    exam_session_id: str
    event_name: str
    filters: tuple[Filter, ...]
    rooms: tuple[tuple[str, str], ...]
    group: str
    room_id: str
    shown: tuple[StoredAttempt, ...]
    as_of: str
    may_desk: bool
    may_paper: bool


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(ATTENDANCE)
    async def show(request: Request, exam_session_id: str, group: str = "", room_id: str = "") -> Response:
        view = _view(screens, request, exam_session_id, group, room_id)
        return screens.show(request, "attendance.html", view)

    @router.get(f"{ATTENDANCE}/status")
    async def status(request: Request, exam_session_id: str, group: str = "", room_id: str = "") -> Response:
        view = _view(screens, request, exam_session_id, group, room_id)
        return screens.show(request, "attendance_list.html", view)

    return router


def group_of(state: str) -> str:
    """Return the group that a state belongs to."""
    return next(code for code, states in GROUPS.items() if AttemptState(state) in states)


def _view(
    screens: Screens, request: Request, exam_session_id: str, group: str, room_id: str
) -> AttendanceView:
    summary = summary_of(screens, exam_session_id)
    everybody = [
        each
        for each in everybody_at_desk(screens.deps.reader, exam_session_id)
        if not room_id or each.room_id == room_id
    ]
    counts = Counter(group_of(each.state) for each in everybody)
    filters = (
        Filter("", len(everybody), not group),
        *(Filter(code, counts[code], code == group) for code in GROUPS),
    )
    return AttendanceView(
        screens.chrome(request, "/desk"),
        registration_view(screens, request, summary),
        exam_session_id,
        summary.event_name,
        filters,
        tuple((room.room_id, room.name) for room in summary.rooms),
        group,
        room_id,
        tuple(each for each in everybody if not group or group_of(each.state) == group),
        clock_time(screens.deps.clock.now().at_ms, screens.zone),
        screens.may(request, "GET", "/desk/{exam_session_id}"),
        screens.may(request, "GET", "/papers/{exam_session_id}/attendance"),
    )
