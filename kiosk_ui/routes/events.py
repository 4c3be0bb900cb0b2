"""`GET /events`: start, pause, extension and score reach the kiosk without its asking."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from cat_server.web.server_sent_events import frame
from kiosk_ui.control_feed import ControlFeed
from kiosk_ui.journey import BEFORE_START, ENDED_WITH_SCORE
from kiosk_ui.live_reply import live_content
from kiosk_ui.paper_order import paper_order
from kiosk_ui.paper_pages import PaperPages
from kiosk_ui.screens import Screens


def routes(screens: Screens, control: ControlFeed, papers: PaperPages) -> APIRouter:
    """Return the route. The present state comes first, so that nothing is missed between page and stream."""
    router = APIRouter()

    @router.get("/events")
    async def events(request: Request) -> Response:
        status = await screens.status(request)
        if status.attempt is None or status.live is None:
            return JSONResponse({"v": 1, "code": "SIGNED_OUT"}, 401)
        first = frame("control", json.dumps(live_content(status.live)))
        if status.live.state in ENDED_WITH_SCORE:
            control.await_score(status.attempt.attempt_id)
        if status.live.state in BEFORE_START:
            papers.expect(paper_order(screens, request, status))  # a server that starts anew has none
        return screens.feed.stream(status.attempt.attempt_id, [first])

    return router
