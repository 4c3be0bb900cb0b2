"""Today's exam sessions with their registration, and another start for one that has not begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.postpone_exam_session import postpone_exam_session
from cat_server.domain.exam_session import OVER, SittingState
from cat_server.domain.refusals import Refusal
from cat_server.queries.session_list import SessionSummary, session_list
from monitoring.pages import Chrome, Screens, see_other
from monitoring.registration_view import RegistrationView, registration_view

POSTPONE = "/desk/{exam_session_id}/postpone"


@dataclass(frozen=True, slots=True)
class DeskSession:
    """An exam session on the list; `start_input` fills the field for another start."""

    registration: RegistrationView
    may_postpone: bool
    start_input: str


@dataclass(frozen=True, slots=True)
class DesksView:
    """Today's exam sessions, and the others that are still to come or to be finished."""

    chrome: Chrome
    today: tuple[DeskSession, ...]
    others: tuple[DeskSession, ...]
    error: str


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get("/desk")
    async def desks(request: Request) -> Response:
        return screens.show(request, "desks.html", _desks(screens, request, ""))

    @router.post(POSTPONE)
    async def postpone(
        request: Request,
        exam_session_id: str,
        start: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
    ) -> Response:
        try:
            start_ms = _start_ms(screens, start)
            await postpone_exam_session(
                screens.deps.lane, exam_session_id, start_ms, reason, screens.actor(request)
            )
        except Refusal as refusal:
            text = screens.refusals.text(request, refusal)
            return screens.show(request, "desks.html", _desks(screens, request, text), 409)
        return see_other("/desk")

    return router


def _start_ms(screens: Screens, start: str) -> int:
    try:
        return int(datetime.fromisoformat(start).replace(tzinfo=screens.zone).timestamp() * 1000)
    except ValueError:
        raise Refusal("POSTPONE_WHEN") from None


def _desks(screens: Screens, request: Request, error: str) -> DesksView:
    now = datetime.fromtimestamp(screens.deps.clock.now().at_ms / 1000, screens.zone)
    may_postpone = screens.may(request, "POST", POSTPONE)
    today: list[DeskSession] = []
    others: list[DeskSession] = []
    for summary in session_list(screens.deps.reader):
        planned = _planned(screens, summary)
        is_today = planned is None or planned.date() == now.date()
        if not is_today and summary.state in OVER:
            continue
        line = DeskSession(
            registration_view(screens, request, summary),
            may_postpone and _is_before_start(summary),
            (planned or now).strftime("%Y-%m-%dT%H:%M"),
        )
        (today if is_today else others).append(line)
    return DesksView(screens.chrome(request, "/desk"), tuple(today), tuple(others), error)


def _planned(screens: Screens, summary: SessionSummary) -> datetime | None:
    if summary.planned_start_at_ms is None:
        return None
    return datetime.fromtimestamp(summary.planned_start_at_ms / 1000, screens.zone)


def _is_before_start(summary: SessionSummary) -> bool:
    before = (SittingState.PREPARED, SittingState.REGISTERING)
    return all(room.state in before for room in summary.rooms)
