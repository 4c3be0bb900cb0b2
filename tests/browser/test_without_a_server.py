"""The exam while the network is bad or the server is gone: it goes on, and everything arrives, in order, exactly once."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.bad_line import BadLine
from tests.browser.conftest import Officer, Pc, Served, begin
from tests.served_site import copied_site, prepare_site, wait_until

pytestmark = pytest.mark.browser

CUT_S = int(os.environ.get("TORTURE_CUT_S", "25"))
"""How long the network stays cut: 1800 proves the half hour."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served site whose room has begun an exam of an hour, longer than any cut here."""
    template = prepare_site(tmp_path_factory.mktemp("hour") / "site", late_start='"full_time"', minutes="60")
    site = copied_site(template, tmp_path_factory.mktemp("running") / "site")
    site.start()
    begin(site)
    yield site
    site.stop()


@pytest.fixture
def line(running: Served) -> Iterator[BadLine]:
    made = BadLine(running.ports[0])
    yield made
    made.close()


@pytest.fixture
def person(running: Served) -> dict[str, Any]:
    return running.next_person()


@pytest.fixture
def pc(browser: Browser, running: Served, line: BadLine, person: dict[str, Any], leave: Any) -> Pc:
    """A PC behind the bad line, with somebody's paper open."""
    made = Pc(browser, running)
    made.url = f"http://127.0.0.1:{line.port}"
    made.take_seat(person)
    return leave(made)


def choose(pc: Pc, position: int, option: int) -> str:
    """Click an option without waiting for anything to be saved; return its value."""
    # The band that tells of the network moves everything by a line while one aims; this click looks where it lands.
    pc.page.locator(f'#palette [data-go="{position}"]').click()
    row = pc.page.locator(f'.item[data-position="{position}"] .option').nth(option)
    row.click()
    return row.locator("input").get_attribute("value") or ""


def hold_exactly_once(running: Served, person: dict[str, Any], shown: dict[int, str]) -> None:
    """Everything that was clicked is stored, numbered without a gap, once, in the order of the clicks."""
    wait_until(
        lambda: running.responses(person) == {position: [value] for position, value in shown.items()},
        "everything has come",
        180,  # a lossy line may lose the same answers many times, and each time the page waits longer
    )
    attempt = running.attempt_id(person)
    receipts = running.rows("select seq, outcome from receipt where attempt_id = ? order by seq", attempt)
    assert [row["seq"] for row in receipts] == list(range(1, len(receipts) + 1))
    assert {row["outcome"] for row in receipts} == {"saved"}
    saved = running.rows("select envelope from ledger where kind = 'ANSWER_SAVED' order by number")
    bodies = [json.loads(row["envelope"])["body"] for row in saved]
    told = [each["seq"] for each in bodies if each["attempt_id"] == attempt]
    assert told == sorted(set(told)), "each once, in order"
    assert not running.rows("select * from quarantined_answer where attempt_id = ?", attempt)


_DIFFERENCE = """() => new Promise((resolve) => {
  const clock = document.querySelector("[data-part=clock]");
  const shown = () => clock.innerText.split(":").reduce((sum, part) => 60 * sum + Number(part), 0) * 1000;
  new MutationObserver(async (_, observer) => {
    observer.disconnect();
    const page = shown();
    const asked = performance.now();
    const state = await (await fetch("/state")).json();
    resolve([page - state.remaining_ms, performance.now() - asked]);
  }).observe(clock, { childList: true, characterData: true, subtree: true });
})"""
"""At the moment when the page's clock shows its next second, how far that is from the server's, and how long asking took."""


def assert_same_clock(pc: Pc) -> None:
    """Hold the page's clock against the server's, with what passes on the way to it and back; the page looks four times a second."""
    apart_ms, asking_ms = pc.page.evaluate(_DIFFERENCE)
    assert -1_000 - 250 <= apart_ms <= 1_000 + asking_ms


def test_the_exam_goes_on_while_the_network_is_cut(
    pc: Pc, line: BadLine, running: Served, person: dict[str, Any]
) -> None:
    shown = {1: pc.choose(1, 0)}
    line.set("cut")
    until = time.monotonic() + CUT_S
    position, minds = 2, random.Random(7)
    while time.monotonic() < until:
        shown[position] = choose(pc, position, minds.randrange(4))
        position = position % 18 + 1
        pc.page.wait_for_timeout(1_000)
    band = pc.page.locator("[data-part=band]")
    expect(band).to_be_visible()
    expect(band).to_contain_text("Teruskan mengerjakan")
    expect(pc.page.locator("[data-part=saved]")).to_have_text("Belum tersimpan, akan dikirim otomatis")
    pc.click('#palette [data-go="20"]')
    line.set("good")
    expect(band).to_be_hidden(timeout=30_000)
    hold_exactly_once(running, person, shown)
    assert_same_clock(pc)


def test_a_slow_and_lossy_line_loses_and_doubles_nothing(
    pc: Pc, line: BadLine, running: Served, person: dict[str, Any]
) -> None:
    line.set("lossy")
    shown: dict[int, str] = {}
    for clicked in range(200):
        position = clicked % 18 + 1
        shown[position] = choose(pc, position, (clicked + clicked // 18) % 4)
        pc.page.wait_for_timeout(700)
        if len(shown) == 18 and line.resets > 5:
            break
    assert line.resets > 5, "the line was bad"
    hold_exactly_once(running, person, shown)
    line.set("good")
    expect(pc.page.locator("[data-part=band]")).to_be_hidden(timeout=30_000)


def test_a_server_that_accepts_and_never_answers_holds_nobody_up(
    pc: Pc, line: BadLine, running: Served, person: dict[str, Any]
) -> None:
    line.set("frozen")
    began = time.monotonic()
    shown = {position: choose(pc, position, 1) for position in range(1, 6)}
    assert pc.page.locator("#answers input:checked").count() == 5
    expect(pc.page.locator("[data-part=band]")).to_be_visible()
    expect(pc.page.locator("[data-part=saved]")).to_have_text("Belum tersimpan, akan dikirim otomatis")
    shown |= {position: choose(pc, position, 2) for position in range(6, 9)}
    line.set("good")
    expect(pc.page.locator("[data-part=saved]")).to_have_attribute("data-kind", "saved", timeout=45_000)
    hold_exactly_once(running, person, shown)
    assert time.monotonic() - began > 8, "the page had to give a request up"


def test_the_clock_of_the_pc_may_be_changed(pc: Pc) -> None:
    left = pc.seconds_left()
    pc.page.evaluate("{ const now = Date.now; Date.now = () => now() + 86400000; }")
    pc.page.wait_for_timeout(3_000)
    pc.choose(2, 1)
    assert left - 40 <= pc.seconds_left() < left
    assert_same_clock(pc)


def test_a_pc_restarted_while_the_server_is_away_waits_and_delivers_its_queue(
    browser: Browser, served: Served, leave: Any
) -> None:
    begin(served)
    person = served.next_person()
    pc = leave(Pc(browser, served))
    pc.open_start()
    pc.take_seat(person)
    shown = {1: pc.choose(1, 2)}
    question = pc.page.locator(".item:not([hidden]) .item__stem, .item:not([hidden])").first.inner_text()[:40]
    served.kill_all()
    for position in (2, 3):
        shown[position] = choose(pc, position, 3)
    expect(pc.page.locator("[data-part=band]")).to_contain_text("2")
    pc.page.close()
    pc.context.clear_cookies(name="cat_participant")
    pc.page = pc.context.new_page()
    pc.page.goto(pc.url)
    expect(pc.page.locator("h1")).to_have_text("Menunggu server")
    expect(pc.page.locator("[data-waiting]").first).to_contain_text("2 jawaban")
    assert question not in pc.page.content()
    served.start()
    expect(pc.page.locator("#sign-in")).to_be_visible(timeout=30_000)
    wait_until(
        lambda: served.responses(person) == {position: [value] for position, value in shown.items()},
        "the queue has come before anybody signs in",
    )
    pc.sign_in(person)
    expect(pc.page.locator("#items")).to_be_visible()
    assert pc.page.locator("#answers input:checked").count() == 3


def test_what_a_pc_without_a_network_kept_comes_on_a_stick(
    pc: Pc,
    line: BadLine,
    running: Served,
    person: dict[str, Any],
    browser: Browser,
    leave: Any,
    tmp_path: Path,
) -> None:
    shown = {1: pc.choose(1, 0)}
    line.set("cut")
    shown |= {position: choose(pc, position, 3) for position in (2, 3, 4)}
    button = pc.page.locator("[data-part=rescue] button")
    expect(button).to_be_visible()
    with pc.page.expect_download() as saved:
        button.click()
    stick = tmp_path / saved.value.suggested_filename
    saved.value.save_as(stick)
    content = json.loads(stick.read_text(encoding="utf-8"))
    assert set(content) == {"v", "type", "public", "nonce", "content"}
    expect(pc.page.locator("[data-part=notice]")).to_contain_text("3 jawaban")

    officer = leave(Officer(browser, running, "teknisi"))
    officer.page.goto(f"{running.board_url}/kiosks")
    officer.page.get_by_role("link", name="Masukkan berkas penyelamat").click()
    broken = tmp_path / "broken.json"
    other = "A" if content["content"][40] != "A" else "B"
    broken.write_text(
        json.dumps({**content, "content": content["content"][:40] + other + content["content"][41:]})
    )
    officer.page.set_input_files("input[type=file]", [stick, broken])
    officer.page.get_by_role("button", name="Masukkan").click()
    expect(officer.page.locator("[role=alert]")).to_contain_text("broken.json")
    expect(officer.page.locator("tbody tr")).to_contain_text("3 tersimpan")
    expect(officer.page.locator("tbody tr")).to_contain_text(person["name"])
    assert len(running.responses(person)) == 4
    officer.page.set_input_files("input[type=file]", [stick])
    officer.page.get_by_role("button", name="Masukkan").click()
    expect(officer.page.locator("tbody tr")).to_contain_text("3 tersimpan")
    line.set("good")
    expect(pc.page.locator("[data-part=saved]")).to_have_attribute("data-kind", "saved", timeout=45_000)
    expect(pc.page.locator("[data-part=rescue]")).to_be_hidden()
    hold_exactly_once(running, person, shown)
