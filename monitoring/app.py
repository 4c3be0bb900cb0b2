"""The officers' app: routes behind roles, live boards, and the scores it keeps and writes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict

from fastapi import Depends, FastAPI, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from cat_server.actions.officers import sign_out_officer
from cat_server.domain.refusals import Refusal
from cat_server.queries.officers import officer_of_token
from cat_server.web.security import Security
from cat_server.web.telemetry import NO_TELEMETRY
from cat_server.web.watchman import watchman_routes
from monitoring.deps import MonitoringDeps
from monitoring.idleness import Idleness
from monitoring.live_scores import LiveScores
from monitoring.pages import Screens, see_other
from monitoring.permissions import is_open, may
from monitoring.routes import (
    admission,
    alarms,
    all_rooms,
    attempt_control,
    attempts,
    attendance,
    desk,
    desks,
    enrolment,
    extra_time,
    incidents,
    kiosks,
    lost_time,
    papers,
    photos,
    release,
    rescue,
    results,
    room,
    room_control,
    seats,
    server,
    sessions,
    sign_in,
    sign_off,
    slip,
)

BODY_LIMIT_BYTES = 256 * 1024
BY_THEMSELVES = ("/events", "/now", "/status", "/alarms", "/server/numbers")
"""Ends of addresses that pages ask for by themselves: no sign that an officer is there."""

__all__ = ["MonitoringDeps", "create_app", "create_routes"]


def create_app(deps: MonitoringDeps, live_scores: LiveScores | None = None) -> ASGIApp:
    """Return the app. Its lifespan runs `live_scores`, or one of its own, and closes feeds first on shutdown."""
    app, screens = create_routes(deps, live_scores)
    return Security(app, screens.refusals.answer, body_limit_bytes=BODY_LIMIT_BYTES, allow_camera=True)


def create_routes(deps: MonitoringDeps, live_scores: LiveScores | None = None) -> tuple[FastAPI, Screens]:
    """Return the app without its security layer, so that a test can walk its routes."""
    live = live_scores or LiveScores(deps.lane, deps.reader, deps.clock, deps.keys)
    screens = Screens(deps, live)
    live.after_tick(screens.room_feed.send)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        deps.follower.subscribe(live.take)
        working = asyncio.create_task(live.run())
        try:
            yield
        finally:
            screens.feed.close()
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working

    app = FastAPI(
        telemetry=NO_TELEMETRY,
        lifespan=lifespan,
        dependencies=[Depends(_guard(screens))],
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    screens.refusals.install(app)

    async def refused(request: Request, error: Exception) -> Response:
        refusal = error if isinstance(error, Refusal) else Refusal("INTERNAL")
        wants_page = request.method == "GET" and not request.headers.get("hx-request")
        if refusal.code == "NO_SIGN_IN" and wants_page and not request.url.path.endswith("/events"):
            return see_other("/sign-in")
        return screens.refusals.answer(request, refusal)

    app.add_exception_handler(Refusal, refused)
    for page in (
        alarms,
        rescue,
        server,
        sign_in,
        sessions,
        room,
        room_control,
        attempts,
        desk,
        kiosks,
        results,
        sign_off,
        slip,
        papers,
    ):
        app.include_router(page.routes(screens))
    for page in (
        desks,
        admission,
        attendance,
        photos,
        seats,
        enrolment,
        release,
        all_rooms,
        attempt_control,
        lost_time,
        extra_time,
        incidents,
    ):
        app.include_router(page.routes(screens))
    app.include_router(watchman_routes(lambda: asdict(screens.health()), is_for_everybody=True))
    app.mount("/static", screens.static_files)
    return app, screens


def _guard(screens: Screens) -> Callable[[Request], Awaitable[None]]:
    """Return what stands before every route: the sign-in, its age, and the role; then what the address is about is brought."""
    idleness = Idleness()

    async def guard(request: Request) -> None:
        path, method = request.scope["route"].path, request.method
        if is_open(method, path):
            return
        token, boot_ms = screens.token(request), screens.deps.clock.now().boot_ms
        hours = screens.deps.settings.policy.officer_sign_in_hours
        officer = officer_of_token(screens.deps.reader, screens.deps.clock, token, hours)
        if officer is None:
            raise Refusal("NO_SIGN_IN")
        if idleness.is_idle(token, boot_ms):
            await sign_out_officer(screens.deps.lane, token)
            raise Refusal("NO_SIGN_IN")
        if not path.endswith(BY_THEMSELVES):
            idleness.use(token, boot_ms)
        request.state.officer = officer
        if not may(officer.role, method, path):
            raise Refusal("NOT_ALLOWED")
        await screens.bring(request.path_params)

    return guard
