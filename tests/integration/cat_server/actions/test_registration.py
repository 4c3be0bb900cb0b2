"""Registration closes by itself, who did not come is absent, and an officer can put it right."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from cat_server.actions.check_in import check_in, reissue_pin, undo_check_in
from cat_server.actions.close_registration import ClosedRegistrations
from cat_server.actions.control_sitting import close_sitting
from cat_server.actions.keep_time import tick
from cat_server.actions.postpone_exam_session import Postponed, postpone_exam_session
from cat_server.actions.refuse_admission import admit_late, refuse_admission, reinstate
from cat_server.domain.attempt import AttemptState
from cat_server.domain.documents import Shown
from cat_server.domain.events import EventKind, Recorded
from cat_server.domain.ids import OPERATOR, Actor, ActorKind
from cat_server.domain.refusals import Refusal
from cat_server.records.ledger import events_since
from cat_server.records.session_record import read_session_record
from cat_server.results.fold_check import check_tables
from question_bank.profile_reading import load_profile
from tests.integration.conftest import Centre

SHOWN = Shown(("KTP", "PARTICIPANT_CARD"))
MINUTE_MS = 60_000


def plan_start(centre: Centre, minutes: float) -> None:
    start_ms = centre.clock.at_ms + round(minutes * MINUTE_MS)
    centre.do(postpone_exam_session(centre.lane, centre.exam_session_id, start_ms, "rencana", OPERATOR))


def states(centre: Centre) -> Counter[str]:
    """Return the states, having made sure that tables and ledger tell the same."""
    with centre.reader.view() as view:
        record = read_session_record(view.connection, centre.exam_session_id)
    assert record is not None
    check = check_tables(record)
    assert check.is_ok, check.details
    return Counter(each.state for each in record.attempts)


def events(centre: Centre, *kinds: EventKind) -> list[Recorded]:
    with centre.reader.view() as view:
        found = events_since(view.connection, centre.exam_session_id, 0, 1_000_000)
    return [each for each in found if each.kind in kinds]


def code_of(centre: Centre, awaitable: object) -> str:
    with pytest.raises(Refusal) as caught:
        centre.do(awaitable)
    return caught.value.code


def officer() -> Actor:
    return Actor(ActorKind.OFFICER, "a" * 26)


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may begin late."""
    profile, _ = load_profile("simulation_20x10")
    assert profile is not None
    refusing = replace(profile, policy=replace(profile.policy, late_start="refuse"))
    for module in ("control_sitting", "refuse_admission", "sign_in_participant"):
        monkeypatch.setattr(f"cat_server.actions.{module}.profile_of", lambda _connection, _hash: refusing)


def test_at_the_cutoff_the_server_closes_registration_once_and_marks_the_absent(centre: Centre) -> None:
    plan_start(centre, 10)
    centre.check_in(0)
    centre.clock.advance(299)
    centre.tick()
    assert states(centre) == {"REGISTERED": 1, "SCHEDULED": 11}
    centre.clock.advance(1)
    for _ in range(3):
        centre.tick()
        centre.clock.advance(0.5)
    assert states(centre) == {"REGISTERED": 1, "ABSENT": 11}
    told = events(centre, EventKind.REGISTRATION_CLOSED, EventKind.ATTEMPT_ABSENT)
    assert Counter(each.kind for each in told) == {
        EventKind.REGISTRATION_CLOSED: 1,
        EventKind.ATTEMPT_ABSENT: 11,
    }
    assert {each.actor_kind for each in told} == {ActorKind.SERVER}
    late = check_in(centre.lane, centre.secrets, centre.attempt_ids[1], "", OPERATOR)
    assert code_of(centre, late) == "PIN_CLOSED"


def test_one_process_asks_the_ledger_once_and_another_finds_it_closed(centre: Centre) -> None:
    plan_start(centre, 1)
    remembered = ClosedRegistrations()
    for _ in range(3):
        centre.lane.run_now(lambda tx: tick(tx, (), remembered))
    centre.lane.run_now(lambda tx: tick(tx, (), ClosedRegistrations()))
    assert len(events(centre, EventKind.REGISTRATION_CLOSED)) == 1


def test_without_a_planned_start_nothing_happens_by_itself(centre: Centre) -> None:
    centre.clock.advance(86_400)
    centre.tick()
    assert states(centre) == {"SCHEDULED": 12}
    assert events(centre, EventKind.REGISTRATION_CLOSED) == []


def test_a_session_whose_registration_was_never_opened_is_left_alone(centre: Centre) -> None:
    plan_start(centre, 10)
    centre.lane.run_now(
        lambda tx: tx.connection.exec_driver_sql("UPDATE sitting SET state = 'PREPARED'") and None
    )
    centre.clock.advance(3_600)
    centre.tick()
    assert centre.rows("SELECT DISTINCT state FROM attempt") == [("SCHEDULED",)]


def test_an_undone_check_in_after_the_cutoff_is_an_absence(centre: Centre) -> None:
    plan_start(centre, 10)
    slip = centre.check_in(0)
    centre.clock.advance(400)
    centre.tick()
    centre.do(undo_check_in(centre.lane, slip.attempt_id, "orang lain", OPERATOR))
    centre.tick()
    assert states(centre) == {"ABSENT": 12}


@pytest.mark.usefixtures("strict")
def test_the_start_forfeits_who_never_signed_in_and_tells_them_so(centre: Centre) -> None:
    centre.seat(0)
    slip, kiosk = centre.check_in(1), centre.new_kiosk()
    centre.start()
    assert states(centre) == {"RUNNING": 1, "FORFEITED": 1, "SCHEDULED": 10}
    [told] = events(centre, EventKind.ATTEMPT_FORFEITED)
    assert (told.actor_kind, told.body["attempt_id"]) == (ActorKind.SERVER, slip.attempt_id)
    with pytest.raises(Refusal) as caught:
        centre.sign_in(kiosk, slip.participant_number, slip.pin)
    assert caught.value.code == "TOO_LATE"


def test_where_people_may_begin_late_only_the_closing_forfeits(centre: Centre) -> None:
    who = centre.seat(0)
    centre.check_in(1)
    centre.start()
    assert states(centre)["REGISTERED"] == 1
    centre.finish(who)
    centre.do(close_sitting(centre.lane, centre.exam_session_id, "", OPERATOR))
    assert states(centre) == {"FINISHED": 1, "FORFEITED": 1, "ABSENT": 10}


@pytest.mark.usefixtures("strict")
def test_a_dead_pc_at_the_start_costs_nobody_the_exam(centre: Centre) -> None:
    centre.seat(0)
    slip, kiosk = centre.check_in(1), centre.new_kiosk()
    centre.start()
    assert code_of(centre, reinstate(centre.lane, slip.attempt_id, " ", OPERATOR)) == "REASON_MISSING"
    centre.do(reinstate(centre.lane, slip.attempt_id, "komputer mati", OPERATOR))
    assert states(centre)["SEATED"] == 1
    centre.sign_in(kiosk, slip.participant_number, slip.pin)
    assert centre.history().attempts[slip.attempt_id].kiosk_id == kiosk.kiosk_id


def test_postponing_takes_absences_back_and_opens_registration_again(centre: Centre) -> None:
    plan_start(centre, 10)
    centre.check_in(0)
    centre.clock.advance(400)
    centre.tick()
    later = centre.clock.at_ms + 30 * MINUTE_MS
    done = centre.do(
        postpone_exam_session(centre.lane, centre.exam_session_id, later, "listrik padam", OPERATOR)
    )
    assert done == Postponed(reinstated=11, is_reopened=True)
    assert states(centre) == {"REGISTERED": 1, "SCHEDULED": 11}
    centre.tick()
    assert states(centre) == {"REGISTERED": 1, "SCHEDULED": 11}
    centre.check_in(1)
    [*_, told] = events(centre, EventKind.EXAM_SESSION_POSTPONED)
    assert (told.body["planned_start_at_ms"], told.private["reason"]) == (later, "listrik padam")
    centre.clock.advance(26 * 60)
    centre.tick()
    assert states(centre) == {"REGISTERED": 2, "ABSENT": 10}
    assert len(events(centre, EventKind.REGISTRATION_CLOSED)) == 2


def test_postponing_is_refused_once_a_room_has_begun_or_into_the_past(centre: Centre) -> None:
    def postpone(at_ms: int, reason: str = "x") -> object:
        return postpone_exam_session(centre.lane, centre.exam_session_id, at_ms, reason, OPERATOR)

    now_ms = centre.clock.at_ms
    assert code_of(centre, postpone(now_ms)) == "POSTPONE_PAST"
    assert code_of(centre, postpone(now_ms + MINUTE_MS, "")) == "REASON_MISSING"
    centre.seat(0)
    centre.start()
    assert code_of(centre, postpone(now_ms + MINUTE_MS)) == "POSTPONE_STARTED"


@pytest.mark.usefixtures("strict")
def test_a_late_participant_is_admitted_with_a_reason_until_the_room_starts(
    centre: Centre,
) -> None:
    plan_start(centre, 10)
    centre.seat(0)
    centre.clock.advance(400)
    centre.tick()
    late, later = centre.attempt_ids[1], centre.attempt_ids[2]

    def admit(attempt_id: str, reason: str, shown: Shown = SHOWN) -> object:
        return admit_late(centre.lane, centre.secrets, attempt_id, "", officer(), shown, reason)

    assert code_of(centre, admit(late, "")) == "REASON_MISSING"
    assert code_of(centre, admit(late, "macet", Shown())) == "DOCUMENTS_MISSING"
    slip = centre.do(admit(late, "macet di jalan"))
    assert slip.attempt_id == late
    centre.tick()
    assert states(centre) == {"READY": 1, "REGISTERED": 1, "ABSENT": 10}
    [told] = events(centre, EventKind.ATTEMPT_REINSTATED)
    assert (told.body["state"], told.private["reason"]) == ("SCHEDULED", "macet di jalan")
    centre.start()
    assert code_of(centre, admit(later, "macet")) == "TOO_LATE_FOR_ROOM"


def test_where_people_may_begin_late_they_are_admitted_into_a_running_room(centre: Centre) -> None:
    plan_start(centre, 10)
    centre.seat(0)
    centre.clock.advance(400)
    centre.tick()
    centre.start()
    slip = centre.do(
        admit_late(centre.lane, centre.secrets, centre.attempt_ids[1], "", officer(), SHOWN, "izin ketua")
    )
    centre.tick()
    assert states(centre) == {"RUNNING": 1, "REGISTERED": 1, "ABSENT": 10}
    centre.sign_in(centre.new_kiosk(), slip.participant_number, slip.pin)


def test_who_does_not_qualify_forfeits_the_seat_and_may_be_taken_back(centre: Centre) -> None:
    slip = centre.check_in(0)
    assert code_of(centre, refuse_admission(centre.lane, slip.attempt_id, "", OPERATOR)) == "REASON_MISSING"
    centre.do(refuse_admission(centre.lane, slip.attempt_id, "celana jeans", OPERATOR))
    assert centre.rows(f"SELECT state, seat_id FROM attempt WHERE id = '{slip.attempt_id}'") == [
        (AttemptState.FORFEITED.value, None)
    ]
    assert states(centre) == {"FORFEITED": 1, "SCHEDULED": 11}
    again = check_in(centre.lane, centre.secrets, slip.attempt_id, "", OPERATOR)
    assert code_of(centre, again) == "ATTEMPT_STATE"
    centre.do(reinstate(centre.lane, slip.attempt_id, "sudah ganti", OPERATOR))
    centre.check_in(0)
    assert states(centre) == {"REGISTERED": 1, "SCHEDULED": 11}


def test_documents_are_noted_and_an_officer_cannot_leave_them_out(centre: Centre) -> None:
    def admit(shown: Shown | None) -> object:
        return check_in(centre.lane, centre.secrets, centre.attempt_ids[0], "", officer(), shown)

    assert code_of(centre, admit(None)) == "DOCUMENTS_MISSING"
    assert code_of(centre, admit(Shown(("KTP",)))) == "DOCUMENTS_MISSING"
    centre.do(admit(Shown(("KTP",), "kartu tertinggal, nomor dicek")))
    [told] = events(centre, EventKind.DOCUMENTS_CHECKED)
    assert (told.body["documents"], told.private["reason"]) == (["KTP"], "kartu tertinggal, nomor dicek")
    assert centre.rows("SELECT documents FROM attempt WHERE documents <> ''") == [("KTP",)]
    assert states(centre) == {"REGISTERED": 1, "SCHEDULED": 11}
    centre.do(undo_check_in(centre.lane, centre.attempt_ids[0], "salah orang", officer()))
    assert states(centre) == {"SCHEDULED": 12}


def test_a_new_pin_kills_the_old_one_also_after_the_sign_in_but_not_after_the_end(centre: Centre) -> None:
    who = centre.seat(0)
    new = centre.do(reissue_pin(centre.lane, centre.secrets, who.slip.attempt_id, OPERATOR))
    with pytest.raises(Refusal) as caught:
        centre.sign_in(who.kiosk, who.slip.participant_number, who.slip.pin)
    assert caught.value.code == "PIN_WRONG"
    assert centre.sign_in(who.kiosk, who.slip.participant_number, new.pin).epoch == who.signed_in.epoch
    assert new.seat_no == who.slip.seat_no
    who.signed_in = centre.sign_in(who.kiosk, who.slip.participant_number, new.pin)
    centre.start()
    centre.finish(who)
    ended = reissue_pin(centre.lane, centre.secrets, who.slip.attempt_id, OPERATOR)
    assert code_of(centre, ended) == "ATTEMPT_ENDED"
    nobody = reissue_pin(centre.lane, centre.secrets, centre.attempt_ids[5], OPERATOR)
    assert code_of(centre, nobody) == "NOT_CHECKED_IN"


def test_undoing_needs_a_reason_and_kills_the_pin(centre: Centre) -> None:
    slip = centre.check_in(0)
    assert code_of(centre, undo_check_in(centre.lane, slip.attempt_id, " ", OPERATOR)) == "REASON_MISSING"
    centre.do(undo_check_in(centre.lane, slip.attempt_id, "salah orang", OPERATOR))
    with pytest.raises(Refusal) as caught:
        centre.sign_in(centre.new_kiosk(), slip.participant_number, slip.pin)
    assert caught.value.code == "PIN_WRONG"
