"""People of the exam without a browser: the same pages and the same protocol over real HTTP, no scripts."""

from __future__ import annotations

import contextlib
import json
import re
import time
from typing import Any

import httpx

from tests.served_site import Served


class HttpParticipant:
    """A participant at a PC of the room. `saved` holds each receipt that was read, with what was sent for it.

    `told` is the last reply, its live part too.
    """

    def __init__(
        self,
        served: Served,
        person: dict[str, Any],
        host: str = "127.0.0.1",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.person = person
        url = served.kiosk_url(host)
        self.browser = httpx.Client(
            base_url=url,
            headers={"Origin": url, "Accept": "text/html"},
            timeout=20,
            follow_redirects=True,
            transport=transport,
        )
        self.seq = 0
        self.state: dict[str, Any] = {}
        self.saved: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
        self.is_deaf = False
        self.told: dict[str, Any] = {}

    def get_ready(self) -> None:
        """Go as far as the waiting page, or the paper where the exam runs already."""
        self.browser.get("/go")
        sign_in = {"participant_number": self.person["participant_number"], "pin": self.person["pin"]}
        for path, form in (
            ("/sign_in", sign_in),
            ("/confirm", {"answer": "yes"}),
            ("/pledge", {"agree": "yes"}),
            ("/tutorial", {}),
        ):
            response = self.browser.post(path, data=form)
            assert response.status_code == 200, f"{path} {response.status_code}"
        assert response.url.path in ("/waiting", "/paper"), response.url.path

    def learn(self) -> dict[str, Any]:
        """Ask the server how things stand."""
        self.state = self.browser.get("/state").json()
        self.seq = max(self.seq, self.state["last_seq"])
        return self.state

    def command(self, kind: str, position: int = 0, *response: str) -> dict[str, Any]:
        """Make the next command."""
        self.seq += 1
        return {
            "seq": self.seq,
            "kind": kind,
            "position": position,
            "response": list(response),
            "is_flagged": False,
            "claimed_clock_ms": self.state["clock_ms"],
        }

    def send(self, *commands: dict[str, Any]) -> list[dict[str, Any]]:
        """Deliver commands until receipts come, as a browser does; note them."""
        body = {
            "v": 1,
            "epoch": self.state["epoch"],
            "control_no": self.state["control_no"],
            "commands": list(commands),
        }
        deadline = time.monotonic() + 180
        while True:
            with contextlib.suppress(httpx.TransportError):
                reply = self.browser.post("/answers", json=body)
                if self.is_deaf:
                    raise httpx.ReadError("this reply came from a machine that has no power")
                if reply.status_code == 200:
                    break
                assert reply.status_code == 503, f"{reply.status_code} {reply.text}"
            assert time.monotonic() < deadline, "no receipt"
            time.sleep(0.1)
        self.told = reply.json()
        receipts: list[dict[str, Any]] = self.told["receipts"]
        for command, receipt in zip(commands, receipts, strict=True):
            self.saved[command["seq"]] = (command, receipt)
        return receipts

    def answer(self, position: int, *response: str) -> dict[str, Any]:
        """Save one answer."""
        return self.send(self.command("answer", position, *response))[0]

    def close(self) -> None:
        self.browser.close()


class HttpOfficer:
    """An officer's sign-in in the monitoring app."""

    def __init__(self, served: Served, username: str = "koordinator") -> None:
        url = served.board_url
        self.browser = httpx.Client(
            base_url=url, headers={"Origin": url, "Accept": "text/html"}, timeout=30, follow_redirects=True
        )
        who = served.officer(username)
        home = self.browser.post("/sign-in", data={"username": username, "password": who["password"]})
        found = re.search(r'href="(/rooms/[^"]+)"', home.text)
        assert found is not None, home.status_code
        self.room = found[1]

    def command(self, name: str, **form: str) -> None:
        """Do one of the room's commands."""
        response = self.browser.post(f"{self.room}/{name}", data=form)
        assert response.status_code == 200, response.text

    def rows(self) -> dict[str, dict[str, Any]]:
        """Return the room's rows now, by participant number."""
        page = self.browser.get(self.room)
        found = re.search(r'id="board">(.*?)</script>', page.text, re.DOTALL)
        assert found is not None, page.status_code
        return {row["no"]: row for row in json.loads(found[1])["first"]["rows"]}

    def close(self) -> None:
        self.browser.close()
