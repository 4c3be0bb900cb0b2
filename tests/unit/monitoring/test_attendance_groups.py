"""Every state but that of a voided attempt belongs to exactly one group of the attendance list."""

from __future__ import annotations

import pytest

from cat_server.domain.attempt import AttemptState
from monitoring.routes.attendance import GROUPS, group_of


@pytest.mark.parametrize("state", [each for each in AttemptState if each is not AttemptState.VOIDED])
def test_a_state_has_one_group(state: AttemptState) -> None:
    assert [code for code, states in GROUPS.items() if state in states] == [group_of(state.value)]
