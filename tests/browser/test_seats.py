"""Seats in the real room: a move while answers wait on the old PC, the release, and PCs that learn their seats."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SMALL, Officer, Pc
from tests.http_clients import HttpOfficer
from tests.served_site import Served, wait_until
from tests.site_databases import change

ASKS_NEVER = "window.setInterval = () => 0;"
"""A page of a PC without a participant asks now and then by itself; without that only what it is told can help it."""


def test_answers_that_waited_on_the_old_pc_are_kept_apart_and_the_exam_goes_on(
    browser: Browser, running: Served, leave: Any
) -> None:
    person = running.next_person()
    old = leave(Pc(browser, running))
    old.take_seat(person)
    saved = old.choose(1, 0)
    old.context.set_offline(True)
    old.click('#palette [data-go="2"]')
    old.click('.item[data-position="2"] .option >> nth=1')
    attempt_id = running.attempt_id(person)
    officer = leave(Officer(browser, running, "koordinator"))
    officer.page.goto(f"{running.board_url}/attempts/{attempt_id}/move")
    option = officer.page.locator("#seat_no option[value]:not([value=''])").last
    seat_no = str(option.get_attribute("value"))
    officer.page.select_option("#seat_no", seat_no)
    officer.page.fill("#reason", "PC mati")
    officer.page.click("main form button")
    expect(officer.page.locator("#past")).to_be_visible()
    new = leave(Pc(browser, running))
    new.sign_in(person)
    expect(new.page.locator("#items")).to_be_visible()
    assert running.responses(person) == {1: [saved]}
    new.choose(3, 0)
    old.context.set_offline(False)
    expect(old.page.locator(".seat__number")).to_have_text(seat_no, timeout=30_000)

    def kept() -> Any:
        return running.rows("select * from quarantined_answer where attempt_id = ?", attempt_id)

    assert [row["position"] for row in wait_until(kept, "the old PC's answer is kept apart")] == [2]

    def told() -> bool:
        officer.page.reload()
        return "1 jawaban datang di luar ketentuan" in officer.page.locator("main").inner_text()

    wait_until(told, "the participant's page tells of it")
    assert set(running.responses(person)) == {1, 3}


def test_after_the_release_the_pc_takes_the_next_participant(
    browser: Browser, served: Served, leave: Any
) -> None:
    person = served.next_person()
    pc = leave(Pc(browser, served))
    pc.get_ready(person)
    officer = HttpOfficer(served)
    officer.command("start")
    expect(pc.page.locator("#items")).to_be_visible()
    pc.choose(1, 0)
    pc.finish()
    expect(pc.page.locator("#done")).to_be_visible()
    officer.command("close", reason="selesai")
    officer.command("release")
    expect(pc.page.locator("#sign-in-button")).to_be_visible()
    kiosk = served.rows("select * from kiosk where seat_id is not null")
    assert len(kiosk) == 1
    expect(pc.page.locator(".seat__number")).to_have_text(str(person["seat_no"]))
    officer.close()


def test_several_pcs_get_their_seats_by_keyboard_on_one_page(
    browser: Browser, served: Served, leave: Any
) -> None:
    served.stop()
    bind(served)
    served.start()
    pcs = [leave(Pc(browser, served)) for _ in range(3)]
    for pc in pcs:
        pc.page.add_init_script(ASKS_NEVER)
        pc.page.goto(pc.url)
    expect_read_from_afar(pcs[0].page)
    codes = [pc.page.locator(".kiosk-code").inner_text() for pc in pcs]
    officer = leave(Officer(browser, served, "koordinator"))
    officer.page.goto(f"{served.board_url}/kiosks")
    officer.page.locator("a[href^='/enrolment/']").first.click()
    for code in codes:
        expect(officer.page.locator(f"[data-code='{code}']")).to_be_visible()
    for code in codes:
        officer.page.keyboard.type(code.lower())
        officer.page.keyboard.press("Enter")
        expect(officer.page.locator("#enrol-code")).to_have_value("")
    for seat_no, pc in enumerate(pcs, 1):
        expect(pc.page.locator("#own-seat")).to_have_text(f"Kursi {seat_no}")
    expect_read_from_afar(pcs[0].page)
    expect(officer.page.locator(".enrol-seat--done")).to_have_count(3)
    officer.page.get_by_role("button", name="Tutup pemasangan").click()
    for pc in pcs:
        expect(pc.page.locator("#sign-in-button")).to_be_visible()


def expect_read_from_afar(page: Page) -> None:
    """What an officer reads from the aisle stands on one line of a page that does not scroll, small or large."""
    for size in ({"width": 1920, "height": 1080}, SMALL):
        page.set_viewport_size(size)
        lines = page.evaluate(
            "() => { const code = document.querySelector('.kiosk-code');"
            " return code.offsetHeight / parseFloat(getComputedStyle(code).lineHeight); }"
        )
        assert round(lines) == 1
        assert page.evaluate(
            "() => { const all = document.documentElement;"
            " return all.scrollWidth <= innerWidth && all.scrollHeight <= innerHeight; }"
        )


def bind(served: Served) -> None:
    """Let only enrolled PCs sign participants in."""
    change(served.folder, "UPDATE exam_event SET kiosk_binding = 'enrolled'")
