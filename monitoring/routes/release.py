"""Releasing a room after the exam: its kiosks return to the sign-in page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.release_room import release_room
from cat_server.domain.refusals import Refusal
from cat_server.queries.release import SignedInSeat, seats_to_release
from monitoring.pages import Chrome, Screens, see_other
from monitoring.routes.room import PAGE as ROOM

PAGE = f"{ROOM}/release"


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """How many kiosks are still signed in, and which said last that they hold answers."""

    chrome: Chrome
    room_path: str
    signed_in: int
    unsent: tuple[SignedInSeat, ...]
    error: str


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(PAGE)
    async def ask(request: Request, exam_session_id: str, room_id: str) -> Response:
        return screens.show(request, "release.html", _view(screens, request, exam_session_id, room_id, ""))

    @router.post(PAGE)
    async def act(
        request: Request, exam_session_id: str, room_id: str, is_forced: Annotated[str, Form()] = ""
    ) -> Response:
        try:
            await release_room(
                screens.deps.lane,
                exam_session_id,
                room_id,
                screens.actor(request),
                is_forced=bool(is_forced),
            )
        except Refusal as refusal:
            text = screens.refusals.text(request, refusal)
            view = _view(screens, request, exam_session_id, room_id, text)
            return screens.show(request, "release.html", view, 409)
        await screens.catch_up()
        return see_other(f"/rooms/{exam_session_id}/{room_id}")

    return router


def _view(screens: Screens, request: Request, exam_session_id: str, room_id: str, error: str) -> ReleaseView:
    seats = seats_to_release(screens.deps.reader, exam_session_id, room_id)
    unsent = tuple(each for each in seats if each.unsent)
    path = f"/rooms/{exam_session_id}/{room_id}"
    return ReleaseView(screens.chrome(request), path, len(seats), unsent, error)
