"""Registration of the next exam session overlaps the exam before it: the same room, the same PCs (domain.md 2.1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from cat_server.actions.check_in import IssuedPin, check_in
from cat_server.actions.control_sitting import close_sitting, open_registration, pause_sitting, start_sitting
from cat_server.actions.create_exam_session import ExamSessionPlan, create_exam_session
from cat_server.domain.ids import OPERATOR
from cat_server.domain.refusals import Refusal
from cat_server.queries.form_drawings import item_usage
from cat_server.queries.site_contents import (
    banks,
    exam_event_named,
    room_named,
    scheduled_attempts,
)
from cat_server.runtime.bank_files import BankFiles
from cat_server.runtime.keyring import open_keyring
from cat_server.runtime.settings import load_settings
from question_bank.profile_reading import load_profile
from tests.integration.conftest import Centre, Seated


@pytest.fixture
def next_slips(centre: Centre, tmp_path: Path) -> dict[int, IssuedPin]:
    """The slips of a second exam session in the same room, whose registration is open, by seat."""
    folder = tmp_path / "site"
    profile, _ = load_profile("simulation_20x10")
    assert profile is not None
    plan = ExamSessionPlan(
        "S2",
        "Sesi 2",
        exam_event_named(centre.reader, "uji"),
        (room_named(centre.reader, "A"),),
        profile,
        banks(centre.reader)[0],
        limit=12,
    )
    files = BankFiles(folder / "banks", open_keyring(folder / "keys"))
    usage = item_usage(centre.reader, plan.bank.bank_id)
    made = create_exam_session(centre.lane, files, plan, load_settings(folder).zone, usage)
    centre.do(open_registration(centre.lane, made.exam_session_id, "", OPERATOR))
    slips = [
        centre.do(check_in(centre.lane, centre.secrets, attempt_id, "", OPERATOR))
        for attempt_id in scheduled_attempts(centre.reader, made.exam_session_id)
    ]
    return {each.seat_no: each for each in slips}


def refused(centre: Centre, who: Seated, slip: IssuedPin) -> Refusal:
    with pytest.raises(Refusal) as caught:
        centre.sign_in(who.kiosk, slip.participant_number, slip.pin)
    return caught.value


def test_the_next_session_registers_while_one_runs_and_waits_for_a_free_pc(
    centre: Centre, next_slips: dict[int, IssuedPin]
) -> None:
    who = centre.seat(0)
    follower = next_slips[who.slip.seat_no]
    assert refused(centre, who, follower).code == "KIOSK_BUSY"
    centre.start()
    told = refused(centre, who, follower)
    assert (told.code, told.params) == ("KIOSK_BUSY", {"seat": who.slip.seat_no})
    centre.answer(who, 1, "o1")
    assert centre.rows("SELECT count(*) FROM sign_in WHERE ended_at_ms IS NULL") == [(1,)]
    centre.finish(who)
    centre.do(close_sitting(centre.lane, centre.exam_session_id, "", OPERATOR))
    assert centre.sign_in(who.kiosk, follower.participant_number, follower.pin).attempt_id == (
        follower.attempt_id
    )


def test_it_starts_only_once_the_session_before_it_is_closed(
    centre: Centre, next_slips: dict[int, IssuedPin]
) -> None:
    who = centre.seat(0)
    centre.start()
    [(following,)] = centre.rows("SELECT id FROM exam_session WHERE code = 'S2'")
    slip = next(slip for seat_no, slip in next_slips.items() if seat_no != who.slip.seat_no)
    centre.sign_in(centre.new_kiosk(), slip.participant_number, slip.pin)
    for stop in (None, pause_sitting):
        if stop is not None:
            centre.do(stop(centre.lane, centre.exam_session_id, "", OPERATOR, reason="listrik"))
        with pytest.raises(Refusal) as caught:
            centre.do(start_sitting(centre.lane, following, "", OPERATOR))
        assert (caught.value.code, caught.value.params) == ("ROOM_BUSY", {"code": "S1"})
    centre.do(close_sitting(centre.lane, centre.exam_session_id, "", OPERATOR, reason="selesai"))
    centre.do(start_sitting(centre.lane, following, "", OPERATOR))
    assert centre.rows("SELECT state FROM exam_session ORDER BY code") == [("CLOSED",), ("RUNNING",)]
