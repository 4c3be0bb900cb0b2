"""Somebody with a mouse and nothing else: from the number pad to the result, and the PC is free for the next one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import Pc, Served
from tests.browser.hand_calculation import calculated
from tests.http_clients import HttpOfficer
from tests.served_site import wait_until

pytestmark = pytest.mark.browser


def test_the_whole_exam_with_the_mouse(browser: Browser, served: Served, leave: Any) -> None:
    person = served.people[0]
    pc = leave(Pc(browser, served))
    pc.page.add_init_script("addEventListener('keydown', () => { window.hasTyped = true; }, true)")
    pc.get_ready(person)
    officer = leave(HttpOfficer(served))
    officer.command("start")
    expect(pc.page.locator("#items")).to_be_visible()

    _look(pc)
    started = pc.seconds_left()
    assert 9 * 60 < started <= 10 * 60
    chosen = _work(pc)
    wait_until(lambda: pc.seconds_left() < started, "the clock counts")
    assert served.responses(person) == chosen

    pc.click("[data-do=finish]")
    expect(pc.page.locator("#overview-blank")).to_have_text("4567891011121314151617181920")
    expect(pc.page.locator("#overview-flagged")).to_have_text("2")
    pc.click('[data-overview-go="18"]')
    expect(pc.page.locator("[data-part=place]")).to_have_text("Soal 18 dari 20")
    for position in range(4, 21):
        chosen[position] = [pc.choose(position, (3 * position) % 5)]
    pc.click("[data-do=next]")
    expect(pc.page.locator("#overview")).to_be_visible()
    pc.click("#overview-on")
    expect(pc.page.locator("#confirm-question")).to_have_text("Selesaikan ujian sekarang?")
    pc.click("#confirm-back")
    pc.click("#overview-on")
    pc.click("#confirm-yes")

    expect(pc.page.locator("#score table")).to_be_visible()
    assert served.responses(person) == chosen
    _compare_with_a_hand_calculation(pc, served, person)

    pc.click("#done")
    expect(pc.page.locator("h1")).to_have_text("Terima kasih")
    pc.click("main a.button")
    expect(pc.page.locator("#sign-in")).to_be_visible()
    expect(pc.page.locator(".seat__number")).to_have_text(str(person["seat_no"]))
    assert person["name"] not in pc.page.content()
    assert pc.page.evaluate("window.hasTyped") is None


def test_on_a_slow_line_the_instructions_go_on_as_soon_as_a_click_can_do_something(
    browser: Browser, served: Served, leave: Any
) -> None:
    pc = leave(Pc(browser, served))
    held: list[Route] = []
    pc.page.route("**/tutorial.js", lambda route: held.append(route))  # noqa: PLW0108 - it marks what it is given
    pc.sign_in(served.people[0])
    pc.click("form[action='/confirm'] button[value=yes]")
    pc.click("label[for=agree]")
    pc.click("form[action='/pledge'] button")
    wait_until(lambda: held or pc.page.wait_for_timeout(50), "the script is asked for")
    expect(pc.page.locator("[data-to=practice-panel]")).to_be_disabled()
    held[0].continue_()
    pc.practise()
    expect(pc.page.locator(".waiting")).to_be_visible()


def _compare_with_a_hand_calculation(pc: Pc, served: Served, person: dict[str, Any]) -> None:
    table = pc.page.locator("#score table")
    shown = [int(each) for each in table.locator("td:nth-child(2) strong").all_inner_texts()]
    points = calculated(served, person)
    assert shown == [points["TWK"], points["TIU"], points["TKP"], points[""]]
    meets = [points["TWK"] >= 13, points["TIU"] >= 16, points["TKP"] >= 26]
    words = ["Memenuhi" if each else "Belum memenuhi" for each in meets]
    assert table.locator("tbody td:nth-child(4)").all_inner_texts() == words
    expect(pc.page.locator("#score")).to_contain_text("SEMENTARA")


def _look(pc: Pc) -> None:
    """Change text size and colours, and back."""
    stem = pc.page.locator(".item:not([hidden]) .item__stem")
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    before = stem.evaluate(size)
    pc.click("[data-size-step='1']")
    pc.click("[data-size-step='1']")
    assert stem.evaluate(size) > before
    pc.click("[data-size-step='-1']")
    pc.click("[data-size-step='-1']")
    assert stem.evaluate(size) == before
    colour = "element => getComputedStyle(element).backgroundColor"
    seen = set()
    for theme in ("dark", "contrast", "light"):
        pc.click("[data-next-theme]")
        expect(pc.page.locator("html")).to_have_attribute("data-theme", theme)
        seen.add(pc.page.locator("body").evaluate(colour))
    assert len(seen) >= 2


def _work(pc: Pc) -> dict[int, list[str]]:
    """Answer, mark as doubtful, change and clear; counters and palette follow each click."""
    counts = pc.page.locator("[data-part=counts]")
    expect(counts).to_have_text("0 dijawab · 0 ragu · 20 belum")
    chosen = {1: [pc.choose(1, 0)]}
    expect(counts).to_have_text("1 dijawab · 0 ragu · 19 belum")
    chosen[2] = [pc.choose(2, 1)]
    cell = pc.page.locator('#palette [data-go="2"]')
    expect(cell).to_have_class(re.compile("cell--answered"))
    pc.click("[data-do=flag]")
    expect(cell).to_have_class(re.compile("cell--flagged"))
    expect(counts).to_have_text("2 dijawab · 1 ragu · 18 belum")
    changed = pc.choose(2, 4)
    assert [changed] != chosen[2]
    chosen[2] = [changed]
    pc.click("[data-do=next]")
    expect(pc.page.locator("[data-part=place]")).to_have_text("Soal 3 dari 20")
    pc.choose(3, 2)
    pc.click("[data-do=clear]")
    pc.expect_saved()
    expect(counts).to_have_text("2 dijawab · 1 ragu · 18 belum")
    chosen[3] = [pc.choose(3, 3)]
    pc.click("[data-do=previous]")
    expect(pc.page.locator("[data-part=place]")).to_have_text("Soal 2 dari 20")
    return chosen
