"""The page of the server's numbers lives: what a room saves shows within seconds."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Officer, Pc, Served
from tests.served_site import wait_until

pytestmark = pytest.mark.browser


def test_saves_show_on_the_curves_and_in_the_metrics(browser: Browser, running: Served, leave: Any) -> None:
    pc = leave(Pc(browser, running))
    pc.take_seat(running.next_person())
    technician = leave(Officer(browser, running, "teknisi"))
    technician.page.goto(f"{running.board_url}/server")
    saves = technician.page.locator("[data-curve=saves]")
    expect(saves.locator("[data-now]")).not_to_have_text("–")
    for position in range(1, 6):
        pc.choose(position, 1)
    expect(technician.page.locator("[data-fact=can_save]")).to_have_text("ya")
    wait_until(lambda: float(saves.locator("[data-most]").inner_text()) > 0, "the saves show")
    points = saves.locator("polyline")
    wait_until(lambda: len((points.get_attribute("points") or "").split()) > 2, "the curve goes on")
    expect(technician.page.locator("[data-curve=kiosks] [data-most]")).not_to_have_text("0")

    def requests() -> float:
        text = httpx.get(f"{running.board_url}/metrics").text
        line = next(
            each for each in text.splitlines() if each.startswith('cat_write_requests_total{process="kiosk"}')
        )
        return float(line.split()[-1])

    before = requests()
    pc.choose(6, 1)
    wait_until(lambda: requests() > before, "the counter went on")
