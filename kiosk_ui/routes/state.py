"""`GET /state`: what the server holds of the attempt, for a page that opens or asks whether to go on."""

from __future__ import annotations

import base64

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from cat_server.queries.paper import SavedState, saved_states
from cat_server.runtime.rescue_seal import public_key, seal_key
from kiosk_ui.gathering import Gathered
from kiosk_ui.live_reply import live_content
from kiosk_ui.screens import Screens

_encode = msgspec.json.Encoder().encode


def routes(screens: Screens) -> APIRouter:
    """Return the route."""
    router = APIRouter()
    deps = screens.deps
    gathered: Gathered[tuple[str, int], SavedState] = Gathered(lambda asked: saved_states(deps.reader, asked))
    public = base64.b64encode(public_key(deps.secrets.rescue_key)).decode()

    @router.get("/state")
    async def state(request: Request) -> Response:
        status = await screens.status(request)
        if status.attempt is None or status.live is None:
            return _json({"v": 1, "code": "SIGNED_OUT"}, 401)
        if status.is_fenced:
            return _json({"v": 1, "code": "FENCED"}, 409)
        attempt_id, epoch = status.attempt.attempt_id, status.live.epoch
        saved = await gathered.ask((attempt_id, epoch))
        seal = base64.b64encode(seal_key(deps.secrets.rescue_key, attempt_id, epoch)).decode()
        return _json(
            live_content(status.live)
            | {
                "attempt": attempt_id,
                "last_seq": saved.last_seq,
                "answers": [
                    {
                        "position": each.position,
                        "response": each.response,
                        "is_flagged": each.is_flagged,
                        "seq": each.seq,
                        "saved_at_ms": each.saved_at_ms,
                    }
                    for each in saved.answers
                ],
                "server_time_ms": deps.clock.now().at_ms,
                "rescue": {"public": public, "seal": seal},
            }
        )

    return router


def _json(content: dict[str, object], status: int = 200) -> Response:
    return Response(_encode(content), status, media_type="application/json")
