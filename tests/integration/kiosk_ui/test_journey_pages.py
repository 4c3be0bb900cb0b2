"""From the first visit of a PC to the end page, through real pages, actions and records."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cat_server.domain.paper_limit import MOST_FETCHES
from question_bank import demo
from question_bank.reading import read_bank
from tests.integration.kiosk_ui.conftest import ORIGIN, Room, visible


def test_everybody_is_sent_to_the_page_they_belong_on(room: Room) -> None:
    slip = room.centre.check_in(0)
    pc = room.browser()
    assert pc.open("/paper").url.path == "/sign_in"
    page = pc.sign_in(slip.participant_number, slip.pin)
    assert page.url.path == "/confirm"
    assert slip.participant_name in visible(page.text)
    assert pc.open("/waiting").url.path == "/confirm"
    assert pc.submit("/confirm", answer="yes").url.path == "/pledge"
    refused = pc.submit("/pledge")
    assert refused.status_code == 422
    assert "centang" in refused.text
    assert pc.submit("/pledge", agree="yes").url.path == "/tutorial"
    page = pc.submit("/tutorial")
    assert page.url.path == "/waiting"
    assert str(slip.seat_no) in visible(page.text)
    assert pc.open("/tutorial").url.path == "/tutorial"
    assert pc.open("/paper").url.path == "/waiting"
    room.centre.start()
    assert pc.open("/waiting").url.path == "/paper"
    assert pc.open("/result").url.path == "/paper"


def test_a_wrong_pin_is_told_in_words_and_never_echoed(room: Room) -> None:
    slip = room.centre.check_in(0)
    pc = room.browser()
    page = pc.sign_in(slip.participant_number, "98765432")
    assert page.status_code == 409
    assert "PIN tidak cocok" in page.text
    assert "98765432" not in page.text
    assert slip.participant_number in page.text
    unknown = room.browser().sign_in("no-such-number", "98765432")
    assert "PIN tidak cocok" in unknown.text


def test_not_me_signs_out_and_asks_for_an_officer(room: Room) -> None:
    slip = room.centre.check_in(0)
    pc = room.browser()
    pc.sign_in(slip.participant_number, slip.pin)
    page = pc.submit("/confirm", answer="no")
    assert page.url.path == "/sign_in"
    assert "panggil petugas" in page.text
    assert pc.open().url.path == "/sign_in"
    assert room.centre.rows("SELECT has_confirmed_identity FROM attempt WHERE seat_id IS NOT NULL") == [(0,)]


def test_the_paper_holds_every_item_and_nothing_that_helps(room: Room) -> None:
    slip = room.centre.check_in(0)
    pc = room.browser()
    pc.get_ready(slip.participant_number, slip.pin)
    room.centre.start()
    page = pc.open("/paper")
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-encoding"] == "gzip"
    assert len(re.findall(r'<section class="item" data-position="\d+"', page.text)) == 20
    bank = read_bank(Path(demo.__file__).parent / "bank.csv").bank
    assert bank is not None
    for item in bank.items:
        assert item.item_id not in page.text
        assert not item.topic or f'"{item.topic}"' not in page.text
    assert not re.search(r"\b(key|correct|difficulty|weight|kunci|bobot)\b", page.text)


def test_two_participants_have_two_papers(room: Room) -> None:
    texts = []
    for number in (0, 1):
        slip = room.centre.check_in(number)
        pc = room.browser()
        pc.get_ready(slip.participant_number, slip.pin)
        texts.append(pc)
    room.centre.start()
    first, second = (re.findall(r'id="stem-\d+">(.+?)</', pc.open("/paper").text, re.DOTALL) for pc in texts)
    assert len(first) == len(second) == 20
    assert first != second


def test_answers_state_finish_and_result(room: Room) -> None:
    slip = room.centre.check_in(0)
    pc = room.browser()
    pc.get_ready(slip.participant_number, slip.pin)
    room.centre.start()
    body = {
        "v": 1,
        "epoch": 1,
        "control_no": 1,
        "commands": [
            {
                "seq": 1,
                "kind": "answer",
                "position": 4,
                "response": ["o2"],
                "is_flagged": True,
                "claimed_clock_ms": 5,
            }
        ],
    }
    reply = pc.post_json("/answers", body).json()
    assert reply["receipts"][0]["outcome"] == "saved"
    state = pc.open("/state").json()
    assert state["attempt"] == slip.attempt_id
    assert state["last_seq"] == 1
    [answer] = state["answers"]
    assert (answer["position"], answer["response"], answer["is_flagged"]) == (4, ["o2"], True)
    assert pc.open("/score").json() == {"v": 1, "ready": False}
    body["commands"] = [{"seq": 2, "kind": "finish", "claimed_clock_ms": 9}]
    assert pc.post_json("/answers", body).json()["state"] == "FINISHED"
    page = pc.open()
    assert page.url.path == "/result"
    assert "Nilai sedang dihitung" in page.text
    end = pc.submit("/end")
    assert end.url.path == "/end"
    assert "cat_participant" not in pc.cookies
    assert "cat_kiosk_device" in pc.cookies
    assert pc.open().url.path == "/sign_in"


def test_the_old_pc_says_that_the_participant_sits_elsewhere(room: Room) -> None:
    slip = room.centre.check_in(0)
    old, new = room.browser(), room.browser()
    old.get_ready(slip.participant_number, slip.pin)
    room.centre.start()
    room.centre.lane.run_now(
        lambda tx: tx.connection.exec_driver_sql("UPDATE kiosk SET state='REMOVED', seat_id=NULL")
    )
    page = new.sign_in(slip.participant_number, slip.pin)
    assert page.url.path == "/paper"
    body = {"v": 1, "epoch": 1, "control_no": 1, "commands": []}
    assert old.post_json("/answers", body).status_code == 409
    assert new.open("/state").json()["epoch"] == 2


@pytest.mark.parametrize("path", ["/state", "/events", "/score"])
def test_without_a_sign_in_there_is_nothing_to_read(room: Room, path: str) -> None:
    assert room.browser().ask("GET", path).status_code == 401


def test_a_heartbeat_is_noted_and_answered(room: Room) -> None:
    slip = room.centre.check_in(0)
    pc = room.browser()
    pc.get_ready(slip.participant_number, slip.pin)
    room.centre.start()
    told = {
        "v": 1, "epoch": 1, "position": 7, "unsent": 2, "offline_ready": True, "lost_focus": 1, "control_no": 1,
    }  # fmt: skip
    reply = pc.post_json("/heartbeat", told)
    assert reply.json()["state"] == "RUNNING"
    [seen] = room.deps.presence.take()
    assert (seen.attempt_id, seen.position, seen.unsent) == (slip.attempt_id, 7, 2)
    assert pc.post_json("/heartbeat", told | {"position": -1}).status_code == 422


def test_a_foreign_form_is_refused_with_a_page(room: Room) -> None:
    pc = room.browser()
    pc.open()
    page = pc.ask("POST", "/sign_in", data={}, headers={"origin": ORIGIN + "1", "accept": "text/html"})
    assert page.status_code == 403
    assert "tidak berasal dari halaman kami" in page.text


def test_a_browser_without_cookies_is_told_so(room: Room) -> None:
    pc = room.browser()
    pc.keeps_cookies = False
    page = pc.open()
    assert "tidak menerima kuki" in page.text
    assert len(room.centre.rows("SELECT id FROM kiosk")) == 1


def test_english_is_one_click_away_and_stays(room: Room) -> None:
    pc = room.browser()
    pc.open()
    assert "Sign in for the exam" in pc.open("/sign_in?lang=en").text
    assert "Sign in for the exam" in pc.open("/sign_in").text
    assert "Sign in for the exam" in pc.open("/sign_in?lang=xx").text


def test_a_paper_fetched_over_and_over_is_refused_and_the_officers_are_told(room: Room) -> None:
    slip = room.centre.check_in(0)
    pc = room.browser()
    pc.get_ready(slip.participant_number, slip.pin)
    room.centre.start()
    answers = [pc.open("/paper") for _ in range(MOST_FETCHES + 2)]
    assert [each.status_code for each in answers] == [200] * MOST_FETCHES + [429] * 2
    assert "data-position" not in answers[-1].text
    assert room.centre.rows("SELECT count(*) FROM ledger WHERE kind = 'PAPER_REFUSED'") == [(2,)]


@pytest.mark.parametrize(("number", "pin"), [("1\x002", "12345678"), ("12", "1\x00"), ("\x00", "\x00")])
def test_characters_that_no_database_holds_are_refused_like_any_wrong_number(
    room: Room, number: str, pin: str
) -> None:
    browser = room.browser()
    browser.open()
    page = browser.submit("/sign_in", participant_number=number, pin=pin)
    assert page.status_code == 409
    assert "sign_in" in page.text
