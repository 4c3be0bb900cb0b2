"""`/healthz`: whether the server can save, for a watchman that asks often; without secrets and without a sign-in."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from question_bank.messages import LANGUAGES, Catalogue

PATH = "/healthz"


def watchman_routes(report: Callable[[], Mapping[str, Any]], *, is_for_everybody: bool) -> APIRouter:
    """Return the route: 200 while the server can save, else 503. `report` has `can_save` and `look_at` as `Health` has them.

    All of it goes to everybody only on the committee's network; in the rooms, to this machine alone.
    """
    router = APIRouter()

    @router.get(PATH)
    def healthz(request: Request) -> Response:
        found = dict(report())
        can_save = bool(found["can_save"])
        content: dict[str, object] = {"can_save": can_save}
        if is_for_everybody or _is_from_here(request):
            content = found | {"look_at": [_advice(str(each)) for each in found["look_at"]]}
        return JSONResponse(content, 200 if can_save else 503, {"Cache-Control": "no-store"})

    return router


def _advice(code: str) -> dict[str, str]:
    """Return what to do, in every language: nobody knows who reads what a watchman passes on."""
    return {"code": code} | {each: _catalogue().text(each, f"healthz_{code}") for each in LANGUAGES}


@lru_cache(maxsize=1)
def _catalogue() -> Catalogue:
    return Catalogue("cat_server")


def _is_from_here(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
