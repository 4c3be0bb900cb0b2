"""The registration desk: who comes, found by number, scanned code or name."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from cat_server.domain.refusals import Refusal
from cat_server.queries.desk import attempt_at_desk, find_at_desk
from monitoring.desk_view import desk_view
from monitoring.pages import Screens, see_other
from monitoring.registration_view import RegistrationView, registration_view
from monitoring.routes.results import summary_of

DESK = "/desk/{exam_session_id}"
PERSON = "/desk/{exam_session_id}/{attempt_id}"


@dataclass(frozen=True, slots=True)
class StatusView:
    """The band that says whether registration is open."""

    registration: RegistrationView


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(DESK)
    async def show(request: Request, exam_session_id: str, wanted: str = "") -> Response:
        if wanted.strip():
            only = find_at_desk(screens.deps.reader, exam_session_id, wanted).only
            if only is not None:
                return see_other(f"/desk/{exam_session_id}/{only.attempt_id}")
        view = desk_view(screens, request, exam_session_id, wanted=wanted)
        return screens.show(request, "desk.html", view)

    @router.get(f"{DESK}/found")
    async def found(request: Request, exam_session_id: str, wanted: str = "") -> Response:
        view = desk_view(screens, request, exam_session_id, wanted=wanted)
        return screens.show(request, "desk_found.html", view)

    @router.get(f"{DESK}/status")
    async def status(request: Request, exam_session_id: str) -> Response:
        summary = summary_of(screens, exam_session_id)
        view = StatusView(registration_view(screens, request, summary))
        return screens.show(request, "desk_status.html", view)

    @router.get(PERSON)
    async def person(request: Request, exam_session_id: str, attempt_id: str) -> Response:
        stored = attempt_at_desk(screens.deps.reader, attempt_id)
        if stored is None or stored.exam_session_id != exam_session_id:
            raise Refusal("NOT_FOUND")
        return screens.show(request, "desk.html", desk_view(screens, request, exam_session_id, person=stored))

    return router
