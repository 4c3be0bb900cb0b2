"""Whatever happens to the PC, the tab or the server: nothing that was answered is lost, and nobody else gets in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Officer, Pc, Served
from tests.browser.hand_calculation import calculated
from tests.served_site import wait_until

pytestmark = pytest.mark.browser

SAVED = re.compile("Tersimpan")
PLACES = """() => new Promise((resolve) => {
  indexedDB.open("cat-kiosk").onsuccess = (opened) => {
    const database = opened.target.result;
    database.transaction("places").objectStore("places").getAll().onsuccess = (found) => {
      database.close();
      resolve(found.target.result.map((each) => each.position));
    };
  };
})"""
"""Which items the PC remembers to have shown last; each write is a moment behind the screen."""


@pytest.fixture
def person(running: Served) -> dict[str, Any]:
    return running.next_person()


@pytest.fixture
def pc(browser: Browser, running: Served, person: dict[str, Any], leave: Any) -> Pc:
    """A PC with somebody's paper open."""
    made = Pc(browser, running)
    made.take_seat(person)
    return leave(made)


def chosen_on(page: Page) -> dict[str, str]:
    """Return what the page shows as chosen, by item."""
    found: dict[str, str] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#answers input:checked')].map((each) => [each.name, each.value]))"
    )
    return found


def test_a_reload_brings_back_answers_marks_and_place(
    pc: Pc, running: Served, person: dict[str, Any]
) -> None:
    chosen = {f"p{position}": pc.choose(position, option) for position, option in ((1, 0), (2, 3), (7, 4))}
    pc.click("[data-do=flag]")
    pc.expect_saved()
    pc.click('#palette [data-go="9"]')
    left = pc.seconds_left()
    wait_until(lambda: pc.page.evaluate(PLACES) == [9], "the place is noted beside the answers")
    pc.page.reload()
    expect(pc.page.locator("[data-part=place]")).to_contain_text("9")
    assert chosen_on(pc.page) == chosen
    expect(pc.page.locator("[data-part=counts]")).to_have_text("3 dijawab · 1 ragu · 17 belum")
    expect(pc.page.locator('#palette [data-go="7"]')).to_have_class(re.compile("cell--flagged"))
    assert left - 60 <= pc.seconds_left() <= left + 2
    assert running.responses(person) == {1: [chosen["p1"]], 2: [chosen["p2"]], 7: [chosen["p7"]]}


def test_a_click_and_a_reload_in_the_same_moment_keep_the_click(
    pc: Pc, running: Served, person: dict[str, Any]
) -> None:
    """The store has had no time for it; twice, since a page that came back starts anew."""
    for position in (1, 2):
        pc.click(f'#palette [data-go="{position}"]')
        with pc.page.expect_navigation():
            pc.page.evaluate(
                "document.querySelector('.item:not([hidden]) .option input').click(); location.reload()"
            )
        expect(pc.page.locator("#items")).to_be_visible()
        pc.expect_saved()
        wait_until(lambda: position in running.responses(person), "the click has come")  # noqa: B023 - at once
    assert {f"p{each}": values[0] for each, values in running.responses(person).items()} == chosen_on(pc.page)
    assert pc.page.evaluate("sessionStorage.length") == 0
    seqs = [
        row["seq"]
        for row in running.rows("select seq from receipt where attempt_id = ?", running.attempt_id(person))
    ]
    assert sorted(seqs) == [1, 2]


def test_a_store_that_opens_late_delivers_what_waits_in_it(
    pc: Pc, running: Served, person: dict[str, Any]
) -> None:
    pc.context.set_offline(True)
    pc.click('#palette [data-go="3"]')
    pc.click('.item[data-position="3"] .option >> nth=1')
    expect(pc.page.locator("[data-part=band]")).to_be_visible()
    pc.context.set_offline(False)
    pc.page.add_init_script(
        """if (!sessionStorage.getItem("slept")) {
             sessionStorage.setItem("slept", "1");
             const open = IDBFactory.prototype.open;
             IDBFactory.prototype.open = function (...names) {
               const request = open.apply(this, names);
               let given = null;
               Object.defineProperty(request, "onsuccess", { set(handler) { given = handler; } });
               request.addEventListener("success", () => setTimeout(() => given(), 9000));
               return request;
             };
           }"""
    )
    pc.page.reload()
    expect(pc.page.locator("#items")).to_be_visible()
    wait_until(lambda: list(running.responses(person)) == [3], "what the store held has come")
    pc.expect_saved()


def test_two_tabs_of_one_pc_save_side_by_side(pc: Pc, running: Served, person: dict[str, Any]) -> None:
    other = pc.context.new_page()
    other.goto(pc.url)
    expect(other.locator("#items")).to_be_visible()
    for position in (1, 3):
        pc.page.locator(f'#palette [data-go="{position}"]').click()
        pc.page.locator(f'.item[data-position="{position}"] .option').nth(1).click()
        other.locator(f'#palette [data-go="{position + 1}"]').click()
        other.locator(f'.item[data-position="{position + 1}"] .option').nth(2).click()
    for page in (pc.page, other):
        expect(page.locator("[data-part=counts]")).to_contain_text("4 dijawab")
        expect(page.locator("[data-part=saved]")).to_have_attribute("data-kind", "saved")
    assert chosen_on(pc.page) == chosen_on(other)
    stored = wait_until(
        lambda: len(running.responses(person)) == 4 and running.responses(person), "all stored"
    )
    assert {f"p{position}": values[0] for position, values in stored.items()} == chosen_on(other)
    attempt = running.attempt_id(person)
    seqs = [
        row["seq"]
        for row in running.rows("select seq from receipt where attempt_id = ? order by seq", attempt)
    ]
    assert seqs == list(range(1, len(seqs) + 1)), "numbers without a gap and without a clash"
    assert not running.rows("select * from quarantined_answer where attempt_id = ?", attempt)


def test_fast_clicks_on_one_item_leave_the_last_one(pc: Pc, running: Served, person: dict[str, Any]) -> None:
    options = pc.page.locator('.item[data-position="1"] .option')
    boxes = [options.nth(index).bounding_box() for index in range(4)]
    for index in (0, 1, 2, 3, 1, 0, 2):
        box = boxes[index]
        assert box is not None
        pc.page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2)
    pc.expect_saved()
    last = options.nth(2).locator("input").get_attribute("value")
    wait_until(lambda: running.responses(person) == {1: [last]}, "the last click is stored")
    assert chosen_on(pc.page) == {"p1": last}


def test_a_second_pc_with_the_same_pin_is_refused_and_the_officer_sees_it(
    pc: Pc, browser: Browser, running: Served, person: dict[str, Any], leave: Any
) -> None:
    officer = leave(Officer(browser, running, "koordinator"))
    officer.open_room()
    second = leave(Pc(browser, running, "127.0.0.2"))
    second.sign_in(person)
    expect(second.page.locator("[role=alert]")).to_contain_text(
        f"Anda sudah masuk di kursi nomor {person['seat_no']}. Panggil petugas."
    )
    line = officer.page.locator("#urgent .urgent__line", has_text=person["name"])
    expect(line).to_contain_text("ditolak di komputer lain")
    pc.choose(2, 1)  # whoever was there first goes on undisturbed


def test_wrong_pin_wrong_seat_and_a_pc_that_lost_its_cookies(
    pc: Pc, browser: Browser, running: Served, person: dict[str, Any], leave: Any
) -> None:
    error = "[role=alert]"
    pc.page.goto("about:blank")
    pc.context.clear_cookies()
    pc.sign_in(person)
    expect(pc.page.locator(error)).to_contain_text("Panggil petugas")

    another, third = running.next_person(), running.next_person()
    fresh = leave(Pc(browser, running, "127.0.0.3"))
    wrong = "".join(str((int(digit) + 1) % 10) for digit in another["pin"])
    fresh.sign_in({**another, "pin": wrong})
    expect(fresh.page.locator(error)).to_contain_text("Nomor peserta atau PIN tidak cocok")
    assert fresh.page.locator("#pin").input_value() == ""
    fresh.sign_in(another)
    fresh.click("form[action='/confirm'] button[value=no]")
    expect(fresh.page.locator("#sign-in")).to_be_visible()
    fresh.sign_in(third)  # the PC has a seat by now, and it is not this one's
    expect(fresh.page.locator(error)).to_contain_text(
        f"Kursi Anda nomor {third['seat_no']}. Silakan pindah ke kursi itu"
    )


def test_a_killed_kiosk_process_loses_no_answer(pc: Pc, running: Served, person: dict[str, Any]) -> None:
    shown = {position: pc.choose(position, position % 5) for position in range(1, 4)}
    left = pc.seconds_left()
    running.kill("kiosk")
    for position in range(4, 9):  # while it is away, too
        pc.click(f'#palette [data-go="{position}"]')
        row = pc.page.locator(f'.item[data-position="{position}"] .option').nth(position % 5)
        row.click()
        shown[position] = row.locator("input").get_attribute("value") or ""
    expect(pc.page.locator("[data-part=saved]")).to_have_text(SAVED, timeout=30_000)
    wait_until(lambda: len(running.responses(person)) == 8, "what was unsent arrives by itself")
    assert running.responses(person) == {position: [value] for position, value in shown.items()}
    expect(pc.page.locator("[data-part=band]")).to_be_hidden()
    assert left - 90 <= pc.seconds_left() <= left + 2


def test_a_killed_monitoring_process_disturbs_nobody(
    pc: Pc, browser: Browser, running: Served, person: dict[str, Any], leave: Any
) -> None:
    officer = leave(Officer(browser, running, "koordinator"))
    officer.open_room()
    officer.page.click("#tab-table")
    row = officer.page.locator("#rows tr", has_text=person["participant_number"])
    for position in (1, 2, 3, 14, 15):
        pc.choose(position, 2)
    expect(row).to_contain_text("5/20")
    total = row.locator(".total")
    five = str(calculated(running, person)[""])
    expect(total).to_have_text(five)
    running.kill("monitoring")
    pc.choose(4, 0)
    pc.click("[data-do=clear]")
    pc.expect_saved()
    pc.choose(2, 2)
    expect(officer.page.locator("#stale")).to_be_hidden(timeout=30_000)
    pc.choose(1, 2)
    pc.choose(16, 2)
    expect(row).to_contain_text("6/20", timeout=60_000)
    pc.click("[data-do=clear]")
    expect(row).to_contain_text("5/20")
    expect(total).to_have_text(five)


def test_a_power_cut_of_the_server_is_over_without_a_reload(
    pc: Pc, running: Served, person: dict[str, Any]
) -> None:
    pc.choose(1, 0)
    pc.page.evaluate("window.isSamePage = true")
    left = pc.seconds_left()
    running.kill_all()
    pc.click('#palette [data-go="2"]')
    pc.click('.item[data-position="2"] .option >> nth=1')
    expect(pc.page.locator("[data-part=band]")).to_contain_text("Teruskan mengerjakan")
    expect(pc.page.locator("[data-part=saved]")).to_have_text("Belum tersimpan, akan dikirim otomatis")
    running.start()
    expect(pc.page.locator("[data-part=saved]")).to_have_text(SAVED, timeout=30_000)
    expect(pc.page.locator("[data-part=band]")).to_be_hidden()
    assert len(running.responses(person)) == 2
    assert pc.page.evaluate("window.isSamePage") is True
    assert left - 60 <= pc.seconds_left() <= left + 2
