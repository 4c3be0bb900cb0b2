"""Every pair of state and command is decided, and nothing comes back from the dead."""

from __future__ import annotations

import itertools

import pytest

from cat_server.domain import attempt, exam_session
from cat_server.domain.attempt import AttemptCommand, AttemptState, next_attempt_state
from cat_server.domain.exam_session import (
    SittingCommand,
    SittingState,
    exam_session_state,
    next_sitting_state,
)
from cat_server.domain.refusals import Refusal


@pytest.mark.parametrize(("state", "command"), list(itertools.product(AttemptState, AttemptCommand)))
def test_an_attempt_moves_only_as_the_table_says(state: AttemptState, command: AttemptCommand) -> None:
    expected = attempt.TRANSITIONS.get((state, command))
    if expected is None:
        with pytest.raises(Refusal) as caught:
            next_attempt_state(state, command)
        assert caught.value.code == "ATTEMPT_STATE"
    else:
        assert next_attempt_state(state, command) is expected


@pytest.mark.parametrize(("state", "command"), list(itertools.product(SittingState, SittingCommand)))
def test_a_sitting_moves_only_as_the_table_says(state: SittingState, command: SittingCommand) -> None:
    expected = exam_session.TRANSITIONS.get((state, command))
    if expected is None:
        with pytest.raises(Refusal) as caught:
            next_sitting_state(state, command)
        assert caught.value.code == "SITTING_STATE"
    else:
        assert next_sitting_state(state, command) is expected


def test_only_a_timed_out_attempt_can_run_again_and_who_never_began_may_come_back() -> None:
    revived = {
        (state, command)
        for (state, command), after in attempt.TRANSITIONS.items()
        if state in attempt.ENDED and after not in attempt.ENDED
    }
    assert revived == {
        (AttemptState.TIMED_OUT, AttemptCommand.REOPEN),
        (AttemptState.ABSENT, AttemptCommand.REINSTATE),
        (AttemptState.FORFEITED, AttemptCommand.REINSTATE),
        (AttemptState.FORFEITED, AttemptCommand.READMIT),
    }


def test_every_state_can_be_reached() -> None:
    reached = set(attempt.TRANSITIONS.values()) | {AttemptState.SCHEDULED}
    assert set(AttemptState) == reached


@pytest.mark.parametrize(
    ("sittings", "whole"),
    [
        ([], SittingState.PREPARED),
        ([SittingState.CLOSED, SittingState.RUNNING], SittingState.RUNNING),
        ([SittingState.PAUSED, SittingState.REGISTERING], SittingState.PAUSED),
        ([SittingState.CLOSED, SittingState.REGISTERING], SittingState.REGISTERING),
        ([SittingState.CLOSED, SittingState.CLOSED], SittingState.CLOSED),
        ([SittingState.SIGNED, SittingState.SIGNED], SittingState.SIGNED),
    ],
)
def test_an_exam_session_stands_where_its_rooms_stand(
    sittings: list[SittingState], whole: SittingState
) -> None:
    assert exam_session_state(sittings) is whole
