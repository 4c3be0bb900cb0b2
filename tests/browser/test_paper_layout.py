"""The paper keeps still and keeps its promises: nothing moves under the mouse, nothing hides what one must see."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import SMALL, Pc, Served

pytestmark = pytest.mark.browser

MOVED_BY_CHOOSING = """
() => [...document.querySelectorAll(".item")].filter((item) => {
  const wasHidden = item.hidden;
  item.hidden = false;
  const inputs = [...item.querySelectorAll(".option input")];
  const heights = () => inputs.map((each) => each.closest(".option").offsetHeight).join();
  const before = heights();
  const moves = inputs.some((each) => {
    each.checked = true;
    const moved = heights() !== before;
    each.checked = false;
    return moved;
  });
  item.hidden = wasHidden;
  return moves;
}).map((item) => item.dataset.position)
"""
SPARE_HEIGHT = """
() => document.querySelector("[data-part=pane]").clientHeight - document.getElementById("answers").offsetHeight
"""
LONG_BAR = """
() => {
  const bar = document.querySelector(".kiosk-bar");
  bar.querySelector(".bar__title").textContent = "Seleksi Kompetensi Dasar CPNS 2026, Hari Kedua, Sesi Ketiga, Titik XIV";
  bar.querySelector(".bar__name").textContent = "Raden Mas Muhammad Abdurrahman Suryokusumo Wicaksono Hadiningrat, M.T.I.";
  const name = bar.querySelector(".bar__name");
  return [bar.offsetHeight, name.scrollHeight <= name.clientHeight + 2, document.documentElement.scrollWidth <= innerWidth];
}
"""


@pytest.fixture
def pc(browser: Browser, running: Served, leave: Any) -> Pc:
    opened: Pc = leave(Pc(browser, running))
    opened.take_seat(running.next_person())
    return opened


def test_choosing_an_option_moves_nothing(pc: Pc) -> None:
    for width in (1024, 1366, 1920):
        pc.page.set_viewport_size({"width": width, "height": 720})
        assert pc.page.evaluate(MOVED_BY_CHOOSING) == [], width


def test_an_item_that_the_band_shortens_says_that_it_goes_on(pc: Pc) -> None:
    pc.click('#palette [data-go="1"]')
    spare = pc.page.evaluate(SPARE_HEIGHT)
    pc.page.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"] - spare + 30})
    expect(pc.page.locator("[data-part=more]")).to_be_hidden()
    pc.context.set_offline(True)
    expect(pc.page.locator("[data-part=band]")).to_be_visible()
    expect(pc.page.locator("[data-part=more]")).to_be_visible()
    pc.context.set_offline(False)
    expect(pc.page.locator("[data-part=band]")).to_be_hidden()
    expect(pc.page.locator("[data-part=more]")).to_be_hidden()


def test_a_long_name_is_read_whole_beside_a_long_title(pc: Pc) -> None:
    height, is_whole, fits = pc.page.evaluate(LONG_BAR)
    assert height <= 72
    assert is_whole
    assert fits
