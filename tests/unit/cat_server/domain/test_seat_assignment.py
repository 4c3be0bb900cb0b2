"""PCs are proposed for seats in the order of their addresses, as numbers and not as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cat_server.domain.seat_assignment import by_address


def test_addresses_are_numbers_and_what_is_none_comes_last() -> None:
    pcs = [("10.0.0.10", "B"), ("unknown", "D"), ("10.0.0.9", "A"), ("fd00::1", "C")]
    assert by_address(pcs, [4, 2, 7, 5, 9]) == ((2, "A"), (4, "B"), (5, "C"), (7, "D"))


@given(
    st.lists(st.ip_addresses(v=4).map(str), unique=True, max_size=30),
    st.lists(st.integers(1, 500), unique=True, max_size=30),
)
def test_nobody_gets_two_seats_and_no_seat_two_pcs(addresses: list[str], seats: list[int]) -> None:
    given_seats = by_address([(each, f"code {each}") for each in addresses], seats)
    assert len(given_seats) == min(len(addresses), len(seats))
    assert (
        len({seat for seat, _ in given_seats}) == len({code for _, code in given_seats}) == len(given_seats)
    )
