"""Officers decide about one participant: both sides see it at once, and the incident list tells it afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import SOON_MS, Officer, Pc, Served
from tests.served_site import wait_until

pytestmark = pytest.mark.browser


def seated(browser: Browser, running: Served, leave: Any) -> tuple[Pc, dict[str, Any], Officer]:
    person = running.next_person()
    pc = leave(Pc(browser, running))
    pc.take_seat(person)
    officer = leave(Officer(browser, running, "koordinator"))
    officer.page.goto(f"{running.board_url}/attempts/{running.attempt_id(person)}")
    return pc, person, officer


def opened(officer: Officer, action: str) -> Locator:
    """Open the form of a decision on the participant's page."""
    part = officer.page.locator("details", has=officer.page.locator(f"form[action$='/{action}']"))
    part.locator("summary").click()
    return part


def test_one_is_paused_while_the_others_work(browser: Browser, running: Served, leave: Any) -> None:
    pc, person, officer = seated(browser, running, leave)
    other = leave(Pc(browser, running))
    other.take_seat(running.next_person())
    pc.choose(1, 1)
    form = opened(officer, "pause")
    form.locator("[name=reason]").fill("Izin ke toilet")
    form.locator("button").click()
    expect(pc.page.locator("#pause")).to_be_visible(timeout=SOON_MS)
    expect(officer.page.locator("#resume-one")).to_be_visible()
    expect(other.page.locator("#items")).to_be_visible()
    pc.page.wait_for_timeout(1_200)
    left = pc.seconds_left()
    pc.page.wait_for_timeout(4_000)
    assert pc.seconds_left() == left
    other.choose(2, 1)
    officer.page.locator("#resume-one button").click()
    expect(pc.page.locator("#items")).to_be_visible(timeout=SOON_MS)
    assert left - 30 <= pc.seconds_left() <= left
    expect(officer.page.locator("#grants")).to_contain_text("Izin ke toilet")
    pc.choose(2, 2)
    assert sorted(running.responses(person)) == [1, 2]


def test_what_was_clicked_offline_before_a_pause_is_saved_during_it(
    browser: Browser, running: Served, leave: Any
) -> None:
    pc, person, officer = seated(browser, running, leave)
    pc.context.set_offline(offline=True)
    pc.click('#palette [data-go="3"]')
    pc.click('.item[data-position="3"] .option >> nth=1')
    form = opened(officer, "pause")
    form.locator("[name=reason]").fill("Kabel diganti")
    form.locator("button").click()
    expect(officer.page.locator("#resume-one")).to_be_visible()
    expect(pc.page.locator("#pause")).to_be_visible()  # an open stream outlives the cut
    assert running.responses(person) == {}
    pc.context.set_offline(offline=False)
    wait_until(lambda: sorted(running.responses(person)) == [3], "what was clicked before is saved")
    expect(pc.page.locator("#pause")).to_be_visible()
    officer.page.locator("#resume-one button").click()
    expect(pc.page.locator("#items")).to_be_visible(timeout=SOON_MS)


def test_a_disqualified_participant_sees_a_calm_page_and_no_score(
    browser: Browser, running: Served, leave: Any
) -> None:
    pc, person, officer = seated(browser, running, leave)
    pc.choose(1, 1)
    form = opened(officer, "disqualify")
    form.locator("[name=reason_code]").select_option("conduct.cheating")
    form.locator("[name=reason]").fill("Bertukar jawaban")
    form.locator("button").click()
    expect(pc.page.get_by_role("heading", name="Ujian Anda dihentikan petugas")).to_be_visible(
        timeout=SOON_MS
    )
    expect(pc.page.locator("#main")).to_contain_text("Nilai tidak ditampilkan di sini")
    assert pc.page.locator("table").count() == 0
    expect(officer.page.locator("#main")).to_contain_text("Didiskualifikasi")
    incidents = officer.page.locator("a", has_text="Catat kejadian tentang peserta ini")
    incidents.click()
    officer.page.select_option("#code", "conduct.talking")
    officer.page.fill("#description", "Berbicara dengan kursi sebelah")
    officer.page.fill("#measure", "Ditegur, lalu didiskualifikasi")
    officer.page.click("#record form button")
    rows = officer.page.locator("#incidents tbody tr", has_text=person["participant_number"])
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("Didiskualifikasi")
    expect(rows.first).to_contain_text("Berbicara dengan kursi sebelah")


def test_who_was_voided_sits_again_at_the_same_pc(browser: Browser, running: Served, leave: Any) -> None:
    pc, person, officer = seated(browser, running, leave)
    pc.choose(1, 1)
    form = opened(officer, "void")
    form.locator("[name=reason_code]").select_option("paper.wrong_form")
    form.locator("[name=reason]").fill("Naskah tertukar")
    form.locator("button").click()
    pin = officer.page.locator(".slip__pin").inner_text().replace(" ", "")
    expect(pc.page.get_by_role("heading", name="Ujian Anda dihentikan petugas")).to_be_visible(
        timeout=SOON_MS
    )
    pc.click("form[action='/end'] button")
    expect(pc.page.get_by_role("heading", name="Terima kasih")).to_be_visible()
    pc.get_ready({**person, "pin": pin}, waits=False)
    expect(pc.page.locator("#items")).to_be_visible()
    assert pc.seconds_left() > 9 * 60 + 30
    expect(pc.page.locator("[data-part=counts]")).to_contain_text("0 dijawab")
    pc.choose(1, 2)
