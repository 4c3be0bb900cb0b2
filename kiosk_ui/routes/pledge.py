"""The participant's pledge, accepted by a tick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.get_ready import accept_pledge
from kiosk_ui.journey import Standing, Step
from kiosk_ui.screens import Screens, see_other


@dataclass(frozen=True, slots=True)
class PledgeView:
    """Who pledges, and what is missing."""

    exam_title: str
    name: str
    number: str
    seat_text: str
    error: str


def routes(screens: Screens) -> APIRouter:
    """Return the page's routes."""
    router = APIRouter()

    def page(request: Request, standing: Standing, error: str, status: int) -> Response:
        seat_text = screens.seat_text(request, standing)
        view = PledgeView(standing.exam_title, standing.name, standing.number, seat_text, error)
        return screens.pages.render(request, "pledge.html", view, status)

    @router.get(Step.PLEDGE)
    async def show(request: Request) -> Response:
        standing = await screens.standing(request)
        return screens.elsewhere(standing, Step.PLEDGE) or page(request, standing, "", 200)

    @router.post(Step.PLEDGE)
    async def submit(request: Request, agree: Annotated[str, Form()] = "") -> Response:
        standing = await screens.standing(request)
        if away := screens.elsewhere(standing, Step.PLEDGE):
            return away
        if agree != "yes":
            return page(request, standing, screens.pages.text(request, "pledge_missing"), 422)
        await accept_pledge(screens.deps.lane, standing.attempt_id)
        return see_other(Step.START)

    return router
