from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from monitoring.wording import clock_time, date_and_time, duration, masked, written_date, zone_ms

WITA = timezone(timedelta(hours=8), "WITA")


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "00:00:00"), (1, "00:00:01"), (1000, "00:00:01"), (4_365_000, "01:12:45"), (-5, "00:00:00")],
)
def test_duration_rounds_up_so_that_zero_means_over(milliseconds: int, text: str) -> None:
    assert duration(milliseconds) == text


def test_times_are_shown_in_the_sites_zone() -> None:
    at_ms = 1_730_419_327_000
    assert clock_time(at_ms, WITA) == "08:02:07"
    assert clock_time(None, WITA) == "–"
    assert date_and_time(at_ms, WITA, "id") == "Jumat, 1 November 2024, 08:02"
    assert zone_ms(at_ms, WITA) == 8 * 3_600_000


def test_masking_keeps_first_letters_only() -> None:
    assert masked("Andi Saputra") == "A••• S••••••"
    assert masked("") == ""


@pytest.mark.parametrize(
    ("iso_date", "language", "written"),
    [
        ("1999-01-31", "id", "31 Januari 1999"),
        ("1999-01-31", "en", "31 January 1999"),
        ("31-01-1999", "id", "31-01-1999"),
        ("", "id", ""),
    ],
)
def test_a_date_of_birth_is_written_out(iso_date: str, language: str, written: str) -> None:
    assert written_date(iso_date, language) == written
