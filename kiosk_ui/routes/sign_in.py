"""Signing in with participant number and PIN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.sign_in_participant import sign_in_participant
from cat_server.domain.refusals import Refusal
from cat_server.web.cookies import PARTICIPANT
from kiosk_ui.journey import Standing, Step
from kiosk_ui.screens import Screens, see_other


@dataclass(frozen=True, slots=True)
class SignInView:
    """The form, with what was typed and why it was refused. The PIN is never given back."""

    exam_title: str
    seat_no: int
    room_name: str
    code: str
    number: str
    error: str
    notice: str


def routes(screens: Screens) -> APIRouter:
    """Return the page's routes."""
    router = APIRouter()

    def page(request: Request, standing: Standing, number: str, error: str, status: int) -> Response:
        notice = "not_me" in request.query_params
        view = SignInView(
            standing.exam_title,
            standing.seat_no,
            standing.room_name,
            "" if standing.seat_no else standing.code,
            number,
            error,
            screens.pages.text(request, "sign_in_not_me") if notice else "",
        )
        return screens.pages.render(request, "sign_in.html", view, status)

    @router.get(Step.SIGN_IN)
    async def show(request: Request) -> Response:
        standing = await screens.standing(request)
        if away := screens.elsewhere(standing, Step.SIGN_IN):
            return away
        return page(request, standing, "", "", 200)

    @router.post(Step.SIGN_IN)
    async def submit(
        request: Request, participant_number: Annotated[str, Form()] = "", pin: Annotated[str, Form()] = ""
    ) -> Response:
        standing = await screens.standing(request)
        if away := screens.elsewhere(standing, Step.SIGN_IN):
            return away
        number = participant_number.strip()
        if not number or not pin.strip():
            return page(request, standing, number, screens.pages.text(request, "sign_in_missing"), 422)
        try:
            signed_in = await sign_in_participant(
                screens.deps.lane,
                screens.deps.secrets,
                screens.deps.ask_limit,
                screens.device_token(request),
                number,
                pin,
            )
        except Refusal as refusal:
            return page(request, standing, number, screens.refusals.text(request, refusal), 409)
        response = see_other(await screens.step_after(request, signed_in.token))
        screens.cookies.write(response, PARTICIPANT, signed_in.token)
        return response

    return router
