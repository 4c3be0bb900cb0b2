"""The promise of the save: what the receipt says is in the database, once, and the newest wins."""

from __future__ import annotations

import random

import pytest

from cat_server.domain.answers import CommandKind, Submitted
from tests.integration.conftest import Centre, answer


def test_a_receipt_names_the_event_that_a_second_connection_can_read(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    reply = centre.answer(who, 3, "o2")
    receipt = reply.receipts[0]
    assert receipt.outcome == "saved"
    stored = centre.rows(
        f"SELECT number, hash FROM ledger WHERE number={receipt.number} AND chain='{centre.exam_session_id}'"
    )
    assert stored == [(receipt.number, receipt.hash)]
    assert centre.rows("SELECT position, response FROM answer") == [(3, '["o2"]')]


def test_the_same_command_twice_is_one_event_and_the_same_receipt(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    first = centre.send(who, answer(1, 3, "o2"))
    again = centre.send(who, answer(1, 3, "o2"), answer(1, 3, "o2"))
    assert again.receipts == first.receipts * 2
    assert centre.rows("SELECT count(*) FROM ledger WHERE kind='ANSWER_SAVED'") == [(1,)]


def test_another_body_under_a_used_seq_is_refused_and_kept_apart(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    centre.send(who, answer(1, 3, "o2"))
    reply = centre.send(who, answer(1, 3, "o4"))
    assert (reply.receipts[0].outcome, reply.receipts[0].code) == ("refused", "SEQ_REUSED")
    assert centre.rows("SELECT response FROM answer") == [('["o2"]',)]
    assert centre.rows("SELECT code, response FROM quarantined_answer") == [("SEQ_REUSED", '["o4"]')]


@pytest.mark.parametrize("seed", range(5))
def test_any_order_and_repetition_gives_the_same_answers(centre: Centre, seed: int) -> None:
    who = centre.seat(0)
    centre.start()
    dice = random.Random(seed)
    commands = [answer(seq, 1 + seq % 4, f"o{1 + seq % 5}", flagged=seq % 3 == 0) for seq in range(1, 25)]
    sent = commands + dice.sample(commands, 10)
    dice.shuffle(sent)
    for start in range(0, len(sent), 7):
        centre.send(who, *sent[start : start + 7])
    newest = {command.position: command for command in commands}
    assert centre.rows("SELECT position, seq, is_flagged FROM answer ORDER BY position") == [
        (position, command.seq, int(command.is_flagged)) for position, command in sorted(newest.items())
    ]
    attempt = centre.history().attempts[who.slip.attempt_id]
    assert {position: each.seq for position, each in attempt.answers.items()} == {
        position: command.seq for position, command in newest.items()
    }


def test_a_finish_waits_for_every_lower_seq(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    centre.send(who, answer(1, 1, "o1"))
    early = centre.send(who, Submitted(3, CommandKind.FINISH))
    assert early.live is not None
    assert early.live.state == "RUNNING"
    late = centre.send(who, answer(2, 2, "o2"))
    assert late.live is not None
    assert late.live.state == "FINISHED"
    assert late.receipts[0].outcome == "saved"


def test_an_answer_after_the_finish_is_kept_apart(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    centre.finish(who)
    reply = centre.answer(who, 1, "o1")
    assert (reply.receipts[0].outcome, reply.receipts[0].code) == ("quarantined", "ATTEMPT_ENDED")
    assert centre.rows("SELECT count(*) FROM answer") == [(0,)]


@pytest.mark.parametrize(
    ("position", "response", "code"),
    [(0, "o1", "POSITION_UNKNOWN"), (21, "o1", "POSITION_UNKNOWN"), (1, "o9", "RESPONSE_UNKNOWN")],
)
def test_what_is_not_on_the_form_is_refused(centre: Centre, position: int, response: str, code: str) -> None:
    who = centre.seat(0)
    centre.start()
    reply = centre.answer(who, position, response)
    assert (reply.receipts[0].outcome, reply.receipts[0].code) == ("refused", code)


def test_nothing_is_saved_before_the_start(centre: Centre) -> None:
    who = centre.seat(0)
    reply = centre.answer(who, 1, "o1")
    assert reply.receipts[0].outcome == "quarantined"
    assert centre.rows("SELECT count(*) FROM answer") == [(0,)]


def test_a_stranger_gets_nothing(centre: Centre) -> None:
    who = centre.seat(0)
    centre.start()
    who.signed_in = type(who.signed_in)("no such token", who.signed_in.attempt_id, 1)
    assert centre.answer(who, 1, "o1").refusal == "SIGNED_OUT"


@pytest.mark.parametrize(
    ("late_s", "claimed_s", "outcome"),
    [
        (4.9, 601, "saved"),
        (5.5, 600, "late"),
        (5.5, 600.1, "quarantined"),
        (299.5, 599, "late"),
        (301, 599, "quarantined"),
    ],
)
def test_answers_after_the_end(centre: Centre, late_s: float, claimed_s: float, outcome: str) -> None:
    """Design 6, late answers: 5 s of transport, then the profile's grace for what was clicked in time."""
    who = centre.seat(0)
    centre.start()
    centre.pass_time(600 + late_s)
    reply = centre.answer(who, 1, "o1", clock_ms=round(claimed_s * 1000))
    assert reply.receipts[0].outcome == outcome
    assert reply.live is not None
    assert reply.live.state == "TIMED_OUT"
