"""Just enough WebDriver BiDi to drive Firefox ESR as a person with a mouse would."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect

from scripts.free_ports import free_ports

FIREFOX = Path("/usr/bin/firefox-esr")


class Firefox:
    """A headless Firefox with a fresh profile and one page. To be used with `async with`."""

    def __init__(self, profile: Path) -> None:
        assert FIREFOX.exists(), f"{FIREFOX} is missing: install Debian's package firefox-esr"
        self._profile = profile
        self._number = 0

    async def __aenter__(self) -> Self:
        self._profile.mkdir()
        (self._profile / "user.js").write_text('user_pref("intl.accept_languages", "id-ID");\n')
        port = free_ports(1)[0]
        self._process = subprocess.Popen(  # noqa: ASYNC220 - it starts once, before anything else runs
            [
                FIREFOX,
                "--headless",
                "--no-remote",
                "--profile",
                self._profile,
                f"--remote-debugging-port={port}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._socket = await self._connected(f"ws://127.0.0.1:{port}/session")
        await self.ask("session.new", capabilities={})
        tree = await self.ask("browsingContext.getTree")
        self._page = tree["contexts"][0]["context"]
        viewport = {"width": 1024, "height": 720}
        await self.ask("browsingContext.setViewport", context=self._page, viewport=viewport)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()
        self._process.terminate()
        self._process.wait(20)

    async def _connected(self, address: str) -> ClientConnection:
        deadline = time.monotonic() + 60
        while True:
            try:
                return await connect(address, max_size=None)
            except OSError:
                assert time.monotonic() < deadline, "Firefox does not listen"
                assert self._process.poll() is None, "Firefox has ended"
                await asyncio.sleep(0.2)

    async def ask(self, method: str, **params: Any) -> Any:
        """Send a command and return its result."""
        self._number += 1
        await self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            reply = json.loads(await asyncio.wait_for(self._socket.recv(), 60))
            if reply.get("id") == self._number:
                assert reply["type"] == "success", reply
                return reply["result"]

    async def open(self, address: str) -> None:
        await self.ask("browsingContext.navigate", context=self._page, url=address, wait="complete")

    async def run(self, expression: str) -> Any:
        """Return what a script's expression gives, as far as it is JSON."""
        script = f"JSON.stringify({expression})"
        target = {"context": self._page}
        result = await self.ask("script.evaluate", expression=script, target=target, awaitPromise=True)
        assert result["type"] == "success", result
        return json.loads(result["result"].get("value", "null"))

    async def until(self, expression: str, seconds: float = 30) -> Any:
        """Return the expression's value as soon as it is true; pages may come and go meanwhile."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                value = await self.run(expression)
            except AssertionError:
                value = None
            if value:
                return value
            if time.monotonic() > deadline:
                shown = await self.run("document.querySelector('main')?.innerText")
                raise AssertionError(f"not within {seconds} s: {expression}\n{shown}")
            await asyncio.sleep(0.1)

    async def click(self, selector: str, index: int = 0) -> None:
        """Click the middle of the element with the mouse once it is visible, enabled and on top."""
        place = await self.until(f"""(() => {{
            const found = document.querySelectorAll({json.dumps(selector)})[{index}];
            if (!found || found.disabled || document.readyState !== "complete") return null;
            found.scrollIntoView({{block: "nearest"}});
            const box = found.getBoundingClientRect();
            if (!box.width) return null;
            const [x, y] = [box.x + box.width / 2, box.y + box.height / 2].map(Math.round);
            const top = document.elementFromPoint(x, y);
            return top && found.contains(top) ? [x, y] : null;
        }})()""")
        pointer = {
            "type": "pointer",
            "id": "mouse",
            "actions": [
                {"type": "pointerMove", "x": place[0], "y": place[1]},
                {"type": "pointerDown", "button": 0},
                {"type": "pointerUp", "button": 0},
            ],
        }
        await self.ask("input.performActions", context=self._page, actions=[pointer])
