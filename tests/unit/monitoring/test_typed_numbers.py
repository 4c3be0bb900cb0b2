from __future__ import annotations

import pytest

from monitoring.typed_numbers import whole_number


@pytest.mark.parametrize(("typed", "number"), [("0", 0), ("15", 15), ("007", 7), ("999999999", 999_999_999)])
def test_whole_numbers_as_officers_type_them(typed: str, number: int) -> None:
    assert whole_number(typed) == number


@pytest.mark.parametrize("typed", ["", "-1", "+1", "1.5", "\u0663", "\u00b2", "1 2", "9" * 5_000])
def test_what_is_none(typed: str) -> None:
    assert whole_number(typed) is None
