"""Who may sign in where (design 7 and 12)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from cat_server.actions.check_in import reissue_pin
from cat_server.actions.force_finish import force_finish
from cat_server.actions.get_ready import accept_pledge, confirm_identity, get_ready
from cat_server.actions.kiosks import MOST_WAITING_PER_ADDRESS, enrol_kiosk, remove_kiosk
from cat_server.domain.attempt import AttemptState
from cat_server.domain.ids import OPERATOR
from cat_server.domain.refusals import Refusal
from question_bank.profile_reading import load_profile
from tests.integration.conftest import Centre
from tests.site_databases import sqlite_only


def refused(centre: Centre, kiosk: object, number: str, pin: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        centre.sign_in(kiosk, number, pin)  # type: ignore[arg-type]  # a kiosk of this module's tests
    return caught.value


def test_a_pin_works_on_its_seat_and_again_on_the_same_kiosk(centre: Centre) -> None:
    who = centre.seat(0)
    again = centre.sign_in(who.kiosk, who.slip.participant_number, who.slip.pin)
    assert again.epoch == who.signed_in.epoch
    assert again.token != who.signed_in.token


def test_a_second_pc_is_refused_and_the_refusal_recorded(centre: Centre) -> None:
    who = centre.seat(0)
    second = centre.new_kiosk()
    found = refused(centre, second, who.slip.participant_number, who.slip.pin)
    assert (found.code, found.params["seat"]) == ("SIGNED_IN_ELSEWHERE", who.slip.seat_no)
    attempt = centre.history().attempts[who.slip.attempt_id]
    assert (attempt.refused_sign_ins, attempt.last_refusal) == (1, "SIGNED_IN_ELSEWHERE")
    assert centre.rows("SELECT count(*) FROM sign_in WHERE ended_at_ms IS NULL") == [(1,)]


def test_a_kiosk_serves_its_own_seat_only(centre: Centre) -> None:
    first, other = centre.seat(0), centre.check_in(1)
    found = refused(centre, first.kiosk, other.participant_number, other.pin)
    assert (found.code, found.params) == ("WRONG_SEAT", {"seat": other.seat_no, "here": first.slip.seat_no})


def test_a_wrong_pin_and_an_unknown_number_sound_alike(centre: Centre) -> None:
    slip, kiosk = centre.check_in(0), centre.new_kiosk()
    wrong = "0" * 8 if slip.pin != "0" * 8 else "1" * 8
    assert repr(refused(centre, kiosk, slip.participant_number, wrong)) == repr(
        refused(centre, kiosk, "99-nobody", slip.pin)
    )


def test_guessing_is_slowed_down_on_the_guessing_pc_alone(centre: Centre) -> None:
    slip, guesser, honest = centre.check_in(0), centre.new_kiosk(), centre.new_kiosk()
    codes = [refused(centre, guesser, slip.participant_number, f"{n:08d}").code for n in range(7)]
    assert codes == ["PIN_WRONG"] * 5 + ["PIN_LOCKED"] * 2
    assert centre.sign_in(honest, slip.participant_number, slip.pin).epoch == 1
    centre.clock.advance(16)
    assert refused(centre, guesser, slip.participant_number, "00000000").code == "PIN_WRONG"


def test_a_reissued_pin_kills_the_old_one(centre: Centre) -> None:
    slip, kiosk = centre.check_in(0), centre.new_kiosk()
    new = asyncio.run(reissue_pin(centre.lane, centre.secrets, slip.attempt_id, OPERATOR))
    assert refused(centre, kiosk, slip.participant_number, slip.pin).code == "PIN_WRONG"
    assert new.seat_no == slip.seat_no
    centre.sign_in(kiosk, slip.participant_number, new.pin)


def test_after_the_attempt_the_pin_is_dead(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    centre.finish(who)
    assert refused(centre, who.kiosk, who.slip.participant_number, who.slip.pin).code == "ATTEMPT_ENDED"


def test_a_latecomer_gets_what_the_profile_says(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    centre.seat(0)
    late, kiosk = centre.check_in(1), centre.new_kiosk()
    centre.start()
    centre.pass_time(30)
    strict, _ = load_profile("simulation_20x10")
    assert strict is not None
    strict = replace(strict, policy=replace(strict.policy, late_start="refuse"))
    with monkeypatch.context() as patched:
        patched.setattr(
            "cat_server.actions.sign_in_participant.profile_of", lambda _connection, _hash: strict
        )
        assert refused(centre, kiosk, late.participant_number, late.pin).code == "TOO_LATE"
    centre.sign_in(kiosk, late.participant_number, late.pin)
    for step in (confirm_identity, accept_pledge, get_ready):
        asyncio.run(step(centre.lane, late.attempt_id))
    attempt = centre.history().attempts[late.attempt_id]
    assert (attempt.state, attempt.blocks[0].started_clock_ms) == (AttemptState.RUNNING, 30_000)


def test_a_dead_pc_is_replaced_and_the_old_one_is_fenced(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    centre.answer(who, 1, "o1")
    asyncio.run(remove_kiosk(centre.lane, who.kiosk.kiosk_id, "PC mati", OPERATOR))
    fresh = centre.new_kiosk()
    asyncio.run(enrol_kiosk(centre.lane, fresh.code.lower(), centre.room_id, who.slip.seat_no, OPERATOR))
    moved = centre.sign_in(fresh, who.slip.participant_number, who.slip.pin)
    assert moved.epoch == who.signed_in.epoch + 1
    old = centre.answer(who, 2, "o2")
    assert (old.refusal, old.receipts[0].outcome, old.receipts[0].code) == (
        "FENCED",
        "quarantined",
        "FENCED",
    )
    who.signed_in, who.seq = moved, 0
    assert centre.answer(who, 3, "o3").receipts[0].outcome == "saved"
    assert centre.rows("SELECT position FROM answer ORDER BY position") == [(1,), (3,)]


def test_a_seat_has_one_pc(centre: Centre) -> None:
    first, second = centre.new_kiosk(), centre.new_kiosk()
    asyncio.run(enrol_kiosk(centre.lane, first.code, centre.room_id, 4, OPERATOR))
    with pytest.raises(Refusal) as caught:
        asyncio.run(enrol_kiosk(centre.lane, second.code, centre.room_id, 4, OPERATOR))
    assert caught.value.code == "SEAT_TAKEN"


def test_seats_are_drawn_without_repetition_and_at_random(centre: Centre) -> None:
    slips = [centre.check_in(number) for number in range(12)]
    assert sorted(slip.seat_no for slip in slips) == list(range(1, 13))
    assert [slip.seat_no for slip in slips] != list(range(1, 13))
    assert len({slip.pin for slip in slips}) == 12


def test_a_force_finished_attempt_keeps_its_answers(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    centre.answer(who, 1, "o1")
    asyncio.run(force_finish(centre.lane, who.slip.attempt_id, "Sakit", OPERATOR))
    attempt = centre.history().attempts[who.slip.attempt_id]
    assert (attempt.state, attempt.end_reason, attempt.answered) == (AttemptState.FORCE_CLOSED, "Sakit", 1)


def test_an_address_that_asks_for_codes_without_end_keeps_the_newest(centre: Centre) -> None:
    first = centre.new_kiosk()
    for _ in range(MOST_WAITING_PER_ADDRESS):
        centre.clock.advance(0.1)
        newest = centre.new_kiosk()
    kept = {code for (code,) in centre.rows("SELECT code FROM kiosk")}
    assert len(kept) == MOST_WAITING_PER_ADDRESS
    assert newest.code in kept
    assert first.code not in kept


@sqlite_only("a small table is read whole by PostgreSQL's planner, and rightly")
def test_a_sign_in_reads_nobody_elses_rows(centre: Centre) -> None:
    """A sign-in that looks through a whole table costs more the more people there are."""
    slip, kiosk = centre.check_in(0), centre.new_kiosk()
    asyncio.run(enrol_kiosk(centre.lane, kiosk.code, centre.room_id, slip.seat_no, OPERATOR))
    ran: list[tuple[str, Any]] = []
    engine = centre.lane._engine

    @event.listens_for(engine, "before_cursor_execute")
    def _note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        ran.append((statement, parameters))

    centre.sign_in(kiosk, slip.participant_number, slip.pin)
    event.remove(engine, "before_cursor_execute", _note)
    plans = [
        (statement, str(row[3]))
        for statement, parameters in ran
        if statement.startswith(("SELECT", "UPDATE"))
        for row in _plan(centre, statement, parameters)
    ]
    assert len(plans) > 10
    large = ("attempt", "participant", "sign_in", "kiosk", "seat", "ledger", "answer", "receipt")
    scans = [each for each in plans if each[1].startswith(tuple(f"SCAN {name}" for name in large))]
    assert scans == []


def _plan(centre: Centre, statement: str, parameters: Any) -> list[Any]:
    with centre.reader.view() as view:
        return list(view.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(parameters)))
