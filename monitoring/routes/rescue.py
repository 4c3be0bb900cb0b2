"""Rescue files: what a PC without a network kept, brought on a stick."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from cat_server.actions.import_rescue import Rescued, import_rescue
from cat_server.domain.refusals import Refusal
from cat_server.runtime.rescue_seal import LARGEST_FILE
from monitoring.pages import Chrome, Screens

PAGE = "/rescue"


@dataclass(frozen=True, slots=True)
class RescueView:
    """The page: what was just delivered, and the files that could not be, by name with the reason."""

    chrome: Chrome
    delivered: tuple[Rescued, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()


def routes(screens: Screens) -> APIRouter:
    """Return the routes of this page."""
    router = APIRouter()

    @router.get(PAGE)
    async def show(request: Request) -> Response:
        return screens.show(request, "rescue.html", RescueView(screens.chrome(request, "/kiosks")))

    @router.post(PAGE)
    async def deliver(request: Request) -> Response:
        form = await request.form()
        files = [each for each in form.getlist("file") if isinstance(each, UploadFile) and each.filename]
        if not files:
            raise Refusal("RESCUE_MISSING")
        delivered: list[Rescued] = []
        errors: list[tuple[str, str]] = []
        deps = screens.deps
        for each in files:
            try:
                content = await each.read(LARGEST_FILE + 1)
                found = await import_rescue(
                    deps.lane, deps.secrets.rescue_key, content, screens.actor(request)
                )
                delivered.append(found)
            except Refusal as refusal:
                errors.append((each.filename or "", screens.refusals.text(request, refusal)))
        await screens.catch_up()
        view = RescueView(screens.chrome(request, "/kiosks"), tuple(delivered), tuple(errors))
        return screens.show(request, "rescue.html", view, 409 if errors else 200)

    return router
