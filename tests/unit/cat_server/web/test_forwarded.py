"""What a front says of the PC it asks for is believed from the trusted one alone."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from cat_server.web.forwarded import Forwarded


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Tells whom it sees; `/wait` takes its time."""
    if scope["path"] == "/wait":
        await asyncio.sleep(0.3)
    await PlainTextResponse(f"{scope['scheme']} {scope['client'][0]}")(scope, receive, send)


async def ask(wrapped: Any, peer: str, *named: str, path: str = "/") -> httpx.Response:
    transport = httpx.ASGITransport(wrapped, client=(peer, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://cat") as client:
        return await client.get(path, headers=[("x-forwarded-for", each) for each in named])


@pytest.mark.parametrize(
    ("peer", "named", "seen"),
    [
        ("127.0.0.1", ["10.0.0.7"], "https 10.0.0.7"),
        ("127.0.0.1", ["10.9.9.9, 10.0.0.7"], "https 10.0.0.7"),
        ("127.0.0.1", ["10.9.9.9", "10.0.0.7"], "https 10.0.0.7"),
        ("127.0.0.1", ["fe80::1"], "https fe80::1"),
        ("127.0.0.1", [], "http 127.0.0.1"),
        ("127.0.0.9", ["10.0.0.7"], "http 127.0.0.9"),
        ("10.0.0.3", ["10.0.0.7"], "http 10.0.0.3"),
    ],
)
def test_the_last_word_of_the_trusted_front_counts_and_nobody_elses(
    peer: str, named: list[str], seen: str
) -> None:
    wrapped = Forwarded(app, ["127.0.0.1"], "https", 60)
    assert asyncio.run(ask(wrapped, peer, *named)).text == seen


def test_what_is_no_address_is_refused() -> None:
    wrapped = Forwarded(app, ["127.0.0.1"], "https", 60)
    for each in ("seat 4", "", "10.0.0.7\x01"):
        assert asyncio.run(ask(wrapped, "127.0.0.1", each)).status_code == 400


def test_a_pc_may_ask_so_much_at_once_and_others_beside_it_notice_nothing() -> None:
    wrapped = Forwarded(app, ["127.0.0.1"], "https", 3)

    async def check() -> None:
        greedy = [ask(wrapped, "127.0.0.1", "10.0.0.7", path="/wait") for _ in range(5)]
        honest = ask(wrapped, "127.0.0.1", "10.0.0.8", path="/wait")
        *many, one = await asyncio.gather(*greedy, honest)
        assert sorted(each.status_code for each in many) == [200, 200, 200, 503, 503]
        assert one.status_code == 200
        assert (await ask(wrapped, "127.0.0.1", "10.0.0.7")).status_code == 200

    asyncio.run(check())
