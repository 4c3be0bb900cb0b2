"""What is answered ahead of the router is answered exactly as the router would."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import httpx
import pytest
from starlette.types import ASGIApp

from cat_server.actions.write_scores import DerivedScore, write_scores
from cat_server.domain.scoring import AttemptScore
from cat_server.queries.access import DatabaseAwayError, Reader
from kiosk_ui import direct_path
from kiosk_ui.app import create_app
from kiosk_ui.deps import KioskDeps
from tests.integration.kiosk_ui.conftest import ORIGIN, Browser, Room

PATHS = (
    "/",
    "/sign_in",
    "/sign_in?not_me=1",
    "/confirm",
    "/pledge",
    "/tutorial",
    "/waiting",
    "/paper",
    "/state",
    "/result",
    "/score",
    "/moved",
    "/end",
)
HEADERS: tuple[dict[str, str], ...] = (
    {"accept": "text/html", "accept-encoding": "gzip"},
    {"accept": "application/json", "accept-encoding": "identity"},
    {"hx-request": "true"},
)
ASKED = [
    *((path, headers) for path in PATHS for headers in HEADERS),
    *((f"{path}?lang=en", HEADERS[0]) for path in PATHS if "?" not in path),
]


def routed(deps: KioskDeps) -> ASGIApp:
    """Return the app with every request sent through the router."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(direct_path, "_plain", lambda _: iter(()))
        return create_app(deps)


def answer(app: ASGIApp, pc: Browser, method: str, path: str, headers: dict[str, str]) -> tuple[Any, ...]:
    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=pc.cookies) as client:
            return await client.request(method, path, headers={"origin": ORIGIN} | headers)

    reply = asyncio.run(once())
    return reply.status_code, sorted(reply.headers.multi_items()), reply.content


def stages(room: Room) -> Iterator[Browser]:
    """Lead a participant from an unknown PC to the score."""
    slip = room.centre.check_in(0)
    pc = room.browser()
    yield pc
    pc.open()
    yield pc
    pc.sign_in(slip.participant_number, slip.pin)
    yield pc
    pc.submit("/confirm", answer="yes")
    pc.submit("/pledge", agree="yes")
    yield pc
    pc.submit("/tutorial")
    yield pc
    room.centre.start()
    yield pc
    room.centre.pass_time(611)
    yield pc
    [(number,)] = room.centre.rows(
        f"SELECT max(number) FROM ledger WHERE chain='{room.centre.exam_session_id}'"
    )
    score = AttemptScore((), 5_000_000, 100_000_000, 1, 20, meets_threshold=None, thresholds=())
    written = [DerivedScore(slip.attempt_id, number, score)]
    room.centre.do(write_scores(room.centre.lane, room.centre.exam_session_id, "keys", written))
    yield pc


def test_both_ways_answer_alike_from_the_first_page_to_the_score(room: Room) -> None:
    by_router = routed(room.deps)
    seen: set[tuple[str, int]] = set()
    for pc in stages(room):
        for path, headers in ASKED:
            direct = answer(room.app, pc, "GET", path, headers)
            assert direct == answer(by_router, pc, "GET", path, headers), (path, headers)
            seen.add((path, direct[0]))
    assert {("/score", 200), ("/score", 202), ("/score", 401), ("/result", 200), ("/state", 200)} <= seen
    assert {("/paper", 200), ("/paper", 303), ("/state", 401), ("/sign_in", 200), ("/end", 200)} <= seen


@pytest.mark.parametrize(
    "path", ["/result", "/result/", "/score", "/events", "/paper", "/state", "/res%75lt"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
def test_another_method_or_spelling_is_answered_alike(room: Room, method: str, path: str) -> None:
    pc, by_router = room.browser(), routed(room.deps)
    assert answer(room.app, pc, method, path, {}) == answer(by_router, pc, method, path, {})


@pytest.mark.parametrize(("error", "status"), [(DatabaseAwayError("away"), 503), (KeyError("a bug"), 500)])
def test_a_failure_is_told_alike(room: Room, error: Exception, status: int) -> None:
    class Broken:
        def view(self) -> Any:
            raise error

    deps = replace(room.deps, reader=cast("Reader", Broken()))
    app, by_router = create_app(deps), routed(deps)
    for path in ("/result", "/score", "/events", "/state", "/paper"):
        direct = answer(app, room.browser(), "GET", path, HEADERS[0])
        assert direct[0] == status
        assert direct == answer(by_router, room.browser(), "GET", path, HEADERS[0])


def test_what_a_whole_room_asks_for_is_answered_directly(room: Room) -> None:
    """An app whose router is gone still answers these."""

    async def gone(*_: object) -> None:
        raise AssertionError("the router was asked")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kiosk_ui.app.FastAPI.__call__", gone)
        for path in ("/result", "/score", "/events", "/state", "/paper", "/sign_in", "/confirm", "/waiting"):
            assert answer(room.app, room.browser(), "GET", path, {})[0] in (303, 401)
