"""The public scoreboard of an event that masks names: live, in tie-break order, SEMENTARA until both committees signed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Served
from tests.browser.hand_calculation import calculated
from tests.http_clients import HttpOfficer, HttpParticipant
from tests.served_site import copied_site, prepare_site, wait_until
from tests.site_databases import change

pytestmark = pytest.mark.browser


@pytest.fixture
def masked(tmp_path: Path) -> Iterator[Served]:
    """A served site of an event that masks names on the board."""
    site = copied_site(prepare_site(tmp_path / "template", masking='"partial"'), tmp_path / "site")
    change(site.folder, "update exam_event set scoreboard_masking = true")
    site.start()
    yield site
    site.end()


def answer_for(served: Served, participant: HttpParticipant, section: str, count: int, right: bool) -> None:
    """Answer the first items of a section, all right (or with the best option) or all wrong."""
    attempt = served.attempt_id(participant.person)
    items = served.form_items(attempt)
    keys = served.bank()[1].keys
    there = [(position, each) for position, each in enumerate(items, 1) if each["section"] == section]
    for position, item in there[:count]:
        key = keys[item["item_id"]]
        worth = {
            option: dict(key.points).get(option, int(option in key.correct)) for option in item["options"]
        }
        chosen = max(worth, key=worth.__getitem__) if right else min(worth, key=worth.__getitem__)
        participant.answer(position, chosen)


def test_the_board_from_the_first_answer_to_final(browser: Browser, masked: Served) -> None:
    people = [HttpParticipant(masked, masked.next_person()) for _ in range(4)]
    for each in people:
        each.get_ready()
    officer = HttpOfficer(masked)
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
    page = context.new_page()
    page.goto(masked.scoreboard_url)
    officer.command("start")
    for each in people:
        each.learn()
    expect(page.locator("#mark")).to_have_text("SEMENTARA")

    last, by_twk, by_tkp, first = people
    answer_for(masked, by_twk, "TWK", 2, right=True)  # 10 points, none of TKP
    answer_for(masked, by_tkp, "TKP", 2, right=True)  # 10 points of TKP: before the one above
    answer_for(masked, first, "TIU", 4, right=True)
    answer_for(masked, last, "TIU", 4, right=False)
    order = [first, by_tkp, by_twk, last]
    points = [calculated(masked, each.person) for each in order]
    assert [each[""] for each in points] == [20, 10, 10, 0]
    numbers = page.locator("#lines tr td.number")
    expect(numbers).to_have_text([each.person["participant_number"] for each in order])
    expect(page.locator("#lines tr td.total")).to_have_text(["20", "10", "10", "0"])
    for each, shown in zip(order, page.locator("#lines tr th").all_inner_texts(), strict=True):
        name = each.person["name"]
        assert shown != name
        assert shown[0] == name[0]
        assert not any(part in shown for part in name.split())
    expect(page.locator("#as-of")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    assert all(each.person["name"] not in page.content() for each in people)

    answer_for(masked, last, "TIU", 5, right=True)  # a change of rank shows by itself
    expect(numbers.first).to_have_text(last.person["participant_number"])

    officer.command("close", reason="Selesai")
    _sign_off(masked, officer)
    expect(page.locator("#mark")).to_have_text("FINAL", timeout=30_000)
    expect(page.locator("#lines tr td.total").first).to_have_text("25")
    context.close()
    for client in (*people, officer):
        client.close()


def _sign_off(served: Served, officer: HttpOfficer) -> None:
    """Prepare the statement and let one officer of each committee sign it."""
    session = officer.room.split("/")[2]
    results = f"/results/{session}"

    def is_prepared() -> bool:
        """Tell whether the statement could be prepared; the last scores may still be on their way."""
        return officer.browser.post(f"{results}/statement", data={"notes": ""}).status_code == 200

    wait_until(is_prepared, "the statement is prepared")
    chair = HttpOfficer(served, "ketua")
    for who, name in ((officer, "koordinator"), (chair, "ketua")):
        statement = who.browser.get(f"{results}/statement").text
        found = re.search(r'name="statement_hash" value="([^"]+)"', statement)
        assert found is not None
        decision: dict[str, Any] = {
            "statement_hash": found[1],
            "decision": "signed",
            "reason": "",
            "passphrase": served.officer(name)["passphrase"],
        }
        assert who.browser.post(f"{results}/sign", data=decision).status_code == 200
    chair.close()
