"""`GET /media/{token}`: one picture of the paper that is open, and of no other."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from cat_server.actions.refuse_paper import refuse_paper
from cat_server.domain.refusals import Refusal
from cat_server.runtime.limits import Limit
from kiosk_ui.journey import Step, standing_of, step_of
from kiosk_ui.paper_media import media_type
from kiosk_ui.paper_order import paper_order
from kiosk_ui.paper_pages import PaperPages
from kiosk_ui.screens import Screens


def routes(screens: Screens, papers: PaperPages) -> APIRouter:
    """Return the route."""
    router = APIRouter()

    @router.get("/media/{token}")
    async def picture(request: Request, token: str) -> Response:
        status = await screens.status(request)
        standing, order = standing_of(status), paper_order(screens, request, status)
        if step_of(standing) is not Step.PAPER or order is None:
            return Response(status_code=401)
        content = (await run_in_threadpool(papers.media_of, order)).get(token)
        name = token if content is not None else "foreign"
        try:
            await screens.deps.ask_limit(Limit.PICTURE, f"{standing.attempt_id}/{name}")
        except Refusal:
            await refuse_paper(screens.deps.lane, standing.attempt_id, standing.kiosk_id)
            raise
        if content is None:
            await refuse_paper(screens.deps.lane, standing.attempt_id, standing.kiosk_id)
            return Response(status_code=404)
        return Response(content, headers={"cache-control": "no-store"}, media_type=media_type(content))

    return router
