"""The public scoreboard: read-only, on its own port, without cookies, sign-in or secrets."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from cat_server.domain.exam_session import NOT_BEGUN
from cat_server.queries.follow import signed_session
from cat_server.web.cookies import SCOREBOARD_LANGUAGE, Cookies
from cat_server.web.language import LanguageChoice
from cat_server.web.pages import Pages
from cat_server.web.refusals import RefusalPages
from cat_server.web.security import Security
from cat_server.web.server_sent_events import Feed, frame
from cat_server.web.static_files import StaticFiles
from cat_server.web.telemetry import NO_TELEMETRY
from monitoring.deps import MonitoringDeps
from monitoring.live_scores import LiveScores
from monitoring.public_board import board_of, chosen
from monitoring.standing import Standing
from monitoring.wording import words, zone_ms
from question_bank.messages import Catalogue

PAGE_TURNS_S = 12
ROWS = 16
EVERY_TICKS = 4
"""The board is looked at once a second; it is sent when it changed, and every few seconds to show it is alive."""
ALIVE_TICKS = 20

_WORDS = (
    "board_provisional",
    "board_final",
    "board_as_of",
    "board_rank",
    "board_number",
    "board_name",
    "board_total",
    "board_answered",
    "board_counts",
    "board_thresholds",
    "board_delayed",
    "board_page",
    "board_off",
    "board_none",
    "board_waiting",
    "board_stale",
    "board_up",
    "board_down",
    "board_working",
)


@dataclass(frozen=True, slots=True)
class BoardView:
    """The scoreboard page: what its script starts from."""

    board: dict[str, Any]


class PublicBoards:
    """The board of each exam session that somebody watches, encoded once for all of them."""

    def __init__(self, feed: Feed, live_scores: LiveScores) -> None:
        self._feed = feed
        self._live_scores = live_scores
        self._sent: dict[str, str] = {}
        self._ticks = 0

    def board(self, code: str) -> dict[str, Any]:
        """Return the board of an exam session, "" for the one that runs."""
        live = chosen(self._live_scores.sessions.values(), code)
        if live is None:
            return {"session": None}
        return board_of(live, self._standing(live.exam_session_id))

    def first_frame(self, code: str) -> bytes:
        """Return the board as it goes over the wire."""
        return frame("board", _encoded(self.board(code)))

    def send(self) -> None:
        """Send each watched board that has changed."""
        self._ticks += 1
        if self._ticks % EVERY_TICKS:
            return
        topics = self._feed.topics()
        self._sent = {topic: content for topic, content in self._sent.items() if topic in topics}
        for topic in topics:
            board = self.board(topic)
            content = _encoded({**board, "as_of": None})
            if content != self._sent.get(topic) or self._ticks % ALIVE_TICKS == 0:
                self._sent[topic] = content
                self._feed.publish("board", _encoded(board), topic)

    def _standing(self, exam_session_id: str) -> Standing | None:
        live = self._live_scores.sessions[exam_session_id]
        if live.step_ms and not live.is_closed:
            return live.step
        return live.standing(live.last_at_ms if live.is_closed else self._live_scores.now_ms())


def create_app(deps: MonitoringDeps, live_scores: LiveScores) -> ASGIApp:
    """Return the scoreboard over the same live scores as the officers' app, which runs them."""
    language = LanguageChoice(Cookies(), SCOREBOARD_LANGUAGE)
    static_files = StaticFiles("cat_server.web", "monitoring")
    catalogue = Catalogue("cat_server", "monitoring")
    pages = Pages("monitoring", catalogue, static_files, language)
    refusals = RefusalPages(pages)
    feed = Feed()
    boards = PublicBoards(feed, live_scores)
    live_scores.after_tick(boards.send)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        feed.close()

    app = FastAPI(telemetry=NO_TELEMETRY, lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    refusals.install(app)

    async def bring(code: str) -> None:
        """Have an archived exam session in memory: the one of that code, or the newest where none has begun since."""
        live = chosen(live_scores.sessions.values(), code)
        if live is None or (not code and live.state in NOT_BEGUN):
            archived = await asyncio.to_thread(signed_session, deps.reader, code)
            await live_scores.bring(archived or "", deps.follower)

    @app.get("/")
    async def show(request: Request, session: str = "") -> Response:
        await bring(session)
        asked = language.of(request)
        at_ms = deps.clock.now().at_ms
        board = {
            "first": boards.board(session),
            "words": words(catalogue, asked, _WORDS),
            "events": f"/events?session={session}" if session else "/events",
            "zone_ms": zone_ms(at_ms, deps.settings.zone),
            "turns_ms": PAGE_TURNS_S * 1000,
            "rows": ROWS,
        }
        response = Response(pages.html(asked, "scoreboard.html", BoardView(board)), media_type="text/html")
        response.headers["cache-control"] = "no-store"
        return response

    @app.get("/events")
    async def events(session: str = "") -> Response:
        await bring(session)
        return feed.stream(session, (boards.first_frame(session),))

    app.mount("/static", static_files)
    return Security(app, refusals.answer)


def _encoded(board: dict[str, Any]) -> str:
    return json.dumps(board, ensure_ascii=False, separators=(",", ":"))
