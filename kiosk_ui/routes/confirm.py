"""Is this you?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.get_ready import confirm_identity
from kiosk_ui.journey import Step
from kiosk_ui.screens import Screens, see_other


@dataclass(frozen=True, slots=True)
class ConfirmView:
    """Who the records say sits here."""

    exam_title: str
    seat_text: str
    name: str
    number: str
    agency: str
    position: str


def routes(screens: Screens) -> APIRouter:
    """Return the page's routes."""
    router = APIRouter()

    @router.get(Step.CONFIRM)
    async def show(request: Request) -> Response:
        standing = await screens.standing(request)
        if away := screens.elsewhere(standing, Step.CONFIRM):
            return away
        view = ConfirmView(
            standing.exam_title,
            screens.seat_text(request, standing),
            standing.name,
            standing.number,
            standing.agency,
            standing.position,
        )
        return screens.pages.render(request, "confirm.html", view)

    @router.post(Step.CONFIRM)
    async def submit(request: Request, answer: Annotated[str, Form()] = "") -> Response:
        standing = await screens.standing(request)
        if away := screens.elsewhere(standing, Step.CONFIRM):
            return away
        if answer == "no":
            return await screens.sign_out(request, f"{Step.SIGN_IN}?not_me=1")
        if answer == "yes":
            await confirm_identity(screens.deps.lane, standing.attempt_id)
        return see_other(Step.START)

    return router
