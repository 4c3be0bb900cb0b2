from __future__ import annotations

import pytest

from question_bank.formats.item_values import (
    difficulty_of,
    fixes_the_order,
    key_letters,
    points_of,
    yes_or_no,
)

OPTIONS = {"A": "tiga", "B": "lima", "C": "dua", "D": "tujuh"}


@pytest.mark.parametrize(
    ("text", "micropoints"),
    [
        ("5", 5_000_000),
        ("2,5", 2_500_000),
        ("2.5", 2_500_000),
        ("0,000001", 1),
        ("-1", -1_000_000),
        ("−0,25", -250_000),
        (" 3 ", 3_000_000),
        ("lima", None),
        ("1.000,5", None),
        ("1e3", None),
        ("", None),
        ("2,", None),
        ("0.1234567", None),
    ],
)
def test_points_are_exact_decimals(text: str, micropoints: int | None) -> None:
    assert points_of(text) == micropoints


@pytest.mark.parametrize(
    ("key", "letters"),
    [
        ("B", ("B",)),
        ("b", ("B",)),
        ("(B).", ("B",)),
        ("A,C", ("A", "C")),
        ("C; A", ("A", "C")),
        ("A dan D", ("A", "D")),
        ("A, A", ("A",)),
        ("2", ("B",)),
        ("lima", ("B",)),
        ("LIMA", ("B",)),
    ],
)
def test_keys_are_letters_numbers_or_the_whole_text(key: str, letters: tuple[str, ...]) -> None:
    assert key_letters(key, OPTIONS) == (letters, "")


@pytest.mark.parametrize("key", ["E", "AB", "9", "0", "sepuluh", "A,E", "?", "፩", "99999999999999999999"])
def test_a_key_that_names_no_option_is_refused(key: str) -> None:
    assert key_letters(key, OPTIONS) == ((), "bank_key_not_an_option")


def test_a_number_that_could_mean_two_options_is_refused() -> None:
    numbers = {"A": "3", "B": "4", "C": "1"}
    assert key_letters("3", numbers) == ((), "bank_key_ambiguous")
    assert key_letters("4", numbers) == (("B",), "")
    assert key_letters("C", numbers) == (("C",), "")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Mudah", "easy"),
        ("SEDANG", "medium"),
        (" sukar ", "hard"),
        ("sulit", "hard"),
        ("", ""),
        ("HOTS", None),
    ],
)
def test_difficulty_words(text: str, label: str | None) -> None:
    assert difficulty_of(text) == label


def test_yes_and_no() -> None:
    assert [yes_or_no(each) for each in ("Ya", "TRUE", "tidak", "0", "mungkin")] == [
        True,
        True,
        False,
        False,
        None,
    ]


@pytest.mark.parametrize(
    ("option", "fixed"),
    [
        ("Semua jawaban di atas benar", True),
        ("Semua benar", True),
        ("Jawaban A dan C benar", True),
        ("A, B, dan C", True),
        ("None of the above", True),
        ("Tidak ada jawaban yang benar", True),
        ("Semua warga negara", False),
        ("A. Yani", False),
        ("Vitamin A dan D", False),
    ],
)
def test_options_that_speak_of_others_keep_the_order(option: str, *, fixed: bool) -> None:
    assert fixes_the_order(option) is fixed
