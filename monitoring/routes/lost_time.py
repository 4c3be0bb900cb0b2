"""Time lost at a PC that stopped: given back with one click, or noted as not due."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.settle_interruption import credit_interruption, dismiss_interruption
from monitoring.attempt_actions import PAGE
from monitoring.pages import Screens
from monitoring.routes.attempts import approved_by, decided


def routes(screens: Screens) -> APIRouter:
    """Return the routes of these decisions."""
    router = APIRouter()

    @router.post(f"{PAGE}/credit")
    async def credit(
        request: Request,
        attempt_id: str,
        interruption: Annotated[int, Form()],
        reason: Annotated[str, Form()] = "",
        approver: Annotated[str, Form()] = "",
        approver_password: Annotated[str, Form()] = "",
    ) -> Response:
        given = ("grant_time", reason, approver, approver_password)

        async def decide() -> None:
            approved = await approved_by(screens, request, attempt_id, given)
            await credit_interruption(
                screens.deps.lane, attempt_id, interruption, reason, screens.actor(request), approved
            )

        return await decided(screens, request, attempt_id, decide())

    @router.post(f"{PAGE}/dismiss")
    async def dismiss(
        request: Request,
        attempt_id: str,
        interruption: Annotated[int, Form()],
        reason: Annotated[str, Form()] = "",
    ) -> Response:
        return await decided(
            screens,
            request,
            attempt_id,
            dismiss_interruption(screens.deps.lane, attempt_id, interruption, reason, screens.actor(request)),
        )

    return router
