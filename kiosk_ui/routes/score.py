"""`GET /score`: the score, as JSON or as the fragment that replaces the waiting words; 202 while it is computed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from cat_server.queries.own_score import OwnScore, own_scores
from kiosk_ui.control_feed import ControlFeed
from kiosk_ui.gathering import Gathered
from kiosk_ui.score_view import has_result, result_view, score_content
from kiosk_ui.screens import Screens


def routes(screens: Screens, control: ControlFeed) -> APIRouter:
    """Return the route. Whoever asks too early is told by the event stream when to ask again."""
    router = APIRouter()
    scores: Gathered[str, OwnScore | None] = Gathered(lambda asked: own_scores(screens.deps.reader, asked))

    @router.get("/score")
    async def score(request: Request) -> Response:
        standing = await screens.standing(request)
        if not standing.is_signed_in or standing.is_moved:
            return JSONResponse({"v": 1, "code": "SIGNED_OUT"}, 401)
        own = None
        if has_result(standing):
            own = await scores.ask(standing.attempt_id)
            if own is None:
                control.await_score(standing.attempt_id)
        status = 200 if own else 202
        if "text/html" not in request.headers.get("accept", "") or not has_result(standing):
            return JSONResponse(score_content(own), status)
        view = result_view(standing, screens.seat_text(request, standing), own)
        return screens.pages.render(request, "score.html", view, status)

    return router
