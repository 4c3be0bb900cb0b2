"""How the server does: numbers for Prometheus, and a page with live curves for officers and technicians."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from cat_server.queries.health import BUCKETS_MS
from monitoring.metrics import metrics_text
from monitoring.pages import Chrome, Screens

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
CURVES = ("saves", "commit_ms", "queue", "kiosks", "disk_gib")
"""What the page draws, from top to bottom."""


@dataclass(frozen=True, slots=True)
class ServerView:
    """The page; its numbers come by themselves."""

    chrome: Chrome
    curves: tuple[str, ...]


def routes(screens: Screens) -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    deps = screens.deps

    @router.get("/metrics")
    def metrics() -> Response:
        found = screens.health()
        return Response(metrics_text(found, deps.told()), media_type=_CONTENT_TYPE)

    @router.get("/server")
    async def show(request: Request) -> Response:
        return screens.show(request, "server.html", ServerView(screens.chrome(request, "/server"), CURVES))

    @router.get("/server/numbers")
    def numbers(request: Request) -> Response:
        found = screens.health()
        told = {"v": 1, "health": asdict(found), "lanes": deps.told(), "bounds_ms": BUCKETS_MS}
        return JSONResponse(
            told | {"advice": [screens.pages.text(request, f"healthz_{each}") for each in found.look_at]}
        )

    return router
