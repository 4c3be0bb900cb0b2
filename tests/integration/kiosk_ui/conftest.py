"""The participants' app on a real site, and browsers that keep cookies but run no scripts."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from cat_server.queries.follow import ledger_follower
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.keyring import open_keyring
from cat_server.runtime.presence import Presence
from cat_server.runtime.settings import load_settings
from kiosk_ui.app import create_app
from kiosk_ui.deps import KioskDeps
from tests.integration.conftest import Centre

ORIGIN = "http://10.1.2.3:8080"


@dataclass
class Browser:
    """One PC of the room."""

    app: ASGIApp
    cookies: dict[str, str] = field(default_factory=dict)
    keeps_cookies: bool = True

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request, without following redirects."""
        headers = {"origin": ORIGIN} | options.pop("headers", {})

        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url=ORIGIN, cookies=self.cookies
            ) as client:
                response = await client.request(method, path, headers=headers, **options)
                if self.keeps_cookies:
                    for line in response.headers.get_list("set-cookie"):
                        self._keep(SimpleCookie(line))
                return response

        return asyncio.run(once())

    def _keep(self, told: SimpleCookie) -> None:
        for name, each in told.items():
            if each["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = each.value

    def open(self, path: str = "/go") -> httpx.Response:
        """Open a page as a person does, following redirects; `page.url.path` tells where it ended."""
        page = self.ask("GET", path)
        return self._follow(page)

    def submit(self, path: str, **form: str) -> httpx.Response:
        """Send a form and follow."""
        return self._follow(self.ask("POST", path, data=form))

    def post_json(self, path: str, content: object) -> httpx.Response:
        return self.ask("POST", path, json=content)

    def _follow(self, page: httpx.Response) -> httpx.Response:
        for _ in range(6):
            if page.status_code != 303:
                return page
            page = self.ask("GET", page.headers["location"])
        raise AssertionError("redirects go round in circles")

    def sign_in(self, number: str, pin: str) -> httpx.Response:
        self.open()
        return self.submit("/sign_in", participant_number=number, pin=pin)

    def get_ready(self, number: str, pin: str) -> httpx.Response:
        self.sign_in(number, pin)
        self.submit("/confirm", answer="yes")
        self.submit("/pledge", agree="yes")
        return self.submit("/tutorial")


@dataclass
class Room:
    """The app with what a test looks into."""

    centre: Centre
    deps: KioskDeps
    app: ASGIApp

    def browser(self) -> Browser:
        return Browser(self.app)


@pytest.fixture
def room(centre: Centre, tmp_path: Path) -> Room:
    folder = tmp_path / "site"
    deps = KioskDeps(
        lane=centre.lane,
        reader=centre.reader,
        clock=centre.clock,
        follower=ledger_follower(centre.reader),
        settings=load_settings(folder),
        secrets=centre.secrets,
        presence=Presence(),
        ask_limit=centre.limits.ask,
        banks=BankFiles(folder / "banks", open_keyring(folder / "keys")).bank,
    )
    return Room(centre, deps, create_app(deps))


def visible(html: str) -> str:
    """Return the text of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
