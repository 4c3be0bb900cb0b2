"""The participants' app: thin pages, the hot path ahead of them, and the exam clock while it lives."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import asdict

from fastapi import FastAPI
from starlette.types import ASGIApp

from cat_server.actions.close_registration import ClosedRegistrations
from cat_server.actions.keep_time import keep_time, note_presence, resume_time
from cat_server.queries.health import health
from cat_server.runtime.timekeeper import Timekeeper
from cat_server.web.security import Security
from cat_server.web.telemetry import NO_TELEMETRY
from cat_server.web.watchman import watchman_routes
from kiosk_ui.control_feed import ControlFeed
from kiosk_ui.deps import KioskDeps
from kiosk_ui.direct_path import DirectPath
from kiosk_ui.hot_path import HotPath
from kiosk_ui.paper_pages import PaperPages
from kiosk_ui.routes import (
    confirm,
    end,
    enrolment,
    events,
    heartbeat,
    leftovers,
    media,
    moved,
    paper,
    pledge,
    result,
    score,
    sign_in,
    start,
    state,
    tutorial,
    waiting,
)
from kiosk_ui.screens import Screens

__all__ = ["KioskDeps", "create_app"]


def create_app(deps: KioskDeps) -> ASGIApp:
    """Return the app. Its lifespan keeps the exam clock and closes event streams first on shutdown."""
    screens = Screens(deps)
    papers = PaperPages(screens)
    control = ControlFeed(screens, papers)
    closed = ClosedRegistrations()
    timekeeper = Timekeeper(
        lambda: resume_time(deps.lane),
        lambda: keep_time(deps.lane, deps.presence, closed),
        aside=lambda: note_presence(deps.lane, deps.presence),
        is_mine=deps.keeps_time,
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        deps.follower.subscribe(control.take)
        working = [asyncio.create_task(each.run()) for each in (control, timekeeper, papers)]
        try:
            yield
        finally:
            screens.feed.close()
            for each in working:
                each.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    app = FastAPI(telemetry=NO_TELEMETRY, lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    screens.refusals.install(app)
    pages = (
        start, enrolment, sign_in, confirm, pledge, moved, end, heartbeat, state, leftovers, result,
    )  # fmt: skip
    routers = [each.routes(screens) for each in pages]
    routers += [each.routes(screens, papers) for each in (tutorial, waiting, paper, media)]
    routers += [events.routes(screens, control, papers), score.routes(screens, control)]
    for each in routers:
        app.include_router(each)
    app.include_router(
        watchman_routes(
            lambda: asdict(health(deps.settings, deps.lane, deps.reader, deps.clock)), is_for_everybody=False
        )
    )
    app.mount("/static", screens.static_files)
    direct = DirectPath(routers, screens.refusals, app)
    return HotPath(deps.lane, screens.cookies, Security(direct, screens.refusals.answer))
