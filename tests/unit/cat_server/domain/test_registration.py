"""PINs are issued until five minutes before the start (domain.md 2.2, step 4)."""

from __future__ import annotations

import pytest

from cat_server.domain.attempt import AttemptState
from cat_server.domain.refusals import Refusal
from cat_server.domain.registration import (
    closes_at_ms,
    forfeits_at_start,
    is_past_cutoff,
    refuse_after_cutoff,
)

START = 1_800_000_000_000


@pytest.mark.parametrize("early_ms", [300_001, 3_600_000])
def test_before_the_cutoff_pins_are_issued(early_ms: int) -> None:
    refuse_after_cutoff(START - early_ms, START, 300)


@pytest.mark.parametrize("early_ms", [300_000, 299_999, 0, -60_000])
def test_from_the_cutoff_on_none_is(early_ms: int) -> None:
    with pytest.raises(Refusal) as caught:
        refuse_after_cutoff(START - early_ms, START, 300)
    assert (caught.value.code, caught.value.params) == ("PIN_CLOSED", {"minutes": 5})


def test_a_session_without_a_planned_start_has_no_cutoff() -> None:
    refuse_after_cutoff(START, None, 300)


@pytest.mark.parametrize("now_ms", [START - 300_001, START - 300_000, START, START + 1])
def test_the_moment_of_closing_divides_time_in_two(now_ms: int) -> None:
    assert is_past_cutoff(now_ms, START, 300) == (now_ms >= (closes_at_ms(START, 300) or 0))


@pytest.mark.parametrize(
    ("state", "late_start", "forfeits"),
    [
        (AttemptState.REGISTERED, "refuse", True),
        (AttemptState.REGISTERED, "full_time", False),
        (AttemptState.REGISTERED, "remaining_time", False),
        (AttemptState.SEATED, "refuse", False),
        (AttemptState.READY, "refuse", False),
        (AttemptState.SCHEDULED, "refuse", False),
    ],
)
def test_the_start_forfeits_who_never_signed_in_where_nobody_may_begin_late(
    state: AttemptState, late_start: str, forfeits: bool
) -> None:
    assert forfeits_at_start(state, late_start) is forfeits
