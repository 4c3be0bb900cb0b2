"""Officers sign in and out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from cat_server.actions.officers import sign_in_officer, sign_out_officer
from cat_server.domain.refusals import Refusal
from cat_server.web.cookies import OFFICER
from monitoring.pages import Screens, see_other


@dataclass(frozen=True, slots=True)
class SignInView:
    """The sign-in page; `error` is the message of a refused attempt, `username` what was typed."""

    username: str = ""
    error: str = ""


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get("/sign-in")
    async def show(request: Request) -> Response:
        return screens.show(request, "sign_in.html", SignInView())

    @router.post("/sign-in")
    async def sign_in(
        request: Request, username: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""
    ) -> Response:
        try:
            signed_in = await sign_in_officer(screens.deps.lane, screens.deps.reader, username, password)
        except Refusal as refusal:
            view = SignInView(username, screens.refusals.text(request, refusal))
            return screens.show(request, "sign_in.html", view, 403)
        response = see_other("/")
        screens.cookies.write(response, OFFICER, signed_in.token)
        return response

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        await sign_out_officer(screens.deps.lane, screens.token(request))
        response = see_other("/sign-in")
        screens.cookies.forget(response, OFFICER)
        return response

    @router.get("/here")
    async def here() -> Response:
        """Tell that somebody is at a board that otherwise only listens."""
        return Response(status_code=204)

    return router
