"""The room as a whole: its clock, its end, and the ledger that tells the same story as the tables."""

from __future__ import annotations

import asyncio
import json

import pytest

from cat_server.actions.control_sitting import close_sitting, pause_sitting, resume_sitting
from cat_server.actions.grant_time import grant_time
from cat_server.actions.keep_time import resume_time
from cat_server.domain.attempt import AttemptState
from cat_server.domain.ids import OPERATOR
from cat_server.domain.live import Live, live
from cat_server.domain.refusals import Refusal
from cat_server.records.contexts import context_of
from tests.integration.conftest import Centre, Seated


def now(centre: Centre, who: Seated) -> Live:
    with centre.reader.view() as view:
        context = context_of(view.connection, who.slip.attempt_id)
    assert context is not None
    return live(context, centre.clock.now())


def pause(centre: Centre) -> None:
    asyncio.run(
        pause_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR, reason="Listrik")
    )


def resume(centre: Centre) -> None:
    asyncio.run(resume_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR))


def test_a_pause_costs_nobody_time(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    centre.pass_time(60)
    pause(centre)
    assert now(centre, who).state == "PAUSED"
    centre.pass_time(300)
    resume(centre)
    assert now(centre, who).remaining_ms == 540_000
    centre.pass_time(539.5)
    assert now(centre, who).state == "RUNNING"
    centre.pass_time(0.5)
    assert now(centre, who).state == "TIMED_OUT"


@pytest.mark.parametrize("outage", ["crash", "reboot"])
def test_a_dead_server_costs_nobody_time(centre: Centre, outage: str) -> None:
    who = centre.seat(0)
    centre.start()
    centre.pass_time(60)
    if outage == "crash":
        centre.clock.advance(120)
    else:
        centre.clock.reboot(120)
    asyncio.run(resume_time(centre.lane))
    assert now(centre, who).remaining_ms == 540_000
    centre.pass_time(1)
    assert now(centre, who).remaining_ms == 539_000
    stops = centre.rows("SELECT envelope FROM ledger WHERE kind='CLOCK_RECOVERED'")
    assert len(stops) == 1
    assert json.loads(stops[0][0])["body"]["down_ms"] == 120_000


def test_extra_time_moves_the_end_and_reopens_what_timed_out(centre: Centre) -> None:
    who, other = centre.seat(0), centre.seat(1)
    centre.start()
    centre.pass_time(590)
    approver = "another officer"
    asyncio.run(grant_time(centre.lane, [who.slip.attempt_id], 60_000, "PC lambat", OPERATOR, approver))
    assert now(centre, who).remaining_ms == 70_000
    assert now(centre, other).remaining_ms == 10_000
    centre.pass_time(30)
    assert (now(centre, who).state, now(centre, other).state) == ("RUNNING", "TIMED_OUT")
    asyncio.run(grant_time(centre.lane, [other.slip.attempt_id], 120_000, "PC mati", OPERATOR, approver))
    assert (now(centre, other).state, now(centre, other).remaining_ms) == ("RUNNING", 120_000)
    assert centre.answer(other, 1, "o1").receipts[0].outcome == "saved"


def test_closing_gives_every_attempt_its_end(centre: Centre) -> None:
    working, done, waiting = centre.seat(0), centre.seat(1), centre.check_in(2)
    centre.start()
    centre.answer(working, 1, "o1")
    centre.finish(done)
    with pytest.raises(Refusal, match="REASON_MISSING"):
        asyncio.run(close_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR))
    asyncio.run(close_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR, reason="Waktu"))
    attempts = centre.history().attempts
    assert attempts[working.slip.attempt_id].state is AttemptState.FORCE_CLOSED
    assert attempts[done.slip.attempt_id].state is AttemptState.FINISHED
    assert attempts[waiting.attempt_id].state is AttemptState.FORFEITED
    assert sum(each.state is AttemptState.ABSENT for each in attempts.values()) == 9
    late = centre.answer(working, 2, "o2")
    assert (late.receipts[0].outcome, late.receipts[0].code) == ("quarantined", "SESSION_CLOSED")


def test_nobody_seated_is_no_exam(centre: Centre) -> None:
    centre.check_in(0)
    with pytest.raises(Refusal, match="NOBODY_SEATED"):
        centre.start()
    assert centre.rows("SELECT state FROM sitting") == [("REGISTERING",)]
    assert centre.rows("SELECT count(*) FROM ledger WHERE kind='SITTING_STARTED'") == [(0,)]


def test_the_tables_are_the_fold_of_the_ledger(centre: Centre) -> None:
    people = [centre.seat(number) for number in range(4)]
    centre.check_in(4)
    centre.start()
    for position in range(1, 6):
        for who in people:
            centre.answer(who, position, f"o{position}", flagged=position == 2)
    centre.answer(people[0], 1)
    pause(centre)
    centre.pass_time(5)
    resume(centre)
    asyncio.run(grant_time(centre.lane, [people[1].slip.attempt_id], 60_000, "Gangguan", OPERATOR, "second"))
    centre.finish(people[2])
    centre.pass_time(601)
    asyncio.run(
        close_sitting(centre.lane, centre.exam_session_id, centre.room_id, OPERATOR, reason="Selesai")
    )
    history = centre.history()
    told = {
        (each.attempt_id, each.state.value, each.seat_id, each.epoch, each.ended_clock_ms)
        for each in history.attempts.values()
    }
    kept = set(centre.rows("SELECT id, state, coalesce(seat_id, ''), epoch, ended_clock_ms FROM attempt"))
    assert told == kept
    told_answers = {
        (each.attempt_id, position, json.dumps(list(found.response)), int(found.is_flagged), found.number)
        for each in history.attempts.values()
        for position, found in each.answers.items()
    }
    assert told_answers == set(
        centre.rows("SELECT attempt_id, position, response, is_flagged, number FROM answer")
    )
    told_blocks = {
        (each.attempt_id, block.block_no, block.started_clock_ms, block.allowed_ms, block.ended_clock_ms)
        for each in history.attempts.values()
        for block in each.blocks
    }
    assert told_blocks == set(
        centre.rows(
            "SELECT attempt_id, block_no, started_clock_ms, allowed_ms, ended_clock_ms FROM attempt_block"
        )
    )
    sitting = history.sittings[centre.room_id]
    assert [(sitting.state.value, sitting.control_no, sitting.clock_ms)] == centre.rows(
        "SELECT state, control_no, clock_ms FROM sitting"
    )


def test_a_room_that_was_never_used_can_be_closed_and_the_absent_are_counted(centre: Centre) -> None:
    centre.lane.run_now(
        lambda tx: tx.connection.exec_driver_sql("UPDATE sitting SET state = 'PREPARED', control_no = 0")
    )
    asyncio.run(close_sitting(centre.lane, centre.exam_session_id, "", OPERATOR))
    assert centre.rows("SELECT state, count(*) FROM attempt GROUP BY state") == [("ABSENT", 12)]
    assert centre.rows("SELECT state FROM exam_session") == [("CLOSED",)]
