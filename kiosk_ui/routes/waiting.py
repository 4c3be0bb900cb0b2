"""Ready, waiting for the start of the whole room. The paper is made meanwhile, so that the start is quick."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from kiosk_ui.journey import Step, standing_of
from kiosk_ui.paper_order import paper_order
from kiosk_ui.paper_pages import PaperPages
from kiosk_ui.screens import Screens


@dataclass(frozen=True, slots=True)
class WaitingView:
    """Who waits, where, and until when as planned (empty where no time is planned)."""

    exam_title: str
    name: str
    number: str
    seat_text: str
    seat_no: int
    planned_start: str


def routes(screens: Screens, papers: PaperPages) -> APIRouter:
    """Return the page's route."""
    router = APIRouter()

    @router.get(Step.WAITING)
    async def show(request: Request) -> Response:
        status = await screens.status(request)
        standing = standing_of(status)
        if away := screens.elsewhere(standing, Step.WAITING):
            return away
        planned = standing.planned_start_at_ms
        view = WaitingView(
            standing.exam_title,
            standing.name,
            standing.number,
            screens.seat_text(request, standing),
            standing.seat_no,
            screens.time_of_day(planned) if planned is not None else "",
        )
        papers.expect(paper_order(screens, request, status))
        return screens.pages.render(request, "waiting.html", view)

    return router
