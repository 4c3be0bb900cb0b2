"""The registration desk by keyboard and scanner alone, its countdown, its camera, and what it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cat_server.runtime.clock import SystemClock
from tests.browser.conftest import ARGUMENTS, CHROMIUM, Officer, Served
from tests.http_clients import HttpOfficer
from tests.served_site import copied_site, wait_until

CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
LEFT_S = 40
"""How long registration stays open when the start is moved: longer than the command that moves it can take."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium with a camera that shows a test picture, and nobody to ask whether it may."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *CAMERA])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def queue(template_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served site where a queue of ten waits, their check-ins of the demo taken back."""
    site = copied_site(template_site, tmp_path_factory.mktemp("desk") / "site")
    site.start()
    desk = HttpOfficer(site, "koordinator")
    session = desk.room.split("/")[2]
    for person in site.people[:10]:
        address = f"/desk/{session}/{site.attempt_id(person)}/undo"
        assert desk.browser.post(address, data={"reason": "antrean uji"}).status_code == 200
    desk.close()
    yield site
    site.end()


@pytest.fixture
def desk(browser: Browser, queue: Served) -> Iterator[Page]:
    officer = Officer(browser, queue, "registrasi")
    session = queue.rows("SELECT id FROM exam_session WHERE code = 'DEMO-1'")[0]["id"]
    officer.page.goto(f"{queue.board_url}/desk/{session}")
    expect(officer.page.locator("#wanted")).to_be_focused()
    yield officer.page
    officer.close()


def scan(page: Page, number: str) -> None:
    """Type as a keyboard-wedge scanner does: fast, then Enter."""
    page.keyboard.type(number)
    page.keyboard.press("Enter")


def states(queue: Served, person: dict[str, Any]) -> str:
    [row] = queue.rows("SELECT state FROM attempt WHERE id = ?", queue.attempt_id(person))
    return str(row["state"])


def test_a_queue_is_checked_in_with_scanner_and_keyboard_alone(desk: Page, queue: Served) -> None:
    pins = set()
    for person in queue.people[:3]:
        scan(desk, person["participant_number"])
        expect(desk.locator("#person")).to_have_text(re.compile(re.escape(person["name"]), re.IGNORECASE))
        expect(desk.locator("input[value=KTP]")).to_be_focused()
        desk.keyboard.press("Space")
        desk.keyboard.press("Tab")
        desk.keyboard.press("Space")
        desk.keyboard.press("Enter")
        expect(desk.locator(".slip")).to_be_visible()
        pins.add(desk.locator(".slip__pin").inner_text())
        assert states(queue, person) == "REGISTERED"
        desk.keyboard.press("Escape")
        expect(desk.locator("#wanted")).to_be_focused()
        expect(desk.locator("#wanted")).to_have_value("")
    assert len(pins) == 3
    assert all(re.fullmatch(r"\d{4} \d{4}", each) for each in pins)


def test_a_scan_at_any_moment_goes_to_the_search_and_opens_the_next_person(desk: Page, queue: Served) -> None:
    first, second = queue.people[3:5]
    scan(desk, first["participant_number"])
    expect(desk.locator("input[value=KTP]")).to_be_focused()
    scan(desk, second["participant_number"])
    expect(desk.locator("#person")).to_have_text(re.compile(re.escape(second["name"]), re.IGNORECASE))
    assert states(queue, first) == "SCHEDULED"


def test_a_name_typed_slowly_lists_matches_and_enter_opens_the_only_one(desk: Page, queue: Served) -> None:
    person = queue.people[5]
    words = person["name"].lower().split()
    desk.keyboard.type(words[0][:3])
    expect(desk.locator("#found li").first).to_be_visible()
    desk.locator("#wanted").fill(" ".join(reversed(words)))
    desk.keyboard.press("Enter")
    expect(desk.locator("#person")).to_have_text(re.compile(re.escape(person["name"]), re.IGNORECASE))


def test_what_is_missing_is_asked_for_and_the_ticks_stay(desk: Page, queue: Served) -> None:
    scan(desk, queue.people[5]["participant_number"])
    desk.locator("input[value=SUKET]").check()
    desk.locator("#check-in").click()
    expect(desk.locator(".error-summary")).to_contain_text("Tandai dokumen")
    expect(desk.locator("input[value=SUKET]")).to_be_checked()
    assert states(queue, queue.people[5]) == "SCHEDULED"


def test_only_the_slip_is_printed_and_afterwards_the_next_person_is_awaited(
    desk: Page, queue: Served
) -> None:
    scan(desk, queue.people[6]["participant_number"])
    desk.locator("input[value=KTP]").check()
    desk.locator("input[value=PARTICIPANT_CARD]").check()
    desk.locator("#check-in").click()
    expect(desk.locator("#print")).to_be_focused()
    desk.emulate_media(media="print")
    for hidden in (".bar", "#print", "#wanted", ".slip__actions"):
        expect(desk.locator(hidden)).to_be_hidden()
    expect(desk.locator(".slip__pin")).to_be_visible()
    desk.emulate_media(media="screen")
    desk.evaluate("window.print = () => window.dispatchEvent(new Event('afterprint'))")
    desk.keyboard.press("Enter")
    expect(desk.locator("#wanted")).to_be_focused()
    expect(desk.locator("#wanted")).to_have_value("")


def test_the_camera_takes_a_picture_and_stays_on_for_the_next_person(desk: Page, queue: Served) -> None:
    scan(desk, queue.people[7]["participant_number"])
    desk.locator("[data-do=start]").click()
    desk.set_viewport_size({"width": 1024, "height": 720})
    expect(desk.locator("[data-part=live]")).to_be_in_viewport(ratio=1)
    desk.locator("[data-do=take]").click()
    expect(desk.locator("[data-say=saved]")).to_be_visible()
    expect(desk.locator("[data-camera] figcaption")).to_have_text("Foto hari ini")
    expect(desk.locator("[data-part=taken]")).to_be_visible()
    assert (
        desk.locator("[data-part=taken]").evaluate("image => image.decode().then(() => image.naturalHeight)")
        > 200
    )
    attempt_id = queue.attempt_id(queue.people[7])
    assert queue.rows("SELECT 1 FROM ledger WHERE kind = 'PHOTO_TAKEN'")
    assert queue.rows("SELECT photo_hash FROM attempt WHERE id = ?", attempt_id)[0]["photo_hash"]
    desk.locator("#wanted").focus()
    scan(desk, queue.people[8]["participant_number"])
    expect(desk.locator("[data-do=take]")).to_be_visible()


def test_without_a_camera_the_page_says_so_and_works(desk: Page, queue: Served) -> None:
    desk.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    scan(desk, queue.people[8]["participant_number"])
    expect(desk.locator("[data-say=insecure]")).to_be_visible()
    expect(desk.locator("[data-do=start]")).to_be_hidden()
    expect(desk.locator("#check-in")).to_be_enabled()


def test_at_the_cutoff_the_page_switches_by_itself_and_the_server_marks_the_absent(
    desk: Page, queue: Served
) -> None:
    last = queue.people[9]
    start = datetime.fromtimestamp(SystemClock().now().at_ms / 1000 + 300 + LEFT_S, UTC).isoformat()
    moved = queue.cli("exam-session", "postpone", "DEMO-1", "--start", start, "--reason", "uji")
    assert moved.returncode == 0, moved.stdout + moved.stderr
    scan(desk, last["participant_number"])
    expect(desk.locator("[data-countdown]")).to_have_text(re.compile(r"00:00:[0-4]\d"))
    expect(desk.locator("#check-in")).to_be_enabled()
    expect(desk.locator("[data-registration=closed]")).to_be_visible(timeout=(LEFT_S + 20) * 1000)
    expect(desk.locator("#check-in")).to_be_disabled()
    wait_until(lambda: states(queue, last) == "ABSENT", "the server marks who did not come")
    desk.reload()
    expect(desk.locator(".notice").first).to_contain_text("Hanya koordinator")
