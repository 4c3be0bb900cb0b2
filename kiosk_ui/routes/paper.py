"""The paper: the whole of it in one page, made while the participant waits."""

from __future__ import annotations

import gzip

from fastapi import APIRouter, Request
from starlette.responses import Response

from cat_server.actions.refuse_paper import refuse_paper
from cat_server.domain.refusals import Refusal
from cat_server.runtime.limits import Limit
from kiosk_ui.journey import Step, standing_of
from kiosk_ui.paper_order import paper_order
from kiosk_ui.paper_pages import PaperPages
from kiosk_ui.screens import Screens


def routes(screens: Screens, papers: PaperPages) -> APIRouter:
    """Return the page's route; the browser must not store the page."""
    router = APIRouter()

    @router.get(Step.PAPER)
    async def show(request: Request) -> Response:
        status = await screens.status(request)
        standing = standing_of(status)
        order = paper_order(screens, request, status)
        if away := screens.elsewhere(standing, Step.PAPER):
            return away
        if order is None:
            raise Refusal("NOT_STARTED")
        try:
            await screens.deps.ask_limit(Limit.PAPER, order.attempt_id)
        except Refusal:
            await refuse_paper(screens.deps.lane, order.attempt_id, standing.kiosk_id)
            raise
        content = await papers.page(order)
        headers = {"cache-control": "no-store", "vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
        return Response(content, headers=headers, media_type="text/html; charset=utf-8")

    return router
