from __future__ import annotations

from dataclasses import replace

import pytest

from cat_server.domain.attempt import AttemptState
from kiosk_ui.journey import Standing, Step, step_of

PC = Standing(may_sign_in=True, kiosk_id="k1")
READY = replace(PC, attempt_id="a1", state="READY", has_confirmed_identity=True, has_accepted_pledge=True)


def test_a_pc_without_a_seat_waits_for_one() -> None:
    assert step_of(Standing(may_sign_in=False)) is Step.START
    assert step_of(replace(PC, may_sign_in=False)) is Step.ENROLMENT
    assert step_of(PC) is Step.SIGN_IN


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("REGISTERED", Step.TUTORIAL),
        ("SEATED", Step.TUTORIAL),
        ("READY", Step.WAITING),
        ("RUNNING", Step.PAPER),
        ("PAUSED", Step.PAPER),
        ("FINISHED", Step.RESULT),
        ("TIMED_OUT", Step.RESULT),
        ("FORCE_CLOSED", Step.RESULT),
        ("FORFEITED", Step.RESULT),
        ("DISQUALIFIED", Step.RESULT),
        ("VOIDED", Step.RESULT),
    ],
)
def test_the_state_names_the_page(state: str, step: Step) -> None:
    assert step_of(replace(READY, state=state)) is step


@pytest.mark.parametrize("state", ["SEATED", "READY", "RUNNING", "PAUSED"])
def test_identity_and_pledge_come_first_even_while_the_exam_runs(state: str) -> None:
    assert step_of(replace(READY, state=state, has_confirmed_identity=False)) is Step.CONFIRM
    assert step_of(replace(READY, state=state, has_accepted_pledge=False)) is Step.PLEDGE


@pytest.mark.parametrize("state", list(AttemptState))
def test_a_participant_who_moved_is_told_so_whatever_the_state(state: AttemptState) -> None:
    assert step_of(replace(READY, state=state.value, is_moved=True)) is Step.MOVED
