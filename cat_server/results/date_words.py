"""Dates as official records write them: in words, so that nobody changes a digit afterwards."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

_ID = tuple("nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas".split())  # noqa: SIM905
_EN = tuple(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "  # noqa: SIM905
    "fifteen sixteen seventeen eighteen nineteen".split()
)
_EN_TENS = tuple("twenty thirty forty fifty sixty seventy eighty ninety".split())  # noqa: SIM905
_EN_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"} | {
    "nine": "ninth",
    "twelve": "twelfth",
}


def date_in_words(day: date, language: str) -> str:
    """Return a date with its weekday in words.

    `Jumat, dua puluh tujuh November dua ribu dua puluh enam` or
    `Friday, the twenty-seventh of November, two thousand and twenty-six`.
    """
    weekday = format_date(day, "EEEE", locale=language)
    month = format_date(day, "MMMM", locale=language)
    if language == "id":
        return f"{weekday}, {number_in_indonesian(day.day)} {month} {number_in_indonesian(day.year)}"
    return f"{weekday}, the {_ordinal(day.day)} of {month}, {number_in_english(day.year)}"


def number_in_indonesian(number: int) -> str:
    """Return a number from 0 to 9999 in words: 1945 is `seribu sembilan ratus empat puluh lima`.

    Raises:
        ValueError: the number is outside that range.
    """
    _check(number)
    if number < 12:
        return _ID[number]
    if number < 20:
        return f"{_ID[number - 10]} belas"
    for unit, word, one in ((1000, "ribu", "seribu"), (100, "ratus", "seratus"), (10, "puluh", "sepuluh")):
        count, rest = divmod(number, unit)
        if count:
            head = one if count == 1 else f"{_ID[count]} {word}"
            return f"{head} {number_in_indonesian(rest)}" if rest else head
    raise AssertionError(number)


def number_in_english(number: int) -> str:
    """Return a number from 0 to 9999 in words: 2026 is `two thousand and twenty-six`.

    Raises:
        ValueError: the number is outside that range.
    """
    _check(number)
    if number < 20:
        return _EN[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _EN_TENS[tens - 2] + (f"-{_EN[rest]}" if rest else "")
    unit, word = (1000, "thousand") if number >= 1000 else (100, "hundred")
    count, rest = divmod(number, unit)
    joint = " and " if rest < 100 else " "
    return f"{_EN[count]} {word}" + (joint + number_in_english(rest) if rest else "")


def _ordinal(number: int) -> str:
    head, hyphen, last = number_in_english(number).rpartition("-")
    if last in _EN_ORDINALS:
        last = _EN_ORDINALS[last]
    else:
        last = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return head + hyphen + last


def _check(number: int) -> None:
    if not 0 <= number <= 9999:
        raise ValueError(f"out of range: {number}")
