"""Take the README's pictures again: a demo site of its own, a room of simulated participants, one real one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path
from shutil import which
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.free_ports import free_ports

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
CLI = [sys.executable, "-m", "cat_server.cli.main"]
PORTS = ("kiosk_port", "monitoring_port", "scoreboard_port")
CROWD = 40
ANSWERS = 12
SCREEN = {"width": 1366, "height": 768}


def main() -> None:
    """Serve a demo, fill its room, take three pictures, stop."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        site = Path(folder) / "site"
        subprocess.run([*CLI, "demo", "prepare", "--site", str(site)], check=True, stdout=subprocess.DEVNULL)
        kiosk, monitoring, scoreboard = (f"http://127.0.0.1:{port}" for port in _own_ports(site))
        secrets = json.loads((site / "demo-secrets.json").read_text(encoding="utf-8"))
        server = stack.enter_context(subprocess.Popen([*CLI, "serve", "--site", str(site)]))
        stack.callback(server.terminate)
        _wait_for(monitoring)
        crowd = stack.enter_context(
            subprocess.Popen([*CLI, "demo", "crowd", str(CROWD), "--site", str(site)])
        )
        stack.callback(crowd.terminate)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        participant = _sit_down(browser, kiosk, secrets["participants"][0])
        officer = _sign_in(browser, monitoring, secrets["officers"][0])
        time.sleep(25)
        officer.locator(".room-head__actions a[href$='/start']").click()
        officer.locator("#confirm form button").first.click()
        _answer(participant)
        time.sleep(60)
        board = browser.new_page(viewport={"width": 1920, "height": 1080})
        board.goto(scoreboard)
        board.wait_for_timeout(2_000)
        for page, name in ((participant, "kiosk"), (officer, "monitoring"), (board, "scoreboard")):
            page.screenshot(path=str(IMAGES / f"{name}.png"))
            sys.stdout.write(f"docs/images/{name}.png\n")
        browser.close()


def _own_ports(site: Path) -> list[int]:
    ports = free_ports(len(PORTS))
    settings = (site / "site.toml").read_text(encoding="utf-8")
    for name, port in zip(PORTS, ports, strict=True):
        settings = re.sub(rf"^{name} = \d+", f"{name} = {port}", settings, flags=re.MULTILINE)
    (site / "site.toml").write_text(settings, encoding="utf-8")
    return ports


def _wait_for(url: str) -> None:
    for _ in range(300):
        with suppress(OSError), urllib.request.urlopen(f"{url}/sign-in", timeout=2):  # noqa: S310 - our own address
            return
        time.sleep(0.1)
    raise SystemExit(f"no answer from {url}")


def _sit_down(browser: Browser, url: str, person: dict[str, Any]) -> Page:
    page = browser.new_page(viewport=SCREEN, locale="id-ID")
    page.goto(url)
    page.fill("#number", person["participant_number"])
    page.fill("#pin", person["pin"])
    page.click("#sign-in-button")
    page.click("form[action='/confirm'] button[value=yes]")
    page.click("label[for=agree]")
    page.click("form[action='/pledge'] button")
    page.click("[data-to=practice-panel]")
    page.click("#practice .option >> nth=0")
    page.click("#practice .option >> nth=1")
    page.click("#practice-flag")
    page.click("#practice-clear")
    page.click("#ready")
    return page


def _sign_in(browser: Browser, url: str, officer: dict[str, Any]) -> Page:
    page = browser.new_page(viewport=SCREEN, locale="id-ID")
    page.goto(url)
    page.fill("#username", officer["username"])
    page.fill("#password", officer["password"])
    page.click("main form button")
    page.locator("a[href^='/rooms/']").first.click()
    return page


def _answer(page: Page) -> None:
    page.wait_for_selector("#items:visible")
    for position in range(1, ANSWERS + 1):
        page.click(f'#palette [data-go="{position}"]')
        page.locator(f'.item[data-position="{position}"] .option').nth(position % 5).click()
        page.wait_for_selector("[data-part=saved][data-kind=saved]")
    page.click("[data-do=flag]")


if __name__ == "__main__":
    main()
