"""Numbers as Indonesian texts write them, and five different answers out of a key and typical mistakes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction


def text_of(value: Fraction, unit: str = "", *, as_fraction: bool = False) -> str:
    """Return a number with decimal comma and thousands dots, or as a fraction where it has no finite decimal.

    `unit` is `Rp`, which goes before the number and takes ",00", `%`, which follows at once, or a word.
    """
    if unit == "Rp":
        return f"Rp{_decimal(value)},00"
    is_decimal = value.denominator == 1 if as_fraction else _is_decimal(value)
    written = _decimal(value) if is_decimal else f"{value.numerator}/{value.denominator}"
    return written + (unit if unit in {"", "%"} else f" {unit}")


def _is_decimal(value: Fraction) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1 and value.denominator <= 10000


def _decimal(value: Fraction) -> str:
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
    exact = Decimal(value.numerator) / value.denominator
    return f"{exact:,.{digits}f}".translate(str.maketrans(",.-", ".,−"))


def five(
    key: Fraction, mistakes: Iterable[Fraction], unit: str = "", *, as_fractions: bool = False
) -> list[str]:
    """Return the key's text and those of the first four different mistakes.

    Raises:
        ValueError: there are fewer than four.
    """
    texts = [text_of(key, unit, as_fraction=as_fractions)]
    for mistake in mistakes:
        written = text_of(Fraction(mistake), unit, as_fraction=as_fractions)
        if written not in texts:
            texts.append(written)
    if len(texts) < 5:
        raise ValueError(f"only {len(texts) - 1} different mistakes for {texts[0]}")
    return texts[:5]
