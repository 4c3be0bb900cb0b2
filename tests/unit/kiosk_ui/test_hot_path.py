from __future__ import annotations

import asyncio
from typing import Any, cast

import httpx
import pytest

from cat_server.queries.access import WriteLane
from cat_server.web.cookies import Cookies
from kiosk_ui.hot_path import HotPath

ORIGIN = "http://10.1.2.3:8080"


class _Unused:
    """What stands where nothing may be asked."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(name)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 60_000,
        b'{"v": 1, "epoch": 1, "control_no": 1, "commands": [], "more": 1}',
        b'{"v": 1, "epoch": 1, "control_no": 1, "commands": [{"seq": 1, "kind": "answer", "response": ["\xff"]}]}',
        b'{"v": 1, "epoch": 1, "control_no": 1, "commands": [{"seq": 1, "kind": "answer", "response": ["\\ud800"]}]}',
    ],
)
def test_what_is_no_answer_is_called_malformed_and_never_an_error_of_the_server(body: bytes) -> None:
    unused = cast("Any", _Unused())
    app = HotPath(cast("WriteLane", unused), Cookies(), unused)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ORIGIN) as client:
            return await client.post("/answers", content=body, headers={"origin": ORIGIN})

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.json()) == (400, {"v": 1, "code": "MALFORMED"})
