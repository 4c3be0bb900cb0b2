"""The product as people meet it: a served demo site, real Chromium, several PCs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.http_clients import HttpOfficer, HttpParticipant
from tests.served_site import CLI, Served, copied_site, prepare_site

__all__ = ["Officer", "Pc", "Served"]

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SMALL = {"width": 1024, "height": 720}
PATIENCE_MS = 20_000
"""How long `expect` waits where a test says nothing else: a machine that is busy meanwhile fails no test."""
SOON_MS = 7_000
"""How long what an event stream tells may take to show; the heartbeats, eight seconds and more apart, mostly come later."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP cat.test 127.0.0.1, MAP *.cat.test 127.0.0.1",
]

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def template_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared demo site that is never served, only copied."""
    folder = tmp_path_factory.mktemp("template") / "site"
    subprocess.run([*CLI, "demo", "prepare", "--site", str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture
def served(template_site: Path, tmp_path: Path) -> Iterator[Served]:
    """A demo site of the test's own, served by the real command."""
    site = copied_site(template_site, tmp_path / "site")
    site.start()
    yield site
    site.end()


@pytest.fixture(scope="session")
def late_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared demo site where who comes late begins late, so that many tests share one room."""
    return prepare_site(tmp_path_factory.mktemp("late") / "site", late_start='"full_time"')


@pytest.fixture(scope="module")
def running(late_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served site whose room has begun; each test sits down people of its own (`next_person`)."""
    site = copied_site(late_template, tmp_path_factory.mktemp("running") / "site")
    site.start()
    begin(site)
    yield site
    site.end()


def begin(served: Served) -> None:
    """Let one participant get ready over HTTP, then start the room."""
    first = HttpParticipant(served, served.next_person())
    first.get_ready()
    first.close()
    officer = HttpOfficer(served)
    officer.command("start")
    officer.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Not for the whole session: while it is open, no other test may run an event loop."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


class Pc:
    """One PC of the room: a browser with its own cookies, and the person in front of it."""

    def __init__(self, browser: Browser, served: Served, host: str = "127.0.0.1") -> None:
        self.served = served
        self.host = host
        self.url = served.kiosk_url(host)
        self.context: BrowserContext = browser.new_context(viewport=SMALL, locale="id-ID")
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, message: Any) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.errors.append(message.text)

    def click(self, selector: str) -> None:
        """Click the middle of what one sees, with the mouse alone, and where it is by then: a band may move it by a line."""
        target = self.page.locator(selector).first
        expect(target).to_be_visible()
        expect(target).to_be_enabled()
        target.click()

    def type_on_pad(self, text: str) -> None:
        for each in text:
            self.click(f'#pad [data-key="{each}"]')

    def sign_in(self, person: dict[str, Any]) -> None:
        self.page.goto(self.url)
        self.click("#number")
        self.type_on_pad(person["participant_number"])
        self.click("[data-next-field]")
        self.type_on_pad(person["pin"])
        self.click("#sign-in-button")

    def take_seat(self, person: dict[str, Any]) -> None:
        """Come in a running room as far as the paper, past the pages that other tests go through by hand."""
        there = HttpParticipant(self.served, person, self.host)
        there.get_ready()
        self.context.add_cookies(
            [
                {"name": each.name, "value": each.value or "", "url": self.url, "httpOnly": True}
                for each in there.browser.cookies.jar
            ]
        )
        there.close()
        self.open_paper()

    def open_start(self) -> None:
        """Open the address that a PC opens when it is switched on, and see it go on."""
        self.page.goto(self.url)
        self.page.wait_for_url(lambda url: url.rstrip("/") != self.url)

    def open_paper(self) -> None:
        self.page.goto(self.url)
        expect(self.page.locator("#items")).to_be_visible()

    def practise(self) -> None:
        """Look at the pictures, do the practice item, say ready."""
        self.click("[data-to=practice-panel]")
        self.click("#practice .option >> nth=0")
        self.click("#practice .option >> nth=2")
        self.click("#practice-flag")
        self.click("#practice-clear")
        self.click("#ready")

    def get_ready(self, person: dict[str, Any], *, waits: bool = True) -> None:
        """Go through every page up to "ready"; `waits` unless the room runs and the exam begins at once."""
        self.sign_in(person)
        self.click("form[action='/confirm'] button[value=yes]")
        self.click("label[for=agree]")
        self.click("form[action='/pledge'] button")
        self.practise()
        if waits:
            expect(self.page.locator(".waiting")).to_be_visible()

    def choose(self, position: int, option: int) -> str:
        """Go to an item by the palette, click an option, wait for the receipt; return the option's value."""
        self.click(f'#palette [data-go="{position}"]')
        row = f'.item[data-position="{position}"] .option >> nth={option}'
        self.click(row)
        self.expect_saved()
        value: str = self.page.locator(row).locator("input").get_attribute("value") or ""
        return value

    def expect_saved(self) -> None:
        expect(self.page.locator("[data-part=saved]")).to_have_attribute("data-kind", "saved")

    def seconds_left(self) -> int:
        hours, minutes, seconds = self.page.locator("[data-part=clock]").inner_text().split(":")
        return int(hours) * 3600 + int(minutes) * 60 + int(seconds)

    def finish(self) -> None:
        self.click("[data-do=finish]")
        self.click("#overview-on")
        self.click("#confirm-yes")

    def close(self) -> None:
        assert self.errors == []
        self.context.close()


class Officer:
    """An officer at a PC of the monitoring room."""

    def __init__(self, browser: Browser, served: Served, username: str) -> None:
        self.served = served
        self.who = served.officer(username)
        self.context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="id-ID")
        self.page = self.context.new_page()
        self.page.goto(served.board_url)
        self.page.fill("#username", self.who["username"])
        self.page.fill("#password", self.who["password"])
        self.page.click("main form button")
        expect(self.page.locator("#password")).to_have_count(0)

    def open_room(self) -> None:
        self.page.goto(self.served.board_url)
        self.page.locator("a[href^='/rooms/']").first.click()
        expect(self.page.locator("#state")).not_to_be_empty()
        self.page.wait_for_load_state()  # from now on a command opens in place

    def command(self, name: str, reason: str = "") -> None:
        """Do one of the room's commands and wait until it is done: a page that is left too early takes it back."""
        self.page.locator(f".room-head__actions a[href$='/{name}']").click()
        form = self.page.locator("#confirm form")
        expect(form).to_be_visible()
        if reason:
            form.locator("#reason").fill(reason)
        form.locator("button").first.click()
        expect(form).to_have_count(0)

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def leave() -> Iterator[Any]:
    """Close what is handed over when the test ends well."""
    opened: list[Any] = []

    def keep(each: Any) -> Any:
        opened.append(each)
        return each

    yield keep
    for each in opened:
        each.close()


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, **more}
