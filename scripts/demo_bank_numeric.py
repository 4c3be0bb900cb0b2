"""The demo bank's numeric items as drafts: arithmetic, series, comparisons and word problems.

Every family computes its key and its wrong answers; a wrong answer is what a typical mistake gives.
"""

from __future__ import annotations

from collections.abc import Iterator

from demo_bank_arithmetic import arithmetic
from demo_bank_number_series import number_series
from demo_bank_sources import Draft
from demo_bank_word_problems import word_problems

_RELATIONS = (
    "x lebih besar daripada y",
    "x lebih kecil daripada y",
    "x sama dengan y",
    "x sama dengan dua kali y",
    "hubungan x dan y tidak dapat ditentukan",
)
_COMPARISONS: tuple[tuple[str, str, int], ...] = (
    ("mudah", "Jika x = 4/9 dan y = 0,44, maka …", 0),
    ("mudah", "Jika x = 30% dari 90 dan y = 90% dari 30, maka …", 2),
    ("mudah", "Jika x = 7/8 − 1/4 dan y = 2/3, maka …", 1),
    ("sedang", "Jika x = 15% dari 240 dan y = 24% dari 150, maka …", 2),
    ("sedang", "Jika x = 51 × 49 dan y = 50², maka …", 1),
    ("sedang", "Jika x = 0,6 ÷ 0,015 dan y = 3,9 × 10, maka …", 0),
    ("sedang", "Jika x adalah bilangan bulat yang memenuhi x² = 64 dan y = 7, maka …", 4),
    ("sedang", "Jika x = √(9² + 12²) dan y = 9 + 12 ÷ 2, maka …", 2),
    ("sedang", "Jika x = 3/5 × 2/7 dan y = 6/7 ÷ 4, maka …", 1),
    (
        "sulit",
        "Dua bilangan bulat positif yang berbeda, p dan q, berjumlah 12. Jika x = p × q dan y = 36, maka …",
        1,
    ),
    (
        "sulit",
        "Harga sebuah barang dinaikkan 20%, lalu diturunkan 20%. Jika x adalah harga semula dan y adalah harga akhir, maka …",
        0,
    ),
    ("sulit", "Bilangan bulat a dan b memenuhi a > b. Jika x = a² dan y = b², maka …", 4),
)


def numeric_items() -> list[Draft]:
    """Return all numeric items, numbered from `demo-num-01`."""
    made = [
        *(("berhitung", *each) for each in arithmetic()),
        *(("deret", *each) for each in number_series()),
        *(("perbandingan", *each) for each in _comparisons()),
        *(("soal cerita", *each) for each in word_problems()),
    ]
    return [
        Draft(f"demo-num-{number:02d}", "TIU", "numerik", subtopic, level, stem, tuple(options))
        for number, (subtopic, level, stem, options) in enumerate(made, start=1)
    ]


def _comparisons() -> Iterator[tuple[str, str, list[str]]]:
    for level, stem, key in _COMPARISONS:
        yield level, stem, [_RELATIONS[key], *(text for place, text in enumerate(_RELATIONS) if place != key)]
