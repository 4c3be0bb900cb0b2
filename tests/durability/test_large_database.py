"""A database so large that a start has no time for all its pages: served at once, and what is found later is told."""

from __future__ import annotations

import contextlib
import json
import sqlite3  # noqa: TID251 - the database is damaged from outside
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.durability.lane_recording import spoiled
from tests.http_clients import HttpOfficer, HttpParticipant
from tests.served_site import Served, copied_site, wait_until

PAGE = 4096
OLD = "of-an-attempt-that-ended-long-ago"
TABLE_LEAF = 0x0D


@pytest.fixture
def large(template_site: Path, tmp_path: Path) -> Iterator[Served]:
    """A site with thousands of receipts of an attempt that has ended, whose server is in a hurry."""
    site = copied_site(template_site, tmp_path / "site")
    with contextlib.closing(sqlite3.connect(site.folder / "exam.db")) as connection, connection:
        connection.executemany(
            "INSERT INTO receipt (attempt_id, epoch, seq, request_hash, outcome, code, number, hash)"
            " VALUES (?, 1, ?, '', 'saved', '', ?, ?)",
            ((OLD, seq, seq, f"{seq:064}") for seq in range(1, 5_000)),
        )
    with contextlib.closing(sqlite3.connect(site.folder / "exam.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    site.environment = spoiled("hurried")
    yield site
    site.end()


def advice(served: Served) -> list[str]:
    found = httpx.get(f"{served.board_url}/healthz", timeout=10).json()
    return [each["code"] for each in found["look_at"]]


def damage_an_old_page(served: Served) -> None:
    path = served.folder / "exam.db"
    content = path.read_bytes()
    pages = [
        at
        for at in range(0, len(content), PAGE)
        if content[at] == TABLE_LEAF and content[at : at + PAGE].count(OLD.encode()) > 5
    ]
    assert len(pages) > 10
    with path.open("r+b") as database:
        database.seek(pages[len(pages) // 2])
        database.write(b"\xff" * 60)


def test_a_sound_one_is_served_and_its_soundness_told_afterwards(large: Served) -> None:
    large.start()
    said = large.folder / "serve.out"
    wait_until(lambda: "seluruh halaman basis data utuh" in said.read_text(), "every page was read", 60)
    assert "diperiksa sambil server berjalan" in said.read_text()
    wait_until(lambda: not {"pages_left", "pages_damaged"} & set(advice(large)), "and this is known")


def test_old_damage_stops_nobody_and_is_told_to_officers_and_in_the_log(large: Served) -> None:
    damage_an_old_page(large)
    large.start()
    wait_until(lambda: "pages_damaged" in advice(large), "the damage is found", 60)
    person = HttpParticipant(large, large.next_person())
    person.get_ready()
    officer = HttpOfficer(large)
    officer.command("start")
    person.learn()
    assert person.answer(1, "o1")["outcome"] == "saved"
    assert "Bagian lama basis data rusak" in officer.browser.get("/alarms").text
    officer.close()
    person.close()
    lines = (large.folder / "logs" / "checks.log").read_text(encoding="utf-8").splitlines()
    assert [json.loads(each)["code"] for each in lines] == ["PAGES_DAMAGED"]
    assert "restore --from" in (large.folder / "serve.out").read_text()
