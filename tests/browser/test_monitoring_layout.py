"""Long names of people, rooms and exams break into lines; nothing that an officer must read leaves the screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import SMALL, Officer, Served

pytestmark = pytest.mark.browser

LENGTHEN = """
([selector, text]) => {
  for (const each of document.querySelectorAll(selector)) each.textContent = text;
}
"""
CUT = """
() => [document.documentElement, ...document.querySelectorAll(".table-frame, .bar, .room-head")]
  .filter((each) => each.scrollWidth > each.clientWidth + 1)
  .map((each) => `${each.tagName}.${each.className} ${each.scrollWidth} > ${each.clientWidth}`)
"""
TITLE = "Seleksi Kompetensi Dasar CPNS 2026, Hari Kedua, Sesi Ketiga, Titik Lokasi Kantor Regional XIV"
ROOM = "Aula Serbaguna Gedung Pusat Pengembangan Kompetensi Lantai 3"
NAME = "Wolframschlegelsteinhausenbergerdorffhadiningratsuryokusumonegoroputri"
PAGES = {
    "/": "tbody .target",
    "/all-rooms/{session}": "tbody .target",
    "/attendance/{session}": "tbody th a, tbody td:nth-child(4)",
    "/incidents/{session}": "tbody td:nth-child(3)",
}


@pytest.fixture
def officer(browser: Browser, running: Served, leave: Any) -> Officer:
    opened: Officer = leave(Officer(browser, running, "koordinator"))
    opened.page.set_viewport_size(SMALL)
    return opened


def session_of(officer: Officer) -> str:
    officer.open_room()
    return officer.page.url.split("/rooms/")[1].split("/")[0]


def test_long_names_break_into_lines_in_every_list(officer: Officer) -> None:
    session = session_of(officer)
    for path, selector in PAGES.items():
        for language in ("id", "en"):
            officer.page.goto(f"{officer.served.board_url}{path.format(session=session)}?lang={language}")
            officer.page.evaluate(LENGTHEN, [".bar__who strong", NAME])
            for text in (NAME, ROOM):
                officer.page.evaluate(LENGTHEN, [selector, text])
                assert officer.page.evaluate(CUT) == [], (path, language, text)


def test_a_long_room_and_title_leave_the_clock_and_the_buttons_their_place(officer: Officer) -> None:
    officer.open_room()
    before = officer.page.locator(".room-head").bounding_box()
    officer.page.evaluate(LENGTHEN, [".room-head h1", ROOM])
    officer.page.evaluate(LENGTHEN, [".room-head__what p", TITLE])
    after = officer.page.locator(".room-head").bounding_box()
    assert before
    assert after
    assert after["height"] - before["height"] <= 32
    assert officer.page.evaluate(CUT) == []


def test_the_scoreboard_keeps_totals_and_mark_on_the_screen(browser: Browser, running: Served) -> None:
    for width, height in ((1024, 720), (1920, 1080)):
        page = browser.new_page(viewport={"width": width, "height": height}, locale="id-ID")
        page.goto(running.scoreboard_url)
        expect(page.locator("#mark")).to_be_visible()
        for selector in ("#title", "#event", "#lines th"):
            page.evaluate(LENGTHEN, [selector, TITLE])
        box = page.locator("#mark").bounding_box()
        assert box
        assert box["x"] + box["width"] <= width
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        page.close()


def test_a_long_name_leaves_the_results_their_columns(officer: Officer) -> None:
    session = session_of(officer)
    officer.command("close", "Selesai")
    officer.page.goto(f"{officer.served.board_url}/results/{session}")
    officer.page.evaluate(LENGTHEN, ["tbody th", NAME])
    assert officer.page.evaluate(CUT) == []
