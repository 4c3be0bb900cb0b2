"""Arithmetic items: an expression, its value, and what comes out when one goes wrong in a typical way."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from demo_bank_numbers import five

Made = tuple[str, str, list[str]]
"""Level, stem, options with the key first."""


def arithmetic() -> Iterator[Made]:
    """Yield all items, easy ones first."""
    yield _two_shares(25, 640, Fraction(3, 8), 480)
    yield _percent_less_share(35, 480, Fraction(1, 4), 264)
    yield _precedence(84, 12, 5, 36, 4)
    yield _three_fractions(Fraction(2, 3), Fraction(5, 6), Fraction(1, 4))
    yield _decimals(Fraction("0.75"), Fraction("2.4"), Fraction("0.15"))
    yield _near_squares(48, 47, 15)
    yield _common_factor(37, 63, 46)
    yield _mixed_numbers()
    yield _equation(5, 3, 2, 9)
    yield _powers_and_roots(576, 3, 15, 9)
    yield _percent_and_square()
    yield _root_and_division()
    yield _small_powers()
    yield _distant_squares(998, 996)
    yield _nested_share()


def _two_shares(percent: int, whole: int, share: Fraction, other: int) -> Made:
    one, two = Fraction(percent, 100) * whole, share * other
    stem = f"{percent}% dari {whole} ditambah {share} dari {other} sama dengan …"
    return "mudah", stem, five(one + two, [one + two - 20, one + two + 20, one + two - 60, one + two + 10])


def _percent_less_share(percent: int, whole: int, share: Fraction, other: int) -> Made:
    one, two = Fraction(percent, 100) * whole, share * other
    stem = f"{percent}% dari {whole} dikurangi {share} dari {other} sama dengan …"
    mistakes = [
        one + two,
        one - other / Fraction(8),
        Fraction(percent, 100) * (whole - other),
        one - two + 10,
        one - two - 12,
    ]
    return "mudah", stem, five(one - two, mistakes)


def _precedence(first: int, second: int, third: int, fourth: int, fifth: int) -> Made:
    stem = f"{first} − {second} × {third} + {fourth} ÷ {fifth} = …"
    key = first - second * third + Fraction(fourth, fifth)
    from_the_left = Fraction((first - second) * third + fourth, fifth)
    all_taken_away = first - (second * third + Fraction(fourth, fifth))
    return "mudah", stem, five(key, [from_the_left, all_taken_away, key + 27, key - 9])


def _three_fractions(one: Fraction, two: Fraction, three: Fraction) -> Made:
    stem = f"{one} + {two} − {three} = …"
    across = Fraction(
        one.numerator + two.numerator - three.numerator, one.denominator + two.denominator - three.denominator
    )
    return (
        "mudah",
        stem,
        five(one + two - three, [across, one + two + three, one + two, two - three], as_fractions=True),
    )


def _decimals(one: Fraction, two: Fraction, three: Fraction) -> Made:
    key = one * two / three
    return (
        "sedang",
        "0,75 × 2,4 ÷ 0,15 = …",
        five(key, [key / 10, key * 10, key * Fraction(3, 2), key * Fraction(9, 4)]),
    )


def _near_squares(large: int, small: int, more: int) -> Made:
    key = large**2 - small**2 + more
    stem = f"{large}² − {small}² + {more} = …"
    mistakes = [(large - small) ** 2 + more, large + small, key - 10, key + 10]
    return "sedang", stem, five(Fraction(key), [Fraction(each) for each in mistakes])


def _common_factor(one: int, two: int, factor: int) -> Made:
    key = one * factor + two * factor
    stem = f"{one} × {factor} + {two} × {factor} = …"
    return (
        "sedang",
        stem,
        five(
            Fraction(key),
            [
                Fraction(one * factor + two),
                Fraction(key - 460),
                Fraction(key + 100),
                Fraction((one + two) * factor * 2),
            ],
        ),
    )


def _mixed_numbers() -> Made:
    key = Fraction(5, 2) * Fraction(8, 5) / Fraction(2, 3)
    mistakes = [
        Fraction(5, 2) * Fraction(8, 5) * Fraction(2, 3),
        (2 + Fraction(1, 2) * Fraction(3, 5)) / Fraction(2, 3),
        key / 2,
        key + Fraction(3, 2),
    ]
    return "sedang", "2½ × 1⅗ ÷ ⅔ = …", five(key, mistakes, as_fractions=True)


def _equation(factor: int, less: int, slope: int, more: int) -> Made:
    x = Fraction(factor * less + more, factor - slope)
    forgot_factor = Fraction(less + more, factor - slope)
    stem = f"Jika {factor}(x − {less}) = {slope}x + {more}, maka nilai 3x − 4 adalah …"
    mistakes = [x, 3 * forgot_factor - 4, 3 * x + 4, 3 * x, 2 * x]
    return "sedang", stem, five(3 * x - 4, mistakes)


def _powers_and_roots(square: int, base: int, other: int, divisor: int) -> Made:
    root = Fraction(round(square**0.5))
    key = root + base**3 - Fraction(other**2, divisor)
    mistakes = [
        root + base * 3 - Fraction(other**2, divisor),
        root + base**3 + Fraction(other**2, divisor),
        key + 10,
        root + base**3 - divisor,
    ]
    return "sedang", f"√{square} + {base}³ − {other}² ÷ {divisor} = …", five(key, mistakes)


def _percent_and_square() -> Made:
    key = Fraction(125, 1000) * Fraction("6.4") + Fraction("0.3") ** 2
    mistakes = [
        Fraction(125, 1000) * Fraction("6.4") + Fraction("0.9"),
        Fraction("0.8") + Fraction("0.6"),
        Fraction("8.09"),
        Fraction("0.809"),
    ]
    return "sedang", "12,5% × 6,4 + 0,3² = …", five(key, mistakes)


def _root_and_division() -> Made:
    key = Fraction("0.25") + Fraction(7, 4) / Fraction(1, 2)
    mistakes = [
        (Fraction("0.25") + Fraction(7, 4)) / Fraction(1, 2),
        Fraction("0.25") + Fraction(7, 8),
        Fraction(7, 2),
        Fraction("2.25"),
    ]
    return "sulit", "√0,0625 + 1¾ ÷ 0,5 = …", five(key, mistakes)


def _small_powers() -> Made:
    key = Fraction("0.2") ** 3 * 2500 + Fraction("7.2") / Fraction("0.09")
    mistakes = [
        Fraction("0.2") ** 3 * 2500 + 8,
        Fraction("0.08") * 2500 + 80,
        Fraction("0.6") * 2500 + 80,
        Fraction("0.2") ** 3 * 2500 + 800,
    ]
    return "sulit", "0,2³ × 2.500 + 7,2 ÷ 0,09 = …", five(key, mistakes)


def _distant_squares(large: int, small: int) -> Made:
    key = large**2 - small**2
    mistakes = [(large - small) ** 2, large + small, key + 100, key - 200]
    return "sulit", f"{large}² − {small}² = …", five(Fraction(key), [Fraction(each) for each in mistakes])


def _nested_share() -> Made:
    key = Fraction(2, 3) * (Fraction(3, 4) * 720 - Fraction(15, 100) * 400)
    mistakes = [
        Fraction(2, 3) * Fraction(3, 4) * 720 - Fraction(15, 100) * 400,
        Fraction(3, 4) * 720 - Fraction(15, 100) * 400,
        key / 2 * 3 - 90,
        key + 40,
    ]
    return "sulit", "2/3 dari (3/4 dari 720 − 15% dari 400) = …", five(key, mistakes)
