"""`POST /leftovers`: what a PC kept of an attempt that was moved away or ended, delivered under its old credential."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from cat_server.actions.save_answers import SaveAnswers, SaveRequest
from cat_server.domain.answers import CommandKind, Submitted
from cat_server.queries.access import NotDurableError
from cat_server.queries.leftovers import sign_in_of_leftovers
from kiosk_ui.hot_path import MOST_COMMANDS
from kiosk_ui.screens import Screens

_Seq = Annotated[int, Field(ge=1, le=2**53 - 1)]
_Clock = Annotated[int, Field(ge=0, le=2**53 - 1)]
_Short = Annotated[str, Field(max_length=2_000)]


class Leftover(BaseModel):
    """One command as the outbox kept it."""

    seq: _Seq
    kind: CommandKind
    position: Annotated[int, Field(ge=0, le=10_000)] = 0
    response: Annotated[list[_Short], Field(max_length=60)] = []
    is_flagged: bool = False
    claimed_clock_ms: _Clock = 0


class Leftovers(BaseModel):
    """What is left of one attempt under one epoch."""

    v: Literal[1]
    attempt: Annotated[str, Field(max_length=40)]
    epoch: Annotated[int, Field(ge=0, le=2**31 - 1)]
    commands: Annotated[list[Leftover], Field(min_length=1, max_length=MOST_COMMANDS)]


def routes(screens: Screens) -> APIRouter:
    """Return the route. The reply names the commands that have a receipt now; the others stay on the PC."""
    router = APIRouter()
    save = SaveAnswers()

    @router.post("/leftovers")
    async def deliver(request: Request, told: Leftovers) -> Response:
        tokens = screens.device_token(request), screens.participant_token(request)
        hashed = sign_in_of_leftovers(screens.deps.reader, told.attempt, told.epoch, *tokens)
        if not hashed:
            return JSONResponse({"v": 1, "code": "SIGNED_OUT"}, 401)
        commands = tuple(
            Submitted(
                each.seq,
                each.kind,
                each.position,
                tuple(each.response),
                each.is_flagged,
                each.claimed_clock_ms,
            )
            for each in told.commands
        )
        try:
            reply = await screens.deps.lane.submit(save, SaveRequest(hashed, told.epoch, commands))
        except NotDurableError:
            return JSONResponse({"v": 1, "code": "NOT_DURABLE"}, 503)
        if not reply.receipts:
            return JSONResponse({"v": 1, "code": "SIGNED_OUT"}, 401)
        return JSONResponse({"v": 1, "settled": [each.seq for each in reply.receipts]})

    return router
