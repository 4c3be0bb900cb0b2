"""One simulated participant: the same pages and the same answer protocol as a browser, over real HTTP."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from typing import Any

import httpx

POLL_S = 2.0
HEARTBEAT_S = 10.0
_MOST_TRIES = 30


class Stage(StrEnum):
    """How far a simulated participant is."""

    JOINING = "joining"
    WAITING = "waiting"
    WORKING = "working"
    FINISHED = "finished"


class CrowdTrouble(Exception):  # noqa: N818 - told to a person as the reason why one participant stopped
    """The server did not answer as a browser would expect."""


@dataclass(frozen=True, slots=True)
class PaperItem:
    """What a browser finds of one item: its position, kind and the values it can answer with."""

    position: int
    kind: str
    values: tuple[str, ...]


class _Paper(HTMLParser):
    """Collects items and option values from the paper, in the order shown."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[PaperItem] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "section" and "data-position" in found:
            self.items.append(PaperItem(int(found["data-position"]), found.get("data-kind", "choice"), ()))
        elif tag == "input" and self.items and re.fullmatch(r"p\d+", found.get("name", "")):
            last = self.items[-1]
            self.items[-1] = PaperItem(last.position, last.kind, (*last.values, found.get("value", "")))


def items_of(paper: str) -> tuple[PaperItem, ...]:
    """Return the items of a paper page."""
    parser = _Paper()
    parser.feed(paper)
    return tuple(parser.items)


class CrowdParticipant:
    """Sits one exam. `pace_s` is the mean time per item; `tell` hears of every new stage and saved answer.

    `cookies` are what its browser holds: with those of an earlier run it is the same PC again.
    """

    def __init__(
        self,
        address: str,
        participant_number: str,
        pin: str,
        pace_s: float,
        tell: Callable[[Stage | None], None],
        cookies: dict[str, str] | None = None,
    ) -> None:
        self.cookies = cookies if cookies is not None else {}
        self._address = address
        self._number = participant_number
        self._pin = pin
        self._pace_s = pace_s
        self._tell = tell
        self._random = random.Random(participant_number)  # noqa: S311 - behaviour, not secrets
        self._live: dict[str, Any] = {}
        self._seq = 0
        self._position = 1

    async def sit(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Sign in, wait for the start, answer, finish.

        Raises:
            CrowdTrouble: the server did something unexpected.
            httpx.HTTPError: the server could not be reached for long.
        """
        headers = {"Origin": self._address.rstrip("/"), "Accept": "text/html"}
        async with httpx.AsyncClient(
            base_url=self._address, headers=headers, cookies=self.cookies, timeout=30, transport=transport
        ) as browser:
            try:
                await self._join(browser)
            finally:
                self.cookies.update({each.name: each.value or "" for each in browser.cookies.jar})
            self._tell(Stage.WAITING)
            await self._wait_for_start(browser)
            self._tell(Stage.WORKING)
            paper = await self._get(browser, "/paper")
            beating = asyncio.create_task(self._beat(browser))
            try:
                await self._work(browser, items_of(paper.text))
            finally:
                beating.cancel()
            self._tell(Stage.FINISHED)

    async def _join(self, browser: httpx.AsyncClient) -> None:
        answers: dict[str, dict[str, str]] = {
            "/sign_in": {"participant_number": self._number, "pin": self._pin},
            "/confirm": {"answer": "yes"},
            "/pledge": {"agree": "yes"},
            "/tutorial": {},
        }
        page = await self._get(browser, "/go")
        for _ in range(len(answers) * 2):
            path = page.url.path
            if path in ("/waiting", "/paper", "/result"):
                return
            if path not in answers:
                raise CrowdTrouble(f"{self._number}: {path}")
            await self._pause(self._pace_s / 6)
            response = await browser.post(path, data=answers[path], follow_redirects=True)
            if response.status_code >= 400:
                raise CrowdTrouble(f"{self._number}: {path} {response.status_code} {_reason(response.text)}")
            page = response
        raise CrowdTrouble(f"{self._number}: {page.url.path}")

    async def _wait_for_start(self, browser: httpx.AsyncClient) -> None:
        while True:
            state = await browser.get("/state")
            if state.status_code == 200:
                self._live = state.json()
                self._seq = max(self._seq, int(self._live.get("last_seq", 0)))
                if self._live["state"] == "RUNNING":
                    return
            await asyncio.sleep(POLL_S * self._random.uniform(0.6, 1.4))

    async def _work(self, browser: httpx.AsyncClient, items: tuple[PaperItem, ...]) -> None:
        if not items:
            raise CrowdTrouble(f"{self._number}: /paper")
        answered: list[PaperItem] = []
        for item in items:
            self._position = item.position
            await self._pause(self._pace_s)
            if self._random.random() < 0.04:
                continue
            if not await self._answer(browser, item):
                return
            answered.append(item)
            if self._random.random() < 0.12:
                await self._pause(self._pace_s / 3)
                if not await self._answer(browser, self._random.choice(answered)):
                    return
        await self._send(browser, {"kind": "finish"})

    async def _answer(self, browser: httpx.AsyncClient, item: PaperItem) -> bool:
        command = {
            "kind": "answer",
            "position": item.position,
            "response": self._response(item),
            "is_flagged": self._random.random() < 0.1,
        }
        return await self._send(browser, command)

    def _response(self, item: PaperItem) -> list[str]:
        if item.kind == "multiple":
            return sorted(self._random.sample(item.values, k=min(2, len(item.values))))
        if item.kind == "choice" and item.values:
            return [self._random.choice(item.values)]
        return ["42"]

    async def _send(self, browser: httpx.AsyncClient, command: dict[str, Any]) -> bool:
        """Deliver a command; return whether the exam goes on."""
        self._seq += 1
        body = {
            "v": 1,
            "epoch": self._live["epoch"],
            "control_no": self._live["control_no"],
            "commands": [{"seq": self._seq, "claimed_clock_ms": self._live["clock_ms"], **command}],
        }
        for tries in range(_MOST_TRIES):
            try:
                response = await browser.post("/answers", json=body)
            except httpx.TransportError:
                response = None
            if response is not None and response.status_code == 200:
                content = response.json()
                self._live |= {name: value for name, value in content.items() if name in self._live}
                if command["kind"] == "answer" and content["receipts"][0]["outcome"] == "saved":
                    self._tell(None)
                if self._live["state"] == "PAUSED":
                    await self._wait_for_start(browser)
                return bool(self._live["state"] == "RUNNING")
            if response is not None and response.status_code in (401, 409):
                return False
            await asyncio.sleep(min(0.5 * 2**tries, 5) * self._random.uniform(0.5, 1.5))
        raise CrowdTrouble(f"{self._number}: /answers")

    async def _beat(self, browser: httpx.AsyncClient) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S * self._random.uniform(0.8, 1.2))
            body = {
                "v": 1,
                "epoch": self._live["epoch"],
                "position": self._position,
                "unsent": 0,
                "offline_ready": True,
                "lost_focus": 0,
                "control_no": self._live["control_no"],
            }
            try:
                await browser.post("/heartbeat", json=body)
            except httpx.TransportError:
                continue

    async def _get(self, browser: httpx.AsyncClient, path: str) -> httpx.Response:
        response = await browser.get(path, follow_redirects=True)
        if response.status_code >= 400:
            raise CrowdTrouble(f"{self._number}: {path} {response.status_code}")
        return response

    async def _pause(self, mean_s: float) -> None:
        await asyncio.sleep(min(self._random.lognormvariate(-0.18, 0.6) * mean_s, mean_s * 5))


def _reason(page: str) -> str:
    found = re.search(r'role="alert">(.*?)</div>', page, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found[1]).strip()[:200] if found else ""
