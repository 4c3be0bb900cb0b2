"""The address of the app itself, and the way from there to the page where somebody belongs.

`/` is the address that a PC opens when it is switched on. It holds nothing about anybody, and the browser keeps it for a day: a PC that
is restarted while the server is away opens it all the same, waits there, and goes on by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from cat_server.domain.refusals import Refusal
from kiosk_ui.journey import Step, step_of
from kiosk_ui.routes.enrolment import register
from kiosk_ui.screens import Screens, see_other
from question_bank.messages import LANGUAGES

KEPT_S = 24 * 3600
_TEXTS = ("home_title", "home_what", "home_waiting", "rescue_save", "rescue_saved", "rescue_needs_tls")


@dataclass(frozen=True, slots=True)
class HomeView:
    """The texts by language: the page is kept whatever language the next participant reads."""

    texts: dict[str, dict[str, str]]


def routes(screens: Screens) -> APIRouter:
    """Return the routes of `/`, of `/up`, which tells that the server answers, and of the way on."""
    router = APIRouter()

    @router.get("/")
    async def home(request: Request) -> Response:
        texts = {language: screens.texts_in(language, _TEXTS) for language in LANGUAGES}
        response = screens.pages.render(request, "home.html", HomeView(texts))
        response.headers["cache-control"] = f"private, max-age={KEPT_S}"
        return response

    @router.get("/up")
    async def up() -> Response:
        return JSONResponse({"v": 1})

    @router.get(Step.START)
    async def start(request: Request) -> Response:
        standing = await screens.standing(request)
        step = step_of(standing)
        if step is Step.START:
            if "known" in request.query_params:
                raise Refusal("COOKIES_OFF")
            return await register(screens, request)
        return see_other(step)

    return router
