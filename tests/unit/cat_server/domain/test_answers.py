"""Late, too late, fenced: what becomes of an answer (design 6, "Late answers")."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cat_server.domain.answers import (
    AnswerCircumstances,
    CommandKind,
    Outcome,
    Submitted,
    Verdict,
    judge_answer,
)
from cat_server.domain.attempt import AttemptState

ENDS = 600_000
SEEN = AnswerCircumstances(
    attempt_state=AttemptState.RUNNING,
    is_session_closed=False,
    is_current_epoch=True,
    block_ends_clock_ms=ENDS,
    is_block_open=True,
    clock_ms=100_000,
    offline_grace_ms=300_000,
)
TIMED_OUT = replace(SEEN, attempt_state=AttemptState.TIMED_OUT)


def judged(seen: AnswerCircumstances, claimed_clock_ms: int = 0) -> Verdict:
    return judge_answer(Submitted(1, CommandKind.ANSWER, 1, ("o1",), False, claimed_clock_ms), seen)


@pytest.mark.parametrize(
    ("clock_ms", "claimed", "verdict"),
    [
        (ENDS + 5_000, ENDS + 9_999, Verdict(Outcome.SAVED)),
        (ENDS + 5_001, ENDS, Verdict(Outcome.LATE)),
        (ENDS + 5_001, ENDS + 1, Verdict(Outcome.QUARANTINED, "TOO_LATE")),
        (ENDS + 300_000, ENDS, Verdict(Outcome.LATE)),
        (ENDS + 300_001, ENDS, Verdict(Outcome.QUARANTINED, "TOO_LATE")),
    ],
)
def test_both_sides_of_every_limit(clock_ms: int, claimed: int, verdict: Verdict) -> None:
    assert judged(replace(TIMED_OUT, clock_ms=clock_ms), claimed) == verdict


@pytest.mark.parametrize("state", [s for s in AttemptState if s not in {"RUNNING", "PAUSED", "TIMED_OUT"}])
def test_no_other_state_takes_answers(state: AttemptState) -> None:
    assert judged(replace(SEEN, attempt_state=state)) == Verdict(Outcome.QUARANTINED, "ATTEMPT_ENDED")


@pytest.mark.parametrize("state", [AttemptState.RUNNING, AttemptState.PAUSED, AttemptState.TIMED_OUT])
def test_an_old_pc_and_a_closed_session_are_kept_apart_whatever_the_time(state: AttemptState) -> None:
    seen = replace(SEEN, attempt_state=state)
    assert judged(replace(seen, is_current_epoch=False)).code == "FENCED"
    assert judged(replace(seen, is_session_closed=True)).code == "SESSION_CLOSED"


def test_a_block_takes_answers_only_while_it_is_open_and_five_seconds_more() -> None:
    assert judged(replace(SEEN, clock_ms=ENDS + 5_000)).outcome is Outcome.SAVED
    assert judged(replace(SEEN, clock_ms=ENDS + 5_001)).code == "BLOCK_CLOSED"
    assert judged(replace(SEEN, is_block_open=False)).code == "BLOCK_CLOSED"
