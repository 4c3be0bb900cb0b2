from __future__ import annotations

import pytest

from cat_server.domain.refusals import Refusal
from monitoring.seat_numbers import seat_numbers


@pytest.mark.parametrize(
    ("text", "seats"),
    [("3", {3}), ("3, 7,12-14", {3, 7, 12, 13, 14}), (" 1 – 2 ; 9 ", {1, 2, 9}), ("5 5", {5})],
)
def test_seats_as_officers_type_them(text: str, seats: set[int]) -> None:
    assert seat_numbers(text) == seats


@pytest.mark.parametrize(
    ("text", "part"), [("", "–"), ("tiga", "tiga"), ("7-3", "7-3"), ("0", "0"), ("1-", "1-")]
)
def test_what_is_no_seat_is_named(text: str, part: str) -> None:
    with pytest.raises(Refusal) as caught:
        seat_numbers(text)
    assert (caught.value.code, caught.value.params["given"]) == ("SEATS_UNREADABLE", part)
