"""Papers made before the start: nobody sees one too early, nobody gets a stale one, and a start makes none."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.types import ASGIApp

from cat_server.actions.control_sitting import start_sitting
from cat_server.domain.ids import OPERATOR
from cat_server.queries.kiosk_status import kiosk_status
from kiosk_ui.app import create_app
from kiosk_ui.control_feed import ControlFeed
from kiosk_ui.gathering import Gathered
from kiosk_ui.paper_order import PaperOrder, paper_order
from kiosk_ui.paper_pages import PaperPages
from kiosk_ui.screens import Screens
from question_bank.items import Bank
from tests.integration.conftest import Seated
from tests.integration.kiosk_ui.conftest import ORIGIN, Room


@dataclass
class Counted:
    """A room whose bank counts how often it was opened: once for each paper that is made."""

    room: Room
    opened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        banks = self.room.deps.banks

        def counting(bank_id: str) -> Bank:
            self.opened.append(bank_id)
            return banks(bank_id)

        self.deps = replace(self.room.deps, banks=counting)


@pytest.fixture
def counted(room: Room) -> Counted:
    return Counted(room)


def order_of(screens: Screens, who: Seated) -> PaperOrder:
    deps = screens.deps
    status = kiosk_status(deps.reader, deps.clock, who.kiosk.token, who.signed_in.token)
    order = paper_order(screens, Request({"type": "http", "headers": [], "query_string": b""}), status)
    assert order is not None
    return order


@asynccontextmanager
async def at_work(papers: PaperPages) -> AsyncIterator[None]:
    working = asyncio.create_task(papers.run())
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is made tells nobody
            await asyncio.sleep(0.01)


def test_a_paper_is_made_once_and_again_only_where_it_would_say_something_else(counted: Counted) -> None:
    first, second = counted.room.centre.seat(0), counted.room.centre.seat(1)
    screens = Screens(counted.deps)
    papers = PaperPages(screens)

    async def scene() -> None:
        own, other = order_of(screens, first), order_of(screens, second)
        async with at_work(papers):
            for each in (own, other, own):
                papers.expect(each)
            await until(lambda: len(counted.opened) == 2)
            page, foreign = await papers.page(own), await papers.page(other)
            assert len(counted.opened) == 2
            text = gzip.decompress(page).decode()
            assert own.name in text
            assert own.name not in gzip.decompress(foreign).decode()
            for changed in (
                replace(own, seat_no=99),
                replace(own, language="en"),
                replace(own, name="Nama Lain"),
                replace(own, form_no=other.form_no),
            ):
                assert await papers.page(changed) != page
            assert len(counted.opened) == 6
            assert await papers.page(own) == page, "made again, and the same again"

    asyncio.run(scene())


def test_who_has_finished_leaves_no_paper_behind(counted: Counted) -> None:
    first, second = counted.room.centre.seat(0), counted.room.centre.seat(1)
    screens = Screens(counted.deps)
    papers = PaperPages(screens)
    orders = [order_of(screens, each) for each in (first, second)]
    for each in orders:
        asyncio.run(papers.page(each))
    counted.room.centre.start()
    counted.room.centre.finish(first)
    follower = counted.room.deps.follower
    follower.subscribe(ControlFeed(screens, papers).take)
    asyncio.run(follower.poll())
    asyncio.run(papers.page(orders[1]))
    assert len(counted.opened) == 2
    asyncio.run(papers.page(orders[0]))
    assert len(counted.opened) == 3


def test_memory_for_papers_is_bounded(counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    screens = Screens(counted.deps)
    papers = PaperPages(screens)
    orders = [order_of(screens, counted.room.centre.seat(number)) for number in range(3)]

    async def scene() -> None:
        size = len(await papers.page(orders[0]))
        monkeypatch.setattr("kiosk_ui.paper_pages.MOST_BYTES", size * 5 // 2)
        await papers.page(orders[1])
        await papers.page(orders[0])
        await papers.page(orders[2])
        assert len(counted.opened) == 3
        await papers.page(orders[0])
        assert len(counted.opened) == 3, "the one that was asked for last stayed"
        await papers.page(orders[1])
        assert len(counted.opened) == 4, "the one that nobody asked for longest was let go"

    asyncio.run(scene())


def test_a_paper_that_is_ready_leaves_only_after_the_start(counted: Counted) -> None:
    centre = counted.room.centre
    slip = centre.check_in(0)
    pc = counted.room.browser()
    pc.get_ready(slip.participant_number, slip.pin)
    app = create_app(counted.deps)

    async def scene() -> None:
        transport = httpx.ASGITransport(app=app)
        async with (
            lifespan(app),
            httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=pc.cookies) as browser,
        ):
            assert (await browser.get("/waiting")).status_code == 200
            await until(lambda: len(counted.opened) == 1)
            early = await browser.get("/paper")
            assert (early.status_code, early.headers["location"], early.content) == (303, "/waiting", b"")
            stranger = await httpx.AsyncClient(transport=transport, base_url=ORIGIN).get("/paper")
            assert stranger.status_code == 303
            await start_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR)
            paper = await browser.get("/paper")
            assert (paper.status_code, paper.headers["cache-control"]) == (200, "no-store")
            assert paper.text.count('<section class="item"') == 20
            assert len(counted.opened) == 1, "the start only sent what was there"
            state = (await browser.get("/state")).json()
            assert (state["state"], state["answers"], state["last_seq"]) == ("RUNNING", [], 0)

    asyncio.run(scene())


@asynccontextmanager
async def lifespan(app: ASGIApp) -> AsyncIterator[None]:
    """Start the app and stop it, as its server does."""
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    heard: asyncio.Queue[Any] = asyncio.Queue()
    running = asyncio.ensure_future(
        app({"type": "lifespan", "asgi": {"version": "3.0"}}, told.get, heard.put)
    )
    await told.put({"type": "lifespan.startup"})
    assert (await heard.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await told.put({"type": "lifespan.shutdown"})
        await running


def test_what_is_asked_in_one_moment_is_read_in_one_go() -> None:
    readings: list[list[int]] = []

    def read(asked: Any) -> list[int]:
        readings.append(list(asked))
        if 13 in asked:
            raise ValueError("13")
        return [each * 2 for each in asked]

    async def scene(*waves: list[int]) -> list[Any]:
        gathered: Gathered[int, int] = Gathered(read)
        answers: list[Awaitable[int]] = []
        for wave in waves:
            answers += [asyncio.ensure_future(gathered.ask(each)) for each in wave]
            await asyncio.sleep(0.05)
        return await asyncio.gather(*answers, return_exceptions=True)

    assert asyncio.run(scene(list(range(5)), [7])) == [0, 2, 4, 6, 8, 14]
    assert readings == [[0, 1, 2, 3, 4], [7]]
    failed = asyncio.run(scene([13, 1], [2]))
    assert [type(each) for each in failed] == [ValueError, ValueError, int]
    readings.clear()
    assert len(asyncio.run(scene(list(range(600))))) == 600
    assert max(map(len, readings)) <= 250
