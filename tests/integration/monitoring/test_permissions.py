"""Every route is listed, and refuses whoever the list does not name."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from monitoring.app import create_routes
from monitoring.permissions import ANYONE, PERMISSIONS, ROLES, may


def declared(app: Any) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, Mount):
            assert context.path == "/static"
            continue
        found |= {(method, str(context.path)) for method in context.methods or ()}
    return found


def test_every_route_is_listed_and_nothing_else_is(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of()
        app, _ = create_routes(stage.scene.deps(), stage.live)
        assert declared(app) == set(PERMISSIONS)

    asyncio.run(check())


def test_only_the_sign_in_page_and_the_watchmans_are_open() -> None:
    assert {key for key, roles in PERMISSIONS.items() if roles is ANYONE} == {
        ("GET", "/healthz"),
        ("GET", "/metrics"),
        ("GET", "/sign-in"),
        ("POST", "/sign-in"),
    }
    assert all(roles <= ROLES for key, roles in PERMISSIONS.items() if roles is not ANYONE)


def test_what_is_not_listed_is_refused() -> None:
    assert not any(may(role, "GET", "/nowhere") for role in ROLES)
    assert not may("", "GET", "/")
    assert not may("proctor", "POST", "/rooms/{exam_session_id}/{room_id}/close")


def test_every_route_refuses_the_anonymous_and_every_other_role(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=3, people=3)
        ids = {
            "exam_session_id": stage.scene.exam_session_id,
            "room_id": stage.scene.room_id,
            "attempt_id": stage.scene.attempt_ids[0],
            "kiosk_id": "k",
            "kind": "recap",
        }
        async with stage.anonymous() as nobody:
            for (method, path), roles in PERMISSIONS.items():
                if roles is ANYONE:
                    continue
                response = await nobody.request(method, path.format(**ids), headers={"hx-request": "true"})
                assert response.status_code == 401, (method, path)
        for role in sorted(ROLES):
            async with stage.officer(role) as client:
                for (method, path), roles in PERMISSIONS.items():
                    if role in roles or roles is ANYONE:
                        continue
                    response = await client.request(method, path.format(**ids))
                    assert response.status_code == 403, (role, method, path)

    asyncio.run(check())


def test_a_page_sends_the_anonymous_to_sign_in_and_a_form_from_elsewhere_is_refused(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=3, people=3)
        async with stage.anonymous() as nobody:
            response = await nobody.get("/")
            assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
        async with stage.officer("coordinator") as client:
            room = f"/rooms/{stage.scene.exam_session_id}/{stage.scene.room_id}/close"
            forged = await client.post(room, data={"reason": "x"}, headers={"origin": "http://evil.example"})
            assert forged.status_code == 403
            assert (await client.get("/")).status_code == 200
            await client.post("/sign-out")
            assert (await client.get("/")).status_code == 303

    asyncio.run(check())


def test_a_refusal_is_headed_by_what_it_is_rather_than_by_a_hope(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=3, people=3)
        room = f"/rooms/{stage.scene.exam_session_id}/{stage.scene.room_id}"
        async with stage.officer("registrar") as client:
            client.headers.update({"accept": "text/html", "accept-language": "id"})
            assert "<h1>Tidak berwenang</h1>" in (await client.get(room)).text
            assert "<h1>Tidak ditemukan</h1>" in (await client.get("/nowhere")).text
            assert "<h1>Not found</h1>" in (await client.get("/nowhere?lang=en")).text

    asyncio.run(check())
