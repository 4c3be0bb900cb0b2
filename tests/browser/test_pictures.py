"""Pictures on the paper in a real browser: drawn, fetched, and offline-ready only when all are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.keyring import open_keyring
from tests.browser.conftest import Pc, Served, begin
from tests.picture_bank import with_pictures
from tests.served_site import copied_site, wait_until


@pytest.fixture(scope="module")
def pictured(late_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served site whose room has begun, with pictures in every item."""
    site = copied_site(late_template, tmp_path_factory.mktemp("pictured") / "site")
    bank, keys, statistics = site.bank()
    bank_id = str(site.rows("select bank_id from exam_session")[0]["bank_id"])
    files = BankFiles(site.folder / "banks", open_keyring(site.folder / "keys"))
    files.remove(bank_id)
    files.write(bank_id, with_pictures(bank), keys, statistics)
    site.start()
    begin(site)
    yield site
    site.end()


def test_pictures_come_after_the_paper_and_make_it_offline_ready(browser: Browser, pictured: Served) -> None:
    pc = Pc(browser, pictured)
    pc.page.route("**/media/*", lambda route: route.abort())
    person = pictured.next_person()
    pc.take_seat(person)
    item = pc.page.locator(".item:not([hidden])")
    expect(item.locator("svg")).to_be_visible()
    expect(item.locator(".picture-note").first).to_contain_text("Gambar belum dimuat: warna")

    def is_ready() -> list[int]:
        found = pictured.rows(
            "select is_offline_ready from presence where attempt_id = ?", pictured.attempt_id(person)
        )
        return [row["is_offline_ready"] for row in found]

    wait_until(is_ready, "the kiosk is seen")
    assert is_ready() == [0]
    pc.page.unroute("**/media/*")
    expect(pc.page.locator(".picture-note")).to_have_count(0, timeout=40_000)
    for image in item.locator("img").all():
        expect(image).to_be_visible()
        assert image.evaluate("image => image.naturalWidth") == 120
    wait_until(lambda: is_ready() == [1], "the kiosk is offline-ready", 60)
    item.locator(".option img").nth(1).click()
    expect(item.locator("input:checked")).to_have_count(1)
    assert pc.errors == []
    pc.close()


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_pictures_fit_and_stand_on_white_in_every_theme(
    browser: Browser, pictured: Served, theme: str
) -> None:
    pc = Pc(browser, pictured)
    pc.take_seat(pictured.next_person())
    pc.page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    for each in pc.page.locator(".item:not([hidden]) :is(svg, img)").all():
        expect(each).to_be_visible()
        assert each.evaluate("shape => getComputedStyle(shape).backgroundColor") == "rgb(255, 255, 255)"
        assert each.evaluate("shape => getComputedStyle(shape).color") == "rgb(0, 0, 0)"
        box = each.bounding_box()
        assert box is not None
        assert box["width"] >= 80
        assert box["x"] + box["width"] <= 1024
    pc.close()
