"""What an officer does to a room and to one participant, seen from both sides."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import SOON_MS, Officer, Pc, Served
from tests.served_site import wait_until

pytestmark = pytest.mark.browser


def row_of(officer: Officer, person: dict[str, Any]) -> Locator:
    officer.open_room()
    officer.page.click("#tab-table")
    return officer.page.locator("#rows tr", has_text=person["participant_number"])


def seated(browser: Browser, running: Served, leave: Any) -> tuple[Pc, dict[str, Any], Officer]:
    person = running.next_person()
    pc = leave(Pc(browser, running))
    pc.take_seat(person)
    return pc, person, leave(Officer(browser, running, "koordinator"))


def test_the_room_follows_each_click(browser: Browser, running: Served, leave: Any) -> None:
    pc, person, officer = seated(browser, running, leave)
    row = row_of(officer, person)
    for position in (1, 2, 3):
        pc.choose(position, position)
        expect(row).to_contain_text(f"{position}/20")
    pc.click("[data-do=clear]")
    expect(row).to_contain_text("2/20")
    expect(row).to_contain_text("tersambung")


def test_a_pause_covers_the_items_and_stops_the_clock(browser: Browser, running: Served, leave: Any) -> None:
    pc, person, officer = seated(browser, running, leave)
    row = row_of(officer, person)
    value = pc.choose(1, 1)
    officer.command("pause", "Listrik padam sebentar")
    expect(pc.page.locator("#pause")).to_be_visible(timeout=SOON_MS)
    expect(pc.page.locator("#items")).to_be_hidden()
    expect(pc.page.locator("[data-do=finish]")).to_be_hidden()  # its overview would lead back to the items
    expect(row).to_contain_text("Jeda")
    pc.page.wait_for_timeout(1_500)  # the server's word on the pause may correct the clock by a moment
    left = pc.seconds_left()
    pc.page.wait_for_timeout(4_000)
    assert pc.seconds_left() == left
    pc.page.keyboard.press("c")
    officer.command("resume")
    expect(pc.page.locator("#items")).to_be_visible(timeout=SOON_MS)
    expect(row).to_contain_text("Mengerjakan")
    wait_until(lambda: pc.seconds_left() < left, "the clock goes on")
    assert left - 30 < pc.seconds_left()
    assert running.responses(person) == {1: [value]}
    pc.choose(1, 2)


def test_extra_time_reaches_the_clock_with_a_word(browser: Browser, running: Served, leave: Any) -> None:
    pc, person, officer = seated(browser, running, leave)
    attempt = f"{running.board_url}/attempts/{running.attempt_id(person)}"
    before = pc.seconds_left()
    officer.page.goto(attempt)
    grant = officer.page.locator("details", has=officer.page.locator("form[action$='/grant-time']"))
    grant.locator("summary").click()
    grant.locator("[name=minutes]").fill("7")
    grant.locator("[name=reason]").fill("Komputer diganti")
    grant.locator("button").click()
    expect(pc.page.locator("[data-part=notice]")).to_have_text(
        "Waktu Anda ditambah 7 menit.", timeout=SOON_MS
    )
    assert before + 7 * 60 - 60 < pc.seconds_left() <= before + 7 * 60
    expect(officer.page.locator(".history")).to_contain_text("Tambahan waktu 7 menit")
    expect(officer.page.locator(".history")).to_contain_text("Komputer diganti")
    told = pc.page.evaluate(
        "import(new URL('clock.js', document.querySelector('script[src*=paper]').src))"
        ".then((clock) => [36000, 418500, 95000].map((ms) => clock.extraTime(ms)))"
    )
    assert told == [
        ["extra_time_exact", {"time": "0:36"}],
        ["extra_time", {"minutes": 7}],
        ["extra_time_exact", {"time": "1:35"}],
    ]


def test_a_forced_end_shows_the_result_by_itself(browser: Browser, running: Served, leave: Any) -> None:
    pc, person, officer = seated(browser, running, leave)
    row = row_of(officer, person)
    pc.choose(20, 0)
    officer.page.goto(f"{running.board_url}/attempts/{running.attempt_id(person)}")
    end = officer.page.locator("details", has=officer.page.locator("form[action$='/force-finish']"))
    end.locator("summary").click()
    end.locator("button").click()
    expect(pc.page.locator("#items")).to_be_visible()  # without a reason the form goes nowhere
    end.locator("[name=reason]").fill("Sakit")
    end.locator("button").click()
    expect(pc.page.locator("#score table")).to_be_visible()
    expect(pc.page.locator("#score")).to_contain_text("Ujian Anda dihentikan petugas.")
    row = row_of(officer, person)
    expect(row).to_contain_text("Dihentikan")
    expect(row).to_contain_text(re.compile(r"\b1/20\b"))
