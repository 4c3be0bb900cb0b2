"""The result page: it says that the score is coming; the page fetches it once nothing is left to deliver."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from kiosk_ui.journey import Step
from kiosk_ui.score_view import ended_view, has_result, result_view
from kiosk_ui.screens import Screens


def routes(screens: Screens) -> APIRouter:
    """Return the page's route."""
    router = APIRouter()

    @router.get(Step.RESULT)
    async def show(request: Request) -> Response:
        standing = await screens.standing(request)
        if away := screens.elsewhere(standing, Step.RESULT):
            return away
        if not has_result(standing):
            return screens.pages.render(request, "ended.html", ended_view(standing))
        view = result_view(standing, screens.seat_text(request, standing), None)
        return screens.pages.render(request, "result.html", view)

    return router
