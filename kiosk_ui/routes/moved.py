"""What the old PC shows after a participant was moved to another one."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request
from starlette.responses import Response

from cat_server.domain.log_entries import KioskFenced
from kiosk_ui.journey import Step
from kiosk_ui.screens import Screens

_log = logging.getLogger(__name__)


def routes(screens: Screens) -> APIRouter:
    """Return the page's routes."""
    router = APIRouter()

    @router.get(Step.MOVED)
    async def show(request: Request) -> Response:
        standing = await screens.standing(request)
        if away := screens.elsewhere(standing, Step.MOVED):
            return away
        _log.warning(KioskFenced(standing.attempt_id, standing.kiosk_id))
        return screens.pages.render(request, "moved.html", standing)

    @router.post(Step.MOVED)
    async def submit(request: Request) -> Response:
        standing = await screens.standing(request)
        return screens.elsewhere(standing, Step.MOVED) or await screens.sign_out(request, Step.START)

    return router
