"""Deciding about one participant: pause and go on, disqualify, void and let sit again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.check_in import IssuedPin
from cat_server.actions.disqualify import disqualify
from cat_server.actions.pause_attempt import pause_attempt, resume_attempt
from cat_server.actions.void_attempt import void_attempt
from cat_server.domain.refusals import Refusal
from cat_server.queries.desk import attempt_at_desk
from monitoring.attempt_actions import PAGE
from monitoring.pages import Chrome, Screens, see_other
from monitoring.routes.attempts import again, approved_by, decided


@dataclass(frozen=True, slots=True)
class SitsAgainView:
    """The slip of somebody who sits again, for the officer to hand over at the seat."""

    chrome: Chrome
    title: str
    back: str
    slip: IssuedPin
    pin: str


def routes(screens: Screens) -> APIRouter:
    """Return the routes of these decisions."""
    router = APIRouter()

    @router.post(f"{PAGE}/pause")
    async def pause(request: Request, attempt_id: str, reason: Annotated[str, Form()] = "") -> Response:
        return await decided(
            screens,
            request,
            attempt_id,
            pause_attempt(screens.deps.lane, attempt_id, reason, screens.actor(request)),
        )

    @router.post(f"{PAGE}/resume")
    async def resume(request: Request, attempt_id: str) -> Response:
        return await decided(
            screens,
            request,
            attempt_id,
            resume_attempt(screens.deps.lane, attempt_id, screens.actor(request)),
        )

    @router.post(f"{PAGE}/disqualify")
    async def dismiss(
        request: Request,
        attempt_id: str,
        reason_code: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        approver: Annotated[str, Form()] = "",
        approver_password: Annotated[str, Form()] = "",
    ) -> Response:
        given = ("disqualify", reason, approver, approver_password)

        async def decide() -> None:
            approved = await approved_by(screens, request, attempt_id, given)
            await disqualify(
                screens.deps.lane, attempt_id, reason_code, reason, screens.actor(request), approved
            )

        return await decided(screens, request, attempt_id, decide())

    @router.post(f"{PAGE}/void")
    async def void(
        request: Request,
        attempt_id: str,
        reason_code: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        sits_again: Annotated[str, Form()] = "",
        approver: Annotated[str, Form()] = "",
        approver_password: Annotated[str, Form()] = "",
    ) -> Response:
        given = ("disqualify", reason, approver, approver_password)
        try:
            approved = await approved_by(screens, request, attempt_id, given)
            slip = await void_attempt(
                screens.deps.lane,
                screens.deps.secrets,
                attempt_id,
                reason_code,
                reason,
                screens.actor(request),
                approved,
                sits_again=bool(sits_again),
            )
        except Refusal as refusal:
            return again(screens, request, attempt_id, refusal)
        await screens.catch_up()
        if slip is None:
            return see_other(f"/attempts/{attempt_id}")
        return _slip(screens, request, slip)

    return router


def _slip(screens: Screens, request: Request, slip: IssuedPin) -> Response:
    stored = attempt_at_desk(screens.deps.reader, slip.attempt_id)
    live = screens.live_scores.sessions.get(stored.exam_session_id) if stored else None
    title = live.roster.exam_session.title if live and live.roster else ""
    view = SitsAgainView(
        screens.chrome(request), title, f"/attempts/{slip.attempt_id}", slip, f"{slip.pin[:4]} {slip.pin[4:]}"
    )
    return screens.show(request, "sits_again.html", view)
