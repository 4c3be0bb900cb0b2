"""The end by the clock: nobody clicks anything, and who was cut off loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Officer, Pc, Served, begin
from tests.browser.hand_calculation import calculated
from tests.served_site import copied_site, prepare_site

pytestmark = pytest.mark.browser


@pytest.fixture
def short(tmp_path: Path) -> Iterator[Served]:
    """A running room where the whole exam takes one minute."""
    site = copied_site(
        prepare_site(tmp_path / "template", late_start='"full_time"', minutes="1"), tmp_path / "site"
    )
    site.start()
    begin(site)
    yield site
    site.end()


def test_time_up_shows_the_score_without_a_click(browser: Browser, short: Served, leave: Any) -> None:
    person, cut_off = short.next_person(), short.next_person()
    away = leave(Pc(browser, short))
    away.take_seat(cut_off)
    pc = leave(Pc(browser, short))
    pc.take_seat(person)
    for position in (1, 8, 15, 20):
        pc.choose(position, 2)
    away.choose(1, 1)
    away.context.set_offline(True)
    away.click('#palette [data-go="2"]')
    away.click('.item[data-position="2"] .option >> nth=3')
    expect(away.page.locator("[data-part=band]")).to_contain_text("Jaringan terputus")

    score = pc.page.locator("#score table")
    expect(score).to_be_visible(timeout=90_000)
    expect(pc.page.locator("#score")).to_contain_text("Waktu ujian habis.")
    points = calculated(short, person)
    shown = score.locator("td:nth-child(2) strong").all_inner_texts()
    assert [int(each) for each in shown] == [points["TWK"], points["TIU"], points["TKP"], points[""]]

    expect(away.page.locator('.item[data-position="2"] input').first).to_be_disabled(timeout=60_000)
    expect(away.page.locator("[data-part=band]")).to_contain_text(
        "Mohon tunggu dan jangan matikan komputer: 1 jawaban"
    )
    assert set(short.responses(cut_off)) == {1}, "it is still on that PC alone"
    away.context.set_offline(False)
    expect(away.page.locator("#score table")).to_be_visible(timeout=30_000)
    assert set(short.responses(cut_off)) == {1, 2}, "what was answered in time counts"
    total = away.page.locator("#score tfoot td:nth-child(2) strong")
    expect(total).to_have_text(str(calculated(short, cut_off)[""]))

    officer = leave(Officer(browser, short, "koordinator"))
    officer.page.goto(f"{short.board_url}/attempts/{short.attempt_id(person)}")
    grant = officer.page.locator("details", has=officer.page.locator("form[action$='/grant-time']"))
    grant.locator("summary").click()
    grant.locator("[name=minutes]").fill("5")
    grant.locator("[name=reason]").fill("Komputer terganggu")
    grant.locator("button").click()
    expect(pc.page.locator("#items")).to_be_visible()
    assert 240 < pc.seconds_left() <= 300, "what was granted is there to use"
    pc.choose(2, 4)
    assert set(short.responses(person)) == {1, 2, 8, 15, 20}
