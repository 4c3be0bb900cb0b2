"""`POST /heartbeat`: a sign of life every ten seconds, answered with time and control."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from cat_server.actions.notice_interruption import notice_interruption
from cat_server.runtime.presence import Seen
from kiosk_ui.live_reply import live_content
from kiosk_ui.screens import Screens

_Count = Annotated[int, Field(ge=0, le=10_000_000)]
_Clock = Annotated[int, Field(ge=0, lt=2**53)]


class Heartbeat(BaseModel):
    """What a kiosk tells: the item on its screen, commands without a receipt, how often its window lost the focus.

    `worked_clock_ms` comes with the first beat of a page: the exam clock of the last work that the PC remembers.
    """

    v: Literal[1]
    epoch: _Count
    position: _Count
    unsent: _Count
    offline_ready: bool
    lost_focus: _Count
    control_no: _Count
    worked_clock_ms: _Clock | None = None


def routes(screens: Screens) -> APIRouter:
    """Return the route."""
    router = APIRouter()

    @router.post("/heartbeat")
    async def beat(request: Request, told: Heartbeat) -> Response:
        status = await screens.status(request)
        if status.attempt is None or status.live is None:
            return JSONResponse({"v": 1, "code": "SIGNED_OUT"}, 401)
        if status.is_fenced or told.epoch < status.live.epoch:
            return JSONResponse({"v": 1, "code": "FENCED"}, 409)
        if told.worked_clock_ms is not None:
            await notice_interruption(
                screens.deps.lane, status.attempt.attempt_id, status.live, told.worked_clock_ms
            )
        screens.deps.presence.note(
            Seen(
                status.attempt.attempt_id,
                screens.deps.clock.now().at_ms,
                told.position,
                told.unsent,
                told.offline_ready,
                told.lost_focus,
                status.live.clock_ms,
            )
        )
        return JSONResponse(live_content(status.live))

    return router
