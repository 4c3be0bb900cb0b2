"""The server's disk is really full: the page says so calmly, the board can be read, and all goes on when there is space."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from cat_server.domain.exam_clock import MOST_EXTRAPOLATED_MS
from tests.browser.conftest import Officer, Pc, Served, begin
from tests.durability.loop_disk import LoopDisk, skip_without_loop_devices
from tests.served_site import copied_site, wait_until

pytestmark = pytest.mark.browser

NOT_SAVED = "Belum tersimpan, akan dikirim otomatis"
SAVED = "Tersimpan"


class Filler:
    """A file that takes all the space there is."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "filler"

    def fill(self) -> None:
        """Take what is free, to the last block."""
        with self._path.open("ab", buffering=0) as file:
            for size in (1 << 20, 4_096):
                with suppress(OSError):
                    while file.write(b"\xff" * size) == size:
                        pass

    def empty(self) -> None:
        """Give it back."""
        self._path.unlink()


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopDisk]:
    folder = tmp_path_factory.mktemp("disk")
    skip_without_loop_devices(folder)
    made = LoopDisk(folder / "disk.img", folder / "disk")
    yield made
    made.unmount()


@pytest.fixture(scope="module")
def running(late_template: Path, disk: LoopDisk) -> Iterator[Served]:
    site = copied_site(late_template, disk.folder / "site")
    settings = site.folder / "site.toml"
    changed = re.sub(r"ballast_mib = \d+", "ballast_mib = 8", settings.read_text())
    settings.write_text(re.sub(r"floor_mib = \d+", "floor_mib = 0", changed))
    site.start()
    begin(site)
    yield site
    site.end()


def test_a_full_disk_is_told_calmly_and_all_goes_on_when_there_is_space(
    browser: Browser, running: Served, disk: LoopDisk, leave: Any
) -> None:
    person = running.next_person()
    pc = leave(Pc(browser, running))
    pc.take_seat(person)
    officer = leave(Officer(browser, running, "koordinator"))
    saved = pc.page.locator("[data-part=saved]")
    shown = {1: pc.choose(1, 0)}
    filler = Filler(disk.folder)
    filler.fill()
    # What is held back is let go first, so one more filling may be needed before nothing can be written.
    for position in range(2, 12):
        pc.click(f'#palette [data-go="{position}"]')
        row = pc.page.locator(f'.item[data-position="{position}"] .option').first
        row.click()
        shown[position] = row.locator("input").get_attribute("value") or ""
        pc.page.wait_for_timeout(1_500)
        if saved.inner_text() == NOT_SAVED:
            break
        filler.fill()
    expect(saved).to_have_text(NOT_SAVED)
    assert not (running.folder / "ballast").exists(), "what was held back had been let go"
    pc.page.wait_for_timeout(MOST_EXTRAPOLATED_MS + 500)  # so far the clock runs beyond what it last wrote
    stopped_at = pc.page.evaluate("fetch('/state').then((reply) => reply.json())")
    assert stopped_at["state"] == "RUNNING", "what is there can still be read"
    officer.page.reload()
    expect(officer.page.locator("#alarms")).to_contain_text("Panggil operator")
    assert (
        stopped_at["clock_ms"]
        == pc.page.evaluate("fetch('/state').then((reply) => reply.json())")["clock_ms"]
    )
    filler.empty()
    expect(saved).to_contain_text(SAVED, timeout=60_000)
    expect(officer.page.locator("#alarms")).to_be_empty(timeout=60_000)
    wait_until((running.folder / "ballast").exists, "the next full disk finds a reserve again")
    expected = {position: [value] for position, value in shown.items()}
    wait_until(lambda: running.responses(person) == expected, "everything has come")
    receipts = running.rows(
        "select seq, outcome from receipt where attempt_id = ?", running.attempt_id(person)
    )
    assert sorted(row["seq"] for row in receipts) == list(range(1, len(receipts) + 1))
    assert {row["outcome"] for row in receipts} == {"saved"}
    assert pc.errors == []
