"""`/healthz` tells the rooms whether the server can save, and this machine the rest."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from cat_server.web.watchman import watchman_routes


def ask(address: str, *, can_save: bool = True, is_for_everybody: bool = False) -> httpx.Response:
    app = FastAPI()
    report = {"can_save": can_save, "disk_free_mib": 7, "look_at": ["disk_low"]}
    app.include_router(watchman_routes(lambda: report, is_for_everybody=is_for_everybody))

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            return await client.get("/healthz")

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("address", "is_for_everybody", "is_told"),
    [
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("10.1.2.3", False, False),
        ("10.1.2.3", True, True),
        ("nonsense", False, False),
    ],
)
def test_details_stay_off_the_rooms_network(address: str, is_for_everybody: bool, is_told: bool) -> None:
    reply = ask(address, is_for_everybody=is_for_everybody)
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    assert ("disk_free_mib" in reply.json(), reply.json()["can_save"]) == (is_told, True)


def test_who_cannot_save_says_so_by_its_status() -> None:
    assert ask("10.1.2.3", can_save=False).status_code == 503
