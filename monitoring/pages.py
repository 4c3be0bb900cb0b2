"""The officers' pages: what every page carries, who is asking, and how a view model becomes a response."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cat_server.domain.ids import Actor, ActorKind
from cat_server.domain.refusals import Refusal
from cat_server.queries.desk import attempt_at_desk
from cat_server.queries.health import Health, health
from cat_server.queries.officers import Officer
from cat_server.runtime.photo_files import PhotoFiles
from cat_server.web.cookies import MONITORING_LANGUAGE, OFFICER, Cookies
from cat_server.web.language import LanguageChoice
from cat_server.web.pages import Pages
from cat_server.web.refusals import RefusalPages
from cat_server.web.server_sent_events import Feed
from cat_server.web.static_files import StaticFiles
from monitoring.deps import MonitoringDeps
from monitoring.live_scores import LiveScores
from monitoring.permissions import may
from monitoring.room_feed import RoomFeed
from question_bank.messages import Catalogue

_LINKS = (
    ("/", "nav_sessions"),
    ("/desk", "nav_desk"),
    ("/kiosks", "nav_kiosks"),
    ("/server", "nav_server"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation; `code` names its text."""

    href: str
    code: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Chrome:
    """What stands around every page: who is signed in and where one can go."""

    officer_name: str
    role: str
    links: tuple[Link, ...]
    path: str


class Screens:
    """Makes responses of one monitoring app. Routes hold it and nothing else."""

    def __init__(self, deps: MonitoringDeps, live_scores: LiveScores) -> None:
        self.deps = deps
        self.live_scores = live_scores
        self.feed = Feed()
        self.room_feed = RoomFeed(self.feed, live_scores)
        self.cookies = Cookies(is_tls=deps.settings.scheme == "https")
        self.static_files = StaticFiles("cat_server.web", "monitoring")
        self.language = LanguageChoice(self.cookies, MONITORING_LANGUAGE)
        self.catalogue = Catalogue("cat_server", "monitoring")
        self.pages = Pages("monitoring", self.catalogue, self.static_files, self.language)
        self.refusals = RefusalPages(self.pages)
        self.zone = deps.settings.zone
        self.photos = PhotoFiles(deps.settings.photos_folder)

    def show(self, request: Request, template: str, view: object, status: int = 200) -> HTMLResponse:
        """Return a page or fragment."""
        return self.pages.render(request, template, view, status)

    def chrome(self, request: Request, here: str = "") -> Chrome:
        """Return the surroundings of a page; `here` is the address of the entry that the page belongs to."""
        officer = self.officer(request)
        links = tuple(
            Link(href, code, href == here) for href, code in _LINKS if may(officer.role, "GET", href)
        )
        return Chrome(officer.name, officer.role, links, request.url.path)

    def officer(self, request: Request) -> Officer:
        """Return who is asking.

        Raises:
            Refusal: `NO_SIGN_IN`.
        """
        officer = getattr(request.state, "officer", None)
        if not isinstance(officer, Officer):
            raise Refusal("NO_SIGN_IN")
        return officer

    def actor(self, request: Request) -> Actor:
        """Return who is asking, as the ledger names them."""
        return Actor(ActorKind.OFFICER, self.officer(request).officer_id)

    def may(self, request: Request, method: str, path: str) -> bool:
        """Tell whether who is asking may use a route, so that pages offer nothing that would be refused."""
        return may(self.officer(request).role, method, path)

    def health(self) -> Health:
        """Return how the server is, with what is known of database pages that were read only after the doors had opened."""
        deps = self.deps
        found = health(deps.settings, deps.lane, deps.reader, deps.clock)
        pages = deps.told().get("pages", {})
        first = ("pages_damaged",) if pages.get("damaged") else ()
        last = ("pages_left",) if pages.get("left") else ()
        return replace(found, look_at=(*first, *found.look_at, *last))

    async def bring(self, params: Mapping[str, str]) -> None:
        """Have the exam session that an address is about in memory, though it be archived."""
        exam_session_id = params.get("exam_session_id", "")
        attempt_id = params.get("attempt_id", "")
        if attempt_id and not exam_session_id:
            stored = await asyncio.to_thread(attempt_at_desk, self.deps.reader, attempt_id)
            exam_session_id = stored.exam_session_id if stored else ""
        await self.live_scores.bring(exam_session_id, self.deps.follower)

    async def catch_up(self) -> None:
        """Let the live scores see what was just written, so that the page after a form shows it."""
        await self.deps.follower.poll()
        await self.live_scores.tick()

    def token(self, request: Request) -> str:
        """Return the sign-in token that the browser sent, or an empty string."""
        return self.cookies.read(request, OFFICER)


def see_other(path: str) -> Response:
    """Return a redirect after a form was taken."""
    return RedirectResponse(path, 303)
