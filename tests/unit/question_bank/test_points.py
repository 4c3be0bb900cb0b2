from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.points import points_text
from question_bank.profile_fields import micro

P = 10**6


@pytest.mark.parametrize(
    ("micropoints", "digits", "text"),
    [
        (395 * P, 0, "395"),
        (2_500_000, 0, "3"),
        (2_499_999, 0, "2"),
        (-2_500_000, 0, "-2"),
        (-2_500_001, 0, "-3"),
        (-400_000, 0, "0"),
        (1_005_000, 2, "1.01"),
        (1_004_999, 2, "1.00"),
        (1, 6, "0.000001"),
        (2_500_000, None, "2.5"),
        (-250_000, None, "-0.25"),
        (100 * P, None, "100"),
        (0, None, "0"),
    ],
)
def test_points_as_text(micropoints: int, digits: int | None, text: str) -> None:
    assert points_text(micropoints, digits) == text


@given(st.integers(-(10**12), 10**12))
def test_the_exact_text_reads_back(micropoints: int) -> None:
    assert micro(points_text(micropoints)) == micropoints


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_rounding_errs_by_at_most_half_a_unit(micropoints: int, digits: int) -> None:
    shown = Fraction(points_text(micropoints, digits))
    assert abs(shown - Fraction(micropoints, P)) <= Fraction(1, 2 * 10**digits)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_a_lower_amount_is_never_shown_higher(one: int, other: int, digits: int) -> None:
    low, high = sorted((one, other))
    assert Fraction(points_text(low, digits)) <= Fraction(points_text(high, digits))


@pytest.mark.parametrize("digits", [-1, 7])
def test_other_digits_are_a_bug(digits: int) -> None:
    with pytest.raises(ValueError, match="digits"):
        points_text(1, digits)
