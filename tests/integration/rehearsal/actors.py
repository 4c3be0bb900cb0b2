"""The people of the day over real HTTPS: officers at their pages, kiosks with their device credentials."""

from __future__ import annotations

import html
import random
import re
from dataclasses import dataclass
from typing import Any

import httpx

from cat_server.cli.crowd_participant import items_of
from tests.integration.rehearsal.centre import RehearsalSite

BATCH = 32


class Network:
    """Connections that all actors share; each has cookies of its own."""

    def __init__(self, site: RehearsalSite) -> None:
        self.site = site
        limits = httpx.Limits(max_connections=48, max_keepalive_connections=48)
        self._transport = httpx.AsyncHTTPTransport(verify=site.tls, limits=limits)

    def browser(self, url: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=url,
            headers={"Origin": url, "Accept": "text/html"},
            timeout=60,
            follow_redirects=True,
            transport=self._transport,
        )

    async def close(self) -> None:
        await self._transport.aclose()


class Officer:
    """An officer who has signed in."""

    def __init__(self, network: Network, username: str) -> None:
        self.who = network.site.officer(username)
        self.browser = network.browser(network.site.board_url)

    async def sign_in(self) -> Officer:
        form = {"username": self.who["username"], "password": self.who["password"]}
        page = await self.browser.post("/sign-in", data=form)
        assert page.status_code == 200, page.text
        return self

    async def get(self, path: str) -> str:
        page = await self.browser.get(path)
        assert page.status_code == 200, f"{path} {page.status_code} {told(page.text)}"
        return page.text

    async def post(self, path: str, **form: str) -> httpx.Response:
        page = await self.browser.post(path, data=form)
        assert page.status_code == 200, f"{path} {page.status_code} {told(page.text)}"
        return page

    @property
    def approval(self) -> dict[str, str]:
        """What this officer types as the second one."""
        return {"approver": self.who["username"], "approver_password": self.who["password"]}

    async def check_in(self, exam_session_id: str, number: str) -> Slip:
        """Scan the card, tick both documents, check in; return what the slip says."""
        person = await self.browser.get(f"/desk/{exam_session_id}", params={"wanted": number})
        shown = dict(reversed(re.findall(r'name="(document-[^"]+)" value="([^"]+)"', person.text)))
        assert shown, told(person.text)
        page = await self.post(f"{person.url.path}/check-in", **shown)
        pin = re.search(r'slip__pin">([\d ]+)<', page.text)
        seat = re.search(r'slip__seat">(\d+)<', page.text)
        assert pin, told(page.text)
        assert seat, told(page.text)
        return Slip(number, pin[1].replace(" ", ""), int(seat[1]), person.url.path.rsplit("/", 1)[1])


@dataclass(frozen=True)
class Slip:
    """What a participant takes from the desk to the room."""

    number: str
    pin: str
    seat_no: int
    attempt_id: str


class Kiosk:
    """A PC of the room: it keeps its device credential from one exam session to the next."""

    def __init__(self, network: Network) -> None:
        self.browser = network.browser(network.site.kiosk_url())
        self.seq = 0
        self.live: dict[str, Any] = {}
        self.saved = 0

    async def code(self) -> str:
        """Open the kiosk's address; return the code on the screen."""
        page = await self.browser.get("/go")
        found = re.search(r'class="[^"]*code[^"]*"[^>]*>\s*([A-Z0-9]{4,8})\s*<', page.text)
        assert found, told(page.text)
        return found[1]

    async def seat_down(self, slip: Slip) -> None:
        """Go from sign-in to the waiting page."""
        self.seq = 0
        await self.browser.get("/go")
        for path, form in (
            ("/sign_in", {"participant_number": slip.number, "pin": slip.pin}),
            ("/confirm", {"answer": "yes"}),
            ("/pledge", {"agree": "yes"}),
            ("/tutorial", {}),
        ):
            page = await self.browser.post(path, data=form)
            assert page.status_code == 200, f"{path} {page.status_code} {told(page.text)}"
        assert page.url.path in ("/waiting", "/paper"), f"{page.url.path} {told(page.text)}"

    async def learn(self) -> dict[str, Any]:
        self.live = (await self.browser.get("/state")).json()
        self.seq = max(self.seq, self.live["last_seq"])
        return self.live

    async def work(self, dice: random.Random, best: dict[int, str], *, is_finishing: bool) -> None:
        """Answer most items in batches, and finish or leave it there; some people know more of the `best` options."""
        share, skill = dice.uniform(0.7, 1), dice.uniform(0.2, 0.95)
        await self.learn()
        paper = await self.browser.get("/paper")
        items = [each for each in items_of(paper.text) if dice.random() < share]
        commands: list[dict[str, Any]] = [
            {
                "kind": "answer",
                "position": each.position,
                "response": [best[each.position] if dice.random() < skill else dice.choice(each.values)],
                "is_flagged": dice.random() < 0.1,
            }
            for each in items
        ]
        if is_finishing:
            commands.append({"kind": "finish"})
        for first in range(0, len(commands), BATCH):
            await self.send(commands[first : first + BATCH])

    async def send(self, commands: list[dict[str, Any]]) -> list[dict[str, Any]]:
        body = {
            "v": 1,
            "epoch": self.live["epoch"],
            "control_no": self.live["control_no"],
            "commands": [
                {"seq": self.seq + number, "claimed_clock_ms": self.live["clock_ms"], **each}
                for number, each in enumerate(commands, start=1)
            ],
        }
        self.seq += len(commands)
        reply = await self.browser.post("/answers", json=body)
        assert reply.status_code == 200, f"{reply.status_code} {reply.text[:300]}"
        receipts: list[dict[str, Any]] = reply.json()["receipts"]
        answers = [
            each for each, command in zip(receipts, commands, strict=True) if command["kind"] == "answer"
        ]
        self.saved += sum(each["outcome"] == "saved" for each in answers)
        return receipts

    async def leave(self) -> None:
        """Press "Selesai" on the result page."""
        await self.browser.post("/end")

    async def score(self) -> dict[str, Any]:
        reply = await self.browser.get("/score", headers={"Accept": "application/json"})
        content: dict[str, Any] = reply.json()
        return content


def told(page: str) -> str:
    """Return what a page says to a person, shortened: for messages of failed assertions."""
    alert = re.search(r'role="alert".*?</', page, re.DOTALL)
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return f"{alert[0] if alert else ''} | " + re.sub(r"\s+", " ", html.unescape(text))[:600]
