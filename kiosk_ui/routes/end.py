"""The end: the participant is signed out, the kiosk keeps its seat and is ready for the next one."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from kiosk_ui.journey import Step, step_of
from kiosk_ui.screens import Screens, see_other


def routes(screens: Screens) -> APIRouter:
    """Return the page's routes."""
    router = APIRouter()

    @router.get("/end")
    async def show(request: Request) -> Response:
        standing = await screens.standing(request)
        return see_other(Step.START) if standing.is_signed_in else screens.pages.render(request, "end.html")

    @router.post("/end")
    async def submit(request: Request) -> Response:
        if step_of(await screens.standing(request)) is not Step.RESULT:
            return see_other(Step.START)
        return await screens.sign_out(request, "/end")

    return router
