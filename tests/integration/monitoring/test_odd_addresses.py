"""Addresses that name nothing, with characters that no database or header holds: an answer all the same, never an error."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from monitoring.permissions import ANYONE, PERMISSIONS


@pytest.mark.parametrize("odd", ["%00", "a%0D%0Ab", "%E2%98%83"])
def test_every_route_answers_an_address_that_nobody_made(stage_of: Any, odd: str) -> None:
    async def check() -> None:
        stage = await stage_of(seats=3, people=3)
        ids = dict.fromkeys(("exam_session_id", "room_id", "attempt_id", "kiosk_id", "kind"), odd)
        for role in ("coordinator", "registrar", "technician", "witness"):
            async with stage.officer(role) as client:
                for (method, path), roles in PERMISSIONS.items():
                    if role not in roles or roles is ANYONE or "{" not in path:
                        continue
                    response = await client.request(method, path.format(**ids))
                    assert response.status_code < 500, (role, method, path)

    asyncio.run(check())
