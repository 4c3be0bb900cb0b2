"""Moving a participant to another seat of the room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.move_seat import move_seat
from cat_server.domain.refusals import Refusal
from cat_server.queries.desk import StoredAttempt, attempt_at_desk
from cat_server.queries.seat_moves import SeatChoice, seat_choice
from monitoring.approval import approver_of
from monitoring.pages import Chrome, Screens, see_other
from monitoring.typed_seats import seat_number

PAGE = "/attempts/{attempt_id}/move"


@dataclass(frozen=True, slots=True)
class MoveGiven:
    """What the officer filled in."""

    seat_no: str = ""
    reason: str = ""
    approver: str = ""
    is_old_defective: bool = False


@dataclass(frozen=True, slots=True)
class MoveView:
    """The form: who, from where, and every seat that is free."""

    chrome: Chrome
    attempt: StoredAttempt
    choice: SeatChoice
    given: MoveGiven
    error: str


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(PAGE)
    async def ask(request: Request, attempt_id: str) -> Response:
        return screens.show(request, "move_seat.html", _view(screens, request, attempt_id, MoveGiven(), ""))

    @router.post(PAGE)
    async def act(
        request: Request,
        attempt_id: str,
        seat_no: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        is_old_defective: Annotated[str, Form()] = "",
        approver: Annotated[str, Form()] = "",
        approver_password: Annotated[str, Form()] = "",
    ) -> Response:
        given = MoveGiven(seat_no.strip(), reason.strip(), approver, bool(is_old_defective))
        view = _view(screens, request, attempt_id, given, "")
        try:
            number = seat_number(given.seat_no)
            approved = ""
            if view.choice.needs_approver:
                approved = await approver_of(screens, request, approver, approver_password)
            await move_seat(
                screens.deps.lane,
                attempt_id,
                number,
                given.reason,
                screens.actor(request),
                approved,
                is_old_defective=given.is_old_defective,
            )
        except Refusal as refusal:
            text = screens.refusals.text(request, refusal)
            view = _view(screens, request, attempt_id, given, text)
            return screens.show(request, "move_seat.html", view, 409)
        await screens.catch_up()
        return see_other(f"/attempts/{attempt_id}")

    return router


def _view(screens: Screens, request: Request, attempt_id: str, given: MoveGiven, error: str) -> MoveView:
    stored = attempt_at_desk(screens.deps.reader, attempt_id)
    if stored is None:
        raise Refusal("NOT_FOUND")
    choice = seat_choice(screens.deps.reader, attempt_id)
    return MoveView(screens.chrome(request), stored, choice, given, error)
