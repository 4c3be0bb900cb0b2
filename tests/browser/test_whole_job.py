"""The thread through everything: three people in three browsers, a board, two committees, a verified package."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import SOON_MS, Officer, Pc, Served

pytestmark = pytest.mark.browser


def test_from_sign_in_to_a_verified_package(
    browser: Browser, served: Served, leave: Any, tmp_path: Path
) -> None:
    pcs = [leave(Pc(browser, served, f"127.0.0.{number}")) for number in (1, 2, 3)]
    officer = leave(Officer(browser, served, "koordinator"))
    for pc, person in zip(pcs, served.people, strict=False):
        pc.get_ready(person)
    officer.open_room()
    officer.command("start")
    for pc in pcs:
        expect(pc.page.locator("#items")).to_be_visible()

    papers = [pc.page.locator("#answers").text_content() for pc in pcs]  # with the items that do not show
    assert len(set(papers)) == 3, "three people, three different papers"

    _answer(pcs, officer, served.people[0])

    shown = []
    for pc in pcs:
        pc.finish()
        expect(pc.page.locator("#main.result")).to_be_visible()
        expect(pc.page.locator(".result")).to_contain_text(re.compile("Jumlah"), timeout=SOON_MS)
        shown.append(pc.page.locator(".result").inner_text())
    assert all(re.search("sementara|belum resmi", text, re.IGNORECASE) for text in shown)

    officer.command("close")
    officer.page.goto(f"{served.board_url}/")
    officer.page.locator("a[href^='/results/']").first.click()
    officer.page.locator("form[action$='/statement'] button").click()
    officer.page.wait_for_url("**/statement")
    _sign(officer)
    chair = leave(Officer(browser, served, "ketua"))
    chair.page.locator("a[href^='/results/']").first.click()
    _sign(chair)
    expect(chair.page.locator(".official")).to_be_visible()

    package = tmp_path / "package"
    exported = served.cli("results", "export", "DEMO-1", "--output", str(package), "--with-keys", "--json")
    assert exported.returncode == 0, exported.stdout + exported.stderr
    trusted = tmp_path / "trusted.json"
    trusted.write_text(served.cli("site", "keys").stdout)
    verified = served.cli_elsewhere("results", "verify", str(package), "--trusted", str(trusted), "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr

    _expect_the_screen_to_equal_the_record(package, shown, served.people)
    _expect_a_changed_byte_to_be_named(served, package, trusted)


def _answer(pcs: list[Pc], officer: Officer, first: dict[str, Any]) -> None:
    """Answer everything on the first PC and something on the others; the board shows it."""
    for pc, last in zip(pcs, (20, 8, 4), strict=True):
        for position in range(1, last + 1):
            pc.choose(position, position % 5)
    officer.page.click("#tab-table")
    row = officer.page.locator("#rows tr", has_text=first["participant_number"])
    expect(row).to_contain_text("20/20")
    assert str(first["seat_no"]) in row.inner_text()


def _expect_the_screen_to_equal_the_record(
    package: Path, shown: list[str], people: list[dict[str, Any]]
) -> None:
    """Compare what each kiosk showed, section by section and in sum, with the sealed results."""
    lines = json.loads((package / "results.json").read_text())["lines"]
    sealed = {line["participant_number"]: line["score"] for line in lines if line["score"]}
    for text, person in zip(shown, people, strict=False):
        score = sealed[person["participant_number"]]
        wanted = [*(each["points"] for each in score["sections"]), score["total"]]
        assert [int(points) * 1_000_000 for points in re.findall(r"(\d+)\s+dari \d+", text)] == wanted


def _expect_a_changed_byte_to_be_named(served: Served, package: Path, trusted: Path) -> None:
    victim = package / "responses.jsonl"
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(bytes(content))
    broken = served.cli_elsewhere("results", "verify", str(package), "--trusted", str(trusted), "--json")
    assert broken.returncode == 1
    assert "responses.jsonl" in broken.stdout


def _sign(officer: Officer) -> None:
    page = officer.page
    if "/statement" not in page.url:
        page.locator("a[href$='/statement']").click()
    page.locator("input[name=decision][value=signed]").check()
    page.fill("#passphrase", officer.who["passphrase"])
    page.locator("form[action$='/sign'] button").click()
    expect(page.locator("form[action$='/sign']")).to_have_count(0)
