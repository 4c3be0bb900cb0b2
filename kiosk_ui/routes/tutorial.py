"""How it works: six pictures and one practice item, once before the participant is ready, again on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from cat_server.actions.get_ready import get_ready
from kiosk_ui.journey import Step, standing_of, step_of
from kiosk_ui.paper_order import paper_order
from kiosk_ui.paper_pages import PaperPages
from kiosk_ui.screens import Screens, see_other

_PICTURES = ("1-choose", "2-saved", "3-move", "4-numbers", "5-doubtful", "6-finish")
_TEXTS = ("saving", "practice_saved", "task_done", "ready_done")


@dataclass(frozen=True, slots=True)
class TutorialView:
    """Pictures with the codes of their captions. `is_done`: the participant has been through it before."""

    exam_title: str
    name: str
    number: str
    seat_text: str
    pictures: tuple[tuple[str, str], ...]
    is_done: bool
    texts: Mapping[str, str]


def routes(screens: Screens, papers: PaperPages) -> APIRouter:
    """Return the page's routes."""
    router = APIRouter()
    pictures = tuple(
        (f"tutorial/{name}.svg", f"tutorial_{number}") for number, name in enumerate(_PICTURES, start=1)
    )

    @router.get(Step.TUTORIAL)
    async def show(request: Request) -> Response:
        status = await screens.status(request)
        standing = standing_of(status)
        if away := screens.elsewhere(standing, Step.TUTORIAL, Step.WAITING):
            return away
        papers.expect(paper_order(screens, request, status))
        view = TutorialView(
            standing.exam_title,
            standing.name,
            standing.number,
            screens.seat_text(request, standing),
            pictures,
            step_of(standing) is Step.WAITING,
            screens.texts(request, _TEXTS),
        )
        return screens.pages.render(request, "tutorial.html", view)

    @router.post(Step.TUTORIAL)
    async def submit(request: Request) -> Response:
        standing = await screens.standing(request)
        if away := screens.elsewhere(standing, Step.TUTORIAL):
            return away
        await get_ready(screens.deps.lane, standing.attempt_id)
        return see_other(Step.START)

    return router
