from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from cat_server.actions.sign_in_participant import sign_in_participant
from cat_server.domain.refusals import Refusal
from cat_server.runtime.limits import Limit

unused = cast("Any", None)


def counted_as(number: str, device_token: str) -> str:
    """Return the key that a try is counted under."""
    keys: list[str] = []

    async def ask(_limit: Limit, key: str) -> bool:
        keys.append(key)
        raise Refusal("PIN_LOCKED", {"seconds": 1})

    with pytest.raises(Refusal):
        asyncio.run(sign_in_participant(unused, unused, ask, device_token, number, "12345678"))
    return keys[0]


def test_tries_are_counted_by_number_and_pc_in_the_same_room_however_long_a_number_is_typed() -> None:
    assert counted_as("ab12 ", "pc") == counted_as("AB12", "pc")
    assert len({counted_as("ab12", "pc"), counted_as("ab13", "pc"), counted_as("ab12", "other")}) == 3
    assert len(counted_as("1" * 60_000, "pc")) == len(counted_as("1", "pc"))
