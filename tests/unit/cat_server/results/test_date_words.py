"""Dates in words, as minutes write them."""

from __future__ import annotations

from datetime import date

import pytest

from cat_server.results.date_words import date_in_words, number_in_english, number_in_indonesian


@pytest.mark.parametrize(
    ("number", "indonesian", "english"),
    [
        (0, "nol", "zero"),
        (1, "satu", "one"),
        (10, "sepuluh", "ten"),
        (11, "sebelas", "eleven"),
        (12, "dua belas", "twelve"),
        (19, "sembilan belas", "nineteen"),
        (20, "dua puluh", "twenty"),
        (27, "dua puluh tujuh", "twenty-seven"),
        (100, "seratus", "one hundred"),
        (111, "seratus sebelas", "one hundred and eleven"),
        (1000, "seribu", "one thousand"),
        (1945, "seribu sembilan ratus empat puluh lima", "one thousand nine hundred and forty-five"),
        (2000, "dua ribu", "two thousand"),
        (2026, "dua ribu dua puluh enam", "two thousand and twenty-six"),
        (
            9999,
            "sembilan ribu sembilan ratus sembilan puluh sembilan",
            "nine thousand nine hundred and ninety-nine",
        ),
    ],
)
def test_numbers_are_written_out(number: int, indonesian: str, english: str) -> None:
    assert number_in_indonesian(number) == indonesian
    assert number_in_english(number) == english


def test_no_two_numbers_read_the_same() -> None:
    for words in (number_in_indonesian, number_in_english):
        assert len({words(number) for number in range(10_000)}) == 10_000
        for outside in (-1, 10_000):
            with pytest.raises(ValueError, match="out of range"):
                words(outside)


def test_a_day_is_written_with_its_weekday() -> None:
    day = date(2026, 11, 27)
    assert date_in_words(day, "id") == "Jumat, dua puluh tujuh November dua ribu dua puluh enam"
    assert date_in_words(day, "en") == "Friday, the twenty-seventh of November, two thousand and twenty-six"
    assert date_in_words(date(2027, 1, 1), "id") == "Jumat, satu Januari dua ribu dua puluh tujuh"


def test_every_day_of_a_month_has_its_english_ordinal() -> None:
    said = [date_in_words(date(2026, 12, day), "en").split()[2] for day in range(1, 32)]
    assert said[:5] == ["first", "second", "third", "fourth", "fifth"]
    assert said[7:13] == ["eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth"]
    assert said[19:24] == ["twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth"]
    assert said[29:] == ["thirtieth", "thirty-first"]
