"""A PC that died: its lost time is proposed to an officer and given back with one click; who worked on gets none."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Officer, Pc, Served
from tests.served_site import wait_until

pytestmark = pytest.mark.browser

DEAD_MS = 17_000


def is_proposed(officer: Officer) -> bool:
    """Tell whether the participant's page has one proposal; the PC that came back tells of itself a moment later."""
    officer.page.reload()
    return officer.page.locator(".lost-time").count() == 1


def test_a_dead_pcs_time_comes_back_with_one_click(browser: Browser, running: Served, leave: Any) -> None:
    dead, at_work = running.next_person(), running.next_person()
    pc, other = leave(Pc(browser, running)), leave(Pc(browser, running))
    pc.take_seat(dead)
    other.take_seat(at_work)
    worked = time.monotonic()
    pc.choose(3, 1)
    pc.page.wait_for_timeout(1_500)
    pc.page.close()
    died = time.monotonic()
    other.context.set_offline(True)
    for position in (2, 3, 4):
        other.page.wait_for_timeout(DEAD_MS / 3)
        other.click(f'#palette [data-go="{position}"]')
        other.click(f'.item[data-position="{position}"] .option >> nth=1')
    other.context.set_offline(False)
    other.page.reload()
    expect(other.page.locator("#items")).to_be_visible()
    pc.page = pc.context.new_page()
    back = time.monotonic()
    pc.open_paper()
    expect(pc.page.locator('.item[data-position="3"]')).to_be_visible()

    officer = leave(Officer(browser, running, "koordinator"))
    officer.open_room()
    officer.page.goto(f"{running.board_url}/attempts/{running.attempt_id(dead)}")
    lost = officer.page.locator(".lost-time")
    wait_until(lambda: is_proposed(officer), "the lost time is proposed")
    told = time.monotonic()
    before, seen = pc.seconds_left(), time.monotonic()
    lost.get_by_role("button", name="Ganti").click()
    expect(officer.page.locator("#grants")).to_contain_text("Komputer mati 00:0")
    expect(lost).to_have_count(0)
    # What passes until the PC tells of itself again is lost as well, and the clock shown went on since it was read.
    least, most = before + back - died - 10, before + told - worked + 5
    wait_until(lambda: least < pc.seconds_left() + time.monotonic() - seen, "the time is given back")
    assert pc.seconds_left() + time.monotonic() - seen < most

    officer.page.goto(f"{running.board_url}/attempts/{running.attempt_id(at_work)}")
    expect(officer.page.locator("#past")).to_be_visible()
    expect(lost).to_have_count(0)
    wait_until(lambda: sorted(running.responses(at_work)) == [2, 3, 4], "everything that was queued has come")
