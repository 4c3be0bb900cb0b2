"""A participant moves to another seat: what goes along, what stays behind, and what the old PC still delivers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from cat_server.actions.block_seat import block_seat
from cat_server.actions.move_seat import move_seat
from cat_server.domain.attempt import AttemptState
from cat_server.domain.ids import OPERATOR
from cat_server.domain.refusals import Refusal
from cat_server.queries.kiosk_status import kiosk_status
from cat_server.records.session_record import read_session_record
from cat_server.results.fold_check import check_tables
from tests.integration.conftest import Centre, Seated, answer


@pytest.fixture
def at_work(centre: Centre) -> tuple[Centre, Seated]:
    """Two participants at work, the first with two answers."""
    who = centre.seat(0)
    centre.seat(1)
    centre.start()
    centre.pass_time(30)
    for position in (1, 2):
        centre.answer(who, position, option(centre, who, position))
    return centre, who


def option(centre: Centre, who: Seated, position: int) -> str:
    return form(centre, who)["items"][position - 1]["options"][0]


def form(centre: Centre, who: Seated) -> Any:
    query = (
        f"SELECT content FROM form JOIN attempt USING (form_no) WHERE attempt.id = '{who.slip.attempt_id}'"
    )
    return json.loads(centre.rows(query)[0][0])


def free_seat(centre: Centre) -> int:
    query = "SELECT seat_no FROM seat WHERE id NOT IN (SELECT seat_id FROM attempt WHERE seat_id IS NOT NULL)"
    return int(centre.rows(f"{query} AND NOT is_blocked ORDER BY seat_no")[0][0])


def move(centre: Centre, who: Seated, seat_no: int, **more: Any) -> None:
    asyncio.run(move_seat(centre.lane, who.slip.attempt_id, seat_no, "PC mati", OPERATOR, **more))


def moved_to(centre: Centre, who: Seated, seat_no: int) -> Seated:
    """Move and sign in on a PC of the new seat with the same PIN."""
    move(centre, who, seat_no)
    kiosk = centre.new_kiosk()
    signed_in = centre.sign_in(kiosk, who.slip.participant_number, who.slip.pin)
    return Seated(who.slip, kiosk, signed_in, who.seq)


def tables_equal_ledger(centre: Centre) -> bool:
    with centre.reader.view() as view:
        record = read_session_record(view.connection, centre.exam_session_id)
        assert record is not None
        return check_tables(record).is_ok


def test_answers_form_and_clock_go_along_and_the_pin_stays(at_work: tuple[Centre, Seated]) -> None:
    centre, who = at_work
    before, own = form(centre, who), centre.history().attempts[who.slip.attempt_id]
    target = free_seat(centre)
    there = moved_to(centre, who, target)
    after = centre.history().attempts[who.slip.attempt_id]
    assert form(centre, who) == before
    assert after.form_no == own.form_no
    assert after.answers == own.answers
    assert [each.started_clock_ms for each in after.blocks] == [each.started_clock_ms for each in own.blocks]
    assert not after.grants
    assert after.state is AttemptState.RUNNING
    assert there.signed_in.epoch == who.signed_in.epoch + 1
    reply = centre.send(there, answer(there.seq + 1, 3, option(centre, who, 3)))
    assert [each.outcome for each in reply.receipts] == ["saved"]
    assert tables_equal_ledger(centre)


def test_what_the_old_pc_delivers_is_kept_apart_before_and_after_the_new_sign_in(
    at_work: tuple[Centre, Seated],
) -> None:
    centre, who = at_work
    move(centre, who, free_seat(centre))
    early = centre.answer(who, 4, option(centre, who, 4))
    assert (early.refusal, early.receipts[0].outcome, early.receipts[0].code) == (
        "FENCED",
        "quarantined",
        "FENCED",
    )
    centre.sign_in(centre.new_kiosk(), who.slip.participant_number, who.slip.pin)
    late = centre.answer(who, 5, option(centre, who, 5))
    assert (late.refusal, late.receipts[0].outcome) == ("FENCED", "quarantined")
    told = centre.history().attempts[who.slip.attempt_id]
    assert told.quarantined == 2
    assert set(told.answers) == {1, 2}
    assert tables_equal_ledger(centre)


def test_a_finish_that_still_waited_does_not_end_the_attempt_at_the_new_seat(
    at_work: tuple[Centre, Seated],
) -> None:
    centre, who = at_work
    who.seq += 1  # this answer never arrives
    centre.finish(who)
    there = moved_to(centre, who, free_seat(centre))
    for seq in range(1, 8):
        centre.send(there, answer(who.seq + seq, 3, option(centre, who, 3)))
    assert centre.history().attempts[who.slip.attempt_id].state is AttemptState.RUNNING


def test_the_old_pc_says_where_the_participant_went(at_work: tuple[Centre, Seated]) -> None:
    centre, who = at_work
    target = free_seat(centre)
    move(centre, who, target)
    status = kiosk_status(centre.reader, centre.clock, who.kiosk.token, who.signed_in.token)
    assert status.is_fenced
    assert status.person is not None
    assert status.person.seat_no == target
    with pytest.raises(Refusal, match="WRONG_SEAT"):
        centre.sign_in(who.kiosk, who.slip.participant_number, who.slip.pin)


def test_before_the_exam_somebody_who_has_not_signed_in_can_be_moved(centre: Centre) -> None:
    slip = centre.check_in(0)
    target = free_seat(centre)
    asyncio.run(move_seat(centre.lane, slip.attempt_id, target, "kursi roda", OPERATOR))
    told = centre.history().attempts[slip.attempt_id]
    assert told.state is AttemptState.REGISTERED
    assert centre.rows(f"SELECT seat_no FROM seat WHERE id = '{told.seat_id}'") == [(target,)]
    assert centre.sign_in(centre.new_kiosk(), slip.participant_number, slip.pin).epoch == 1


def test_the_form_that_moved_away_is_given_to_nobody_else(centre: Centre) -> None:
    slip = centre.check_in(0)
    asyncio.run(move_seat(centre.lane, slip.attempt_id, free_seat(centre), "rusak", OPERATOR))
    for number in range(1, 11):
        centre.check_in(number)
    forms = [row[0] for row in centre.rows("SELECT form_no FROM attempt WHERE form_no IS NOT NULL")]
    assert len(forms) == len(set(forms)) == 11
    with pytest.raises(Refusal, match="NO_FREE_SEAT"):
        centre.check_in(11)


def test_a_defective_seat_is_blocked_and_never_drawn(centre: Centre) -> None:
    slip = centre.check_in(0)
    asyncio.run(
        move_seat(centre.lane, slip.attempt_id, free_seat(centre), "rusak", OPERATOR, is_old_defective=True)
    )
    assert centre.rows("SELECT seat_no FROM seat WHERE is_blocked") == [(slip.seat_no,)]
    kinds = [row[0] for row in centre.rows("SELECT kind FROM ledger WHERE chain = 'site'")]
    assert kinds.count("SEAT_BLOCKED") == 1
    with pytest.raises(Refusal, match="SEAT_BLOCKED"):
        asyncio.run(move_seat(centre.lane, slip.attempt_id, slip.seat_no, "kembali", OPERATOR))


def test_a_blocked_seat_is_left_out_at_check_in_until_it_is_opened_again(centre: Centre) -> None:
    def block(seat_no: int, *, is_blocked: bool) -> None:
        asyncio.run(
            block_seat(centre.lane, centre.room_id, seat_no, "monitor", OPERATOR, is_blocked=is_blocked)
        )

    for seat_no in range(2, 13):
        block(seat_no, is_blocked=True)
    slip = centre.check_in(0)
    assert slip.seat_no == 1
    with pytest.raises(Refusal, match="NO_FREE_SEAT"):
        centre.check_in(1)
    with pytest.raises(Refusal, match="SEAT_OCCUPIED"):
        block(1, is_blocked=True)
    block(7, is_blocked=False)
    assert centre.check_in(1).seat_no == 7


@pytest.mark.parametrize(
    ("seat_no", "reason", "code"),
    [
        (99, "x", "SEAT_UNKNOWN"),
        (0, " ", "REASON_MISSING"),
        (-1, "x", "SEAT_SAME"),
        (-2, "x", "SEAT_OCCUPIED"),
    ],
)
def test_what_is_refused(centre: Centre, seat_no: int, reason: str, code: str) -> None:
    slip, other = centre.check_in(0), centre.check_in(1)
    wanted = {-1: slip.seat_no, -2: other.seat_no}.get(seat_no, seat_no)
    with pytest.raises(Refusal) as caught:
        asyncio.run(move_seat(centre.lane, slip.attempt_id, wanted, reason, OPERATOR))
    assert caught.value.code == code


def test_who_has_ended_or_has_no_seat_is_not_moved(at_work: tuple[Centre, Seated]) -> None:
    centre, who = at_work
    centre.finish(who)
    with pytest.raises(Refusal, match="ATTEMPT_ENDED"):
        move(centre, who, free_seat(centre))
    with pytest.raises(Refusal, match="NOT_CHECKED_IN"):
        asyncio.run(move_seat(centre.lane, centre.attempt_ids[5], 9, "x", OPERATOR))
