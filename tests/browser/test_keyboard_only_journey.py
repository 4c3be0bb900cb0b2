"""Somebody with a keyboard and nothing else; what has the focus can always be seen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Pc, Served
from tests.browser.hand_calculation import calculated

pytestmark = pytest.mark.browser

IS_SHOWN = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return "nothing has the focus";
  const box = focused.getBoundingClientRect();
  const shown = focused.type === "radio" || focused.type === "checkbox" ? focused.closest("label") || focused : focused;
  const outline = [focused, shown, ...shown.querySelectorAll("*")].some((each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  });
  const isInView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return outline && isInView ? "" : `${focused.outerHTML.slice(0, 120)} outline ${outline} in view ${isInView}`;
}"""


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab until the element has the focus; at every step one must see where it is."""
    for _ in range(60):
        page.keyboard.press(key)
        hidden = page.evaluate(IS_SHOWN)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            assert hidden == ""
            return
        assert hidden in ("", "nothing has the focus"), hidden
    raise AssertionError(f"Tab never reaches {selector}")


def test_the_whole_exam_with_the_keyboard(browser: Browser, running: Served, leave: Any) -> None:
    person = running.next_person()
    pc = leave(Pc(browser, running))
    page, keys = pc.page, pc.page.keyboard
    page.goto(pc.url)
    expect(page.locator("#number")).to_be_focused()
    keys.type(person["participant_number"])
    tab_to(page, "#pin")
    keys.type(person["pin"])
    keys.press("Enter")
    expect(page.locator("form[action='/confirm']")).to_be_visible()
    tab_to(page, "button[value=yes]")
    keys.press("Enter")
    expect(page.locator("form[action='/pledge']")).to_be_visible()
    tab_to(page, "#agree")
    keys.press("Space")
    tab_to(page, "form[action='/pledge'] button")
    keys.press("Enter")
    _practise(page)
    expect(page.locator("#items")).to_be_visible()

    _work(page)
    expect(page.locator("[data-part=counts]")).to_have_text("20 dijawab · 1 ragu · 0 belum")
    pc.expect_saved()
    keys.press("PageDown")  # from the last item to the overview
    expect(page.locator("#overview")).to_be_visible()
    expect(page.locator("#overview-flagged")).to_have_text("3")
    tab_to(page, "#overview-on")
    keys.press("Enter")
    expect(page.locator("#confirm")).to_be_visible()
    tab_to(page, "#confirm-yes")
    keys.press("Enter")
    expect(page.locator("#score table")).to_be_visible()
    assert len(running.responses(person)) == 20
    total = page.locator("#score tfoot td:nth-child(2) strong").inner_text()
    assert int(total) == calculated(running, person)[""]
    tab_to(page, "#done")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("Terima kasih")


def _practise(page: Page) -> None:
    page.wait_for_url("**/tutorial", wait_until="load")
    expect(page.locator("#pictures")).to_be_visible()
    tab_to(page, "[data-to=practice-panel]")
    page.keyboard.press("Enter")
    page.keyboard.press("a")
    page.keyboard.press("c")
    page.keyboard.press("r")
    tab_to(page, "#practice-clear")
    page.keyboard.press("Enter")
    expect(page.locator("#ready")).to_be_enabled()
    tab_to(page, "#ready")
    page.keyboard.press("Enter")


def _work(page: Page) -> None:
    """Answer by letter, by digit, by arrow and Space, by Tab; go on by letter and by button."""
    keys = page.keyboard
    place = page.locator("[data-part=place]")
    checked = page.locator(".item:not([hidden]) input:checked")
    keys.press("b")
    expect(checked).to_have_count(1)
    keys.press("n")
    expect(place).to_have_text("Soal 2 dari 20")
    keys.press("4")
    keys.press("ArrowUp")  # changes it to the third
    third = page.locator(".item:not([hidden]) input").nth(2)
    expect(third).to_be_checked()
    tab_to(page, "[data-do=next]")
    keys.press("Enter")
    expect(place).to_have_text("Soal 3 dari 20")
    tab_to(page, ".item input", "Shift+Tab")
    keys.press("Space")
    expect(checked).to_have_count(1)
    keys.press("r")
    expect(page.locator("[data-do=flag]")).to_have_attribute("aria-pressed", "true")
    tab_to(page, "[data-do=clear]")
    keys.press("Enter")
    expect(checked).to_have_count(0)
    keys.press("e")
    keys.press("PageDown")
    tab_to(page, "#palette button")
    keys.press("ArrowRight")
    keys.press("Enter")
    expect(place).to_have_text("Soal 5 dari 20")
    keys.press("d")
    keys.press("p")
    expect(place).to_have_text("Soal 4 dari 20")
    keys.press("a")
    keys.press("n")
    for position in range(6, 21):
        keys.press("n")
        expect(place).to_have_text(f"Soal {position} dari 20")
        keys.press("abcde"[position % 5])
        expect(checked).to_have_count(1)
