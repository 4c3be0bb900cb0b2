"""Kiosks with a real browser: Chromium on the pages as people get them, in a thread with an event loop of its own.

What a person sees is noted in the page itself (`page_watch.js`), so that what drives the browser costs no time in it.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from playwright.async_api import Browser, Error, Page, async_playwright

from scripts.bench_server.filled_site import ITEMS, Kiosk
from scripts.bench_server.serving import Running
from scripts.bench_server.site_database import read
from scripts.bench_server.wire import Server
from tests.browser.conftest import ARGUMENTS, CHROMIUM, SMALL

_LONGEST_MS = 60_000
_THINKING_S = 0.25
_ASKING_S = 0.05
_WATCH = (Path(__file__).parent / "page_watch.js").read_text(encoding="utf-8")
_SHOWN = "performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime"

_FETCHED = (
    "performance.getEntriesByType('resource').filter("
    "(each) => /\\.(js|css|woff2)$/.test(each.name) && each.transferSize).length"
)
"""Files that a page cannot be shown without and that did not come out of the browser's own store."""

Result = TypeVar("Result")


class BrowserKiosk:
    """One PC of the room. `chosen` holds, by position, the option last clicked of which the page has said "saved"."""

    def __init__(self, page: Page, server: Server, kiosk: Kiosk) -> None:
        self.page = page
        self.kiosk = kiosk
        self.chosen: dict[int, str] = {}
        self.saved = 0
        self._server = server

    async def sit_down(self) -> None:
        """Open the sign-in page and type number and PIN."""
        await self.page.goto(self._server.origin)
        await self.page.locator("#number").fill(self.kiosk.number)
        await self.page.locator("#pin").fill(self.kiosk.pin)

    async def sign_in(self) -> float:
        """Click on sign-in; return the seconds until the next page was painted."""
        await self.page.locator("#sign-in-button").click()
        await self.page.wait_for_url("**/confirm")
        shown_ms = await self._shown_ms()
        return (shown_ms - float(await self.page.evaluate("sessionStorage.getItem('clicked')"))) / 1000

    async def get_ready(self) -> None:
        """Go through every page as far as the waiting page."""
        await self._click(
            "form[action='/confirm'] button[value=yes]", "label[for=agree]", "form[action='/pledge'] button"
        )
        await self._click(
            "[data-to=practice-panel]", "#practice .option >> nth=0", "#practice .option >> nth=1"
        )
        await self._click("#practice-flag", "#practice-clear", "#ready")
        await self.page.locator(".waiting").wait_for()

    async def first_item_ms(self) -> tuple[float, int]:
        """Return when the first item was painted, UTC milliseconds, and how many files its page had to fetch."""
        painted_ms = await self._seen_ms("item")
        return painted_ms, int(await self.page.evaluate(_FETCHED))

    async def work(self, until: asyncio.Event) -> list[float]:
        """Answer one item after the other; return the seconds from each click until "saved" was painted."""
        took_s: list[float] = []
        while not until.is_set():
            position = self.saved % ITEMS + 1
            option = self.saved // ITEMS  # another one each time around
            await self.page.locator(f'#palette [data-go="{position}"]').click()
            row = self.page.locator(f'.item[data-position="{position}"] .option').nth(option)
            before = await self.page.evaluate("seen.saves.length")
            await row.click()
            took_s.append(await self._told(f"seen.saves[{before}]") / 1000)
            self.chosen[position] = await row.locator("input").input_value()
            self.saved += 1
            await asyncio.sleep(_THINKING_S)
        return took_s

    async def result_ms(self) -> tuple[float, float]:
        """Return when the result page was painted, and the score in it, UTC milliseconds."""
        await self.page.wait_for_url("**/result", wait_until="commit")
        return await self._shown_ms(), await self._seen_ms("score")

    async def _click(self, *selectors: str) -> None:
        for each in selectors:
            await self.page.locator(each).click()

    async def _shown_ms(self) -> float:
        return await self._told(_SHOWN)

    async def _seen_ms(self, what: str) -> float:
        return await self._told(f"window.seen && seen.at.{what}")

    async def _told(self, expression: str) -> float:
        """Ask the page until it has a number; by asking, since the pages' policy forbids what waits inside them."""
        async with asyncio.timeout(_LONGEST_MS / 1000):
            while True:
                with suppress(Error):  # the page is just leaving for the next one
                    if found := await self.page.evaluate(expression):
                        return float(found)
                await asyncio.sleep(_ASKING_S)


class BrowserKiosks:
    """All of them. What they do is begun by `begin`, all at the same time, and does not hold up the caller."""

    def __init__(self, loop: asyncio.AbstractEventLoop, kiosks: Sequence[BrowserKiosk]) -> None:
        self._loop = loop
        self._kiosks = kiosks
        self._until = asyncio.Event()

    def begin(self, doing: Callable[[BrowserKiosk], Awaitable[Result]]) -> Future[list[Result]]:
        """Let each do something."""

        async def all_of_them() -> list[Result]:
            return await asyncio.gather(*map(doing, self._kiosks))

        return asyncio.run_coroutine_threadsafe(all_of_them(), self._loop)

    def begin_work(self) -> Future[list[list[float]]]:
        """Let each answer until `stop_work`."""
        self._until.clear()
        return self.begin(lambda each: each.work(self._until))

    def stop_work(self) -> None:
        """Let each click no more once the present answer is saved."""
        self._loop.call_soon_threadsafe(self._until.set)

    def lost(self, folder: Path) -> int:
        """Return how many answers that a page has called saved the database of a stopped server does not hold."""
        return sum(
            answers_missing(folder, each.kiosk.attempt_id, each.chosen, each.saved) for each in self._kiosks
        )


def answers_missing(folder: Path, attempt_id: str, chosen: dict[int, str], saved: int) -> int:
    """Return how many of an attempt's last answers by position are not in the records, and how many receipts of all it `saved`."""
    answers = "SELECT position, response FROM answer WHERE attempt_id = :attempt_id"
    receipts = "SELECT count(*) FROM receipt WHERE attempt_id = :attempt_id AND outcome = 'saved'"
    held = {position: json.loads(said) for position, said in read(folder, answers, attempt_id=attempt_id)}
    written = int(read(folder, receipts, attempt_id=attempt_id)[0][0])
    differing = sum(held.get(position) != [option] for position, option in chosen.items())
    return differing + max(saved - written, 0)


@contextmanager
def browser_kiosks(running: Running, kiosks: Sequence[Kiosk]) -> Iterator[BrowserKiosks]:
    """Open a browser with a context, which is a PC, for each of these kiosks, and the sign-in page filled in."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(doing: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(doing, loop).result()

    driver = async_playwright()
    playwright = run(driver.__aenter__())
    try:
        browser = run(playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS))
        opened = BrowserKiosks(loop, [run(_opened(browser, running.server, each)) for each in kiosks])
        opened.begin(BrowserKiosk.sit_down).result()
        yield opened
    finally:
        run(driver.__aexit__())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)


async def _opened(browser: Browser, server: Server, kiosk: Kiosk) -> BrowserKiosk:
    context = await browser.new_context(viewport=SMALL, locale="id-ID", ignore_https_errors=True)
    context.set_default_timeout(_LONGEST_MS)
    await context.add_init_script(_WATCH)
    name = "__Host-cat_kiosk_device" if server.ca_file else "cat_kiosk_device"
    await context.add_cookies(
        [
            {
                "name": name,
                "value": kiosk.device,
                "url": server.origin,
                "httpOnly": True,
                "secure": bool(server.ca_file),
            }
        ]
    )
    return BrowserKiosk(await context.new_page(), server, kiosk)
