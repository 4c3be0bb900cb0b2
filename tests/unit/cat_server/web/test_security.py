from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from cat_server.domain.refusals import Refusal
from cat_server.web.security import Security

ORIGIN = "http://10.0.0.5:8080"


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"cache-control": "public, max-age=5"} if scope["path"] == "/kept" else {}
    await PlainTextResponse("inside", headers=headers)(scope, receive, send)


def _refuse(_: Request, refusal: Refusal) -> Response:
    return PlainTextResponse(refusal.code, 403)


def ask(method: str, path: str = "/", **options: object) -> httpx.Response:
    async def once() -> httpx.Response:
        app = Security(_app, _refuse, body_limit_bytes=100)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ORIGIN) as client:
            return await client.request(method, path, **options)  # type: ignore[arg-type]  # plain pass-through

    return asyncio.run(once())


def test_own_origin_may_change_things() -> None:
    assert ask("POST", headers={"origin": ORIGIN}).text == "inside"


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://10.0.0.5",
        "http://10.0.0.5:8081",
        "https://10.0.0.5:8080",
        "http://10.0.0.5:8080.x",
    ],
)
def test_any_other_origin_may_not(origin: str) -> None:
    headers = {"origin": origin} if origin else {}
    assert ask("POST", headers=headers).text == "ORIGIN"


def test_reading_needs_no_origin() -> None:
    assert ask("GET").text == "inside"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_only_declared_methods(method: str) -> None:
    assert ask(method, headers={"origin": ORIGIN}).text == "METHOD"


def test_a_body_has_a_length_below_the_limit() -> None:
    own = {"origin": ORIGIN}
    assert ask("POST", headers=own, content=b"x" * 100).text == "inside"
    assert ask("POST", headers=own, content=b"x" * 101).text == "BODY_TOO_LARGE"
    assert ask("POST", headers={**own, "transfer-encoding": "chunked"}).text == "LENGTH_REQUIRED"
    for odd in ("-1", "1e1", "0" * 5_000 + "1"):
        assert ask("POST", headers={**own, "content-length": odd}, content=b"x").text == "BODY_TOO_LARGE"


def test_every_answer_carries_the_headers() -> None:
    for answer in (ask("GET"), ask("PUT")):
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_what_an_app_says_of_storing_stays() -> None:
    assert ask("GET", "/kept").headers["cache-control"] == "public, max-age=5"


@pytest.mark.parametrize(
    ("headers", "is_heard_out"),
    [
        ({b"content-length": b"2"}, True),
        ({b"content-length": b"2", b"origin": ORIGIN.encode()}, False),
        ({b"content-length": b"101", b"origin": ORIGIN.encode()}, True),
        ({b"content-length": b"800"}, True),
        ({b"content-length": b"801"}, False),
        ({b"content-length": b"2", b"expect": b"100-continue"}, False),
        ({b"transfer-encoding": b"chunked"}, False),
        ({}, False),
    ],
)
def test_a_refused_request_is_heard_out_so_that_the_refusal_arrives(
    headers: dict[bytes, bytes], *, is_heard_out: bool
) -> None:
    """Closed with something unread, a connection is reset, and the refusal lost with it."""
    parts = [{"type": "http.request", "body": b"x", "more_body": more} for more in (True, False)]
    said: list[str] = []

    async def receive() -> dict[str, object]:
        said.append("taken")
        return parts.pop(0)

    async def send(message: dict[str, object]) -> None:
        said.append(str(message["type"]))

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "scheme": "http",
        "headers": [(b"host", b"10.0.0.5:8080"), *headers.items()],
    }
    asyncio.run(Security(_app, _refuse, body_limit_bytes=100)(scope, receive, send))  # type: ignore[arg-type]
    assert said == ["taken"] * 2 * is_heard_out + ["http.response.start", "http.response.body"]
