"""An officer's sign-in ends after thirty minutes alone; a live stream does not keep it open."""

from __future__ import annotations

import asyncio
from typing import Any


def test_thirty_minutes_alone_end_a_sign_in(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=3, people=3)
        async with stage.officer("proctor") as client:
            assert (await client.get("/")).status_code == 200
            for _ in range(3):
                stage.clock.advance(29 * 60)
                assert (await client.get("/here")).status_code == 204
            stage.clock.advance(30 * 60 + 1)
            assert (await client.get("/")).headers["location"] == "/sign-in"
            assert (await client.get("/")).status_code == 303

    asyncio.run(check())


def test_a_page_left_open_ends_its_sign_in_too(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=3, people=3)
        page = f"/all-rooms/{stage.scene.exam_session_id}"
        async with stage.officer("proctor") as client:
            assert (await client.get(page)).status_code == 200
            for _ in range(2):
                stage.clock.advance(15 * 60)
                shown = await client.get(f"{page}/now")
                assert (shown.status_code, "<html" in shown.text) == (200, False)
            stage.clock.advance(2)
            assert (await client.get(f"{page}/now", headers={"hx-request": "true"})).status_code == 401

    asyncio.run(check())


def test_a_wrong_password_says_no_in_words(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=3, people=3)
        async with stage.anonymous() as nobody:
            response = await nobody.post("/sign-in", data={"username": "proctor", "password": "salah"})
            assert response.status_code == 403
            assert "error-summary" in response.text
            assert "set-cookie" not in response.headers

    asyncio.run(check())


def test_many_passwords_at_once_are_no_way_around_the_limit(stage_of: Any) -> None:
    async def check() -> None:
        stage = await stage_of(seats=3, people=3)
        async with stage.anonymous() as nobody:
            tries = [{"username": "many-at-once", "password": f"salah {each}"} for each in range(12)]
            answers = await asyncio.gather(*(nobody.post("/sign-in", data=each) for each in tries))
        assert sum("Terlalu banyak percobaan" in each.text for each in answers) == 12 - 5

    asyncio.run(check())
